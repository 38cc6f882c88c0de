"""
The step: a scene as USDZ, for Quick Look on iPhone, iPad and Vision Pro.

Metres, +Y up, still pose; textures PNG or JPEG; KHR_materials_variants become a variant set, so that the colour can be
chosen there too. Equal scenes give equal bytes: the archive carries no times.

Source: USDZ File Format Specification; UsdPreviewSurface.
"""

import re
import struct
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from showroom_assets.errors import EmptyInput, ToolMissing
from showroom_assets.scene import F64, Primitive, Scene, local_matrix
from showroom_pipeline.steps.pack import plain
from showroom_pipeline.steps.pack.tidy import without_idle_attributes, without_unused
from showroom_pipeline.steps.textures import TextureOptions, encoded

from .material import MaterialWriter
from .pose import posed

VARIANT_SET = "variant"


def usdz(scene: Scene, *, textures: TextureOptions | None = None) -> bytes:
    """
    A package that Quick Look opens.

    Raises
    ------
    EmptyInput
        No triangles.
    ToolMissing
        usd-core is not installed, or refused the stage.
    """
    try:
        from pxr import Sdf
    except ImportError as exc:
        raise ToolMissing("usd-core is not installed, which USDZ needs. Run `make setup`.", tool="usd-core") from exc
    if scene.triangles == 0:
        raise EmptyInput("there is nothing to deliver: the scene has no triangles. Check the input.")
    still = plain(posed(without_idle_attributes(without_unused(scene))))
    still = encoded(still, "plain", textures or TextureOptions())
    with tempfile.TemporaryDirectory(prefix="showroom-usdz-") as folder:
        root = Path(folder)
        layer = root / "product.usdc"
        files = _write_stage(still, layer)
        target = root / "product.usdz"
        # Not UsdUtils.CreateNewARKitUsdzPackage: for one layer it makes the same archive, but renames the textures and
        # warns of each of them on the way.
        writer = Sdf.ZipFileWriter.CreateNew(str(target))
        writer.AddFile(str(layer), layer.name)
        for file in files:
            writer.AddFile(str(root / file), file)
        if not writer.Save():
            raise ToolMissing("usd-core could not write the USDZ. Convert without it.", tool="usd-core")
        return without_times(target.read_bytes())


def _write_stage(scene: Scene, path: Path) -> list[str]:
    from pxr import Kind, Usd, UsdGeom, UsdShade

    files = _write_images(scene, path.parent)
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    product = UsdGeom.Xform.Define(stage, "/Product")
    stage.SetDefaultPrim(product.GetPrim())
    Usd.ModelAPI(product).SetKind(Kind.Tokens.component)
    UsdGeom.Scope.Define(stage, "/Product/Materials")
    writer = MaterialWriter(stage, "/Product/Materials", scene, lambda index: files[scene.textures[index].image])
    materials = [writer.define(at) for at in range(len(scene.materials))]
    drawn: list[tuple[Any, Primitive]] = []
    stack = [(root, "/Product") for root in reversed(scene.roots)]
    while stack:
        at, parent = stack.pop()
        node = scene.nodes[at]
        here = f"{parent}/Node_{at}"
        form = UsdGeom.Xform.Define(stage, here)
        matrix = local_matrix(node)
        if not np.array_equal(matrix, np.eye(4)):
            form.AddTransformOp().Set(_matrix(matrix))
        if node.mesh is not None:
            for index, primitive in enumerate(scene.meshes[node.mesh].primitives):
                if len(primitive.indices):
                    drawn.append((_mesh(stage, f"{here}/Mesh_{index}", primitive, scene), primitive))
        stack.extend((child, here) for child in reversed(node.children))
    _bind(stage, product.GetPrim(), drawn, materials, scene, UsdShade)
    stage.GetRootLayer().Save()
    return sorted(files.values())


def _write_images(scene: Scene, folder: Path) -> dict[int, str]:
    (folder / "textures").mkdir()
    out = {}
    for at, image in enumerate(scene.images):
        kind = "jpg" if image.media_type == "image/jpeg" else "png"
        out[at] = f"textures/{at}.{kind}"
        (folder / out[at]).write_bytes(image.data)
    return out


