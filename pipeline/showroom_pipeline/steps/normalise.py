"""
Bring a scene into the house's space: metres, +Y up, front +Z, pivot at the bottom centre.

The scale comes from a declared unit, else from what the file's format says, else from the declared dimensions, else
from what sizes products have. Declared dimensions are always checked: a mesh that disagrees is refused, since a chair
sold 5 % too small comes back. What it is not: it does not stretch; the transform is a rotation, one scale and a
translation.
"""

import math
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import numpy as np

from showroom_assets.errors import DimensionMismatch, EmptyInput, InputError
from showroom_assets.scene import F64, Scene, local_matrix, world_matrices
from showroom_pipeline.steps.dimensions import METRES_PER_UNIT, format_dimensions, parse_unit
from showroom_pipeline.steps.transform import transform_scene
from showroom_pipeline.steps.upright import Up, guess_up

Axis = Literal["+X", "-X", "+Y", "-Y", "+Z", "-Z"]

SMALLEST_M, LARGEST_M = 0.003, 5.0
"""Sizes a product plausibly has: an ear stud to a wardrobe wall."""

_TYPICAL_M = 0.25
"""The middle of the sizes: of 21 real scans the median longest side is 0.20 m, and furniture is larger."""

_UNIT_PRIOR = {"m": 0.4, "mm": 0.4, "cm": 0.15, "in": 0.04, "ft": 0.01}


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """
    ``scene`` in metres · ``matrix (4, 4)`` result_from_input · ``bounds_m (2, 3)`` lowest and highest corner ·
    ``metres_per_unit`` that was used · ``up`` of the input · ``notes`` what was assumed, one sentence each.
    """

    scene: Scene
    matrix: F64
    bounds_m: F64
    metres_per_unit: float
    up: str
    notes: tuple[str, ...] = ()

    @property
    def size_m(self) -> tuple[float, float, float]:
        """Width, height, depth."""
        width, height, depth = (float(v) for v in self.bounds_m[1] - self.bounds_m[0])
        return width, height, depth


def normalise(
    scene: Scene,
    *,
    unit: str | None = None,
    dimensions_m: tuple[float, float, float] | None = None,
    metres_per_unit_declared: float | None = None,
    up: str | None = None,
    front: str | None = None,
    tolerance: float = 0.05,
) -> Normalised:
    """
    Parameters
    ----------
    scene
        In the file's own space and unit.
    unit
        mm, cm, m, in or ft, as the merchant declared it. Wins over what the file says.
    dimensions_m
        Width, height and depth that the product has, metres.
    metres_per_unit_declared
        What the file's format says (1.0 for glTF), or None.
    up, front
        The input's directions, ``+Y``, ``+Z`` and so on; None finds up by `upright.guess_up` (and by the dimensions, if
        only one way fits), and takes the front that goes with it: +Z for a Y-up file, -Y for a Z-up one.
    tolerance
        Largest relative difference a side may have from its declared length.

    Raises
    ------
    DimensionMismatch
        If the mesh disagrees with ``dimensions_m``.
    InputError
        If no unit gives a plausible size, or the directions make no sense.
    EmptyInput
        If there is nothing to measure.
    """
    points = rest_positions(scene)
    if len(points) == 0:
        raise EmptyInput("The scene has no vertices to measure: nothing to convert. Export the mesh again.")
    if not np.isfinite(points).all():
        raise InputError("Some vertices are not numbers, so the product has no size. Export the mesh again.")
    if not np.ptp(points, axis=0).any():
        raise EmptyInput("All vertices are in one place: nothing to convert. Export the mesh again.")
    notes: list[str] = []
    declared = parse_unit(unit) if unit is not None else None
    chosen_up, rotation = _stand(points, up, front, dimensions_m, declared, tolerance, notes)
    size = np.ptp(points @ rotation.T, axis=0)
    scale = _scale(size, declared, metres_per_unit_declared, dimensions_m, tolerance, notes)
    if dimensions_m is not None:
        _check(size * scale, dimensions_m, tolerance)

    matrix = np.eye(4)
    matrix[:3, :3] = rotation * scale
    low, high = _bounds(points @ matrix[:3, :3].T)
    matrix[:3, 3] = -0.5 * (low[0] + high[0]), -low[1], -0.5 * (low[2] + high[2])
    if np.allclose(matrix, np.eye(4), rtol=0, atol=1e-9 * max(1.0, float(np.abs(high).max()))):
        matrix = np.eye(4)  # a second run changes nothing, not even the last bit
    moved = transform_scene(scene, matrix)
    bounds = np.stack(_bounds(points @ matrix[:3, :3].T + matrix[:3, 3]))
    return Normalised(
        scene=moved, matrix=matrix, bounds_m=bounds, metres_per_unit=scale, up=chosen_up, notes=tuple(notes)
    )


