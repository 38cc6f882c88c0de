"""The hard goods: valid, true to their millimetres, with a SKU for each colourway and anchors where they belong."""

import hashlib
import os
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from demo_sizes import sold

import showroom_demo
from showroom_assets.glb import read_glb, write_glb
from showroom_assets.scene import world_matrices
from showroom_demo import catalogue
from showroom_demo.kit.assemble import bounds_m
from showroom_demo.kit.product import DemoProduct
from showroom_demo.sidecar import sidecar, turn_from_front

CHARTS = Path(showroom_demo.__file__).parent / "charts"
HARD = [product_id for product_id, module in catalogue.MODULES.items() if ".hard." in module]


@cache
def made(product_id: str) -> DemoProduct:
    return catalogue.product(product_id)


@pytest.fixture(params=HARD)
def product(request: pytest.FixtureRequest) -> DemoProduct:
    return made(request.param)


def test_all_are_valid_gltf() -> None:
    from showroom_assets.errors import ToolMissing
    from showroom_pipeline.validator import validate

    glbs = [write_glb(made(product_id).scene) for product_id in HARD]
    try:
        verdicts = validate(glbs)
    except ToolMissing as exc:
        pytest.skip(exc.message)
    assert [verdict.errors for verdict in verdicts] == [0] * len(HARD)


def test_numbers_are_finite_and_normals_unit(product: DemoProduct) -> None:
    for mesh in product.scene.meshes:
        for primitive in mesh.primitives:
            assert np.isfinite(primitive.positions).all()
            assert np.isfinite(primitive.uvs[0]).all()
            assert primitive.indices.max() < len(primitive.positions)
            assert primitive.normals is not None
            assert np.abs(np.linalg.norm(primitive.normals, axis=1) - 1).max() < 1e-5


def test_it_stands_on_the_origin_and_is_as_large_as_it_says(product: DemoProduct) -> None:
    low, high = (np.array(corner) for corner in bounds_m(product.scene))
    assert low[1] == pytest.approx(0, abs=1e-6)
    assert (low + high)[[0, 2]] == pytest.approx(np.zeros(2), abs=1e-6)
    assert high - low == pytest.approx(np.array(product.dimensions_m), abs=2e-6)


def test_triangles_are_enough_for_detail_and_few_enough_for_a_shelf(product: DemoProduct) -> None:
    assert 8_000 <= product.scene.triangles <= 66_000


def test_each_variant_has_a_sku_of_its_own_and_changes_something(product: DemoProduct) -> None:
    assert len(product.variants) >= 3
    assert len({variant.sku for variant in product.variants}) == len(product.variants)
    assert tuple(variant.label for variant in product.variants) == product.scene.variants
    primitives = [p for mesh in product.scene.meshes for p in mesh.primitives]
    worn = {k: tuple(p.variants.get(k, p.material) for p in primitives) for k in range(len(product.variants))}
    assert len(set(worn.values())) == len(product.variants)


def test_the_first_variant_is_what_one_sees_before_choosing(product: DemoProduct) -> None:
    for mesh in product.scene.meshes:
        for primitive in mesh.primitives:
            assert primitive.variants.get(0, primitive.material) == primitive.material


def test_anchors_lie_within_or_just_beside_the_product(product: DemoProduct) -> None:
    low, high = (np.array(corner) for corner in bounds_m(product.scene))
    margin = 0.02 * (high - low).max() + 0.001
    for place in [anchor.point for anchor in product.anchors] + [spot.point for spot in product.hotspots]:
        assert (np.array(place) >= low - margin).all()
        assert (np.array(place) <= high + margin).all()
    for anchor in product.anchors:
        if anchor.direction is not None:
            assert np.linalg.norm(anchor.direction) == pytest.approx(1, abs=1e-5)


def test_hot_spots_name_parts_that_exist(product: DemoProduct) -> None:
    names = {node.name for node in product.scene.nodes}
    assert {spot.part for spot in product.hotspots} <= names


def test_roughness_is_never_quite_zero_or_one_but_for_glass(product: DemoProduct) -> None:
    for material in product.scene.materials:
        pbr = material.json["pbrMetallicRoughness"]
        if "KHR_materials_transmission" in material.json.get("extensions", {}):
            continue
        if "metallicRoughnessTexture" not in pbr:
            assert 0.02 < pbr["roughnessFactor"] < 1.0, material.name


def test_reading_what_was_written_gives_the_same_scene(product: DemoProduct) -> None:
    again = read_glb(write_glb(product.scene))
    assert again.triangles == product.scene.triangles
    assert again.variants == product.scene.variants
    assert [node.name for node in again.nodes] == [node.name for node in product.scene.nodes]


