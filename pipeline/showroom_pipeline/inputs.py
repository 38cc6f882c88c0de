"""
Which scans are meant by the paths on a command line, what each product is called, and the hash of its files.

What it is: names, folders and bytes, with the standard library alone, so that a run in which nothing has changed ends
before numpy is imported. What it is not: a reader; whether the files make sense is found out by ``ingest``.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from showroom_assets.errors import InputError, LimitExceeded, MissingFile

_MODEL_SUFFIXES = frozenset((".obj", ".ply", ".stl", ".off", ".glb", ".gltf", ".vrm", ".pcd", ".zip"))
_COMPANIONS = frozenset((".mtl", ".bin", ".png", ".jpg", ".jpeg", ".webp", ".ktx2", ".tga", ".bmp", ".tif", ".tiff"))
_REFERRING = frozenset((".obj", ".gltf", ".ply"))
_PLAIN_STEMS = frozenset(("model", "mesh", "scan", "scene", "textured", "texture", "output", "untitled", "object"))
_WORTH_A_WORD = frozenset(
    (".fbx", ".dae", ".blend", ".usd", ".usda", ".usdc", ".usdz", ".step", ".stp", ".xyz", ".pts")
)
_DECLARED_NAMES = ("product.toml", "sizes.toml")
_MAX_FILES = 20_000
_MAX_DEPTH = 6
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Input:
    """One scan: ``path`` is a file, or a folder that is one scan; ``name`` is its product's folder."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class FileState:
    """
    One file of an input. ``stat`` is (size, mtime, ctime, inode): while it stays the same, so does ``sha256``.
    """

    name: str
    stat: tuple[int, int, int, int]
    sha256: str


def find(paths: Iterable[Path]) -> tuple[list[Input], list[tuple[Path, InputError]]]:
    """
    The scans behind ``paths``, in order, with names that are unique and depend on nothing but the paths.

    Returns
    -------
    inputs, refused
        ``refused`` holds the paths in which there is nothing to convert, each with the error that says so.
    """
    found: list[Path] = []
    refused: list[tuple[Path, InputError]] = []
    for path in paths:
        try:
            found += [scan for scan in scans_in(path) if scan not in found]
        except InputError as exc:
            refused.append((path, exc))
    return named(found), refused


def waiting(folder: Path) -> list[Path]:
    """
    What lies in an inbox, each of it a scan or a folder of scans: an inbox with one scan in it is still no scan itself.
    """
    if not folder.is_dir():
        return [folder]
    entries = _entries(folder)
    return [
        Path(entry.path)
        for entry in entries
        if entry.is_dir() or Path(entry.name).suffix.lower() in _MODEL_SUFFIXES | _WORTH_A_WORD
    ]


def scans_in(path: Path) -> list[Path]:
    """
    ``path`` itself if it is one scan, else the scans in it.

    Raises
    ------
    InputError
        There is no such path, or it may not be opened.
    """
    if path.is_file() or (path.is_dir() and _is_plainly_one(path)):
        return [path]
    if not path.is_dir():
        raise MissingFile(f"{path} does not exist. Check the path.")
    from showroom_pipeline.ingest import find_inputs  # which loads numpy: a tenth of a second, for large folders only

    return list(find_inputs(path))


def _is_plainly_one(folder: Path) -> bool:
    """Whether a folder holds one model and no folders: the usual case, told without loading the readers."""
    entries = _entries(folder)
    models = [entry for entry in entries if Path(entry.name).suffix.lower() in _MODEL_SUFFIXES]
    return len(models) == 1 and not any(entry.is_dir() for entry in entries)


def named(paths: Iterable[Path]) -> list[Input]:
    """
    Each path with a product name: the folder's or file's own; a number is added to the later of two equal ones.

    ``model.obj`` and the like say nothing, so the name of their folder is taken.
    """
    taken: set[str] = set()
    out = []
    for path in paths:
        base = product_name(path)
        name, number = base, 1
        while name.casefold() in taken:  # some file systems do not tell Chair from chair
            number += 1
            name = f"{base}-{number}"
        taken.add(name.casefold())
        out.append(Input(path, name))
    return out


def product_name(path: Path) -> str:
    """What the product of the scan at ``path`` is called."""
    whole = path.absolute()
    if whole.name in {"", ".."}:
        whole = whole.resolve()
    stem = whole.name if whole.is_dir() else whole.stem
    if stem.casefold() in _PLAIN_STEMS and whole.parent.name:
        stem = whole.parent.name
    return safe_name(stem)


def safe_name(text: str) -> str:
    """``text`` as the name of a folder on any file system: letters, digits, space, ``. _ - ( )``."""
    return re.sub(r"[^\w .()-]+", "_", text).strip(" .")[:80].strip(" .") or "product"


def files_of(path: Path) -> list[Path]:
    """
    Every file that reading ``path`` may look at: all in a folder, or a file, the pictures, materials and buffers beside
    it, and the ``product.toml`` and ``sizes.toml`` there.
    """
    if path.is_dir():
        return _files_under(path)
    declared = [path.parent / name for name in _DECLARED_NAMES if (path.parent / name).is_file()]
    if path.suffix.lower() not in _REFERRING:
        return [path, *declared]
    beside = path.absolute().parent
    return [
        path,
        *declared,
        *(p for p in _files_under(beside) if p.suffix.lower() in _COMPANIONS and p.name != path.name),
    ]


def states(path: Path, known: Iterable[FileState] = ()) -> list[FileState]:
    """
    The state of every file of an input. A file whose stat equals its ``known`` one is not read again.

    Raises
    ------
    InputError
        A file cannot be read.
    """
    remembered = {state.name: state for state in known}
    base = path if path.is_dir() else path.parent
    out = []
    for file in files_of(path):
        name = os.path.relpath(file, base)
        try:
            stat = _stat(file)
            state = remembered.get(name)
            sha256 = state.sha256 if state is not None and state.stat == stat else _hash(file)
        except OSError as exc:
            raise InputError(f"{file} cannot be read: {exc.strerror}. Check its permissions.") from exc
        out.append(FileState(name, stat, sha256))
    return out


def content_digest(path: Path, files: Iterable[FileState]) -> str:
    """One hash for an input's bytes and their names; where it lies on the disk does not matter."""
    joined = hashlib.sha256(path.name.encode("utf-8", "surrogateescape") + b"\0")
    for state in files:
        joined.update(f"{state.name}\0{state.sha256}\0".encode("utf-8", "surrogateescape"))
    return joined.hexdigest()


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((e for e in entries if not e.name.startswith((".", "__MACOSX"))), key=lambda e: e.name)
    except OSError as exc:
        raise InputError(f"{folder} cannot be opened: {exc.strerror}. Check its permissions.") from exc


def _files_under(folder: Path, depth: int = 0) -> list[Path]:
    out: list[Path] = []
    for entry in _entries(folder):
        if entry.is_dir():
            if depth < _MAX_DEPTH:
                out += _files_under(Path(entry.path), depth + 1)
        elif entry.is_file():
            out.append(Path(entry.path))
        if len(out) > _MAX_FILES:
            raise LimitExceeded(f"{folder} holds more than {_MAX_FILES:,} files. Name the scans one by one.")
    return out


def _stat(file: Path) -> tuple[int, int, int, int]:
    stat = file.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def _hash(file: Path) -> str:
    whole = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            whole.update(chunk)
    return whole.hexdigest()
