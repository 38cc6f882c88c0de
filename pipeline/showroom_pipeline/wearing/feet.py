"""
A pair of shoes on the feet of a body in one photo, as the mirror puts them on.

Feet stand where the body's landmarks are once it is as tall as said; a shoe's ankle comes to the foot's, its sole along
heel and toes. In true size. What it is not: feet alone in a picture; without shoulders and hips nothing says how far
away they are.

Source: see ``webclient/src/tryon/limbs.ts`` and ``body-turns.ts``.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import trimesh

from showroom_assets.errors import EmptyInput, InputError
from showroom_assets.product import Anchor
from showroom_assets.scene import F64, U8, Node, Scene, world_matrices
from showroom_pipeline.surface_error import world_triangles
from showroom_pipeline.wearing import depth, picture, shut, verdict
from showroom_pipeline.wearing.bones import HEIGHT_M
from showroom_pipeline.wearing.fit import Fitted
from showroom_pipeline.wearing.garment import landmarks
from showroom_pipeline.wearing.head import Lens, Pose
from showroom_pipeline.wearing.item import Item
from showroom_pipeline.wearing.verdict import Check

# MediaPipe's landmarks: knee, ankle, heel, toe.
_LEG = {"left": (25, 27, 29, 31), "right": (26, 28, 30, 32)}
_SURE = 0.4
_SHIN_M = (0.05, 0.036)
_LENGTH_MM = (150, 400)


def fit(item: Item, photo: U8, anchors: list[Anchor], *, models: Path, height_m: float = HEIGHT_M) -> Fitted:
    """
    Raises
    ------
    EmptyInput
        Nobody who is seen from the shoulders to the feet.
    """
    lens = Lens(photo.shape[1], photo.shape[0])
    found = shut.track(photo, ["pose"], models)
    seen = [
        (points, marks) for marks, metres in zip(found.bodies, found.bodies_m, strict=True)
        if (points := landmarks(marks, metres, lens, height_m)) is not None
    ]  # fmt: skip
    feet = [one for points, marks in seen if (one := _feet(points, marks))]
    if not feet:
        raise EmptyInput("Nobody is seen from the shoulders to the feet. Take a photo of all of a person, standing.")
    best = max(feet, key=lambda one: max(float(foot.translation[2]) for foot, _ in one.values()))
    mesh = world_triangles(item.scene)
    if not len(mesh[1]):
        raise InputError(f"{item.name} has no surface. Check it with `showroom inspect`.")
    checks = [*verdict.of_anchors("shoes", anchors, mesh), *_checks(mesh[0])]
    measures = {"bodies": len(seen), "feet": len(best), "height_m": height_m}
    ankles = {side: _place(anchors, f"ankle_{side}") for side in _LEG}
    if any(place is None for place in ankles.values()):
        return Fitted(png=None, checks=checks, measures=measures, locks=found.locks)
    poses = {
        side: Pose(foot.rotation, foot.translation - foot.rotation @ place)
        for side, (foot, _) in best.items() if (place := ankles[side]) is not None
    }  # fmt: skip
    placed = _placed(item.scene, poses)
    png = picture.draw(
        photo,
        placed,
        product_m=depth.depth_map(world_triangles(placed), lens),
        hides_m=depth.depth_map(_shins(best), lens),
        lens=lens,
    )
    return Fitted(png=png, checks=checks, measures=measures, locks=found.locks)


def _feet(points: F64, marks: F64) -> dict[str, tuple[Pose, F64]]:
    """Camera from each foot that is seen, its origin in the ankle, and where the knee above it is."""
    out = {}
    for side, (knee, ankle, heel, toe) in _LEG.items():
        if marks[[ankle, toe], 3].min() < _SURE:
            continue
        z = points[toe] - points[heel]
        y = points[knee] - points[ankle]
        if np.linalg.norm(z) < 1e-3:
            continue
        z = z / np.linalg.norm(z)
        y = y - z * (y @ z)
        y /= max(float(np.linalg.norm(y)), 1e-6)
        out[side] = (Pose(np.column_stack([np.cross(y, z), y, z]), points[ankle]), points[knee])
    return out


def _place(anchors: list[Anchor], name: str) -> F64 | None:
    return next((np.array(anchor.position_m) for anchor in anchors if anchor.name == name), None)


def _placed(scene: Scene, poses: dict[str, Pose]) -> Scene:
    """Each mesh with the foot on whose side it lies, in camera space; left is +X. A side without a foot is left out."""
    nodes = []
    for index, matrix in world_matrices(scene).items():
        number = scene.nodes[index].mesh
        if number is None:
            continue
        points = np.concatenate([one.positions for one in scene.meshes[number].primitives]) @ matrix[:3, :3].T
        middle = (points.min(0) + points.max(0))[0] / 2 + matrix[0, 3]
        pose = poses.get("left" if middle >= 0 else "right")
        if pose is not None:
            nodes.append(Node(name=scene.nodes[index].name, mesh=number, matrix=pose.matrix @ matrix))
    return replace(scene, nodes=tuple(nodes), roots=tuple(range(len(nodes))), skins=(), animations=())


def _shins(feet: dict[str, tuple[Pose, F64]]) -> depth.Mesh:
    """What of the legs hides the far side of a shoe's opening."""
    points, faces, count = [], [], 0
    for foot, knee in feet.values():
        way = knee - foot.translation
        bar = trimesh.creation.cylinder(
            radius=1.0, segment=[foot.translation, foot.translation + way * 0.8], sections=20
        )
        axis = way / np.linalg.norm(way)
        along = (bar.vertices - foot.translation) @ axis
        across = bar.vertices - foot.translation - along[:, None] * axis
        radius = np.interp(along, [0, float(np.linalg.norm(way)) * 0.8], _SHIN_M[::-1])
        points.append(foot.translation + along[:, None] * axis + across * radius[:, None])
        faces.append(np.asarray(bar.faces, dtype=np.int64) + count)
        count += len(bar.vertices)
    return np.concatenate(points), np.concatenate(faces)


def _checks(points: F64) -> list[Check]:
    long = float(np.ptp(points[:, 2]) * 1000)
    low, high = _LENGTH_MM
    left = float((points[:, 0] >= 0).mean() * 100)
    return [
        Check(name="length", value=long, least=low, most=high, unit="mm", says="from heel to toe"),
        Check(name="left_share", value=left, least=30, most=70, unit="%", says="of the model lies to the left: a pair"),
    ]  # fmt: skip
