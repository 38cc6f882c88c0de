"""
What is on the shelves: every merchant's current products as the browser needs them, and the blobs they name.

A shelf is a snapshot. Only blobs that a product on it lists can be asked for, so nothing else that the library may hold
(older versions, drafts, files of a product that was withdrawn) can be reached by guessing.

What it is not: HTTP (see ``catalogue``), nor a shop: prices and stock come from there.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, Literal
from urllib.parse import quote

from msgspec import Struct

from showroom.search import Entry, Index
from showroom.tenants import DEFAULT_TENANT, public_id
from showroom_assets.library import Library, Listed
from showroom_assets.manifest import DeliveryName, File, Product, Quality, SurfaceError, Variant
from showroom_assets.sizing import sizes_sold

__all__ = [
    "DEFAULT_TENANT",
    "SCAN_AFTER",
    "SCAN_BEFORE",
    "Device",
    "Row",
    "Scan",
    "Served",
    "Shelf",
    "Shown",
    "SizeNow",
    "address",
    "addresses",
    "best_delivery",
    "etag",
    "public_id",
    "shelf",
]

SCAN_BEFORE: Final = "scan-before.webp"
SCAN_AFTER: Final = "scan-after.webp"

Device = Literal["mobile", "desktop", "headset"]
# Which delivery serves a device best, and what will do where it was not made.
_BEST: Final[Mapping[Device, Sequence[DeliveryName]]] = {
    "mobile": ("mobile", "webp", "headset", "desktop", "plain"),
    "desktop": ("desktop", "headset", "mobile", "webp", "plain"),
    "headset": ("headset", "mobile", "desktop", "webp", "plain"),
}


@dataclass(frozen=True, slots=True)
class Served:
    """A blob that may be asked for."""

    file: File
    library: Library


class SizeNow(Struct, frozen=True, kw_only=True):
    """A size that is sold, with its SKUs: one a colour that is made in it."""

    label: str
    skus: Sequence[str]


class Row(Struct, frozen=True, kw_only=True):
    """
    A product in the catalogue: enough for a page of all products, without prices, which change by the second.

    ``sizes`` are those that one chooses among, from small to large; empty if there is none to choose.
    """

    id: str
    tenant: str
    product: str
    version: int
    name: str
    description: str
    category: str
    tags: list[str]
    dimensions_m: tuple[float, float, float]
    variants: list[Variant]
    sizes: list[SizeNow]
    poster: str | None
    has_scan: bool
    verdict: str
    published_at: str


class Scan(Struct, frozen=True, kw_only=True):
    """What became of the raw scan that a product was made from."""

    before: str | None
    after: str | None
    report: str | None
    size_bytes_before: int
    size_bytes_after: int
    triangles_after: int
    surface_error_mm: SurfaceError | None
    ssim: float | None
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One product on the shelf."""

    row: Row
    manifest: Product
    scan: Scan | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """
    Parameters
    ----------
    products
        By public id, in order of merchant and product.
    blobs
        By SHA-256.
    index
        For searching, by public id.
    """

    products: Mapping[str, Shown]
    blobs: Mapping[str, Served] = field(repr=False)
    index: Index = field(repr=False)


def shelf(libraries: Iterable[tuple[str, Library]], *, scans: Library | None = None) -> Shelf:
    """
    Read what is on the shelves now.

    Parameters
    ----------
    libraries
        Each merchant's id and products.
    scans
        Products of the default merchant's ids that were made from raw scans: shown as before and after.

    Raises
    ------
    LibraryError
        A library cannot be read.
    """
    from_scan = {listed.product.id: listed for listed in scans.products()} if scans is not None else {}
    blobs: dict[str, Served] = {}
    products: dict[str, Shown] = {}
    for tenant, library in libraries:
        for listed in library.products():
            product = listed.product
            scan = from_scan.get(product.id) if tenant == DEFAULT_TENANT else None
            blobs |= {file.sha256: Served(file, library) for file in product.files}
            if scan is not None and scans is not None:
                blobs |= {file.sha256: Served(file, scans) for file in scan.product.files}
            row = _row(tenant, listed, has_scan=scan is not None)
            products[row.id] = Shown(row=row, manifest=product, scan=_scan(scan.product) if scan else None)
    index = Index(Entry(one.row.id, _words(one)) for one in products.values())
    return Shelf(products=products, blobs=blobs, index=index)


def best_delivery(product: Product, device: Device) -> DeliveryName:
    """Which delivery suits a device, among those that were made."""
    return next((name for name in _BEST[device] if name in product.deliveries), next(iter(product.deliveries)))


def address(file: File) -> str:
    """Where a file is served: its content never changes, so it may be kept for ever."""
    return f"/blobs/{file.sha256}/{quote(PurePosixPath(file.path).name)}"


def addresses(product: Product) -> dict[str, str]:
    """Every file of a product by its path in the manifest."""
    return {file.path: address(file) for file in product.files}


def etag(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _row(tenant: str, listed: Listed, *, has_scan: bool) -> Row:
    product = listed.product
    return Row(
        id=public_id(tenant, product.id),
        tenant=tenant,
        product=product.id,
        version=listed.version,
        name=product.name,
        description=product.description,
        category=product.category,
        tags=product.tags,
        dimensions_m=product.dimensions_m,
        variants=product.variants,
        sizes=[SizeNow(label=label, skus=skus) for label, skus in sizes_sold(product).items()],
        poster=_first(product, "poster"),
        has_scan=has_scan,
        verdict=product.quality.verdict,
        published_at=listed.published_at,
    )


def _words(shown: Shown) -> list[tuple[float, str]]:
    """What a product is found by, and how much each counts."""
    product = shown.manifest
    variants = " ".join(variant.label or variant.name for variant in product.variants)
    return [
        (8.0, product.name),
        (4.0, product.category),
        (3.0, product.brand),
        (3.0, " ".join(product.tags)),
        (2.0, variants),
        (2.0, " ".join([product.id, *product.skus])),
        (1.0, product.description),
    ]


def _first(product: Product, role: str) -> str | None:
    return next((address(file) for file in product.files if file.role == role), None)


def _scan(product: Product) -> Scan:
    files = {file.path: file for file in product.files}

    def place(path: str) -> str | None:
        return address(files[path]) if path in files else None

    delivery = next(iter(product.deliveries.values()))
    return Scan(
        before=place(SCAN_BEFORE),
        after=place(SCAN_AFTER),
        report=place("report.html"),
        size_bytes_before=sum(source.size_bytes for source in product.provenance.sources),
        size_bytes_after=files[delivery.file].size_bytes,
        triangles_after=delivery.triangles,
        surface_error_mm=delivery.surface_error_mm,
        ssim=delivery.ssim,
        quality=product.quality,
    )
