"""Recolours from TOML become variants that any viewer knows, and a mistake in the file is one clear line."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom_assets.color import from_hex, linear, to_hex
from showroom_assets.errors import DamagedFile, InputError, MissingFile, ShowroomError, UnsupportedFormat
from showroom_assets.glb import read_glb, write_glb
from showroom_assets.recolour import add_variants, recoloured
from showroom_assets.scene import Image, Material, Mesh, Primitive, Scene, Texture, single
from showroom_assets.variants import read_variants

TOML = """
[[variant]]
name = "Cognac"
sku = "BAG-COG"
label = "Cognac leather"
[variant.materials.Leather]
tint = "#8a4b20"
roughness = 0.4

[[variant]]
name = "Night"
sku = "BAG-NGT"
[variant.materials.Leather]
base_color = "#202020"
[variant.materials.Buckle]
base_color_factor = [0.1, 0.2, 0.3, 1.0]
metallic = 1.0
"""


def picture() -> bytes:
    rng = np.random.default_rng(0)
    out = io.BytesIO()
    PIL.Image.fromarray(rng.integers(40, 200, (16, 16, 3)).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def bag() -> Scene:
    def part(material: int) -> Primitive:
        positions = np.eye(3, dtype=np.float32)
        uv = np.zeros((3, 2), np.float32)
        triangle = np.array([[0, 1, 2]], np.uint32)
        return Primitive(positions=positions, indices=triangle, uvs=(uv,), material=material)

    scene = single(part(0))
    leather = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0, "texCoord": 0}, "metallicFactor": 0.0}}
    return replace(
        scene,
        meshes=(Mesh(primitives=(part(0), part(1))),),
        materials=(Material(name="Leather", json=leather), Material(name="Buckle", json={})),
        textures=(Texture(image=0, sampler={"wrapS": 33071}),),
        images=(Image(data=picture()),),
    )


def test_variants_survive_a_round_trip_with_materials_of_their_own() -> None:
    scene = read_glb(write_glb(add_variants(bag(), read_variants(TOML))))
    assert scene.variants == ("Cognac", "Night")
    leather, buckle = scene.meshes[0].primitives
    cognac, night = (scene.materials[leather.variants[at]].json["pbrMetallicRoughness"] for at in (0, 1))
    assert cognac["roughnessFactor"] == 0.4
    assert cognac["baseColorTexture"]["index"] != night["baseColorTexture"]["index"] == 0
    assert np.allclose(night["baseColorFactor"], [*from_hex("#202020"), 1.0])
    # Only Night names the buckle: in Cognac it stays as it is.
    assert set(buckle.variants) == {1}
    metal = scene.materials[buckle.variants[1]].json["pbrMetallicRoughness"]
    assert metal == {"baseColorFactor": [0.1, 0.2, 0.3, 1.0], "metallicFactor": 1.0}
    assert scene.materials[0].json == bag().materials[0].json


def test_a_tint_takes_the_colour_and_keeps_light_and_dark() -> None:
    with PIL.Image.open(io.BytesIO(picture())) as source:
        pixels = np.asarray(source)
    out = recoloured(pixels, tint=from_hex("#8a4b20"))
    weights = np.array([0.2126, 0.7152, 0.0722])
    before, after = (linear(p.astype(np.float32) / 255) @ weights for p in (pixels, out))
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.97
    dark = before < before.mean()
    shares = linear(out.astype(np.float32) / 255)[dark]
    shares = shares / shares.sum(axis=1, keepdims=True)
    want = np.array(from_hex("#8a4b20"))
    assert np.abs(shares - want / want.sum()).max() < 0.05


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**24 - 1))
def test_colours_have_one_name(value: int) -> None:
    assert to_hex(from_hex(f"#{value:06x}")) == f"#{value:06x}"


def test_a_full_turn_of_the_hue_changes_nothing_and_a_third_swaps_the_channels() -> None:
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[..., 0], pixels[..., 3] = 200, 77
    assert np.array_equal(recoloured(pixels, hue_shift_deg=360), pixels)
    third = recoloured(pixels, hue_shift_deg=120)
    assert third[0, 0].tolist() == [0, 200, 0, 77]


def test_existing_variants_stay_and_may_be_bound_by_name_alone() -> None:
    scene = add_variants(bag(), read_variants(TOML))
    more = '[[variant]]\nname = "Night"\nsku = "N-2"\n[[variant]]\nname = "New"\nsku = "N-3"\n'
    more += '[variant.materials.Buckle]\nbase_color = "#ffffff"\n'
    entries = read_variants(more)
    out = add_variants(scene, entries)
    assert out.variants == ("Cognac", "Night", "New")
    assert out.meshes[0].primitives[1].variants.keys() == {1, 2}
    assert out.meshes[0].primitives[0].variants == scene.meshes[0].primitives[0].variants
    assert entries[0].looks == {}


def test_a_texture_is_read_from_beside_the_file_only(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "cognac leather.png").write_bytes(picture())
    (tmp_path / "secret.png").write_bytes(picture())
    (tmp_path / "in" / "bad.png").write_bytes(b"no picture")

    def with_texture(name: str) -> Scene:
        toml = f'[[variant]]\nname = "A"\nsku = "1"\n[variant.materials.Buckle]\ntexture = "{name}"\n'
        return add_variants(bag(), read_variants(toml), textures=tmp_path / "in")

    assert len(with_texture("cognac leather.png").textures) == 2
    for name, error in (
        ("../secret.png", UnsupportedFormat), ("none.png", MissingFile), ("bad.png", DamagedFile),
    ):  # fmt: skip
        with pytest.raises(error):
            with_texture(name)


@pytest.mark.parametrize(
    ("toml", "match"),
    [
        ("[[variant]\n", "not valid TOML"),
        ("", "no \\[\\[variant\\]\\]"),
        ("x = 1\n[[variant]]\nname = 'a'\nsku = 'b'", "'x' is not known"),
        ("[[variant]]\nname = 'a'", "needs a sku"),
        ("[[variant]]\nname = ''\nsku = 'b'", "needs a name"),
        ("[[variant]]\nname = 1\nsku = 'b'", "needs a name"),
        ("[[variant]]\nname = 'a'\nsku = 'b'\n[[variant]]\nname = 'a'\nsku = 'c'", "two variants have the name"),
        ("[[variant]]\nname = 'a'\nsku = 'b'\n[[variant]]\nname = 'c'\nsku = 'b'", "two variants have the sku"),
        ("[[variant]]\nname='a'\nsku='b'\n[variant.materials.M]\nbase_color='red'", "not a colour"),
        ("[[variant]]\nname='a'\nsku='b'\n[variant.materials.M]\nroughness=2", "0 to 1"),
        ("[[variant]]\nname='a'\nsku='b'\n[variant.materials.M]\nroughness=nan", "0 to 1"),
        ("[[variant]]\nname='a'\nsku='b'\n[variant.materials.M]\nshine=1", "unknown key 'shine'"),
        ("[[variant]]\nname='a'\nsku='b'\n[variant.materials.M]\n", "changes nothing"),
        ("[[variant]]\nname='a'\nsku='b'\nmaterials = 3", "tables"),
        ("[[variant]]\nname='a'\nsku='b'\n[variant.materials.M]\nbase_color_factor=[1,2,3]", "0 to 1"),
        ("[[variant]]\nname='a'\nsku='b'\n[variant.materials.M]\ntexture='a.png'\ntint='#ffffff'", "cannot tint"),
    ],
)
def test_a_mistake_in_the_file_is_one_clear_line(toml: str, match: str) -> None:
    with pytest.raises(InputError, match=match) as caught:
        read_variants(toml)
    assert "\n" not in caught.value.message


def test_a_material_or_variant_that_is_not_there_is_named_with_those_that_are() -> None:
    nobody = '[[variant]]\nname = "A"\nsku = "1"\n[variant.materials.Zip]\nroughness = 0.5\n'
    with pytest.raises(InputError, match=r"'Zip'.*'Leather', 'Buckle'"):
        add_variants(bag(), read_variants(nobody))
    with pytest.raises(InputError, match="no variant of that name"):
        add_variants(bag(), read_variants('[[variant]]\nname = "A"\nsku = "1"'))


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match=r"v\.toml"):
        read_variants(tmp_path / "v.toml")
    (tmp_path / "v.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ShowroomError, match="UTF-8"):
        read_variants(tmp_path / "v.toml")
