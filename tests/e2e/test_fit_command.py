"""``showroom fit`` and ``showroom rig`` as a merchant uses them: a real photo, missing and bad anchors, bad input."""

import contextlib
import io
import json
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import showroom.cli
from showroom_assets.glb import read_glb, write_glb
from showroom_assets.scene import Material, Primitive, Scene, single
from showroom_pipeline.wearing import shut

MODELS = shut.models_folder()
needs_tracker = pytest.mark.skipif(
    find_spec("mediapipe") is None or not (MODELS / "face_landmarker.task").is_file(),
    reason="mediapipe (pip install mediapipe) and the models (make setup) find people in photos",
)


@pytest.fixture(scope="module")
def portrait(shared_data: Path) -> Path:
    return shared_data / "people" / "face" / "astronaut.png"


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    faces = [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6], [0, 2, 6],
             [0, 6, 4], [1, 5, 7], [1, 7, 3]]  # fmt: skip
    return corners * (np.array(high) - low) + low, np.array(faces)


def spectacles() -> Scene:
    """Bars and rims of a frame 140 mm wide whose temples bend down behind the ears."""
    parts = [box((-0.009, 0.030, 0.066), (0.009, 0.036, 0.070))]
    bars = [
        (0.009, 0.013, 0.008, 0.044, 0.064, 0.069), (0.056, 0.060, 0.008, 0.044, 0.064, 0.069),
        (0.009, 0.060, 0.040, 0.044, 0.064, 0.069), (0.009, 0.060, 0.008, 0.012, 0.064, 0.069),
        (0.060, 0.070, 0.034, 0.040, 0.060, 0.068), (0.067, 0.070, 0.034, 0.040, -0.035, 0.062),
        (0.067, 0.070, 0.006, 0.036, -0.060, -0.035),
    ]  # fmt: skip
    for x0, x1, y0, y1, z0, z1 in bars:
        parts += [box((x0, y0, z0), (x1, y1, z1)), box((-x1, y0, z0), (-x0, y1, z1))]
    points, faces = zip(*parts, strict=True)
    offsets = np.cumsum([0, *(len(one) for one in points)])
    return single(
        Primitive(
            positions=np.concatenate(points).astype(np.float32),
            indices=np.concatenate([one + at for one, at in zip(faces, offsets, strict=False)]).astype(np.uint32),
            material=0,
        ),
        materials=(Material(name="ink", json={"pbrMetallicRoughness": {"baseColorFactor": [0.02, 0.02, 0.03, 1.0]}}),),
    )


