"""
How right the placing of furniture is: lengths and verdicts over the captured rooms, doorways, sizes in a photo.

The client's own modules answer (``webclient/bench/place.ts``); the truth is worked out here by other means: whether a
point is in the room by the winding number of the bare walls, what a piece would be in by points in its volume against
the captured boxes and the captured mesh, a doorway by searching all rotations, a photo by the camera that it was made
with. The rooms are those that ``@iwer/sem`` plays to a session; ``tests/e2e/test_place.py`` goes through the session.

Run alone: ``python tests/bench/tryon/place.py``.
"""

import base64
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.spatial.transform import Rotation

REPO: Final = Path(__file__).resolve().parents[3]
MODULES: Final = REPO / "webclient" / "node_modules"
CAPTURES: Final = MODULES / "@iwer" / "sem" / "captures"
ROOMS: Final = ("living_room", "meeting_room", "music_room", "office_large", "office_small")
LABELS: Final = {
    "TABLE": "table",
    "COUCH": "couch",
    "FLOOR": "floor",
    "CEILING": "ceiling",
    "WALL_FACE": "wall",
    "DOOR_FRAME": "door",
    "WINDOW_FRAME": "window",
    "WALL_ART": "wall art",
    "STORAGE": "shelf",
    "LAMP": "lamp",
    "SCREEN": "screen",
    "PLANT": "plant",
    "GLOBAL_MESH": "global mesh",
}
# Width, height, depth: the demo's furniture, and what else people buy.
SIZES: Final = (
    (2.0, 0.92, 0.93),
    (1.2, 0.74, 1.2),
    (0.52, 0.77, 0.56),
    (0.3, 0.43, 0.3),
    (0.9, 2.0, 0.4),
    (1.6, 0.45, 0.4),
    (0.6, 1.1, 0.6),
    (2.2, 0.5, 1.6),
)
HANDS_M: Final = 0.02
FLOOR_SKIN_M: Final = 0.08
WALL_SKIN_M: Final = 0.12
THING_SKIN_M: Final = 0.10
Goal = tuple[str, str, float | None, bool | None, str]


@dataclass(frozen=True)
class Captured:
    """One room of the captures, as arrays. Matrices take the room's points from an entity's."""

    name: str
    floor_m: float
    ceiling_m: float
    walls: np.ndarray  # (n, 2, 2) ends on the floor, the room to their left seen from above
    boxes: list[tuple[np.ndarray, np.ndarray, np.ndarray]]  # box from room, low corner, high corner
    tops: list[float]
    doors: list[tuple[float, float]]
    clutter: np.ndarray  # (n, 3) points of the mesh that are neither floor nor wall nor a named thing


def _matrix(entity: dict[str, Any]) -> np.ndarray:
    place = entity["locatable_META"]
    turn, at = place["orientation"], place["position"]
    out = np.eye(4)
    out[:3, :3] = Rotation.from_quat([turn[k] for k in "xyzw"]).as_matrix()
    out[:3, 3] = [at[k] for k in "xyz"]
    return out


def _corners(bounds: dict[str, Any]) -> np.ndarray:
    (x, y), (w, h) = (bounds["offset"][k] for k in "xy"), (bounds["extent"][k] for k in ("width", "height"))
    return np.array([[x, 0, y], [x + w, 0, y], [x + w, 0, y + h], [x, 0, y + h]])


def _placed(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3])


