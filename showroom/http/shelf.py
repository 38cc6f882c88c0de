"""
What is on the shelf: a library's current products as the browser needs them, and the blobs they name.

A shelf is a snapshot. Only blobs that a product on it lists can be asked for, so nothing else that the store may hold
(older versions, other merchants, files of a product that was withdrawn) can be reached by guessing.

What it is not: HTTP (see ``preview``), nor a shop: prices come from the caller (``Offers``).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

import msgspec

from showroom_assets.library import Library, Listed
from showroom_assets.manifest import File, Product, write_manifest

Json = dict[str, Any]
Offers = Mapping[str, Mapping[str, int]]
"""Price in minor units by currency, by product id."""

SCAN_BEFORE: Final = "scan-before.webp"
SCAN_AFTER: Final = "scan-after.webp"


@dataclass(frozen=True, slots=True)
class Served:
    """A blob that may be asked for."""

    file: File
    library: Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """
    Parameters
    ----------
    catalogue
        JSON: a row a product, enough for the page of all products.
    manifests
        JSON of each product: its manifest, its address book and what is known of its scan.
    blobs
        By SHA-256.
    """

    catalogue: bytes
    manifests: Mapping[str, bytes]
    blobs: Mapping[str, Served] = field(repr=False)


def shelf(library: Library, *, scans: Library | None = None, offers: Offers | None = None) -> Shelf:
    """
    Read what is on the shelf now.

    Parameters
    ----------
    library
        The products.
    scans
        Products of the same ids that were made from raw scans: shown as before and after.
    offers
        Prices.

    Raises
    ------
    LibraryError
        The store cannot be read.
    """
    from_scan = {listed.product.id: listed for listed in scans.products()} if scans is not None else {}
    blobs: dict[str, Served] = {}
    rows: list[Json] = []
    manifests: dict[str, bytes] = {}
    for listed in library.products():
        product = listed.product
        scan = from_scan.get(product.id)
        blobs |= {file.sha256: Served(file, library) for file in product.files}
        if scan is not None and scans is not None:
            blobs |= {file.sha256: Served(file, scans) for file in scan.product.files}
        row = _row(listed, scan, (offers or {}).get(product.id))
        rows.append(row)
        detail = {
            **row,
            "manifest": msgspec.Raw(write_manifest(product)),
            "files": addresses(product),
            "scan": _scan(scan.product) if scan is not None else None,
        }
        manifests[product.id] = msgspec.json.encode(detail)
    return Shelf(
        catalogue=msgspec.json.encode({"schema": "showroom.catalogue/1", "products": rows}),
        manifests=manifests,
        blobs=blobs,
    )


def address(file: File) -> str:
    """Where a file is served: its content never changes, so it may be kept for ever."""
    return f"/blobs/{file.sha256}/{quote(PurePosixPath(file.path).name)}"


def addresses(product: Product) -> dict[str, str]:
    """Every file of a product by its path in the manifest."""
    return {file.path: address(file) for file in product.files}


def etag(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _row(listed: Listed, scan: Listed | None, price: Mapping[str, int] | None) -> Json:
    product = listed.product
    return {
        "id": product.id,
        "version": listed.version,
        "name": product.name,
        "description": product.description,
        "category": product.category,
        "price_minor": dict(price) if price else None,
        "dimensions_m": product.dimensions_m,
        "variants": product.variants,
        "poster": _first(product, "poster"),
        "has_scan": scan is not None,
        "verdict": product.quality.verdict,
    }


def _first(product: Product, role: str) -> str | None:
    return next((address(file) for file in product.files if file.role == role), None)


def _scan(product: Product) -> Json:
    files = {file.path: file for file in product.files}
    pictures = [files.get(SCAN_BEFORE), files.get(SCAN_AFTER)]
    delivery = next(iter(product.deliveries.values()))
    return {
        "before": address(pictures[0]) if pictures[0] else None,
        "after": address(pictures[1]) if pictures[1] else None,
        "report": address(files["report.html"]) if "report.html" in files else None,
        "size_bytes_before": sum(source.size_bytes for source in product.provenance.sources),
        "size_bytes_after": files[delivery.file].size_bytes,
        "triangles_after": delivery.triangles,
        "surface_error_mm": delivery.surface_error_mm,
        "ssim": delivery.ssim,
        "quality": product.quality,
    }
