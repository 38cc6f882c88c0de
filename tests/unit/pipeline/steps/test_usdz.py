"""The USDZ opens, passes USD's own validators, and says what the scene says."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from showroom_assets.errors import EmptyInput
from showroom_assets.glb import read_glb
from showroom_assets.scene import Image, Material, Mesh, Node, Primitive, Scene, Skin, Texture, single
from showroom_pipeline.steps.usdz import VARIANT_SET, usdz
from showroom_pipeline.steps.usdz.package import variant_names


def picture(color: tuple[int, ...]) -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGBA" if len(color) == 4 else "RGB", (8, 8), color).save(out, "PNG")
    return out.getvalue()


def product() -> Scene:
    quad = Primitive(
        positions=np.float32([[0, 0, 0], [0.2, 0, 0], [0.2, 0.3, 0], [0, 0.3, 0]]),
        indices=np.array([[0, 1, 2], [0, 2, 3]], np.uint32),
        normals=np.tile(np.float32([0, 0, 1]), (4, 1)),
        uvs=(np.float32([[0, 1], [1, 1], [1, 0], [0, 0]]),),
        material=0,
    )
    pbr = {
        "baseColorTexture": {"index": 0},
        "baseColorFactor": [0.5, 0.25, 1.0, 1.0],
        "metallicRoughnessTexture": {"index": 1},
        "roughnessFactor": 0.5,
        "metallicFactor": 0.0,
    }
    body = {
        "pbrMetallicRoughness": pbr, "normalTexture": {"index": 2}, "alphaMode": "MASK", "alphaCutoff": 0.4,
        "occlusionTexture": {"index": 1, "strength": 0.75}, "doubleSided": True,
    }  # fmt: skip
    return single(
        quad,
        materials=(Material(name="cloth", json=body), Material(name="red", json={})),
        textures=(Texture(image=0, sampler={"wrapS": 33071}), Texture(image=1), Texture(image=2)),
        images=(
            Image(data=picture((255, 255, 255, 128))),
            Image(data=picture((255, 128, 0))),
            Image(data=picture((128, 128, 255))),
        ),
    )


def opened(data: bytes, folder: Path) -> Any:
    from pxr import Usd

    path = folder / "product.usdz"
    path.write_bytes(data)
    return Usd.Stage.Open(str(path))


def problems(stage: Any) -> list[str]:
    from pxr import UsdValidation

    registry = UsdValidation.ValidationRegistry()
    names = [item.name for item in registry.GetAllValidatorMetadata() if not item.isSuite]
    assert any("UsdzPackageValidator" in name for name in names)
    found = UsdValidation.ValidationContext(registry.GetOrLoadValidatorsByName(names)).Validate(stage)
    return [f"{error.GetName()}: {error.GetMessage()}" for error in found]


def test_the_package_passes_every_usd_validator_and_is_in_metres(tmp_path: Path) -> None:
    from pxr import UsdGeom

    stage = opened(usdz(product()), tmp_path)
    assert problems(stage) == []
    assert UsdGeom.GetStageUpAxis(stage) == "Y"
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    box = UsdGeom.BBoxCache(0, ["default"]).ComputeWorldBound(stage.GetDefaultPrim()).ComputeAlignedRange()
    assert np.allclose(box.GetMin(), (0, 0, 0))
    assert np.allclose(box.GetMax(), (0.2, 0.3, 0))


def test_equal_scenes_give_equal_bytes_without_times() -> None:
    data = usdz(product())
    assert data == usdz(product())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {item.compress_type for item in archive.infolist()} == {zipfile.ZIP_STORED}
        names = archive.namelist()
    assert names[0].endswith(".usdc")
    assert all(name.endswith((".png", ".jpg")) for name in names[1:])


def test_the_material_says_what_gltf_said(tmp_path: Path) -> None:
    from pxr import UsdShade

    stage = opened(usdz(product()), tmp_path)
    mesh = next(prim for prim in stage.Traverse() if prim.GetTypeName() == "Mesh")
    assert mesh.GetAttribute("doubleSided").Get() is True
    st = np.array(mesh.GetAttribute("primvars:st").Get())
    assert np.allclose(st, [[0, 0], [1, 0], [1, 1], [0, 1]])
    material, _ = UsdShade.MaterialBindingAPI(mesh).ComputeBoundMaterial()
    surface = material.ComputeSurfaceSource()[0]

    def source(name: str) -> tuple[Any, str]:
        connected = surface.GetInput(name).GetConnectedSources()[0][0]
        return UsdShade.Shader(connected.source.GetPrim()), connected.sourceName

    color, channel = source("diffuseColor")
    assert channel == "rgb"
    assert np.allclose(color.GetInput("scale").Get(), (0.5, 0.25, 1.0, 1.0))
    assert color.GetInput("sourceColorSpace").Get() == "sRGB"
    assert color.GetInput("wrapS").Get() == "clamp"
    rough, channel = source("roughness")
    assert channel == "g"
    assert rough.GetInput("scale").Get()[1] == 0.5
    assert rough.GetInput("sourceColorSpace").Get() == "raw"
    assert source("opacity")[1] == "a"
    assert surface.GetInput("opacityThreshold").Get() == pytest.approx(0.4)
    shade, channel = source("occlusion")
    assert (channel, shade.GetInput("scale").Get()[0], shade.GetInput("bias").Get()[0]) == ("r", 0.75, 0.25)
    assert source("normal")[0].GetInput("scale").Get() == (2, 2, 2, 1)


def test_variants_change_the_bound_material(tmp_path: Path) -> None:
    from pxr import UsdShade

    scene = product()
    quad = replace(scene.meshes[0].primitives[0], variants={0: 0, 1: 1})
    scene = replace(scene, meshes=(Mesh(primitives=(quad,)),), variants=("As scanned", "Red"))
    stage = opened(usdz(scene), tmp_path)
    assert problems(stage) == []
    variants = stage.GetDefaultPrim().GetVariantSets().GetVariantSet(VARIANT_SET)
    assert variants.GetVariantNames() == ["As_scanned", "Red"]
    assert variants.GetVariantSelection() == "As_scanned"
    bound = []
    for name in variants.GetVariantNames():
        variants.SetVariantSelection(name)
        mesh = next(prim for prim in stage.Traverse() if prim.GetTypeName() == "Mesh")
        bound.append(str(UsdShade.MaterialBindingAPI(mesh).ComputeBoundMaterial()[0].GetPath()))
    assert bound == ["/Product/Materials/Material_0", "/Product/Materials/Material_1"]


def test_variant_names_are_valid_and_distinct() -> None:
    assert variant_names(("Red", "Réd", "R d", "42", "", "Default")) == [
        "Red", "R_d", "R_d_3", "_42", "Variant_5", "Default_6",
    ]  # fmt: skip


def test_a_skinned_mesh_stands_as_posed(tmp_path: Path) -> None:
    scene = product()
    quad = scene.meshes[0].primitives[0]
    weights = np.tile(np.float32([1, 0, 0, 0]), (4, 1))
    quad = replace(quad, joints=np.zeros((4, 4), np.uint16), weights=weights)
    scene = replace(
        scene,
        meshes=(Mesh(primitives=(quad,)),),
        nodes=(Node(translation=(0, 1, 0)), Node(mesh=0, skin=0, translation=(9, 9, 9))),
        roots=(0, 1),
        skins=(Skin(joints=(0,), inverse_bind=np.eye(4, dtype=np.float32)[None]),),
    )
    from pxr import UsdGeom

    stage = opened(usdz(scene), tmp_path)
    box = UsdGeom.BBoxCache(0, ["default"]).ComputeWorldBound(stage.GetDefaultPrim()).ComputeAlignedRange()
    assert np.allclose(box.GetMin(), (0, 1, 0), atol=1e-5)


def test_an_empty_scene_is_refused() -> None:
    with pytest.raises(EmptyInput):
        usdz(Scene())


@pytest.mark.scans
def test_a_real_product_passes_the_validators(shared_data: Path, tmp_path: Path) -> None:
    scene = read_glb(shared_data / "gltf" / "SunglassesKhronos" / "SunglassesKhronos.glb")
    assert problems(opened(usdz(scene), tmp_path)) == []
