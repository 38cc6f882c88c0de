"""
Reading, writing and checking ``product.json``.

``read_manifest`` trusts nothing; ``write_manifest`` is canonical (equal products give equal bytes); ``check_manifest``
finds what a schema cannot say: files that are missing or differ, levels out of order, names used twice.
The structs themselves are in ``product``, and may be imported from here.
"""

import functools
import hashlib
import itertools
import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from .errors import DamagedFile, LimitExceeded, MissingFile
from .product import (
    MANIFEST_NAME,
    SCHEMA,
    Anchor,
    Bounds,
    Category,
    ChartSize,
    Delivery,
    DeliveryName,
    File,
    HotSpot,
    Level,
    Licence,
    Part,
    Placement,
    Product,
    Provenance,
    Quality,
    Recipe,
    Role,
    SizeChart,
    SizeRow,
    Source,
    Step,
    SurfaceError,
    Tool,
    Variant,
    Wearable,
)
from .size_charts import chart_faults
from .sizing import sizing_faults

__all__ = [
    "MANIFEST_NAME",
    "MAX_MANIFEST_BYTES",
    "MEDIA_TYPES",
    "SCHEMA",
    "Anchor",
    "Bounds",
    "Category",
    "ChartSize",
    "Delivery",
    "DeliveryName",
    "File",
    "HotSpot",
    "Level",
    "Licence",
    "Part",
    "Placement",
    "Product",
    "Provenance",
    "Quality",
    "Recipe",
    "Role",
    "SizeChart",
    "SizeRow",
    "Source",
    "Step",
    "SurfaceError",
    "Tool",
    "Variant",
    "Wearable",
    "check_manifest",
    "file_entry",
    "hash_file",
    "json_schema",
    "load",
    "read_manifest",
    "slug",
    "write_manifest",
]

MAX_MANIFEST_BYTES = 4 << 20
_CHUNK_BYTES = 1 << 20
_decoder = msgspec.json.Decoder(Product)
_encoder = msgspec.json.Encoder(order="deterministic")

MEDIA_TYPES = {
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
    ".usdz": "model/vnd.usdz+zip",
    ".webp": "image/webp",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".html": "text/html",
    ".json": "application/json",
    ".ktx2": "image/ktx2",
    ".bin": "application/octet-stream",
}


