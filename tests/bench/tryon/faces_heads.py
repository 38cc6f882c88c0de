"""
Heads with known truth: MakeHuman's CC0 data as people, and where on each of them every landmark and place lies.

A head's own frame: metres, +X its left, +Y up, +Z out of the face, origin between the centres of the eyes; the mesh is
symmetric, so its yaw and roll are beyond doubt. Irises are 11.7 mm wide on everybody.

**What a landmark stands for.** MediaPipe's canonical face is brought onto the mean of all heads here by a fit of
rotation, way and one scale; then it is bent (thin plates) so that fourteen points that have names in anatomy (corners
of eyes and mouth, root and tip of the nose, chin, ...) lie on their vertices; then each of its points goes to the
nearest place on the outer skin. That place, a triangle and shares of it, is the landmark on every head: the topology is
the same.

**Places** (bridge, ear roots, lobes, throat) are vertices of the base mesh, named once below.

What it is not: the renderer or the judge (``webclient/bench/tryon*.ts``).
"""

import json
import struct
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

from showroom_demo.avatars.hair import hair
from showroom_demo.avatars.human import human
from showroom_demo.avatars.mesh import Mesh, Region, fan, rows, taken, vertex_normals, with_normals
from showroom_demo.avatars.people import Person
from showroom_demo.avatars.skeleton import skeleton, vertex_weights
from showroom_demo.avatars.skin import skin
from showroom_demo.avatars.source import BODY_VERTICES, MakeHuman, fetched
from showroom_demo.kit.shape import F64, I64

REPO = Path(__file__).resolve().parents[3]
TASK = REPO / "webclient" / "public" / "trackers" / "face_landmarker.task"
IRIS_M = 0.0117

# Anatomy that both meshes have: canonical landmark -> vertex of the base mesh (left side where there are two).
MIDDLE = {168: 132, 4: 5054, 2: 343, 0: 466, 17: 495, 152: 5225}
SIDES = {(263, 33): 11472, (362, 133): 11488, (291, 61): 7191, (454, 234): 12347}
# Where a product rests: the midline of the nose 2 mm over the eyes' centres; where the ear's top joins the head.
BRIDGE = 133
EAR_LEFT = 12338
LOBE_LEFT = 12328
THROAT = 797

PEOPLE = (
    Person(id="f-european-30", label="", is_male=False, people=(0.0, 0.05, 0.95), age=30, height_m=1.68, hair="bob",
           features={"head/head-oval": 0.5, "nose/nose-point-up": 0.3}),
    Person(id="m-african-27", label="", is_male=True, people=(0.97, 0.0, 0.03), age=27, height_m=1.83, muscle=0.6,
           hair="curls", features={"*cheek/cheek-bones-incr": 0.3}),
    Person(id="f-asian-24", label="", is_male=False, people=(0.0, 0.97, 0.03), age=24, height_m=1.60, weight=0.45,
           hair="bun", features={"head/head-oval": 0.3}),
    Person(id="m-european-62", label="", is_male=True, people=(0.0, 0.05, 0.95), age=62, height_m=1.78, weight=0.6,
           hair="", features={"nose/nose-hump-incr": 0.5, "head/head-rectangular": 0.4}),
    Person(id="f-african-45", label="", is_male=False, people=(0.95, 0.0, 0.05), age=45, height_m=1.65, weight=0.62,
           hair="crop", features={"head/head-round": 0.4}),
    Person(id="m-asian-38", label="", is_male=True, people=(0.02, 0.95, 0.03), age=38, height_m=1.72, hair="crop",
           features={"head/head-square": 0.3, "nose/nose-scale-horiz-incr": 0.2}),
    Person(id="f-mixed-55", label="", is_male=False, people=(0.35, 0.25, 0.40), age=55, height_m=1.62, weight=0.58,
           hair="long", features={"nose/nose-hump-incr": 0.3, "*eyes/eye-scale-incr": 0.2}),
    Person(id="m-mixed-21", label="", is_male=True, people=(0.3, 0.4, 0.3), age=21, height_m=1.76, muscle=0.56,
           hair="crop", features={"head/head-oval": 0.4, "nose/nose-base-down": 0.2}),
)  # fmt: skip


