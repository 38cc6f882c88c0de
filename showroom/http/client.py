"""
The built web client, read into memory once: a request picks a name from a table, so no path can climb anywhere.
"""

import gzip
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from showroom.http.shelf import etag
from showroom_assets.errors import MissingFile

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
_PACKED = frozenset((".css", ".html", ".js", ".json", ".svg", ".txt", ".wasm"))
# Vite puts a hash of the content into these names.
_HASHED = re.compile(r"assets/.+-[\w-]{8,}\.\w+")
_MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the client; ``packed`` is gzip, or None where that does not pay."""

    data: bytes
    packed: bytes | None
    media_type: str
    tag: str
    is_hashed: bool


def default_folder() -> Path:
    """Where ``make setup`` builds the client."""
    return Path(__file__).parents[2] / "webclient" / "dist"


def load(folder: Path) -> Mapping[str, Asset]:
    """
    All files of the built client, by their path.

    Raises
    ------
    MissingFile
        It has not been built.
    """
    if not (folder / "index.html").is_file():
        raise MissingFile(f"The web client is not built: there is no {folder / 'index.html'}. Run: make setup")
    assets: dict[str, Asset] = {}
    total = 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        total += len(data)
        if total > _MOST_BYTES:
            raise MissingFile(f"{folder} holds more than {_MOST_BYTES:,} bytes. It is no built client.")
        packed = gzip.compress(data, 6, mtime=0) if path.suffix in _PACKED else None
        name = path.relative_to(folder).as_posix()
        assets[name] = Asset(
            data=data,
            packed=packed if packed is not None and len(packed) < 0.9 * len(data) else None,
            media_type=_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            tag=etag(data),
            is_hashed=_HASHED.fullmatch(name) is not None,
        )
    return assets