def slug(name: str, *, fallback: str = "product") -> str:
    """
    A product id from any name: ``"Weißhai, Great White!"`` gives ``"weisshai-great-white"``.

    Names without a single Latin letter or digit give ``fallback`` and eight characters of the name's hash.
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    out = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")
    return out or f"{fallback}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def read_manifest(data: bytes, *, name: str = MANIFEST_NAME) -> Product:
    """
    The product in ``data``.

    Parameters
    ----------
    data
        JSON in UTF-8, at most ``MAX_MANIFEST_BYTES``.
    name
        How messages call the file.

    Raises
    ------
    DamagedFile
        Not JSON, or a field is missing, unknown, of the wrong kind or out of range; the message names the field.
    LimitExceeded
        Larger than a manifest may be.
    """
    if len(data) > MAX_MANIFEST_BYTES:
        raise LimitExceeded(
            f"{name} has {len(data):,} bytes; a manifest may have {MAX_MANIFEST_BYTES:,}. It is no product manifest.",
            size_bytes=len(data),
        )
    try:
        return _decoder.decode(data)
    except msgspec.ValidationError as exc:
        why, _, where = str(exc).partition(" - at `")
        field = _field(where)
        raise DamagedFile(f"{name}: {field}: {_plain(why)}. Mend it, or convert again.", field=field) from exc
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise DamagedFile(f"{name} is not JSON ({_one_line(exc)}). Convert the product again.") from exc


def write_manifest(product: Product) -> bytes:
    """
    Canonical bytes: fields in the schema's order, deliveries and files sorted, two spaces, a newline at the end.

    Raises
    ------
    DamagedFile
        If ``product`` breaks a limit of the schema (constructors do not check), so no such file is ever written.
    """
    name = f"the manifest of {product.id!r}"
    try:
        # There and back: checks every limit, and makes 1 and 1.0 the same number.
        exact = read_manifest(_encoder.encode(product), name=name)
    except (TypeError, ValueError) as exc:
        raise DamagedFile(f"{name} cannot be written: {_one_line(exc)}.") from exc
    ordered = msgspec.structs.replace(exact, files=sorted(exact.files, key=lambda file: file.path))
    return msgspec.json.format(_encoder.encode(ordered), indent=2) + b"\n"


def load(folder: Path) -> Product:
    """
    The manifest in ``folder``.

    Raises
    ------
    MissingFile
        No ``product.json`` there.
    DamagedFile, LimitExceeded
        See ``read_manifest``.
    """
    path = folder / MANIFEST_NAME
    try:
        # A pipe or a device could keep us waiting for ever, so only a plain file is opened.
        if not stat.S_ISREG(path.stat().st_mode):
            raise MissingFile(f"{path} is not a file. Make one with `showroom convert`.", path=str(path))
        with path.open("rb") as file:
            data = file.read(MAX_MANIFEST_BYTES + 1)
    except OSError as exc:
        raise MissingFile(
            f"{folder} has no readable {MANIFEST_NAME} ({exc.strerror}). Make one with `showroom convert`.",
            path=str(path),
        ) from exc
    return read_manifest(data, name=str(path))


def file_entry(folder: Path, path: str, role: Role, *, media_type: str = "") -> File:
    """
    The manifest's entry for ``folder/path``, hashed now.

    Raises
    ------
    MissingFile
        It cannot be read.
    """
    try:
        digest, size_bytes = hash_file(folder / path)
    except OSError as exc:
        raise MissingFile(f"{folder / path} cannot be read ({exc.strerror}).", path=path) from exc
    kind = media_type or MEDIA_TYPES.get(Path(path).suffix.lower(), "application/octet-stream")
    return File(path=path, role=role, media_type=kind, sha256=digest, size_bytes=size_bytes)


def hash_file(path: Path) -> tuple[str, int]:
    """SHA-256 in hexadecimal and size in bytes of a file, read once, in constant memory."""
    digest = hashlib.sha256()
    size_bytes = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
    return digest.hexdigest(), size_bytes


def check_manifest(product: Product, folder: Path | None = None) -> list[str]:
    """
    What is wrong with a product, one sentence each; empty if it is whole.

    Parameters
    ----------
    product
        As read.
    folder
        Where its files lie. Without it only the manifest itself is checked.
    """
    faults = [*_names(product), *_deliveries(product), *_space(product), *_gtin(product), *_chart(product)]
    faults += sizing_faults(product)
    if folder is not None:
        faults += _files(product, folder)
    return faults


def _names(product: Product) -> Iterator[str]:
    # Two paths that differ only in case are one file on many a disk.
    yield from _twice("file", (file.path.casefold() for file in product.files))
    yield from _twice("variant", (variant.name for variant in product.variants))
    yield from _twice("SKU", product.skus)
    yield from _twice("anchor", (anchor.name for anchor in product.anchors))
    yield from _twice("part", (part.name for part in product.parts))
    yield from _twice("hot spot", (spot.name for spot in product.hot_spots))
    sizes = product.wearable.sizes if product.wearable else []
    yield from _twice("size", (row.label for row in sizes))
    known = set(product.skus)
    coloured = (sku for variant in product.variants for sku in dict.fromkeys([variant.sku, *variant.skus]))
    for sku in [*coloured, *(row.sku for row in sizes)]:
        if sku and sku not in known:
            yield f"SKU {sku!r} is not among the product's skus. Add it there."
    paths = {file.path for file in product.files}
    if MANIFEST_NAME in {path.casefold() for path in paths}:
        yield f"{MANIFEST_NAME} lists itself. A manifest cannot hold its own hash."
    folders = {path[:at] for path in paths for at in range(len(path)) if path[at] == "/"}
    for path in sorted(paths & folders):
        yield f"{path} is listed as a file and used as a folder."


def _chart(product: Product) -> Iterator[str]:
    chart = product.size_chart
    if chart is None:
        return
    yield from (f"size chart: {fault}" for fault in chart_faults(chart))
    for sku in (sku for size in chart.sizes for sku in size.skus):
        if sku not in product.skus:
            yield f"size chart: SKU {sku!r} is not among the product's skus. Add it there."
    rows = {row.label for row in product.wearable.sizes} if product.wearable else set()
    labels = {size.label for size in chart.sizes}
    if rows and rows != labels:
        odd = sorted(rows ^ labels)[0]
        yield f"size chart: {odd!r} is a size of the chart or of wearable.sizes, but not of both. Name it in both."


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    for name, count in sorted(Counter(names).items()):
        if count > 1:
            yield f"{what} {name!r} is listed {count} times. Keep one."


def _deliveries(product: Product) -> Iterator[str]:
    paths = {file.path for file in product.files}
    for name, delivery in sorted(product.deliveries.items()):
        for path in sorted({delivery.file, *(level.file for level in delivery.levels)} - paths):
            yield f"{name}: {path} is not among the product's files. List it there, or convert again."
        yield from _levels(name, delivery)


def _levels(name: str, delivery: Delivery) -> Iterator[str]:
    levels = delivery.levels
    if levels and levels[0].switch_below is not None:
        yield f"{name}: level 0 is the finest; it has no switch_below."
    for index, (finer, coarser) in enumerate(itertools.pairwise(levels), start=1):
        if coarser.triangles >= finer.triangles:
            yield f"{name}: level {index} has {coarser.triangles:,} triangles, no fewer than level {index - 1}."
        if coarser.error_mm.mean < finer.error_mm.mean:
            yield (
                f"{name}: level {index} has a smaller error ({coarser.error_mm.mean:g} mm) than level {index - 1} "
                f"({finer.error_mm.mean:g} mm). Drop the finer one."
            )
        if coarser.switch_below is None:
            yield f"{name}: level {index} does not say at which screen size to switch."
        elif finer.switch_below is not None and coarser.switch_below >= finer.switch_below:
            yield f"{name}: level {index} switches no later than level {index - 1}."


def _space(product: Product) -> Iterator[str]:
    low, high = product.bounds_m.min, product.bounds_m.max
    for axis, a, b, extent in zip("xyz", low, high, product.dimensions_m, strict=True):
        if a > b:
            yield f"bounds_m: min {axis} ({a:g}) is larger than max {axis} ({b:g})."
        elif abs((b - a) - extent) > 1e-4 + 1e-4 * extent:
            yield f"dimensions_m: {axis} is {extent:g} m, but bounds_m span {b - a:g} m."


def _gtin(product: Product) -> Iterator[str]:
    """GS1 General Specifications, section 7.9: weights 3 and 1 from the right, sum divisible by ten."""
    if product.gtin:
        total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(product.gtin)))
        if total % 10:
            yield f"gtin {product.gtin} has a wrong check digit. Type it again from the package."


def _files(product: Product, folder: Path) -> Iterator[str]:
    try:
        root = folder.resolve(strict=True)
    except (OSError, RuntimeError):
        yield f"{folder} is not there."
        return
    for file in product.files:
        path = folder / file.path
        try:
            # A link that leads out of the folder would publish somebody's private file.
            if not path.resolve(strict=True).is_relative_to(root):
                yield f"{file.path} leads out of {folder}. Put the file itself there."
                continue
            found = os.stat(path)
            if not stat.S_ISREG(found.st_mode):
                yield f"{file.path} is not a file."
            elif found.st_size != file.size_bytes:
                yield (
                    f"{file.path} has {found.st_size:,} bytes; the manifest says {file.size_bytes:,}. Convert again."
                )
            elif hash_file(path)[0] != file.sha256:
                yield f"{file.path} differs from the manifest (its hash is another). Convert again."
        except FileNotFoundError:
            yield f"{file.path} is missing. Convert again."
        except (OSError, RuntimeError) as exc:
            yield f"{file.path} cannot be read ({_one_line(exc)})."


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a manifest, written from the structs."""
    schema = msgspec.json.schema(Product)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':').replace('.', ':')}",
        "title": "Showroom product manifest",
        **schema,
    }


def _field(where: str) -> str:
    """``$.files[...].sha256`` as ``files[].sha256``; the root reads ``the manifest``."""
    return where.replace("`", "").removeprefix("$").removeprefix(".").replace("[...]", "[]") or "the manifest"


@functools.cache
def _descriptions() -> dict[str, str]:
    """What each pattern of the schema means in words."""
    found: dict[str, str] = {}
    stack: list[Any] = [msgspec.json.schema(Product)]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str) and isinstance(node.get("description"), str):
                found[node["pattern"]] = node["description"]
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return found


def _plain(why: str) -> str:
    """msgspec's complaint with words instead of regular expressions, on one line."""
    for pattern, words in _descriptions().items():
        why = why.replace(f"matching regex {pattern!r}", f"as described: {words.rstrip('.')}")
    why = why.replace("`str`", "text").replace("`object`", "an object").replace("`array`", "a list").replace("`", "'")
    return _one_line(why[:1].lower() + why[1:])


def _one_line(error: BaseException | str) -> str:
    return " ".join(str(error).split())[:300]