def rest_positions(scene: Scene) -> F64:
    """
    All vertices that are drawn, in the scene's space, skins in their rest pose ``(n, 3)``; each mesh once a node.
    """
    world = world_matrices(scene)
    found = []
    for index, matrix in world.items():
        node = scene.nodes[index]
        if node.mesh is None:
            continue
        for primitive in scene.meshes[node.mesh].primitives:
            positions = primitive.positions.astype(np.float64)
            if not primitive.is_cloud:  # vertices that nothing draws have no say
                used = np.zeros(len(positions), bool)
                used[primitive.indices.reshape(-1)] = True
                positions = positions if used.all() else positions[used]
            else:
                used = np.ones(len(positions), bool)
            if node.skin is not None and primitive.joints is not None and primitive.weights is not None:
                skin = scene.skins[node.skin]
                bones = np.stack([world.get(j, local_matrix(scene.nodes[j])) for j in skin.joints])
                bones = bones @ skin.inverse_bind.astype(np.float64)
                weights = primitive.weights[used].astype(np.float64)
                blend = np.einsum("nk,nkij->nij", weights, bones[primitive.joints[used]])
                found.append(np.einsum("nij,nj->ni", blend[:, :3, :3], positions) + blend[:, :3, 3])
            else:
                found.append(positions @ matrix[:3, :3].T + matrix[:3, 3])
    return np.concatenate(found) if found else np.empty((0, 3))


def rotation_from(up: str, front: str | None = None) -> F64:
    """
    ``(3, 3)`` that turns the input's ``up`` to +Y and ``front`` to +Z.

    Raises
    ------
    InputError
        If a direction is not one of ±X, ±Y, ±Z, or the two lie on one line.
    """
    up_vector = _direction(up, "up")
    default = {"X": "+Z", "Y": "+Z", "Z": "-Y" if up.startswith("+") else "+Y"}[up[1].upper()]
    front_vector = _direction(front or default, "front")
    if abs(float(up_vector @ front_vector)) > 0.5:
        raise InputError(f"--up {up} and --front {front} lie on one line. Choose a front across it, like {default}.")
    return np.stack([np.cross(up_vector, front_vector), up_vector, front_vector])


def _direction(text: str, name: str) -> F64:
    if len(text) != 2 or text[0] not in "+-" or text[1].upper() not in "XYZ":
        raise InputError(f"--{name} {text} is not a direction. Use one of +X, -X, +Y, -Y, +Z, -Z.")
    vector = np.zeros(3)
    vector["XYZ".index(text[1].upper())] = 1.0 if text[0] == "+" else -1.0
    return vector


def _bounds(points: F64) -> tuple[F64, F64]:
    return points.min(axis=0), points.max(axis=0)


def _stand(
    points: F64,
    up: str | None,
    front: str | None,
    dimensions_m: tuple[float, float, float] | None,
    scale: float | None,
    tolerance: float,
    notes: list[str],
) -> tuple[str, F64]:
    """The up direction and the rotation."""
    if up is not None:
        return up, rotation_from(up, front)
    guess, scores = guess_up(points)
    reason = f"scores: +Y {scores['+Y'].score:.2f}, +Z {scores['+Z'].score:.2f}"
    if front is not None and front[1:].upper() == guess[1:]:
        guess, reason = ("+Z" if guess == "+Y" else "+Y"), f"the front is {front}"
    elif dimensions_m is not None:
        sizes: dict[Up, F64] = {c: np.ptp(points @ rotation_from(c).T, axis=0) for c in scores}
        fits = [c for c, size in sizes.items() if _fits(size, dimensions_m, scale, tolerance)]
        if len(fits) == 1:
            guess, reason = fits[0], "only so do the dimensions fit"
    notes.append(f"Took {guess} as up ({reason}). Say --up if that is wrong.")
    return guess, rotation_from(guess, front)


def _fits(size: F64, dimensions_m: tuple[float, float, float], scale: float | None, tolerance: float) -> bool:
    wanted = np.asarray(dimensions_m)
    factor = _best_scale(size, wanted) if scale is None else scale
    return bool((np.abs(size * factor / wanted - 1) <= tolerance).all())


def _best_scale(size: F64, wanted: F64) -> float:
    """The scale that makes the largest relative difference of a side the least."""
    ratios = wanted / np.maximum(size, 1e-300)
    ratios = ratios[size > 1e-6 * size.max()] if size.max() > 0 else ratios
    return float(2 / (1 / ratios.min() + 1 / ratios.max()))


