"""
Looks for what a camera saw in what a browser sent: pictures in any usual form, landmarks, measures.

Each finding says what was found and in which form. What is searched for is known (a colour that was painted into the
camera's picture; the very numbers that the trackers found), so a finding is no guess; what could hide from that
(pictures made small, landmarks made coarse) is bounded by how much is sent at all: see :func:`larger_than`.
"""

import base64
import binascii
import gzip
import io
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import unquote_to_bytes

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from wire import Sent

#: Unlike skin, walls and clothes, and far from what a codec makes of them.
CANARY_RGB: Final = (217, 20, 168)
_NEAR: Final = 48
_RUN: Final = 12
_MAGIC: Final = {
    "JPEG": re.compile(rb"\xff\xd8\xff[\xdb\xe0-\xef]"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "WebP": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "GIF": re.compile(rb"GIF8[79]a"),
    "AVIF or HEIF": re.compile(rb"ftyp(?:avif|avis|heic|mif1)"),
    "MP4": re.compile(rb"ftyp(?:isom|mp4[12]|iso\d|M4V )"),
    "WebM": re.compile(rb"\x1a\x45\xdf\xa3"),
    "H.264": re.compile(rb"\x00\x00\x00\x01[\x67\x27]"),
}
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX: Final = re.compile(rb"(?:[0-9a-fA-F]{2}){24,}")
_DEPTH: Final = 3


@dataclass(frozen=True, slots=True)
class Secrets:
    """
    What must not leave the device.

    Parameters
    ----------
    landmarks
        Numbers that the trackers found, in the order in which they stand in an array.
    measures_m
        Of the shopper: how far apart the pupils are, …
    """

    landmarks: Sequence[float] = ()
    measures_m: Sequence[float] = ()


def found(sent: Iterable[Sent], secrets: Secrets) -> list[str]:
    """What of the secrets, or of the canary, is in what was sent."""
    return [
        f"{one.kind} {one.line} ({len(one.body)} bytes): {what}"
        for one in sent
        for data in _forms((one.head if one.kind == "http" else b"") + b"\r\n\r\n" + one.body)
        for what in _in(data, secrets)
    ]


def larger_than(sent: Iterable[Sent], most_bytes: int) -> list[str]:
    """Messages that a picture or a face's landmarks could hide in."""
    return [f"{one.kind} {one.line}: {len(one.body)} bytes" for one in sent if len(one.body) > most_bytes]


def _forms(data: bytes, depth: int = _DEPTH) -> Iterator[bytes]:
    """The bytes, and what they hold in base64, hexadecimal digits, percent signs or packed."""
    yield data
    if not depth:
        return
    for token in _BASE64.findall(data):
        text = token.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        text = text[: len(text) - (len(text) % 4 == 1)]
        yield from _forms(base64.b64decode(text + b"=" * (-len(text) % 4)), depth - 1)
    for token in _HEX.findall(data):
        try:
            yield from _forms(binascii.unhexlify(token), depth - 1)
        except binascii.Error:
            continue
    if data.count(b"%") > 8:
        yield from _forms(unquote_to_bytes(data), depth - 1)
    for start in (hit.start() for hit in re.finditer(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]", data)):
        try:
            packed = data[start:]
            yield from _forms(gzip.decompress(packed) if packed[0] == 0x1F else zlib.decompress(packed), depth - 1)
        except (OSError, EOFError, zlib.error):
            continue


def _in(data: bytes, secrets: Secrets) -> Iterator[str]:
    for name, magic in _MAGIC.items():
        for hit in magic.finditer(data):
            yield f"a {name} picture{_with_canary(data[hit.start() :])}"
    yield from _raw(data)
    yield from _numbers(data, secrets)


def _with_canary(data: bytes) -> str:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            pixels = np.asarray(picture.convert("RGB"), dtype=np.int16)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):  # what a broken file makes of it
        return ""
    near = np.abs(pixels - np.array(CANARY_RGB)).max(axis=2) < _NEAR
    return " with the canary in it" if near.mean() > 0.001 else ""


def _raw(data: bytes) -> Iterator[str]:
    """Runs of pixels of the canary's colour, three or four bytes each, in either order."""
    for order, colour in (("RGB", CANARY_RGB), ("BGR", CANARY_RGB[::-1])):
        for stride in (3, 4):
            for start in range(stride):
                count = (len(data) - start) // stride
                if count < _RUN:
                    continue
                pixels = np.frombuffer(data, np.uint8, count * stride, start).reshape(count, stride)
                if _longest(np.abs(pixels[:, :3].astype(np.int16) - np.array(colour)).max(axis=1) < _NEAR) >= _RUN:
                    yield f"raw {order} pixels of the canary, {stride} bytes each"
                    return


def _longest(hits: NDArray[np.bool_]) -> int:
    """How many in a row, at most."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], hits.view(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _numbers(data: bytes, secrets: Secrets) -> Iterator[str]:
    marks = secrets.landmarks
    for form, width in (("<f", 4), ("<d", 8), (">f", 4), (">d", 8)):
        # Two in a row are no accident.
        if any(struct.pack(form, a) + struct.pack(form, b) in data for a, b in pairwise(marks)):
            yield f"landmarks as {width * 8}-bit numbers"
        if any(struct.pack(form, one) in data for one in secrets.measures_m if one):
            yield f"a measure as a {width * 8}-bit number"
    texts = {f"{one:.5f}"[:-1].encode() for one in marks if abs(one) > 0.01}
    if sum(text in data for text in texts) >= 3:
        yield "landmarks as text"
    for one in secrets.measures_m:
        # In metres to a tenth of a millimetre, in millimetres to a tenth: cut off as well as rounded. A number begins
        # where it begins, and of two digits alone (1.1 mm from the middle) every version of a protocol is full.
        shown = {f"{one:.4f}", f"{one:.7f}"[:-3], f"{one * 1000:.1f}", f"{one * 1000:.4f}"[:-3]}
        wanted = [re.escape(text).encode() for text in shown if len(text.replace(".", "").lstrip("0")) > 2]
        if wanted and re.search(rb"(?<![\d.])(?:" + b"|".join(wanted) + rb")", data):
            yield "a measure as text"
