"""From a path to a scan: which files belong to it, which of them is the model, and which reader reads it."""

import importlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np

from showroom_assets.errors import EmptyInput, InputError, LimitExceeded, UnsupportedFormat
from showroom_assets.scene import Scene

from .archive import ZipFiles
from .files import BesideFiles, Files, FolderFiles, refused, suffix
from .formats import READ, READERS, WEAK, refused_names, sniffed, unread
from .limits import Limits
from .numbers import decode, printable
from .pairs import Pair, find_captures
from .rgbd import read_capture
from .scan import Scan

Read = Callable[..., tuple[Scene, float | None]]
_NOTES = 100
_LICENCES = ("license", "licence", "copying", "attribution", "credits", "copyright")


def read(path: str | os.PathLike[str], *, limits: Limits | None = None) -> Scan:
    """
    Read one input: a file, a zip, or a folder with one model or one RGB-D capture.

    Parameters
    ----------
    path
        Where it is. Files beside a single file are only looked at for its textures and licence.
    limits
        How much it may ask for.

    Raises
    ------
    InputError
        One of its kinds, with one line that says what is wrong and what to do. Nothing else is raised for bad input.
    """
    limits = limits or Limits()
    place = Path(path)
    try:
        # Hostile numbers overflow and are NaN in every way; what matters is checked where it matters.
        with np.errstate(all="ignore"):
            return _read(place, limits)
    except InputError as exc:
        if exc.message.isprintable():
            raise
        # Names of files may hold line feeds, escape sequences and bytes that are no Unicode.
        raise type(exc)(printable(exc.message, len(exc.message)), **exc.fields) from exc
    except MemoryError as exc:
        raise LimitExceeded(f"'{place.name:.80}' does not fit into memory. Reduce it.") from exc
    except RecursionError as exc:
        raise LimitExceeded(f"'{place.name:.80}' is nested too deeply. Export it again, flatter.") from exc


def _read(path: Path, limits: Limits) -> Scan:
    try:
        mode = os.stat(path).st_mode
    except ValueError as exc:  # a null byte in the path
        raise InputError("the path is not valid. Check it.") from exc
    except OSError as exc:
        raise refused(path.name, exc) from exc
    if stat.S_ISDIR(mode):
        return _tree(FolderFiles(path, limits), path.resolve().name or "scan", limits)
    if not stat.S_ISREG(mode):
        raise UnsupportedFormat(f"'{path.name:.80}' is not a regular file. Give a file or a folder.")
    kind = suffix(path.name)
    if kind == ".zip":
        return _tree(ZipFiles(path, limits), path.stem, limits)
    files = BesideFiles(path.resolve(), limits)
    if kind not in READERS:
        kind = sniffed(files.head(files.main, 16)) if unread(path.name).fields["format"] == kind else kind
        if kind not in READERS:
            raise unread(path.name, kind)
    return _model(files, files.main, path.stem, READERS[kind], limits)


def _tree(files: Files, name: str, limits: Limits) -> Scan:
    """A folder or zip: the capture or the one model in it."""
    if not files.names:
        raise EmptyInput(f"'{files.label:.80}' is empty: there is nothing to convert. Put a model in it.")
    captures = find_captures(files)
    # A product may come with pictures called "color" and "depth": beside a model only a real sequence counts.
    if captures and (not _models(files) or len(captures[0]) >= 3):
        if len(captures) > 1:
            folders = ", ".join(f"'{printable(each[0].depth.rpartition('/')[0], 40)}'" for each in captures[:4])
            raise InputError(f"'{files.label:.80}' holds {len(captures)} captures: {folders}. Name one of them.")
        return _capture(files, captures[0], name, limits)
    chosen = choose(files)
    return _model(files, chosen, name, READERS[suffix(chosen)], limits)


def _capture(files: Files, pairs: tuple[Pair, ...], name: str, limits: Limits) -> Scan:
    capture = read_capture(files, pairs, limits=limits, notes=files.notes)
    return Scan(
        kind="rgbd",
        name=printable(name, 200),
        capture=capture,
        metres_per_unit=1.0,
        sources=files.sources(),
        licence=_licence(files, pairs[0].color),
        notes=_shown(files.notes),
    )


def find_inputs(path: str | os.PathLike[str], *, limits: Limits | None = None) -> tuple[Path, ...]:
    """
    What ``read`` should be called with, one after the other, when somebody names ``path``.

    A file, or a folder that is one input, gives itself. A folder of folders, files and zips gives each that looks like
    an input, in order of name; one that holds nothing gives itself, so that reading it says so.

    Raises
    ------
    InputError
        The path does not exist or may not be entered.
    """
    place = Path(path)
    return tuple(_inputs(place, limits or Limits(), 0)) if place.is_dir() else (place,)


