"""One product on one person in one photo: the picture, the checks, and what was measured."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from showroom_assets.errors import EmptyInput, InputError
from showroom_assets.product import Anchor
from showroom_assets.scene import U8
from showroom_pipeline.surface_error import world_triangles
from showroom_pipeline.wearing import depth, head, picture, shut, verdict
from showroom_pipeline.wearing.item import Item
from showroom_pipeline.wearing.verdict import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """``png``: the photo with the product on it; None if it lacks the anchors that say where it sits."""

    png: bytes | None
    checks: list[Check]
    measures: dict[str, Any]
    locks: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return all(check.is_good for check in self.checks)


def fit(item: Item, photo: U8, *, models: Path, anchors: list[Anchor] | None = None) -> Fitted:
    """
    Parameters
    ----------
    photo
        ``(h, w, 3)``, see ``picture.read_photo``. The nearest face, body or hand is dressed.
    anchors
        Instead of the product's own.

    Raises
    ------
    EmptyInput
        Nobody to be seen.
    MissingFile, DamagedFile, ToolMissing, TrackerFailed
        The tracker cannot run.
    """
    given = item.anchors if anchors is None else anchors
    if item.worn == "garment":
        from showroom_pipeline.wearing.garment import fit as wear

        return wear(item, photo, models=models)
    if item.worn in ("watch", "ring"):
        from showroom_pipeline.wearing.hand import fit as bear

        return bear(item, photo, given, models=models)
    if item.worn == "shoes":
        from showroom_pipeline.wearing.feet import fit as shoe

        return shoe(item, photo, given, models=models)
    lens = head.Lens(photo.shape[1], photo.shape[0])
    found = shut.track(photo, ["face"], models)
    face = head.canonical(shut.model("face", models))
    heads = [one for marks in found.faces if (one := head.find(marks, face, lens)) is not None]
    if not heads:
        raise EmptyInput("No face that looks this way is in the photo. Take one from the front, with the head large.")
    nearest = max(heads, key=lambda one: one.pose.translation[2])
    mesh = world_triangles(item.scene)
    if not len(mesh[1]):
        raise InputError(f"{item.name} has no surface. Check it with `showroom inspect`.")
    checks = verdict.of_anchors(item.worn, given, mesh)
    measures: dict[str, Any] = {
        "faces": len(heads),
        "pupillary_distance_mm": round(nearest.pupillary_distance_mm, 1),
        "pupillary_distance_spread_mm": round(2 * nearest.scale_spread * nearest.pupillary_distance_mm, 1),
        "head_scale": round(nearest.scale, 3),
        "landmark_error_px": round(nearest.error_px, 2),
    }
    seat = head.seat(item.worn, given, nearest.scale)
    if seat is None:
        return Fitted(png=None, checks=checks, measures=measures, locks=found.locks)
    hides = depth.occluder(face, nearest.scale)
    checks += verdict.of_seat(item.worn, given, mesh, hides, nearest, seat)
    placed = nearest.pose.after(seat)
    png = picture.draw(
        photo,
        picture.in_camera(item.scene, placed.matrix),
        product_m=depth.depth_map((placed.put(mesh[0]), mesh[1]), lens),
        hides_m=depth.depth_map((nearest.pose.put(np.asarray(hides[0])), hides[1]), lens),
        lens=lens,
    )
    return Fitted(png=png, checks=checks, measures=measures, locks=found.locks)