def _triangles(entity: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    mesh = entity["triangleMesh_META"]
    points = np.frombuffer(base64.b64decode(mesh["vertices"]), "<f4").reshape(-1, 3).astype(np.float64)
    return points, np.frombuffer(base64.b64decode(mesh["indices"]), "<u4").astype(np.int64).reshape(-1, 3)


def captured(name: str) -> tuple[Captured, dict[str, Any]]:
    """A room for the truth, and the same as a session hands it out."""
    entities = json.loads((CAPTURES / f"{name}.json").read_text())["spatialEntities"]
    planes, meshes = [], []
    walls, boxes, tops, doors = [], [], [], []
    floor_m = ceiling_m = 0.0
    cloud = np.zeros((0, 3))
    for entity in entities:
        label = LABELS.get(entity["semanticLabel_META"], "other")
        matrix = _matrix(entity)
        column_major = matrix.T.reshape(-1).tolist()
        if "bounded2D_META" in entity:
            flat = _corners(entity["bounded2D_META"])
            planes.append({"label": label, "matrix": column_major, "polygon": flat[:, [0, 2]].tolist()})
            corners = _placed(matrix, flat)
            if label == "floor":
                floor_m = float(corners[:, 1].mean())
            elif label == "ceiling":
                ceiling_m = float(corners[:, 1].mean())
            elif label in ("wall", "door"):
                along = np.cross(matrix[:3, 1], [0, 1, 0])
                reach = corners @ along
                ends = corners[[int(reach.argmin()), int(reach.argmax())]][:, [0, 2]]
                if label == "wall":
                    walls.append(ends)
                else:
                    doors.append((float(np.hypot(*(ends[1] - ends[0]))), float(np.ptp(corners[:, 1]))))
            elif label == "table":
                tops.append(float(corners[:, 1].mean()))
        elif "bounded3D_META" in entity:
            low = np.array([entity["bounded3D_META"]["offset"][k] for k in "xyz"])
            extent = np.array([entity["bounded3D_META"]["extent"][k] for k in ("width", "height", "depth")])
            grid = np.array([[(i >> k) & 1 for k in range(3)] for i in range(8)])
            meshes.append(
                {
                    "label": label,
                    "matrix": column_major,
                    "vertices": (low + grid * extent).reshape(-1).tolist(),
                    "indices": [],
                }
            )
            boxes.append((np.linalg.inv(matrix), low, low + extent))
        elif "triangleMesh_META" in entity:
            points, faces = _triangles(entity)
            meshes.append(
                {
                    "label": label,
                    "matrix": column_major,
                    "vertices": points.reshape(-1).tolist(),
                    "indices": faces.reshape(-1).tolist(),
                }
            )
            # Every captured mesh is the scan of a whole room, whatever its name.
            cloud = _on_surface(_placed(matrix, points), faces)
    room = Captured(name, floor_m, ceiling_m, np.array(walls), boxes, tops, doors, cloud)
    keep = (cloud[:, 1] > floor_m + FLOOR_SKIN_M) & (cloud[:, 1] < floor_m + 2.6)
    keep &= inside(room, cloud[:, [0, 2]])
    keep[keep] &= to_walls(room, cloud[keep][:, [0, 2]]) > WALL_SKIN_M
    for box in boxes:
        keep[keep] &= ~_in_column(box, cloud[keep], THING_SKIN_M)
    return Captured(name, floor_m, ceiling_m, np.array(walls), boxes, tops, doors, cloud[keep]), {
        "planes": planes,
        "meshes": meshes,
    }


def _on_surface(points: np.ndarray, faces: np.ndarray, *, each_m: float = 0.02) -> np.ndarray:
    """Points on triangles, random, about ``each_m`` apart."""
    random = np.random.default_rng(5)
    a, b, c = (points[faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    many = random.choice(len(faces), int(area.sum() / each_m**2), p=area / area.sum())
    u, v = random.random((2, len(many), 1))
    flip = (u + v) > 1
    u, v = np.where(flip, 1 - u, u), np.where(flip, 1 - v, v)
    return np.asarray(a[many] + (b[many] - a[many]) * u + (c[many] - a[many]) * v)


def inside(room: Captured, points: np.ndarray) -> np.ndarray:
    """Whether (n, 2) points are between the walls: their winding number, which small gaps in corners do not harm."""
    total = np.zeros(len(points))
    for a, b in room.walls:
        one, two = a - points, b - points
        cross = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
        total += np.arctan2(cross, (one * two).sum(1))
    return np.asarray(np.abs(total) > np.pi)


def to_walls(room: Captured, points: np.ndarray) -> np.ndarray:
    best = np.full(len(points), np.inf)
    for a, b in room.walls:
        way = b - a
        t = np.clip(((points - a) @ way) / (way @ way), 0, 1)
        best = np.minimum(best, np.linalg.norm(points - a - t[:, None] * way, axis=1))
    return best


def _in_column(box: tuple[np.ndarray, np.ndarray, np.ndarray], points: np.ndarray, grown: float) -> np.ndarray:
    """Within a box seen from above."""
    from_room, low, high = box
    corners = _placed(np.linalg.inv(from_room), _box_corners(low, high))
    if len(corners) == 0:
        return np.zeros(len(points), bool)
    # The upright one of the box's axes is the one not looked along.
    up = int(np.abs(from_room[:3, 1]).argmax())
    local = _placed(
        from_room, np.column_stack([points[:, 0], np.full(len(points), corners[:, 1].mean()), points[:, 2]])
    )
    flat = [k for k in range(3) if k != up]
    return np.asarray(((local[:, flat] > low[flat] - grown) & (local[:, flat] < high[flat] + grown)).all(1))


def _box_corners(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    grid = np.array([[(i >> k) & 1 for k in range(3)] for i in range(8)])
    return np.asarray(low + grid * (high - low))


def fits(room: Captured, size: np.ndarray, at: np.ndarray, yaw: float, *, grown_m: float = 0.0) -> bool:
    """Whether a box may stand there, by points all through it, at most two centimetres apart at its rim."""
    w, h, d = size + [2 * grown_m, 0, 2 * grown_m]
    if w <= 0 or d <= 0:
        return True
    x = np.linspace(-w / 2, w / 2, max(2, int(np.ceil(w / 0.02))))
    z = np.linspace(-d / 2, d / 2, max(2, int(np.ceil(d / 0.02))))
    flat = np.stack(np.meshgrid(x, z), -1).reshape(-1, 2)
    c, s = np.cos(yaw), np.sin(yaw)
    ground = np.column_stack([at[0] + flat[:, 0] * c + flat[:, 1] * s, at[2] - flat[:, 0] * s + flat[:, 1] * c])
    if not inside(room, ground).all() or at[1] + h > room.ceiling_m + max(0.0, -grown_m):
        return False
    for y in np.arange(at[1] + 0.03, at[1] + h, 0.03):
        points = np.column_stack([ground[:, 0], np.full(len(ground), y), ground[:, 1]])
        for from_room, low, high in room.boxes:
            local = _placed(from_room, points)
            if ((local > low) & (local < high)).all(1).any():
                return False
    away = room.clutter - at
    own = np.column_stack([away[:, 0] * c - away[:, 2] * s, away[:, 1], away[:, 0] * s + away[:, 2] * c])
    hit = (np.abs(own[:, 0]) < w / 2) & (np.abs(own[:, 2]) < d / 2) & (own[:, 1] > 0.04) & (own[:, 1] < h)
    # As many as on a thing of eight centimetres; less is the mesh's own noise.
    return int(hit.sum()) < 12


def _ask(question: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "place.mjs"
        build = [str(MODULES / ".bin" / "esbuild"), str(REPO / "webclient" / "bench" / "place.ts")]
        build += ["--bundle", "--platform=node", "--format=esm", "--log-level=error", f"--outfile={bundle}"]
        subprocess.run(build, check=True)
        done = subprocess.run(["node", str(bundle)], input=json.dumps(question), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _cases(rooms: dict[str, Captured], count: int, random: np.random.Generator) -> list[dict[str, Any]]:
    """
    Pieces anywhere about the rooms; a third of them shoved along the walls, where it is tight.

    Half of them fit and half do not, so that no constant answer is worth more than a coin.
    """
    found: list[dict[str, Any]] = []
    wanted = {True: count // 2, False: count - count // 2}
    for i in range(count * 60):
        if len(found) == count:
            break
        room = rooms[ROOMS[i % len(ROOMS)]]
        size = SIZES[int(random.integers(len(SIZES)))]
        low, high = room.walls.reshape(-1, 2).min(0) - 0.2, room.walls.reshape(-1, 2).max(0) + 0.2
        x, z = random.uniform(low, high)
        yaw = float(random.uniform(-np.pi, np.pi))
        if i % 3 == 0:
            a, b = room.walls[int(random.integers(len(room.walls)))]
            way = (b - a) / np.hypot(*(b - a))
            off = size[2] / 2 + random.uniform(-0.1, 0.15)
            side = np.array([-way[1], way[0]])
            middle = a + (b - a) * random.uniform(0.2, 0.8)
            side = side if inside(room, (middle + side * 0.1)[None])[0] else -side
            (x, z), yaw = middle + side * off, float(np.arctan2(*side))
        at = (float(x), room.floor_m, float(z))
        truth = fits(room, np.array(size), np.array(at), yaw)
        if wanted[truth]:
            wanted[truth] -= 1
            found.append({"room": room.name, "size": size, "at": at, "yaw": yaw, "truth": truth})
    return found


def _doors(count: int, random: np.random.Generator) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Boxes and doorways about as large, and the best margin over all rotations."""
    turns = Rotation.random(30_000, random_state=7)
    found, margins = [], []
    for _ in range(count):
        width, height = float(random.uniform(0.6, 1.0)), float(random.uniform(1.9, 2.1))
        size = np.sort(random.uniform([0.3, 0.5, 0.6], [1.1, 1.3, 2.6]))[random.permutation(3)]
        door = np.array([width, height])
        best = _margin(turns, size, door)
        order = np.argsort(best)[-40:]
        top, near = float(best[order[-1]]), turns[order]
        for spread in (0.05, 0.015, 0.004, 0.001):
            tried = (
                Rotation.from_rotvec(random.normal(0, spread, (1500, 3))) * near[random.integers(len(near), size=1500)]
            )
            worth = _margin(tried, size, door)
            order = np.argsort(worth)[-40:]
            near, top = tried[order], max(top, float(worth[order[-1]]))
        found.append({"size": size.tolist(), "width": width, "height": height, "hands": HANDS_M})
        margins.append(top)
    return found, np.array(margins)


def _margin(turns: Rotation, size: np.ndarray, door: np.ndarray) -> np.ndarray:
    """What is left at the tighter pair of sides for a box seen along the way through."""
    matrices = np.abs(turns.as_matrix())
    extents = np.einsum("nij,j->ni", matrices[:, :2], size)
    return np.asarray((door - extents).min(1) / 2)


def _photos(count: int, random: np.random.Generator) -> tuple[list[dict[str, Any]], list[tuple[str, float]]]:
    """Photos of 1600 × 1200 by known cameras; marks are off by 1.5 pixels (one standard deviation) each way."""
    references = {
        "rectangle 1.2 × 0.8 m": (1.2, 0.8, False),
        "door 0.86 × 2.0 m": (0.86, 2.0, True),
        "A4": (0.21, 0.297, False),
    }
    found, truth = [], []
    for i in range(count):
        name = list(references)[i % 3]
        w, length, upright = references[name]
        focal = float(1600 * 0.72 * np.exp(random.normal(0, 0.12)))
        is_named = (i // 3) % 2 == 0
        eye = np.array([random.uniform(-0.6, 1.2), random.uniform(1.2, 1.7), random.uniform(2.0, 3.4)])
        if upright:
            eye[2] += 1.2
        target = np.array([w / 2 + random.uniform(-0.3, 0.3), 0.5 if upright else 0.2, -0.3])
        forward = (target - eye) / np.linalg.norm(target - eye)
        right = np.cross(forward, [0, 1, 0])
        right /= np.linalg.norm(right)
        turn = np.stack([right, np.cross(forward, right), forward])

        def seen(
            points: np.ndarray, turn: np.ndarray = turn, eye: np.ndarray = eye, focal: float = focal
        ) -> np.ndarray:
            local = (points - eye) @ turn.T
            return np.asarray(local[:, :2] / local[:, 2:] * focal + [800, 600])

        corners = np.array([[0, 0, 0], [w, 0, 0], [w, length, 0], [0, length, 0]], float)
        if not upright:
            corners = np.array([[0, 0, 0], [w, 0, 0], [w, 0, -length], [0, 0, -length]], float)
        marks = seen(corners)
        at = np.array([w / 2 + random.uniform(-0.8, 0.8), 0, random.uniform(-0.6, 0.6) + (0.5 if upright else 0)])
        foot, head = seen(np.array([at, at + [0, 1, 0]]))
        if (marks < 20).any() or (marks > [1580, 1180]).any() or not (0 < foot[1] < 1200):
            continue
        noisy = marks + random.normal(0, 1.5, marks.shape)
        named = float(focal * np.exp(random.normal(0, 0.02))) if is_named else None
        reference = {"width_m": w, "length_m": length, "isUpright": upright}
        found.append(
            {"marks": noisy.tolist(), "reference": reference, "width": 1600, "height": 1200, "named": named}
            | {"pixel": foot.tolist()}
        )
        truth.append((name + (", lens named" if is_named else ""), float(np.hypot(*(head - foot)))))
    return found, truth


def measure(quick: bool = False) -> dict[str, Any]:
    """``figures`` and ``goals`` (name, goal, value, met, group)."""
    random = np.random.default_rng(11)
    pairs = {name: captured(name) for name in ROOMS}
    rooms = {name: room for name, (room, _) in pairs.items()}
    cases = _cases(rooms, 300 if quick else 1500, random)
    doors, margins = _doors(40 if quick else 200, random)
    photos, truth = _photos(300 if quick else 1500, random)
    answer = _ask(
        {"rooms": {n: given for n, (_, given) in pairs.items()}, "cases": cases, "doors": doors, "photos": photos}
    )
    figures: dict[str, Any] = {}
    goals: list[Goal] = []

    lengths = _lengths(rooms, answer)
    figures["lengths_mm"] = {
        "compared": len(lengths),
        "median": round(float(np.median(lengths)), 2),
        "p95": round(float(np.percentile(lengths, 95)), 2),
        "worst": round(max(lengths), 2),
    }
    worst = float(np.percentile(lengths, 99))
    goals.append(("place_lengths_mm", "lengths in the rooms within 10 mm (99 %)", worst, worst <= 10, "place"))

    figures["fit"] = _fit(rooms, cases, answer["cases"])
    right = figures["fit"]["right"]
    goals.append(("place_fit_right", "fit verdicts right in ≥ 95 %", right, right >= 0.95, "place"))
    figures["fit"]["ms_a_verdict"] = round(answer["judging_ms"] / len(cases), 2)
    figures["rooms"] = {
        name: {"corners": len(one["floor"]), "whole": one["isWhole"], "ms": round(one["took_ms"], 1)}
        for name, one in answer["rooms"].items()
    }

    passes = np.array([one["passes"] for one in answer["doors"]])
    decided = np.abs(margins - HANDS_M) > 0.001
    agree = float((passes == (margins >= HANDS_M))[decided].mean())
    spare = np.array([one["spare_m"] for one in answer["doors"]])
    figures["doorway"] = {
        "boxes": len(doors),
        "within_a_millimetre_of_the_limit": int((~decided).sum()),
        "right": round(agree, 4),
        "pass": int(passes.sum()),
        "always_the_commoner_answer": round(float(max(passes.mean(), 1 - passes.mean())), 3),
        "margin_of_those_refused_off_mm": round(float(np.abs(spare - margins)[~passes].max() * 1000), 2),
    }
    goals.append(("place_doorway_right", "doorway verdicts right in ≥ 99 %", agree, agree >= 0.99, "place"))

    figures["photo"] = _photo(answer["photos"], truth)
    large = figures["photo"]["rectangle 1.2 × 0.8 m, lens named"]["p90_percent"]
    goals.append(("place_photo_percent", "photo: size within 5 % (90 %), 1.2 m rectangle", large, large <= 5, "place"))
    told = figures["photo"]["within_twice_what_is_told"]
    goals.append(("place_photo_honest", "photo: error within twice what is told in ≥ 90 %", told, told >= 0.9, "place"))
    return {"figures": {"place": figures}, "goals": goals}


def _lengths(rooms: dict[str, Captured], answer: dict[str, Any]) -> list[float]:
    """Millimetres between what the client says and the captures: heights, doors, and every wall's way to the middle."""
    off = []
    for name, room in rooms.items():
        said = answer["rooms"][name]
        off.append(abs(said["floor_m"] - room.floor_m))
        off.append(abs(said["ceiling_m"] - room.ceiling_m))
        off += [abs(a["width_m"] - b[0]) for a, b in zip(said["doors"], room.doors, strict=True)]
        off += [abs(a["height_m"] - b[1]) for a, b in zip(said["doors"], room.doors, strict=True)]
        for top in room.tops:
            near = [abs(one["y_m"] - top) for one in said["tops"]]
            off += [min(near)] if top - room.floor_m < 1.4 else []
        # From any place to the walls: the outline against the bare walls.
        floor = np.array(said["floor"])
        outline = Captured("", 0, 0, np.stack([floor, np.roll(floor, -1, 0)], 1), [], [], [], np.zeros((0, 3)))
        low, high = room.walls.reshape(-1, 2).min(0), room.walls.reshape(-1, 2).max(0)
        places = np.random.default_rng(3).uniform(low, high, (400, 2))
        places = places[inside(room, places)]
        off += np.abs(to_walls(room, places) - to_walls(outline, places)).tolist()
    return [1000 * float(one) for one in off]


def _fit(rooms: dict[str, Captured], cases: list[dict[str, Any]], said: list[dict[str, Any]]) -> dict[str, Any]:
    right, abstained, yes = [], [], []
    wrong: dict[str, int] = {}
    for case, verdict in zip(cases, said, strict=True):
        room, size, at = rooms[case["room"]], np.array(case["size"]), np.array(case["at"])
        truth = case["truth"]
        yes.append(truth)
        if verdict["kind"] == "unsure":
            spread = verdict["spread_m"] * 1.5
            # Not to know is right only where the measuring cannot tell.
            is_close = fits(room, size, at, case["yaw"], grown_m=-spread) and not fits(
                room, size, at, case["yaw"], grown_m=spread
            )
            abstained.append(True)
            right.append(is_close)
        else:
            abstained.append(False)
            right.append((verdict["kind"] in ("fits", "snug")) == truth)
        if not right[-1]:
            key = f"{case['room']}: said {verdict['kind']} ({verdict['reason']}), {'fits' if truth else 'does not'}"
            wrong[key] = wrong.get(key, 0) + 1
    by_room = {
        name: round(float(np.mean([r for r, c in zip(right, cases, strict=True) if c["room"] == name])), 4)
        for name in rooms
    }
    share = float(np.mean(yes))
    return {
        "cases": len(cases),
        "right": round(float(np.mean(right)), 4),
        "abstained": round(float(np.mean(abstained)), 4),
        "truly_fit": round(share, 3),
        "always_the_commoner_answer": round(max(share, 1 - share), 3),
        "by_room": by_room,
        "wrong": dict(sorted(wrong.items(), key=lambda one: -one[1])[:12]),
    }


def _photo(said: list[dict[str, float] | None], truth: list[tuple[str, float]]) -> dict[str, Any]:
    groups: dict[str, list[float]] = {}
    refused, told = 0, []
    for one, (name, metre_px) in zip(said, truth, strict=True):
        if one is None:
            refused += 1
            continue
        off = abs(one["metre_px"] / metre_px - 1)
        groups.setdefault(name, []).append(off)
        told.append(off <= 2 * one["share"])
    out: dict[str, Any] = {
        name: {
            "photos": len(off),
            "median_percent": round(100 * float(np.median(off)), 2),
            "p90_percent": round(100 * float(np.percentile(off, 90)), 2),
        }
        for name, off in sorted(groups.items())
    }
    return out | {"refused": refused, "within_twice_what_is_told": round(float(np.mean(told)), 3)}


if __name__ == "__main__":
    json.dump(measure("--quick" in sys.argv), sys.stdout, indent=1, ensure_ascii=False)
    print()