def built(out: Path, count: int) -> list[dict[str, Any]]:
    """The first ``count`` people in ``out``: ``people.json`` and a mesh each. All of them shape what landmarks mean."""
    out.mkdir(parents=True, exist_ok=True)
    data = MakeHuman(fetched(REPO / "build" / "cache"))
    shapes = {person.id: human(data, person) for person in PEOPLE}
    centred = {id: shape.points - _eyes(data, shape.points).mean(axis=0) for id, shape in shapes.items()}
    base, shares = landmarks(data, np.mean(list(centred.values()), axis=0))
    people = []
    for person in PEOPLE[:count]:
        points = centred[person.id]
        gaze = _gaze(data, points)
        irises, pupils = _irises(_eyes(data, points), _radius(data, points), gaze)
        places = np.concatenate([np.einsum("nk,nkx->nx", shares, points[base]), irises])
        mirrored = points * [-1.0, 1.0, 1.0]
        mesh = _mesh(data, person, shapes[person.id])
        moved = replace(mesh, points=mesh.points - _eyes(data, shapes[person.id].points).mean(axis=0))
        people.append({
            "id": person.id, "sex": "male" if person.is_male else "female", "age": person.age, "hair": person.hair,
            "landmarks": places.round(6).ravel().tolist(), "pupils": pupils.round(6).tolist(),
            "bridge": points[BRIDGE].round(6).tolist(),
            "ears": [points[EAR_LEFT].round(6).tolist(), _other(points, mirrored, EAR_LEFT).round(6).tolist()],
            "lobes": [points[LOBE_LEFT].round(6).tolist(), _other(points, mirrored, LOBE_LEFT).round(6).tolist()],
            "throat": points[THROAT].round(6).tolist(),
            "mesh": _written(moved, out / f"{person.id}.bin"),
        })  # fmt: skip
    (out / "people.json").write_text(json.dumps(people) + "\n")
    return people