def product(folder: Path) -> Path:
    folder.mkdir()
    (folder / "frame.glb").write_bytes(write_glb(spectacles()))
    (folder / "product.toml").write_text('name = "Frame"\n# ours\n[wearable]\ncategory = "glasses"\n')
    return folder


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def run(*words: object, cwd: Path) -> Done:
    """The command as it is typed, in this process: starting Python for each takes longer than what is tested."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = showroom.cli.run([str(word) for word in words])
    return Done(code, out.getvalue(), err.getvalue())


def complaint(done: Done) -> str:
    lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    return lines[0]


def test_without_consent_no_photo_is_looked_at(tmp_path: Path) -> None:
    done = run("fit", tmp_path, "--photo", "/nowhere.jpg", cwd=tmp_path)
    assert done.returncode == 2
    assert "--consent" in done.stderr


@pytest.mark.parametrize(
    ("kind", "said"),
    [("text", "is not a picture"), ("none", "cannot be read"), ("huge", "pixels; a photo may have"),
     ("tiny", "too small"), ("cut", "does not decode")],
)  # fmt: skip
def test_what_is_no_photo_is_said_in_a_line(tmp_path: Path, kind: str, said: str) -> None:
    photo = tmp_path / "me.png"
    if kind == "text":
        photo.write_text("hello")
    elif kind in {"huge", "tiny", "cut"}:
        file = io.BytesIO()
        PIL.Image.new("L", {"huge": (9000, 9000), "tiny": (20, 20), "cut": (300, 300)}[kind]).save(file, "PNG")
        photo.write_bytes(file.getvalue()[: 60 if kind == "cut" else None])
    assert said in complaint(run("fit", product(tmp_path / "p"), "--photo", photo, "--consent", cwd=tmp_path))
    assert [path.name for path in tmp_path.iterdir() if "fit" in path.name] == []


def test_a_wrong_model_is_not_run(tmp_path: Path) -> None:
    photo = tmp_path / "me.png"
    PIL.Image.new("RGB", (300, 300)).save(photo)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "face_landmarker.task").write_bytes(b"x" * 100)
    done = run("fit", product(tmp_path / "p"), "--photo", photo, "--consent", "--models", tmp_path / "m", cwd=tmp_path)
    assert "not the model this was made with" in complaint(done)


@needs_tracker
def test_a_photo_of_nobody_is_said_so(tmp_path: Path) -> None:
    photo = tmp_path / "wall.png"
    PIL.Image.new("RGB", (300, 300), (120, 110, 100)).save(photo)
    assert "No face" in complaint(run("fit", product(tmp_path / "p"), "--photo", photo, "--consent", cwd=tmp_path))


@needs_tracker
def test_anchors_are_found_written_and_pass_and_swapped_ones_fail(tmp_path: Path, portrait: Path) -> None:
    folder = product(tmp_path / "frame")
    bare = run("fit", folder, "--photo", portrait, "--consent", "--format", "json", cwd=tmp_path)
    assert bare.returncode == 1
    assert "anchors missing" in bare.stderr
    assert not (tmp_path / "frame-fit.png").exists()

    done = run("fit", folder, "--photo", portrait, "--consent", "--set-anchors", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert json.loads((tmp_path / "frame-fit.json").read_text()) == report
    assert report["network"]["shut_by"]
    assert 58 < report["measures"]["pupillary_distance_mm"] < 72
    places = {one["name"]: one["position_m"] for one in report["anchors"]}
    np.testing.assert_allclose(places["bridge"], [0, 0.032, 0.067], atol=0.003)
    np.testing.assert_allclose(places["lens_left"], [0.0345, 0.026, 0.066], atol=0.004)
    np.testing.assert_allclose(places["ear_left"], [0.0685, 0.034, -0.034], atol=0.008)

    # The frame is drawn where eyes are, and nowhere else.
    drawn = np.asarray(PIL.Image.open(tmp_path / "frame-fit.png").convert("RGB")).astype(int)
    changed = np.abs(drawn - np.asarray(PIL.Image.open(portrait).convert("RGB"))).max(-1) > 40
    rows, columns = np.nonzero(changed)
    assert 200 < len(rows) < 8000
    assert (rows.min() > 60, rows.max() < 160, columns.min() > 160, columns.max() < 300) == (True,) * 4

    text = (folder / "product.toml").read_text()
    assert "# ours" in text
    swapped = text.replace("ear_left", "ear_x").replace("ear_right", "ear_left").replace("ear_x", "ear_right")
    (folder / "product.toml").write_text(swapped)
    bad = run("fit", folder, "--photo", portrait, "--consent", "-o", "bad.png", cwd=tmp_path)
    assert bad.returncode == 1
    assert "ear sides" in bad.stderr


@needs_tracker
def test_a_watch_goes_round_the_wrist_and_without_a_hand_it_is_said(
    tmp_path: Path, portrait: Path, shared_data: Path
) -> None:
    plates = [
        ((-0.011, -0.03, -0.024), (0.011, -0.027, 0.024)), ((-0.011, 0.027, -0.024), (0.011, 0.03, 0.024)),
        ((-0.011, -0.03, -0.024), (0.011, 0.03, -0.021)), ((-0.018, -0.018, 0.022), (0.018, 0.018, 0.03)),
    ]  # fmt: skip
    points, faces = zip(*(box(low, high) for low, high in plates), strict=True)
    green = Material(name="green", json={"pbrMetallicRoughness": {"baseColorFactor": [0.02, 0.7, 0.06, 1.0]}})
    scene = single(
        Primitive(
            positions=np.concatenate(points).astype(np.float32),
            indices=np.concatenate([one + 8 * k for k, one in enumerate(faces)]).astype(np.uint32),
            material=0,
        ),
        materials=(green,),
    )
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "watch.glb").write_bytes(write_glb(scene))
    facts = tmp_path / "watch" / "product.toml"
    facts.write_text('name = "Watch"\n[wearable]\ncategory = "watch"\n')
    hand = shared_data / "people" / "hand" / "thumb_up.jpg"
    bare = run("fit", "watch", "--photo", hand, "--consent", cwd=tmp_path)
    assert bare.returncode == 1
    assert "wrist_center" in bare.stderr

    facts.write_text(facts.read_text() + '[[anchors]]\nname = "wrist_center"\nposition_m = [0.0, 0.0, 0.0]\n')
    done = run("fit", "watch", "--photo", hand, "--consent", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    measures = json.loads(done.stdout)["measures"]
    assert (measures["side"], measures["shows"]) == ("left", "palm")
    drawn = np.asarray(PIL.Image.open(tmp_path / "watch-fit.png").convert("RGB")).astype(int)
    rows, columns = np.nonzero(drawn[..., 1] > 40 + 1.5 * np.maximum(drawn[..., 0], drawn[..., 2]))
    # The fore-arm is at the lower left; fingers, palm and wall wear nothing.
    assert len(rows) > 1500
    assert (rows.min() > 300, columns.max() < 260) == (True, True)
    assert "No hand" in complaint(run("fit", "watch", "--photo", portrait, "--consent", cwd=tmp_path))


def test_a_garment_is_bound_and_a_teapot_is_not(tmp_path: Path) -> None:
    import trimesh

    torso = trimesh.creation.capsule(height=0.3, radius=0.17, count=[24, 24])
    torso.apply_transform(trimesh.transformations.rotation_matrix(-np.pi / 2, [1, 0, 0]))
    cloth = torso.subdivide()
    shirt = single(Primitive(positions=cloth.vertices.astype(np.float32), indices=cloth.faces.astype(np.uint32)))
    (tmp_path / "vest.glb").write_bytes(write_glb(shirt))
    done = run("rig", "vest.glb", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    bound = read_glb((tmp_path / "vest-rigged.glb").read_bytes())
    assert {"hips", "leftUpperArm", "rightUpperArm"} <= {node.name for node in bound.nodes}
    assert "bones already" in complaint(run("rig", "vest-rigged.glb", cwd=tmp_path))

    points, faces = box((0, 0, 0), (0.2, 0.15, 0.15))
    pot = single(Primitive(positions=points.astype(np.float32), indices=faces.astype(np.uint32)))
    (tmp_path / "pot.glb").write_bytes(write_glb(replace(pot, name="pot")))
    assert "no top for a body" in complaint(run("rig", "pot.glb", cwd=tmp_path))
    (tmp_path / "text.glb").write_text("hello")
    assert "not a GLB" in complaint(run("rig", "text.glb", cwd=tmp_path))
