"""What the tests of pictures and measures share: a studio, and small products of known geometry."""

import io
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image as Picture

from showroom_assets.errors import ToolMissing
from showroom_assets.scene import U8, Image, Material, Primitive, Scene, Texture, single
from showroom_pipeline.render import Studio


@pytest.fixture(scope="session")
def small_studio() -> Iterator[Studio]:
    """One studio of 128 by 128 for the whole run: making one takes a third of a second."""
    try:
        studio = Studio(128)
    except ToolMissing as missing:
        pytest.skip(str(missing))
    with studio:
        yield studio


@pytest.fixture(scope="session")
def shapes() -> SimpleNamespace:
    """``ball``, ``checks`` and ``textured``, see below."""
    return SimpleNamespace(ball=ball, checks=checks, textured=textured)


def ball(*, radius_m: float = 0.1, rings: int = 24, shift_m: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Primitive:
    """A sphere on a latitude-longitude grid, with normals and texture coordinates, facing outwards."""
    v, u = np.meshgrid(np.linspace(0.0, 1.0, rings + 1), np.linspace(0.0, 1.0, 2 * rings + 1), indexing="ij")
    theta, phi = v * np.pi, u * 2.0 * np.pi
    normals = np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], axis=-1)
    corner = (np.arange(rings)[:, None] * (2 * rings + 1) + np.arange(2 * rings)).ravel()
    below = corner + 2 * rings + 1
    faces = np.concatenate(
        [np.stack([corner, below, below + 1], axis=1), np.stack([corner, below + 1, corner + 1], axis=1)]
    )
    normals = normals.reshape(-1, 3).astype(np.float32)
    positions = normals * np.float32(radius_m) + np.array(shift_m, dtype=np.float32)
    return Primitive(
        positions=positions.astype(np.float32),
        indices=faces.astype(np.uint32),
        normals=normals,
        uvs=(np.stack([u, v], axis=-1).reshape(-1, 2).astype(np.float32),),
        material=0,
    )


def checks(*, size: int = 64, squares: int = 8, fade: float = 0.0) -> U8:
    """A coloured chequerboard, ``(size, size, 3)``; ``fade`` 1 leaves its mean colour only."""
    at = np.arange(size) * squares // size
    board = (at[:, None] + at[None, :]) % 2
    pixels = np.where(board[..., None] == 0, np.array([200, 60, 40]), np.array([40, 90, 180])).astype(np.float32)
    faded: U8 = (pixels * (1.0 - fade) + pixels.mean(axis=(0, 1)) * fade).astype(np.uint8)
    return faded


def textured(primitive: Primitive, pixels: U8, *, name: str = "ball") -> Scene:
    """One primitive with a matt material that shows ``pixels``."""
    buffer = io.BytesIO()
    Picture.fromarray(pixels).save(buffer, "PNG")
    look = {"baseColorTexture": {"index": 0}, "metallicFactor": 0.0, "roughnessFactor": 0.8}
    return single(
        primitive,
        name=name,
        materials=(Material(name="matt", json={"pbrMetallicRoughness": look}),),
        textures=(Texture(image=0),),
        images=(Image(data=buffer.getvalue()),),
    )
