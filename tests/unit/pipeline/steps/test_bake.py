import numpy as np
import pytest
import shapes

from showroom_pipeline.steps.bake import Baker, Simple, bilinear, tangent_frame
from showroom_pipeline.steps.normals import vertex_normals
from showroom_pipeline.steps.raster import fill_gutters, rasterise
from showroom_pipeline.steps.source import linear_from_srgb, source_of, srgb_from_linear
from showroom_pipeline.steps.unwrap import unwrap


def _simple(points: np.ndarray, faces: np.ndarray, px: int) -> Simple:
    atlas = unwrap(points, faces, texture_px=px)
    normals = vertex_normals(points, faces)
    return Simple(points[atlas.source], normals[atlas.source], atlas.uvs, atlas.faces)


def test_every_texel_inside_a_chart_is_covered_once_at_its_own_place() -> None:
    points, faces, uvs = shapes.plate(cells=3)
    texels = rasterise(uvs.astype(np.float32), faces, size=64)
    assert len(texels.rows) == 64 * 64
    assert len(set(zip(texels.rows.tolist(), texels.columns.tolist(), strict=True))) == 64 * 64
    place = np.einsum("tk,tki->ti", texels.barycentric, uvs[faces[texels.triangles]])
    assert np.allclose(place * 64 - 0.5, np.stack([texels.columns, texels.rows], axis=1), atol=1e-6)
    assert len(points) > 0


def test_triangles_that_are_flat_in_the_atlas_cover_nothing() -> None:
    uvs = np.array([[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]], np.float32)
    assert len(rasterise(uvs, np.array([[0, 1, 2]]), size=32).rows) == 0


def test_gutters_take_the_colour_of_the_chart_beside_them() -> None:
    picture = np.zeros((32, 32, 3), np.float32)
    covered = np.zeros((32, 32), bool)
    picture[:, :10], covered[:, :10] = (1.0, 0.5, 0.25), True
    filled = fill_gutters(picture, covered)
    assert np.allclose(filled, (1.0, 0.5, 0.25), atol=1e-5)


def test_a_coarse_sphere_shows_the_colours_of_the_fine_one() -> None:
    source = source_of(shapes.painted_sphere())
    points, faces = shapes.sphere(rings=10)
    simple = _simple(points, faces, 256)
    baked = Baker(source).bake(simple, size=256, reach_m=0.02)
    rng = np.random.default_rng(0)
    triangles = rng.integers(0, len(simple.faces), 4000)
    weights = rng.dirichlet((1, 1, 1), 4000)
    corners = simple.faces[triangles]
    place = np.einsum("tk,tki->ti", weights, simple.positions[corners])
    uvs = np.einsum("tk,tki->ti", weights, simple.uvs[corners].astype(np.float64))
    seen = bilinear(baked.color.astype(np.float32) / 255, uvs)[:, :3]
    truth = (place / np.linalg.norm(place, axis=1, keepdims=True) + 1) / 2
    assert np.abs(seen - truth).mean() < 0.012
    assert baked.strayed == 0
    assert baked.orm is None
    assert baked.emissive is None


def test_the_normal_map_restores_the_normals_of_the_fine_sphere() -> None:
    source = source_of(shapes.painted_sphere(rings=60))
    points, faces = shapes.sphere(rings=8)
    simple = _simple(points, faces, 256)
    baked = Baker(source).bake(simple, size=256, reach_m=0.02)
    texels = rasterise(simple.uvs, simple.faces, size=256)
    corners = simple.faces[texels.triangles]
    place = np.einsum("tk,tki->ti", texels.barycentric, simple.positions[corners])
    normal = np.einsum("tk,tki->ti", texels.barycentric, simple.normals[corners])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    local = baked.normal[texels.rows, texels.columns, :3].astype(float) / 255 * 2 - 1
    tangent, bitangent = tangent_frame(simple.positions[corners], simple.uvs[corners], normal)
    bent = local[:, :1] * tangent + local[:, 1:2] * bitangent + local[:, 2:] * normal
    bent /= np.linalg.norm(bent, axis=1, keepdims=True)
    truth = place / np.linalg.norm(place, axis=1, keepdims=True)
    angle = np.degrees(np.arccos(np.clip(np.einsum("ti,ti->t", bent, truth), -1, 1)))
    assert np.quantile(angle, 0.95) < 2.0


def test_a_flat_plate_bakes_to_an_even_normal_map_and_its_own_picture() -> None:
    points, faces, uvs = shapes.plate(cells=4)
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    source = source_of(shapes.painted(points, faces, uvs, pixels))
    simple = Simple(points, np.tile([0.0, 0, 1], (len(points), 1)), uvs.astype(np.float32), faces)
    baked = Baker(source).bake(simple, size=64, reach_m=0.01)
    assert np.array_equal(baked.color[..., :3], pixels)
    assert np.abs(baked.normal[..., :3].astype(int) - (128, 128, 255)).max() <= 1


def test_a_thin_wall_does_not_take_the_colour_of_its_other_side() -> None:
    points, faces, uvs = shapes.plate(cells=4)
    back = points - [0, 0, 0.0005]
    both = np.concatenate([points, back])
    walls = np.concatenate([faces, faces[:, ::-1] + len(points)])
    left_half = np.concatenate([uvs * (0.5, 1), uvs * (0.5, 1) + (0.5, 0)])
    pixels = np.zeros((64, 128, 3), np.uint8)
    pixels[:, :64], pixels[:, 64:] = (255, 0, 0), (0, 0, 255)
    source = source_of(shapes.painted(both, walls, left_half, pixels))
    bent = points - [0, 0, 0.0004]  # nearer to the back wall than to the front it stands for
    simple = Simple(bent, np.tile([0.0, 0, 1], (len(points), 1)), uvs.astype(np.float32), faces)
    baked = Baker(source).bake(simple, size=32, reach_m=0.01)
    middle = baked.color[8:24, 8:24, :3]
    assert (middle == (255, 0, 0)).all()


def test_srgb_there_and_back_is_the_same() -> None:
    values = np.linspace(0, 1, 256, dtype=np.float32)
    assert np.abs(srgb_from_linear(linear_from_srgb(values)) - values).max() < 1e-5


def test_the_atlas_keeps_charts_apart_and_within_the_page() -> None:
    points, faces = shapes.sphere(rings=12)
    atlas = unwrap(points, faces, texture_px=256)
    assert atlas.uvs.min() >= 0
    assert atlas.uvs.max() <= 1
    assert np.array_equal(np.sort(atlas.source[atlas.faces], axis=1), np.sort(faces, axis=1))
    assert atlas.utilisation > 0.4
    assert pytest.approx(1.0, abs=0.05) == len(rasterise(atlas.uvs, atlas.faces, size=256).rows) / (
        _area(atlas.uvs, atlas.faces) * 256 * 256
    )


def _area(uvs: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (uvs[faces[:, k]].astype(float) for k in range(3))
    return float(np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]).sum() / 2)
