"""
The stamp of a finished product: what it was made from, with what, and what came out.

One small JSON file a product, in the hidden folder of the output folder. With it, a run in which nothing has changed
reads a few file dates and stops: no worker, no numpy. A stamp that is missing, old or damaged only means that the
product is made again, from the cache.
"""

import contextlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from showroom_pipeline import inputs
from showroom_pipeline.graph import Json
from showroom_pipeline.inputs import FileState

HIDDEN = ".showroom"
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """
    Parameters
    ----------
    source
        The input's path, absolute.
    files
        The input's files when they were read.
    facts
        What the recipe was chosen by (see ``recipe``).
    chooser
        Digest of the code that chooses the steps; ``facts`` mean something to that code only.
    recipe
        Digest of the steps, their parameters and their code.
    outputs
        The product's files, relative to its folder.
    folder
        The product's folder, relative to the output folder.
    result
        The summary for the final table.
    """

    source: str
    files: tuple[FileState, ...]
    facts: Json
    chooser: str
    recipe: str
    folder: str
    outputs: tuple[FileState, ...]
    result: Json = field(default_factory=dict)


def path_of(out: Path, name: str) -> Path:
    return out / HIDDEN / "stamps" / f"{name}.json"


def read(out: Path, name: str) -> Stamp | None:
    """The stamp of a product, or None if there is no usable one."""
    try:
        fields: dict[str, Any] = json.loads(path_of(out, name).read_bytes())
        if fields.pop("version") != _VERSION:
            return None
        for key in ("files", "outputs"):
            fields[key] = tuple(FileState(n, (s[0], s[1], s[2], s[3]), h) for n, s, h in fields[key])
        return Stamp(**fields)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None


def write(out: Path, name: str, stamp: Stamp) -> None:
    """Put the stamp in its place, whole or not at all."""
    fields = {
        "version": _VERSION,
        "source": stamp.source,
        "facts": stamp.facts,
        "chooser": stamp.chooser,
        "recipe": stamp.recipe,
        "folder": stamp.folder,
        "result": stamp.result,
        "files": [[s.name, s.stat, s.sha256] for s in stamp.files],
        "outputs": [[s.name, s.stat, s.sha256] for s in stamp.outputs],
    }
    write_whole(path_of(out, name), json.dumps(fields, ensure_ascii=True).encode())


def remove(out: Path, name: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        path_of(out, name).unlink()


def outputs_intact(out: Path, stamp: Stamp) -> bool:
    """Whether every file of the product is still what was written, and none was added."""
    folder = out / stamp.folder
    if not folder.is_dir():
        return False
    now = inputs.states(folder, stamp.outputs)
    return [(s.name, s.sha256) for s in now] == [(s.name, s.sha256) for s in stamp.outputs]


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is, even after a power cut, either the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