def test_the_sidecar_says_what_the_product_says(product: DemoProduct) -> None:
    told = tomllib.loads(sidecar(product))
    assert told["id"] == product.id
    shown = product.wearable.get("size", "")
    assert [variant["sku"] for variant in told["variants"]] == [one.sku_in(shown) for one in product.variants]
    assert tuple(told["dimensions_m"]) == product.dimensions_m
    assert {anchor["name"] for anchor in told["anchors"]} == {anchor.name for anchor in product.anchors}
    assert told["price_minor"] == product.price_minor


@pytest.mark.parametrize(("product_id", "sizes"), [("lume-ring", 9), ("aurelin-watch", 2)])
def test_every_colour_is_sold_in_every_size(product_id: str, sizes: int) -> None:
    found = sold(made(product_id), (CHARTS / f"{product_id}.toml").read_bytes())
    assert [len(labels) for labels in found.values()] == [sizes] * 3


def test_anchors_turn_the_front_to_their_direction() -> None:
    from scipy.spatial.transform import Rotation

    for direction in [(0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.6, 0.0, 0.8), (0.0, 0.0, 1.0)]:
        turned = Rotation.from_quat(turn_from_front(direction)).apply([0, 0, 1])
        assert turned == pytest.approx(np.array(direction), abs=1e-6)


def part_size(product: DemoProduct, *names: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Extent in millimetres of the named nodes together."""
    matrices = world_matrices(product.scene)
    points = []
    for k, node in enumerate(product.scene.nodes):
        if node.name in names and node.mesh is not None:
            points += [
                primitive.positions @ matrices[k][:3, :3].T + matrices[k][:3, 3]
                for primitive in product.scene.meshes[node.mesh].primitives
            ]
    return np.asarray(np.ptp(np.concatenate(points), axis=0) * 1000)


@pytest.mark.parametrize("product_id", ["marlo-glasses", "solen-sunglasses"])
def test_eyewear_is_true_to_its_stamp(product_id: str) -> None:
    product = made(product_id)
    sizes = product.wearable
    lens = part_size(product, "lens_left")
    assert lens[0] == pytest.approx(sizes["lens_width_mm"], abs=0.8)
    assert lens[1] == pytest.approx(sizes["lens_height_mm"], abs=0.8)
    both = part_size(product, "lens_left", "lens_right")
    assert both[0] - 2 * lens[0] == pytest.approx(sizes["bridge_mm"], abs=0.8)
    anchors = {anchor.name: np.array(anchor.point) for anchor in product.anchors}
    apart = np.linalg.norm(anchors["lens_left"] - anchors["lens_right"]) * 1000
    assert apart == pytest.approx(sizes["lens_centres_mm"], abs=0.01)
    assert anchors["lens_left"][0] > 0 > anchors["lens_right"][0]
    assert anchors["ear_left"][2] < anchors["hinge_left"][2] < anchors["bridge"][2]


def test_the_ring_fits_the_finger_it_says() -> None:
    product = made("lume-ring")
    centre = np.array(next(a.point for a in product.anchors if a.name == "finger_center"))
    matrices = world_matrices(product.scene)
    radii = []
    for k, node in enumerate(product.scene.nodes):
        if node.mesh is not None:
            for primitive in product.scene.meshes[node.mesh].primitives:
                points = primitive.positions @ matrices[k][:3, :3].T + matrices[k][:3, 3] - centre
                radii.append(np.hypot(points[:, 0], points[:, 1]).min())
    assert 2000 * min(radii) == pytest.approx(product.wearable["inner_diameter_mm"], abs=0.15)


def test_the_watch_is_true_to_its_diameter_and_keeps_clear_of_the_wrist() -> None:
    product = made("aurelin-watch")
    assert part_size(product, "dial")[0] == pytest.approx(31.8, abs=0.1)
    assert product.wearable["case_diameter_mm"] == 38.5
    assert 150 < product.wearable["wrist_circumference_mm"] < 180


def test_the_headphones_leave_room_for_a_head() -> None:
    product = made("aria-headphones")
    anchors = {anchor.name: np.array(anchor.point) * 1000 for anchor in product.anchors}
    assert anchors["ear_left"][0] - anchors["ear_right"][0] == pytest.approx(product.wearable["ear_distance_mm"])
    assert anchors["head_top"][1] - anchors["ear_left"][1] == pytest.approx(product.wearable["ear_to_top_mm"])


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "import hashlib; from showroom_demo import catalogue; from showroom_assets.glb import write_glb; "
        "print(hashlib.sha256(write_glb(catalogue.product('lume-ring').scene)).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    here = hashlib.sha256(write_glb(made("lume-ring").scene)).hexdigest()
    assert there.stdout.strip() == here
