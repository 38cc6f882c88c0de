"""
The humanoid rig of every figure: VRM 1.0 bone names, one topology, MakeHuman's weights.

As in VRM, a bone's axes are the world's when the body stands in a T-pose: all rotations identity is a T-pose, and one
clip drives every body. The meshes are bound in MakeHuman's own A-pose, from which shoulders deform best, so a body's
rest pose has rotations: the elbow and wrist frames are turned so that flexing is a turn about the bone's own Y.

Source: VRM 1.0 humanoid; MPFB 2's mixamo-named rig.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from showroom_demo.avatars.source import MakeHuman
from showroom_demo.kit.shape import F64, I64, unit

_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")


def _parents() -> dict[str, str]:
    out = {"hips": "", "spine": "hips", "chest": "spine", "upperChest": "chest", "neck": "upperChest", "head": "neck"}
    out |= {"leftEye": "head", "rightEye": "head"}
    for side in ("left", "right"):
        legs = ["hips", *(side + part for part in ("UpperLeg", "LowerLeg", "Foot", "Toes"))]
        arms = ["upperChest", *(side + part for part in ("Shoulder", "UpperArm", "LowerArm", "Hand"))]
        for parent, bone in (*pairwise(legs), *pairwise(arms)):
            out[bone] = parent
        for finger in _FINGERS:
            chain = [side + "Hand", *(side + finger + part for part in parts_of(finger))]
            for parent, bone in pairwise(chain):
                out[bone] = parent
    return out


def parts_of(finger: str) -> tuple[str, str, str]:
    """The three bones of a finger, VRM's names for them."""
    return ("Metacarpal", "Proximal", "Distal") if finger == "Thumb" else ("Proximal", "Intermediate", "Distal")


def _mixamo() -> dict[str, str]:
    out = {"Hips": "hips", "Spine": "spine", "Spine1": "chest", "Spine2": "upperChest", "Neck": "neck", "Head": "head"}
    parts = {
        "UpLeg": "UpperLeg", "Leg": "LowerLeg", "Foot": "Foot", "ToeBase": "Toes",
        "Shoulder": "Shoulder", "Arm": "UpperArm", "ForeArm": "LowerArm", "Hand": "Hand",
    }  # fmt: skip
    for side in ("Left", "Right"):
        for theirs, ours in parts.items():
            out[side + theirs] = side.lower() + ours
        for finger in _FINGERS:
            theirs = "Pinky" if finger == "Little" else finger
            for number, part in enumerate(parts_of(finger), 1):
                out[f"{side}Hand{theirs}{number}"] = side.lower() + finger + part
    return out


PARENTS = _parents()
BONES = tuple(PARENTS)
PARENT_OF = tuple(BONES.index(p) if p else -1 for p in PARENTS.values())
_VRM_FROM_MIXAMO = _mixamo()


def bone(name: str) -> int:
    return BONES.index(name)


@dataclass(frozen=True, eq=False)
class Skeleton:
    """``heads (b, 3)`` where bones start · ``rests (b, 3, 3)`` world rotations of the bind pose, from the T-pose."""

    heads: F64
    rests: F64

    def head(self, name: str) -> F64:
        return np.asarray(self.heads[bone(name)])

    @cached_property
    def bind(self) -> F64:
        """World matrices of the bind pose, ``(b, 4, 4)``."""
        world = np.tile(np.eye(4), (len(BONES), 1, 1))
        world[:, :3, :3], world[:, :3, 3] = self.rests, self.heads
        return world

    @cached_property
    def offsets(self) -> F64:
        """Each bone's translation in its parent's axes; the hips' in the world's."""
        out = self.heads.copy()
        for at, parent in enumerate(PARENT_OF):
            if parent >= 0:
                out[at] = self.rests[parent].T @ (self.heads[at] - self.heads[parent])
        return out

    @cached_property
    def locals(self) -> F64:
        """Rotations of the bind pose relative to the parents', ``(b, 3, 3)``."""
        out = self.rests.copy()
        for at, parent in enumerate(PARENT_OF):
            if parent >= 0:
                out[at] = self.rests[parent].T @ self.rests[at]
        return out

    def world(self, rotations: F64, hips: F64 | None = None) -> F64:
        """World matrices ``(b, 4, 4)`` under local rotations ``(b, 3, 3)`` and a place of the hips."""
        count = len(BONES)
        out = np.tile(np.eye(4), (count, 1, 1))
        for at, parent in enumerate(PARENT_OF[:count]):
            if parent < 0:
                out[at, :3, :3], out[at, :3, 3] = rotations[at], self.offsets[at] if hips is None else hips
            else:
                above = out[parent, :3, :3]
                out[at, :3, :3] = above @ rotations[at]
                out[at, :3, 3] = above @ self.offsets[at] + out[parent, :3, 3]
        return out

    def skinning(self, rotations: F64, hips: F64 | None = None) -> F64:
        """What each bone does to the points bound to it, ``(b, 4, 4)``."""
        return np.asarray(self.world(rotations, hips) @ np.linalg.inv(self.bind))