def _matrix(matrix: F64) -> Any:
    from pxr import Gf

    # USD multiplies row vectors: transpose.
    return Gf.Matrix4d(*(float(v) for v in matrix.T.reshape(-1)))


def _mesh(stage: Any, path: str, primitive: Primitive, scene: Scene) -> Any:
    from pxr import Sdf, UsdGeom, Vt

    mesh = UsdGeom.Mesh.Define(stage, path)
    points = np.ascontiguousarray(primitive.positions, np.float32)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(points))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(primitive.indices), 3, np.int32)))
    flat = np.ascontiguousarray(primitive.indices.reshape(-1), np.int32)
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(flat))
    mesh.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(np.stack([points.min(axis=0), points.max(axis=0)])))
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    if primitive.normals is not None:
        mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(primitive.normals, np.float32)))
        mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    variables = UsdGeom.PrimvarsAPI(mesh)
    for at, uv in enumerate(primitive.uvs):
        # USD's texture origin is the bottom left corner, glTF's the top left one.
        flipped = np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1).astype(np.float32)
        variable = variables.CreatePrimvar(f"st{at or ''}", Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.vertex)
        variable.Set(Vt.Vec2fArray.FromNumpy(flipped))
    if primitive.colors is not None:
        color = mesh.CreateDisplayColorPrimvar(UsdGeom.Tokens.vertex)
        color.Set(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(primitive.colors[:, :3], np.float32)))
    shown = {primitive.material, *primitive.variants.values()} - {None}
    mesh.CreateDoubleSidedAttr(any(bool(scene.materials[at or 0].json.get("doubleSided")) for at in shown))
    return mesh


def _bind(stage: Any, product: Any, drawn: list[Any], materials: list[Any], scene: Scene, shade: Any) -> None:
    """Bindings that a variant changes are made inside the variants only: outside, they would be the stronger ones."""

    def bind(mesh: Any, material: int | None) -> None:
        if material is not None:
            shade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(materials[material])

    changing = [(mesh, primitive) for mesh, primitive in drawn if primitive.variants]
    for mesh, primitive in drawn:
        if not primitive.variants:
            bind(mesh, primitive.material)
    if not changing:
        return
    variants = product.GetVariantSets().AddVariantSet(VARIANT_SET)
    names = variant_names(scene.variants)
    first = next(
        (at for at in range(len(names)) if all(p.variants.get(at, p.material) == p.material for _, p in changing)), None
    )
    choices: list[tuple[str, int | None]] = [(name, at) for at, name in enumerate(names)]
    if first is None:
        choices.insert(0, ("Default", None))
    for name, at in choices:
        variants.AddVariant(name)
        variants.SetVariantSelection(name)
        with variants.GetVariantEditContext():
            for mesh, primitive in changing:
                bind(mesh, primitive.material if at is None else primitive.variants.get(at, primitive.material))
    variants.SetVariantSelection("Default" if first is None else names[first])


def variant_names(names: tuple[str, ...]) -> list[str]:
    """Valid and distinct USD identifiers, as like the names as can be."""
    out: list[str] = []
    for at, name in enumerate(names):
        plain_name = re.sub(r"[^A-Za-z0-9_]", "_", name).strip("_") or f"Variant_{at + 1}"
        plain_name = f"_{plain_name}" if plain_name[0].isdigit() else plain_name
        out.append(plain_name if plain_name not in (*out, "Default") else f"{plain_name}_{at + 1}")
    return out


def without_times(archive: bytes) -> bytes:
    """A stored zip whose entries are dated 1980-01-01, the earliest that zip knows: the same size, the same offsets."""
    out = bytearray(archive)
    end = out.rfind(b"PK\x05\x06")
    count, _, start = struct.unpack_from("<HII", out, end + 10)
    date = struct.pack("<HH", 0, (0 << 9) | (1 << 5) | 1)
    for _ in range(count):
        name, extra, comment = struct.unpack_from("<HHH", out, start + 28)
        local = struct.unpack_from("<I", out, start + 42)[0]
        out[start + 12 : start + 16] = date
        out[local + 10 : local + 14] = date
        start += 46 + name + extra + comment
    return bytes(out)