def _scale(
    size: F64,
    declared: float | None,
    by_format: float | None,
    dimensions_m: tuple[float, float, float] | None,
    tolerance: float,
    notes: list[str],
) -> float:
    largest = float(size.max())
    if declared is not None:
        if not SMALLEST_M <= largest * declared <= LARGEST_M:
            notes.append(f"The product is {_length(largest * declared)} in its longest side: is the unit right?")
        return declared
    if by_format is not None and SMALLEST_M <= largest * by_format <= LARGEST_M:
        return by_format
    if dimensions_m is not None:
        wanted = np.asarray(dimensions_m)
        best = _best_scale(size, wanted)
        for name, metres in METRES_PER_UNIT.items():  # a whole unit, if one fits: then the scan's own size counts
            if np.abs(size * metres / wanted - 1).max() <= tolerance:
                notes.append(f"The dimensions fit a mesh in {name}.")
                return metres
        notes.append(f"Scaled to the declared dimensions: 1 unit is {_length(best)}.")
        return best
    likely = _guess_unit(largest)
    if likely is None:
        raise InputError(
            f"The mesh is {largest:.4g} units in its longest side: in no unit is that a product of 3 mm to 5 m. "
            "Declare --unit or --dimensions, like --dimensions 30x20x12cm.",
            longest_units=largest,
        )
    said = "" if by_format is None else f"Its format says metres, which would make it {_length(largest * by_format)}. "
    notes.append(
        f"{said}Took the unit to be {likely}: {_length(largest * METRES_PER_UNIT[likely])} in its longest side. "
        "Say --unit or --dimensions if that is wrong."
    )
    return METRES_PER_UNIT[likely]


def _guess_unit(largest: float) -> str | None:
    best, best_score = None, -math.inf
    for name, metres in METRES_PER_UNIT.items():
        size = largest * metres
        if SMALLEST_M <= size <= LARGEST_M:
            spread = math.log(size / _TYPICAL_M) / math.log(4)
            score = math.log(_UNIT_PRIOR[name]) - 0.5 * spread * spread
            if score > best_score:
                best, best_score = name, score
    return best


def _check(size_m: F64, wanted_m: tuple[float, float, float], tolerance: float) -> None:
    wanted = np.asarray(wanted_m)
    off = size_m / wanted - 1
    if (np.abs(off) <= tolerance).all():
        return
    sides = ", ".join(
        f"{side} {_difference(float(share))}"
        for side, share in zip(("width", "height", "depth"), off, strict=True)
        if abs(share) > tolerance
    )
    real = tuple(float(v) for v in size_m)
    measured = format_dimensions((real[0], real[1], real[2]))
    ways = _ways_out(size_m, wanted, tolerance)
    raise DimensionMismatch(
        f"The mesh is {measured} (width × height × depth), {format_dimensions(wanted_m)} was declared: {sides}. {ways}",
        measured_m=list(real),
        declared_m=list(wanted_m),
        off=[float(v) for v in off],
        tolerance=tolerance,
    )


def _difference(share: float) -> str:
    """``30 % too large``, or ``12 times too small`` where a share says little."""
    if share > 2:
        return f"{1 + share:.3g} times too large"
    if share < -0.67:
        return f"{1 / max(1 + share, 1e-12):.3g} times too small"
    return f"{abs(share):.0%} too {'large' if share > 0 else 'small'}"


def _ways_out(size_m: F64, wanted: F64, tolerance: float) -> str:
    """What would make it fit: another order of the numbers, another unit, or, both failing, the tolerance."""

    def fits(order: tuple[int, ...], factor: float) -> bool:
        return bool((np.abs(size_m * factor / wanted[list(order)] - 1) <= tolerance).all())

    units = list(METRES_PER_UNIT.items())
    for order in sorted(permutations(range(3)), key=lambda o: sum(a != b for a, b in enumerate(o))):
        if order != (0, 1, 2) and fits(order, 1.0):
            swapped = wanted[list(order)]
            text = format_dimensions((float(swapped[0]), float(swapped[1]), float(swapped[2])))
            return f"It fits as {text}: check the order of the numbers, or say which way is up with --up."
    for order in permutations(range(3)):
        for have, metres in units:
            for other, wanted_metres in units:
                if have != other and fits(order, wanted_metres / metres):
                    turned = "" if order == (0, 1, 2) else ", with the sides in another order (see --up)"
                    return f"It would fit with {other} in place of {have}{turned}: try --unit {other}."
    return "Correct --dimensions or --unit, or allow more with --dimension-tolerance."


def _length(metres: float) -> str:
    for unit, factor in (("m", 1.0), ("cm", 0.01), ("mm", 0.001)):
        if metres >= factor:
            return f"{metres / factor:.3g} {unit}"
    return f"{metres * 1000:.3g} mm"