def _inputs(folder: Path, limits: Limits, level: int) -> Iterator[Path]:
    files = FolderFiles(folder, limits)
    zips = [name for name in files.names if suffix(name) == ".zip"]
    models = _models(files)
    captures = find_captures(files)
    if len(zips) + len(models) + (len(captures) if not models else 0) <= 1 or level > 3:
        if zips and "/" not in zips[0]:
            yield folder / zips[0]
        elif level == 0 or zips or models or captures or refused_names(files):
            yield folder
        return
    here = sorted([name for name in (*models, *zips) if "/" not in name])
    yield from (folder / name for name in here)
    for child in sorted({name.split("/", 1)[0] for name in files.names if "/" in name}):
        if not (folder / child).is_symlink():
            yield from _inputs(folder / child, limits, level + 1)


def choose(files: Files) -> str:
    """
    The one model of a tree.

    Of twins, the same name in the same folder in several formats, the richer format is chosen.

    Raises
    ------
    EmptyInput, UnsupportedFormat
        None, or only formats that are not read.
    InputError
        Several: they are named.
    """
    found = _models(files)
    if not found:
        found = [name for name in files.names if suffix(name) in WEAK and _is_numbers(files, name)]
    if len(found) == 1:
        twins = [name for name in files.names if suffix(name) in READERS and _twin(name) == _twin(found[0])]
        if len(twins) > 1:
            files.notes.append(f"of {len(twins)} formats of the same model, '{printable(found[0])}' was read.")
        return found[0]
    if found:
        names = ", ".join(f"'{printable(name, 40)}'" for name in found[:4]) + (", …" if len(found) > 4 else "")
        raise InputError(
            f"'{files.label:.80}' holds {len(found)} models: {names}. Name one of them, or give each its own folder.",
            models=found[:100],
        )
    if others := refused_names(files):
        raise unread(others[0])
    raise EmptyInput(f"'{files.label:.80}' holds no model. {READ}.")


def _models(files: Files) -> list[str]:
    """The models of a tree, the richest format of each."""
    rank = {kind: place for place, kind in enumerate(READERS)}
    models = [name for name in files.names if suffix(name) in READERS and suffix(name) not in WEAK]
    best: dict[str, str] = {}
    for name in sorted(models, key=lambda known: (rank[suffix(known)], known)):
        best.setdefault(_twin(name), name)
    return sorted(best.values())


def _twin(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))


def _is_numbers(files: Files, name: str) -> bool:
    head = files.head(name, 4096)
    lines = decode(head).replace(",", " ").replace(";", " ").splitlines()[:-1] or [decode(head)]
    rows = 0
    for line in lines[1:] or lines:
        try:
            rows += len([float(word) for word in line.split()]) >= 3
        except ValueError:
            return False
    return rows > 0


def _model(files: Files, name: str, title: str, reader: str, limits: Limits) -> Scan:
    notes = files.notes
    up: Literal["+Y", "+Z"] | None = None
    metres: float | None
    authored, licence = False, ""
    if reader == "gltf":
        from .gltf import read_gltf

        gltf = read_gltf(files, name, limits=limits, notes=notes)
        scene, metres, up, authored, licence = gltf.scene, 1.0, "+Y", gltf.authored, gltf.licence
    else:
        scene, metres = _reader(reader)(files, name, limits=limits, notes=notes)
    if not any(len(primitive.positions) for mesh in scene.meshes for primitive in mesh.primitives):
        raise EmptyInput(f"'{name:.80}' has neither triangles nor points. Export the model again.")
    return Scan(
        kind="mesh" if scene.triangles else "cloud",
        name=printable(title, 200),
        scene=scene,
        metres_per_unit=metres,
        up=up,
        sources=files.sources(),
        authored=authored,
        licence="\n".join(part for part in (licence, _licence(files, name)) if part),
        notes=_shown(notes),
    )


def _shown(notes: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(printable(note, 1000) for note in notes))[:_NOTES]


def _reader(reader: str) -> Read:
    """Imported when needed: a reader is not paid for by a run that does not use it."""
    module, function = {
        "obj": ("obj_scene", "read_obj"),
        "ply": ("ply_scene", "read_ply"),
        "off": ("off", "read_off"),
        "stl": ("stl", "read_stl"),
        "pcd": ("pcd", "read_pcd"),
        "xyz": ("xyz", "read_xyz"),
    }[reader]
    found: Read = getattr(importlib.import_module(f".{module}", __package__), function)
    return found


def _licence(files: Files, name: str) -> str:
    """Text of a licence file in the model's folder or above it, at most 16 kB."""
    folders = [folder.as_posix() for folder in PurePosixPath(name).parents]
    for known in files.names:
        path = PurePosixPath(known)
        is_text = path.suffix.lower() in {"", ".txt", ".md"} and path.stem.lower().startswith(_LICENCES)
        if is_text and path.parent.as_posix() in folders:
            text = decode(files.head(known, 16 << 10)).strip()
            return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)
    return ""


__all__ = ["choose", "find_inputs", "read"]
