"""
What to send of a scan on a disk: the file itself, or a zip of the folder, or of a model and what it refers to.

The same files give the same zip, byte for byte, so that an upload that was broken off is found again by its hash.
"""

import re
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from showroom_assets.errors import EmptyInput, LimitExceeded, MissingFile
from showroom_assets.facts import FACTS_NAME, read_facts
from showroom_assets.size_charts import SIZES_NAME, read_size_chart
from showroom_pipeline.inputs import files_of, product_name

_STORED: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".ktx2", ".glb", ".zip"})
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_MOST_BESIDE_BYTES: Final = 512 << 20
_PIECE: Final = 1 << 20
_HEAD_BYTES: Final = 16 << 20
_REFERRING: Final = frozenset({".obj", ".gltf", ".ply"})
_MODELS: Final = frozenset({".obj", ".ply", ".stl", ".off", ".glb", ".gltf", ".vrm", ".pcd", ".zip"})
_PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".tga", ".bmp", ".tif", ".tiff", ".mtl"})
_MOST_PICTURES: Final = 16
_REFERENCE: Final = re.compile(r"(?:mtllib|map_\w+|bump|norm|disp|refl|comment TextureFile)\s+(\S.*)", re.IGNORECASE)
_URI: Final = re.compile(r'"uri"\s*:\s*"([^"]{1,1000})"')


@contextmanager
def packed(scan: Path) -> Iterator[tuple[Path, str]]:
    """
    The file to send, and the name to send it under; a zip that had to be made is removed afterwards.

    Raises
    ------
    MissingFile, EmptyInput
        There is nothing to send.
    LimitExceeded
        Beside a model lies far too much that might belong to it.
    """
    if not scan.exists():
        raise MissingFile(f"{scan} does not exist. Check the path.")
    base = scan if scan.is_dir() else scan.parent
    found = files_of(scan) if scan.is_dir() else [scan, *companions(scan)]
    files = [file for file in found if file.name not in {FACTS_NAME, SIZES_NAME} and not file.is_symlink()]
    if not files:
        raise EmptyInput(f"{scan} is empty: there is nothing to convert. Put a model in it.")
    if scan.is_file() and len(files) == 1:
        yield scan, scan.name
        return
    if scan.is_file() and sum(file.stat().st_size for file in files) > _MOST_BESIDE_BYTES + scan.stat().st_size:
        raise LimitExceeded(f"{base} holds much more than {scan.name} needs. Put it in a folder with its own files.")
    with tempfile.TemporaryDirectory(prefix="showroom-upload-") as folder:
        target = Path(folder) / "scan.zip"
        _zip(target, base.resolve(), [file.resolve() for file in files])
        yield target, f"{product_name(scan)}.zip"


def facts_of(scan: Path) -> dict[str, Any]:
    """
    What a ``product.toml`` and a ``sizes.toml`` in the scan's folder, or beside a file that they name as their model,
    say.

    Raises
    ------
    DamagedFile, LimitExceeded
        It is wrong; the message says where.
    """
    facts: dict[str, Any] = {}
    if data := _beside(scan, FACTS_NAME):
        fields, _ = read_facts(data, name=FACTS_NAME)
        table = tomllib.loads(data.decode("utf-8-sig"))
        if _is_meant(scan, table):
            facts = {key: value for key, value in table.items() if key in fields}
    if data := _beside(scan, SIZES_NAME):
        read_size_chart(data)
        table = tomllib.loads(data.decode("utf-8-sig"))
        if _is_meant(scan, table):
            facts["size_chart"] = {key: value for key, value in table.items() if key != "model"}
    return facts


def _beside(scan: Path, name: str) -> bytes:
    path = (scan if scan.is_dir() else scan.parent) / name
    return path.read_bytes() if path.is_file() else b""


def _is_meant(scan: Path, table: dict[str, Any]) -> bool:
    return scan.is_dir() or table.get("model") == scan.name


def companions(model: Path) -> list[Path]:
    """
    The files that a model refers to: materials, textures, buffers. If one of them is missing, or nothing is referred
    to, also the few pictures right beside it (scanners name them anyhow), unless other models lie there too.
    """
    kind = model.suffix.lower()
    if kind not in _REFERRING:
        return []
    named = [name for line in _head(model) for name in _names_in(line)]
    files, is_whole = _existing(model.parent, named)
    for material in [file for file in files if file.suffix.lower() == ".mtl"]:
        more, has_all = _existing(model.parent, [name for line in _head(material) for name in _names_in(line)])
        files += more
        is_whole = is_whole and has_all
    if kind != ".gltf" and not (named and is_whole):
        beside = [file for file in sorted(model.parent.iterdir()) if file.is_file()]
        if not any(file.suffix.lower() in _MODELS and file.stem != model.stem for file in beside):
            pictures = [file for file in beside if file.suffix.lower() in _PICTURES]
            files += pictures if len(pictures) <= _MOST_PICTURES else []
    return [file for file in dict.fromkeys(files) if file != model]


def _head(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES).splitlines()


def _names_in(line: bytes) -> list[list[str]]:
    """The file that a line of OBJ, MTL, PLY or glTF names, as what it may be called; several in a line of JSON."""
    text = line.decode("utf-8", "replace").strip()
    uris = _URI.findall(text)
    if uris:
        return [[unquote(uri)] for uri in uris if not uri.startswith("data:")]
    match = _REFERENCE.match(text)
    # Options come before the name, and the name may have spaces.
    return [[match[1].strip(), match[1].split()[-1]]] if match else []


def _existing(folder: Path, named: Sequence[list[str]]) -> tuple[list[Path], bool]:
    """The named files that are there, below the folder; and whether all are."""
    found: list[Path] = []
    root = folder.resolve()
    for names in named:
        for name in names:
            path = folder / name.replace("\\", "/")
            if path.is_file() and path.resolve().is_relative_to(root):
                found.append(path)
                break
    return found, len(found) == len(named)


def _zip(target: Path, base: Path, files: Sequence[Path]) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(files):
            entry = zipfile.ZipInfo(file.relative_to(base).as_posix(), _LONG_AGO)
            entry.external_attr = 0o100644 << 16
            stored = file.suffix.lower() in _STORED
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            entry.file_size = file.stat().st_size
            with file.open("rb") as source, archive.open(entry, "w") as out:
                while piece := source.read(_PIECE):
                    out.write(piece)