def landmarks(data: MakeHuman, points: F64) -> tuple[I64, F64]:
    """Of each canonical landmark its triangle's vertices ``(468, 3)`` and shares ``(468, 3)``."""
    face = canonical()
    pairs = dict(MIDDLE)
    for (left, right), vertex in SIDES.items():
        pairs |= {left: vertex, right: _twin(data, vertex)}
    names, vertices = np.array(list(pairs)), np.array(list(pairs.values()))
    aligned = _similar(face[names], points[vertices], face)
    bent = RBFInterpolator(aligned[names], points[vertices], kernel="thin_plate_spline", degree=1)(aligned)
    quads, _ = data.quads("body")
    triangles = fan(quads)
    inside = data.mask("inside-mouth") > 0.5
    normals = vertex_normals(points[:BODY_VERTICES], triangles)
    middle = points[triangles].mean(axis=1)
    # The outer skin of the face: not the mouth's inside, the lids' backs or the nostrils.
    outward = (normals[triangles].mean(axis=1) * (middle - [0.0, -0.03, -0.09])).sum(axis=1) > 0
    near = (np.abs(middle - [0.0, -0.03, -0.02]) < [0.11, 0.13, 0.09]).all(axis=1)
    skinned = triangles[near & outward & ~inside[triangles].any(axis=1)]
    grid = np.array([(i, j, 6 - i - j) for i in range(7) for j in range(7 - i)]) / 6.0
    samples = np.einsum("sk,tkx->tsx", grid, points[skinned]).reshape(-1, 3)
    _, hit = cKDTree(samples).query(bent)
    return skinned[hit // len(grid)], grid[hit % len(grid)]


def canonical() -> F64:
    """The canonical face ``(468, 3)`` in metres, out of the tracker's own model file."""
    entry = zipfile.ZipFile(TASK).read("geometry_pipeline_metadata_landmarks.binarypb")
    mesh = next(value for key, value in _fields(entry) if key == 1)
    numbers = [struct.unpack(f"<{len(value) // 4}f", value) for key, value in _fields(mesh) if key == 3]
    return np.array([one for part in numbers for one in part]).reshape(-1, 5)[:, :3] / 100


def _fields(message: bytes) -> list[tuple[int, bytes]]:
    """The fields of a protobuf message that hold bytes."""
    found, at = [], 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = varint()
        if key & 7 == 0:
            varint()
            continue
        size = 4 if key & 7 == 5 else varint()
        found.append((key >> 3, message[at : at + size]))
        at += size
    return found


def _similar(source: F64, target: F64, moved: F64) -> F64:
    """``moved`` by the rotation, way and scale that bring ``source`` nearest to ``target`` (Umeyama 1991)."""
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    u, s, vt = np.linalg.svd(b.T @ a)
    sign = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    scale = float((s * np.diag(sign)).sum() / (a**2).sum())
    return np.asarray((moved - source.mean(axis=0)) @ (u @ sign @ vt).T * scale + target.mean(axis=0))


def _twin(data: MakeHuman, vertex: int) -> int:
    """The vertex on the other side."""
    return int(np.argmin(((data.points[:BODY_VERTICES] - data.points[vertex] * [-1, 1, 1]) ** 2).sum(axis=1)))


def _other(points: F64, mirrored: F64, vertex: int) -> F64:
    return np.asarray(points[int(np.argmin(((points[:BODY_VERTICES] - mirrored[vertex]) ** 2).sum(axis=1)))])


def _eyes(data: MakeHuman, points: F64) -> F64:
    """Centres of the eyeballs, left and right."""
    balls = [points[np.unique(data.quads(f"helper-{side}-eye")[0])] for side in "lr"]
    return np.stack([(ball.min(axis=0) + ball.max(axis=0)) / 2 for ball in balls])


def _radius(data: MakeHuman, points: F64) -> float:
    ball = points[np.unique(data.quads("helper-l-eye")[0])]
    return float(np.ptp(ball, axis=0)[:2].mean()) / 2


def _gaze(data: MakeHuman, points: F64) -> F64:
    """The turn of the eyes ``(3, 3)``: a little down or up, so that the irises lie between the lids."""
    corners = points[[SIDES[263, 33], SIDES[362, 133]], 1].mean() + 0.0012
    angle = np.arcsin(np.clip((corners - _eyes(data, points)[:, 1].mean()) / _radius(data, points), -0.4, 0.4))
    s, c = np.sin(angle), np.cos(angle)
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]])


def _irises(eyes: F64, radius: float, gaze: F64) -> tuple[F64, F64]:
    """Landmarks 468 to 477 (the right iris first: centre, then four sides), and the pupils, left and right."""
    half = IRIS_M / 2
    deep = np.sqrt(radius**2 - half**2)
    sides = np.array([[0, 0, deep], [half, 0, deep], [0, half, deep], [-half, 0, deep], [0, -half, deep]]) @ gaze.T
    return np.concatenate([eyes[1] + sides, eyes[0] + sides]), eyes + sides[0]


def _mesh(data: MakeHuman, person: Person, shape: Any) -> Mesh:
    """Head, bust and hair, refined no further; eyes of our own with an iris of the true size."""
    bones = skeleton(data, shape.points)
    bare = skin(data, shape, bones, vertex_weights(data))
    parts = [_bust(bare.mesh), _without_eyes(bare.face)]
    eyes, radius = _eyes(data, shape.points), _radius(data, shape.points)
    gaze = _gaze(data, shape.points)
    parts += [_eye(eyes[side], radius, person, bare.face, gaze) for side in (0, 1)]
    if person.hair:
        body = replace(bare.mesh, morphs=bare.mesh.morphs | {"plain": data.points[bare.base]})
        parts.append(hair(person.hair, data, body, bare.face, bones))
    return _joined([one if len(one.normals) else with_normals(one) for one in parts])


