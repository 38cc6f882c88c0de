"""
The bodice block: front, back and set-in sleeves in the size the demo's body wears, and where they start on it.

Shared by the T-shirt and the jacket. Flat coordinates: hem at y = 0; the front is seen from the front (x is the
garment's left), the back from the back, sleeves with the underarm seam at both sides and the cap on top.
"""

from dataclasses import dataclass

import numpy as np

from showroom_demo.kit.body import body
from showroom_demo.kit.curve import spline
from showroom_demo.kit.pattern import Piece, Place, cut, strip
from showroom_demo.kit.shape import F64, unit

Seam = tuple[tuple[str, str], tuple[str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Flat sizes in mm; ``hem_y`` is the height of the hem above the floor before draping."""

    half_chest: float
    half_hem: float
    armpit: float
    shoulder: float
    half_shoulder: float
    neck: float
    half_neck: float
    front_drop: float
    back_drop: float
    bicep: float
    cuff: float
    sleeve: float
    cap: float
    hem_y: float
    spacing: float
    ease_mm: float = 6.0

    def counts(self) -> dict[str, int]:
        """Segments of each seam, so that both sides match."""

        def n(length: float) -> int:
            return max(2, round(length / self.spacing))

        rise = self.shoulder - self.armpit
        return {
            "side": n(self.armpit),
            "arm": n(1.12 * float(np.hypot(rise, self.half_chest - self.half_shoulder))),
            "shoulder": n(float(np.hypot(self.half_shoulder - self.half_neck, self.neck - self.shoulder))),
            "under": n(self.sleeve),
        }


def panel(block: Block, *, back: bool) -> Piece:
    """The whole front or back, cut on the fold: edges hem, neck, and side/arm/shoulder with _l and _r."""
    b = block
    right, left = ("r", "l") if back else ("l", "r")  # suffix at flat +x, and at -x
    arm = spline(
        [
            (b.half_chest, b.armpit),
            (b.half_chest - 0.55 * (b.half_chest - b.half_shoulder) - 14, b.armpit + 0.10 * (b.shoulder - b.armpit)),
            (b.half_shoulder - (10 if back else 17), b.armpit + 0.42 * (b.shoulder - b.armpit)),
            (b.half_shoulder, b.shoulder),
        ],
        40,
    )
    drop = b.back_drop if back else b.front_drop
    half = [
        (b.half_neck, b.neck),
        (0.86 * b.half_neck, b.neck - 0.62 * drop),
        (0.45 * b.half_neck, b.neck - 0.95 * drop),
    ]
    neck = spline([*half, (0, b.neck - drop), *[(-x, y) for x, y in half[::-1]]], 60)
    flip = np.array([-1.0, 1.0])
    side = np.array([(b.half_hem, 0.0), (b.half_chest, b.armpit)])
    seam = np.array([(b.half_shoulder, b.shoulder), (b.half_neck, b.neck)])
    edges = [
        ("hem", np.array([(-b.half_hem, 0.0), (b.half_hem, 0.0)])),
        (f"side_{right}", side),
        (f"arm_{right}", arm),
        (f"shoulder_{right}", seam),
        ("neck", neck),
        (f"shoulder_{left}", seam[::-1] * flip),
        (f"arm_{left}", arm[::-1] * flip),
        (f"side_{left}", side[::-1] * flip),
    ]
    counts = {f"{k}_{s}": v for k, v in b.counts().items() for s in "lr"}
    name = "back" if back else "front"
    return cut(name, edges, place=_on_torso(b, back=back), spacing=b.spacing, counts=counts)


def sleeve(block: Block, side: str) -> Piece:
    """A set-in sleeve: edges hem, under_p, cap_p, cap_n, under_n (p at flat +x: the back of the left arm)."""
    b = block
    top = b.sleeve + b.cap
    cap = spline(
        [
            (b.bicep, b.sleeve),
            (0.72 * b.bicep, b.sleeve + 0.20 * b.cap),
            (0.42 * b.bicep, b.sleeve + 0.72 * b.cap),
            (0.16 * b.bicep, b.sleeve + 0.97 * b.cap),
            (0.0, top),
        ],
        40,
    )
    flip = np.array([-1.0, 1.0])
    under = np.array([(b.cuff, 0.0), (b.bicep, b.sleeve)])
    edges = [
        ("hem", np.array([(-b.cuff, 0.0), (b.cuff, 0.0)])),
        ("under_p", under),
        ("cap_p", cap),
        ("cap_n", cap[::-1] * flip),
        ("under_n", under[::-1] * flip),
    ]
    n = b.counts()
    counts = {"under_p": n["under"], "under_n": n["under"], "cap_p": n["arm"], "cap_n": n["arm"]}
    place = _on_arm(b, side)
    return cut(f"sleeve_{side}", edges, place=place, spacing=b.spacing, counts=counts)


def body_seams() -> list[Seam]:
    """Side, shoulder, armhole and sleeve seams of one front, one back and two sleeves."""
    seams: list[Seam] = []
    for s in "lr":
        seams += [((("front", f"{k}_{s}")), ("back", f"{k}_{s}"), True) for k in ("side", "shoulder")]
        cap_back, cap_front = ("cap_p", "cap_n") if s == "l" else ("cap_n", "cap_p")
        seams += [
            ((f"sleeve_{s}", cap_back), ("back", f"arm_{s}"), True),
            ((f"sleeve_{s}", cap_front), ("front", f"arm_{s}"), True),
            ((f"sleeve_{s}", "under_p"), (f"sleeve_{s}", "under_n"), True),
        ]
    return seams


def neck_ribs(
    front: Piece, back: Piece, *, width: float, tightness: float, rows: int, lean: float = 0.35
) -> tuple[list[Piece], list[Seam]]:
    """Front and back half of a rib that stands on the neckline, its upper edge ``tightness`` as long as the seam."""
    out: list[Piece] = []
    seams: list[Seam] = []
    for piece, name in ((front, "rib_front"), (back, "rib_back")):
        line = piece.placed[piece.edges["neck"]][::-1]
        length = float(np.linalg.norm(np.diff(piece.flat[piece.edges["neck"]], axis=0), axis=1).sum())
        centre = np.array([0.0, line[:, 1].max(), 12.0])
        rise = lean * unit((centre - line) * [1.0, 0.0, 1.0]) + [0.0, 1.0, 0.0]
        placed = line[None] + (np.arange(rows + 1) / rows * width)[:, None, None] * rise[None]
        out.append(strip(name, tightness * length, width, segments=len(line) - 1, rows=rows, placed=placed))
        seams.append(((name, "lower"), (piece.name, "neck"), True))
    seams += [
        (("rib_front", "end"), ("rib_back", "start"), False),
        (("rib_back", "end"), ("rib_front", "start"), False),
    ]
    return out, seams


def arms_from(block: Block, *below: str) -> dict[str, tuple[float, float]]:
    """Pattern heights between which the arms begin to move the torso's cloth; ``below`` are bands they never do."""
    rise = block.shoulder - block.armpit
    panels = dict.fromkeys(("front", "back"), (block.armpit - 0.45 * rise, block.armpit + 0.55 * rise))
    return {**panels, **dict.fromkeys(below, (1e5, 1e6))}


def torso_depth(points: F64, *, back: bool, room: float) -> F64:
    """
    z of a loose sheet in front of (or behind) the torso at ``(x, y)``: the body's own, a bit away from it.

    Parameters
    ----------
    points
        ``(n, 2)`` mm in space: x to the left, y up.
    """
    from scipy.spatial import cKDTree

    b = body()
    arms = [k for k, name in enumerate(b.bones) if name.endswith(("Arm", "Hand"))]
    facing = -b.normals[:, 2] if back else b.normals[:, 2]
    mine = (b.weights[:, arms].sum(axis=1) < 0.5) & (facing > -0.05)
    torso = b.points[mine]
    # below the seat a sheet hangs straight: following the legs, the hem was caught between them
    at = np.stack([points[:, 0], np.maximum(points[:, 1], 900.0)], axis=1)
    _, index = cKDTree(torso[:, :2]).query(at, k=6)
    z = torso[index, 2].mean(axis=1)
    return np.asarray(z + (-room if back else room))


def _on_torso(block: Block, *, back: bool) -> Place:
    sign = -1.0 if back else 1.0

    def place(flat: F64) -> F64:
        # half the girth goes round the front: narrower than it is wide when flat
        x = sign * flat[:, 0] * 0.80
        y = flat[:, 1] + block.hem_y
        return np.stack([x, y, torso_depth(np.stack([x, y], axis=1), back=back, room=14.0)], axis=1)

    return place


def _on_arm(block: Block, side: str) -> Place:
    b = body()
    sign = 1.0 if side == "l" else -1.0
    bone = "left" if side == "l" else "right"
    start, elbow, hand = (b.head(bone + part) for part in ("UpperArm", "LowerArm", "Hand"))
    upper, fore = unit(elbow - start), unit(hand - elbow)
    out = unit(np.array([-sign * upper[1], sign * upper[0], 0.0]))
    reach = float(np.linalg.norm(elbow - start))

    def place(flat: F64) -> F64:
        along = block.sleeve + block.cap - flat[:, 1] - 12.0
        width = np.interp(flat[:, 1], [0, block.sleeve], [block.cuff, block.bicep])
        width = np.where(flat[:, 1] > block.sleeve, block.bicep, width)
        angle = np.pi * flat[:, 0] / width
        axis = start + np.minimum(along, reach)[:, None] * upper + np.maximum(along - reach, 0)[:, None] * fore
        radius = (width / np.pi + 2.0)[:, None]
        return np.asarray(
            axis + radius * (np.cos(angle)[:, None] * out - sign * np.sin(angle)[:, None] * np.array([0.0, 0.0, 1.0]))
        )

    return place