def skeleton(data: MakeHuman, points: F64) -> Skeleton:
    """The rig inside a body of the base mesh's topology."""
    heads = np.zeros((len(BONES), 3))
    for name, entry in data.rig.items():
        ours = _VRM_FROM_MIXAMO.get(name.partition(":")[2])
        if ours:
            head = entry["head"]
            where = data.cubes[head["cube_name"]] if head["strategy"] == "CUBE" else head["vertex_indices"]
            heads[bone(ours)] = points[where].mean(axis=0)
    for side, letter in (("left", "l"), ("right", "r")):
        quads, _ = data.quads(f"helper-{letter}-eye")
        ball = points[np.unique(quads)]
        heads[bone(side + "Eye")] = (ball.min(axis=0) + ball.max(axis=0)) / 2
    twin = [bone(n.replace("left", "#").replace("right", "left").replace("#", "right")) for n in BONES]
    heads = (heads + heads[twin] * [-1, 1, 1]) / 2
    rests = np.tile(np.eye(3), (len(BONES), 1, 1))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        _arm(heads, rests, side, sign)
        _leg(heads, rests, side)
    return Skeleton(heads, rests)


def _axes(x: F64, y: F64) -> F64:
    """A rotation whose X is exactly ``x`` and whose Y leans towards ``y``."""
    x = unit(x)
    z = unit(np.cross(x, y))
    return np.column_stack([x, np.cross(z, x), z])


def _arm(heads: F64, rests: F64, side: str, sign: float) -> None:
    at = {part: heads[bone(side + part)] for part in ("UpperArm", "LowerArm", "Hand", "MiddleProximal",
                                                      "IndexProximal", "LittleProximal")}  # fmt: skip
    upper, lower = at["LowerArm"] - at["UpperArm"], at["Hand"] - at["LowerArm"]
    hinge = np.cross(lower, upper) * sign  # up, when the palm faces down in a T-pose
    rests[bone(side + "UpperArm")] = _axes(upper * sign, hinge)
    rests[bone(side + "LowerArm")] = _axes(lower * sign, hinge)
    across = at["IndexProximal"] - at["LittleProximal"]
    along = (at["MiddleProximal"] - at["Hand"]) * sign
    hand = _axes(along, np.cross(across, along))
    for name in BONES:
        if name == side + "Hand" or (name.startswith(side) and any(f in name for f in _FINGERS)):
            rests[bone(name)] = hand


def _leg(heads: F64, rests: F64, side: str) -> None:
    for part, following in (("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot")):
        down = unit(heads[bone(side + following)] - heads[bone(side + part)])
        z = unit(np.array([0.0, 0.0, 1.0]) - down * down[2])
        rests[bone(side + part)] = np.column_stack([np.cross(-down, z), -down, z])
    forward = heads[bone(side + "Toes")] - heads[bone(side + "Foot")]
    yaw = np.arctan2(forward[0], forward[2])
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    rests[bone(side + "Foot")] = rests[bone(side + "Toes")] = turn


def vertex_weights(data: MakeHuman) -> F64:
    """Weights ``(19158, b)`` of all vertices of the base mesh, rows summing to 1; the eyes turn with their bones."""
    out = np.zeros((len(data.points), len(BONES)))
    for name, pairs in data.weights.items():
        ours = _VRM_FROM_MIXAMO.get(name.partition(":")[2])
        if ours:
            rows = np.array(pairs).reshape(-1, 2)
            np.add.at(out[:, bone(ours)], rows[:, 0].astype(np.int64), rows[:, 1])
    out /= np.maximum(out.sum(axis=1, keepdims=True), 1e-9)
    for side, letter in (("left", "l"), ("right", "r")):
        quads, _ = data.quads(f"helper-{letter}-eye")
        out[np.unique(quads)] = np.eye(len(BONES))[bone(side + "Eye")]
    return out


def strongest(weights: F64, count: int = 4) -> tuple[I64, F64]:
    """The ``count`` largest weights of each row and their bones, summing to 1."""
    order = np.argsort(-weights, axis=1, kind="stable")[:, :count]
    kept = np.take_along_axis(weights, order, axis=1)
    kept = np.where(kept < 0.01, 0.0, kept)
    return order, kept / kept.sum(axis=1, keepdims=True)