def _joined(parts: list[Mesh]) -> Mesh:
    starts = np.cumsum([0, *(len(one.points) for one in parts)])
    return Mesh(
        np.concatenate([one.points for one in parts]),
        np.concatenate([one.faces + start for one, start in zip(parts, starts, strict=False)]),
        np.zeros((int(starts[-1]), 1)),
        np.concatenate([one.region for one in parts]),
        np.concatenate([one.colors for one in parts]),
        {},
        np.concatenate([one.normals for one in parts]),
    )


def _bust(body: Mesh) -> Mesh:
    """Head, neck and shoulders; a shirt from the collar down."""
    top = float(body.points[:, 1].max())
    keep = (body.points[:, 1] > top - 0.52) & (np.abs(body.points[:, 0]) < 0.21)
    bust = taken(body, keep[body.faces].all(axis=1))
    region = np.where(bust.points[:, 1] < top - 0.335, int(Region.TOP), bust.region)
    return replace(bust, region=region)


def _without_eyes(face: Mesh) -> Mesh:
    eye = (face.region == int(Region.EYE_WHITE)) | (face.region == int(Region.IRIS))
    return taken(face, ~eye[face.faces].any(axis=1))


def _eye(centre: F64, radius: float, person: Person, like: Mesh, gaze: F64) -> Mesh:
    edge = float(np.degrees(np.arcsin(IRIS_M / 2 / radius)))
    angles = np.array(
        [0, 0.38 * edge, 0.385 * edge, 0.6 * edge, 0.88 * edge, edge - 0.15, edge + 0.15, edge + 6, 45, 62, 80, 100]
    )
    shade = np.array([0, 0, 1.3, 1.3, 0.8, 0.35, 1, 1, 0.97, 0.95, 0.9, 0.9])
    around = 40
    theta = np.arange(around) / around * 2 * np.pi
    a = np.radians(angles)[:, None]
    ring = np.stack([np.sin(a) * np.cos(theta), np.sin(a) * np.sin(theta), np.repeat(np.cos(a), around, 1)], axis=2)
    at = np.arange(len(angles) - 1)[:, None] * around + np.arange(around)
    beside = np.arange(len(angles) - 1)[:, None] * around + (np.arange(around) + 1) % around
    quads = np.stack([at, at + around, beside + around, beside], axis=2).reshape(-1, 4)
    of_iris = (angles < edge)[:, None]
    colors = np.where(of_iris, np.array(person.iris) * shade[:, None] + 0.004, shade[:, None] * [0.85, 0.82, 0.80])
    ring = ring.reshape(-1, 3) @ gaze.T
    lid = np.clip((ring[:, 1:2] - 0.10) / 0.35, 0, 1)
    region = np.where(np.repeat(angles < edge, around), int(Region.IRIS), int(Region.EYE_WHITE))
    weights = np.zeros((len(ring), like.weights.shape[1]))
    return Mesh(
        centre + ring * radius, fan(quads), weights, region, np.repeat(colors, around, 0) * (1 - 0.45 * lid), {}, ring
    )


def _written(mesh: Mesh, path: Path) -> dict[str, Any]:
    """Little-endian: positions, normals, colours (float32), regions (uint8, padded to 4 bytes), triangles (uint32)."""
    used, inverse = np.unique(mesh.faces, return_inverse=True)
    mesh = rows(mesh, used, inverse.reshape(-1, 3))
    region = mesh.region.astype(np.uint8).tobytes()
    path.write_bytes(
        b"".join(one.astype("<f4").tobytes() for one in (mesh.points, mesh.normals, mesh.colors))
        + region + bytes(-len(region) % 4) + mesh.faces.astype("<u4").tobytes()
    )  # fmt: skip
    return {"file": path.name, "vertices": len(mesh.points), "triangles": len(mesh.faces)}


if __name__ == "__main__":
    for one in built(REPO / "build" / "bench" / "tryon", int(sys.argv[1]) if len(sys.argv) > 1 else len(PEOPLE)):
        print(one["id"], one["mesh"])
