"""
The built web client: which files there are, and which of them are held in memory.

A request picks a name from a table that was made at the start, so no path can climb anywhere. Pages, scripts and other
small files are read once: they stay of one build, whatever happens to the folder. Large files (figures, textures,
decoders) stay on disk. What packing makes smaller is packed when somebody first asks.
"""

import asyncio
import gzip
import mimetypes
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from showroom.http.shelf import etag
from showroom_assets.errors import MissingFile

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".ktx2": "image/ktx2",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".vrm": "model/gltf-binary",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_PACKED: Final = frozenset(
    (".bin", ".css", ".glb", ".gltf", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".wasm", ".webmanifest")
)
# Vite puts a hash of the content into these names.
_HASHED: Final = re.compile(r"assets/.+-[\w-]{8,}\.\w+")
_TEXTS: Final = frozenset((".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".webmanifest"))
_MOST_TEXT_BYTES: Final = 2 << 20
_MOST_OTHER_BYTES: Final = 32 << 10
_MOST_HELD_BYTES: Final = 64 << 20
_MOST_FILES: Final = 10_000
_MOST_PACKED_BYTES: Final = 32 << 20
_PAYS: Final = 0.9


@dataclass(frozen=True, slots=True)
class Asset:
    """
    A file of the client.

    Parameters
    ----------
    path
        Where it is on disk.
    data, tag
        Its bytes and their hash, if it is held in memory.
    is_packable
        Whether it is of a kind that gzip may make smaller.
    """

    path: Path
    media_type: str
    is_hashed: bool
    is_packable: bool
    data: bytes | None = None
    tag: str = ""


class Client(Mapping[str, Asset]):
    """The files by their path below the client's folder."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._assets = dict(assets)
        self._packed: OrderedDict[tuple[Path, str], bytes | None] = OrderedDict()
        self._packed_bytes = 0
        self._packing = asyncio.Lock()

    def __getitem__(self, name: str) -> Asset:
        return self._assets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._assets)

    def __len__(self) -> int:
        return len(self._assets)

    async def packed(self, asset: Asset, tag: str) -> bytes | None:
        """
        A file as gzip; None if that does not pay. Those asked for lately are kept, within bounds.

        Parameters
        ----------
        tag
            Of the file as it is now: another one is packed anew.
        """
        key = (asset.path, tag)
        if key not in self._packed:
            async with self._packing:  # one at a time: a crowd that comes in asks for the same few
                if key not in self._packed:
                    self._keep(key, await asyncio.to_thread(_pack, asset))
        self._packed.move_to_end(key)
        return self._packed[key]

    def _keep(self, key: tuple[Path, str], data: bytes | None) -> None:
        self._packed[key] = data
        self._packed_bytes += len(data or b"")
        while len(self._packed) > 1 and (self._packed_bytes > _MOST_PACKED_BYTES or len(self._packed) > _MOST_FILES):
            _, old = self._packed.popitem(last=False)
            self._packed_bytes -= len(old or b"")


def default_folder() -> Path:
    """Where ``make setup`` builds the client."""
    return Path(__file__).parents[2] / "webclient" / "dist"


def load(folder: Path) -> Client:
    """
    All files of the built client.

    Raises
    ------
    MissingFile
        It has not been built, or that folder is none.
    """
    if not (folder / "index.html").is_file():
        raise MissingFile(f"The web client is not built: there is no {folder / 'index.html'}. Run: make setup")
    assets: dict[str, Asset] = {}
    held = 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        name = path.relative_to(folder).as_posix()
        media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        is_hashed = _HASHED.fullmatch(name) is not None
        size = path.stat().st_size
        if size > (_MOST_TEXT_BYTES if path.suffix in _TEXTS else _MOST_OTHER_BYTES):
            assets[name] = Asset(path, media_type, is_hashed, path.suffix in _PACKED)
        else:
            data = path.read_bytes()
            assets[name] = Asset(path, media_type, is_hashed, path.suffix in _PACKED, data, etag(data))
            held += size
        if held > _MOST_HELD_BYTES or len(assets) > _MOST_FILES:
            raise MissingFile(f"{folder} holds far more than a built client does. Name the folder of one.")
    return Client(assets)


def _pack(asset: Asset) -> bytes | None:
    try:
        data = asset.path.read_bytes() if asset.data is None else asset.data
    except OSError:
        return None
    packed = gzip.compress(data, 6, mtime=0)
    return packed if len(packed) < _PAYS * len(data) else None
