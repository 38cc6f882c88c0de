"""
The files a .gltf refers to: data URIs, or names beside it. A name that climbs out of its folder is refused.

Source: glTF 2.0 specification, section 2.8.
"""

import base64
import binascii
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote_to_bytes, urlsplit

from showroom_assets.errors import DamagedFile, MissingFile, UnsupportedFormat

from .container import load
from .limits import Meter

Resources = Callable[[str], bytes]
"""Gives the bytes of a decoded, relative, POSIX-style name, or raises ``FileNotFoundError``."""


def folder(root: Path, meter: Meter) -> Resources:
    """The files under ``root``; symbolic links are followed only inside it."""
    base = root.resolve()

    def read(name: str) -> bytes:
        path = (base / name).resolve()
        if not path.is_relative_to(base):
            raise UnsupportedFormat(f"the file refers to '{name:.80}' outside its own folder. Put it beside the file.")
        return load(path, meter)

    return read


def fetch(uri: str, resources: Resources | None, meter: Meter) -> bytes:
    """
    The bytes behind a URI of a buffer or an image.

    Raises
    ------
    MissingFile
        The file is not there, or the glTF was given as bytes without ``resources``.
    UnsupportedFormat
        A URL, an absolute path, or a path that climbs out.
    """
    if uri[:5].lower() == "data:":
        return _inline(uri, meter)
    if urlsplit(uri).scheme or uri.startswith("//"):
        raise UnsupportedFormat(f"the file refers to '{uri:.80}'; nothing is fetched from a network. Embed it.")
    # Exporters write plain spaces as well as %20: unquoting serves both.
    name = unquote_to_bytes(uri.split("#")[0]).decode("utf-8", "replace").replace("\\", "/")
    parts = PurePosixPath(name).parts
    if not parts or "\0" in name or name.startswith("/") or ".." in parts or ":" in parts[0]:
        raise UnsupportedFormat(f"the file refers to '{uri:.80}' outside its own folder. Put it beside the file.")
    if resources is None:
        raise MissingFile(f"the glTF needs '{name:.80}' beside it. Give the folder, or export a single .glb.", uri=uri)
    try:
        return resources("/".join(parts))
    except FileNotFoundError as exc:
        raise MissingFile(f"'{name:.80}' is missing beside the glTF. Put it there.", uri=name[:200]) from exc


def _inline(uri: str, meter: Meter) -> bytes:
    head, separator, body = uri.partition(",")
    if not separator:
        raise DamagedFile("a data URI has no data. Export the file again.")
    meter.take("file_bytes", len(body) * 3 // 4)
    if not head.lower().endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(body.replace("%3D", "="), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise DamagedFile("a data URI is not valid base64. Export the file again.") from exc
