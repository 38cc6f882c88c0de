"""What is on the shelf."""

from pathlib import Path

import msgspec
from shelf_files import product_folder

from showroom.http.shelf import SCAN_AFTER, SCAN_BEFORE, address, shelf
from showroom_assets.library import Library
from showroom_assets.manifest import File


def test_a_scan_is_shown_beside_the_product_of_its_name(library: Library, tmp_path: Path) -> None:
    scans = Library(tmp_path / "library", namespace="scans")
    pictures = {SCAN_BEFORE: b"before", SCAN_AFTER: b"after"}
    scans.publish(product_folder(tmp_path / "scan", model=b"from a scan", more=pictures))
    scans.publish(product_folder(tmp_path / "other", name="Lamp"))
    found = shelf(library, scans=scans)
    (row,) = msgspec.json.decode(found.catalogue)["products"]
    assert row["has_scan"]
    scan = msgspec.json.decode(found.manifests["chair"])["scan"]
    assert scan["size_bytes_after"] == len(b"from a scan")
    for key in ("before", "after", "report"):
        assert scan[key].split("/")[2] in found.blobs


def test_without_scans_and_prices_a_product_is_still_shown(library: Library) -> None:
    (row,) = msgspec.json.decode(shelf(library).catalogue)["products"]
    assert (row["has_scan"], row["price_minor"]) == (False, None)


def test_an_address_is_safe_whatever_the_file_is_called() -> None:
    file = File(path='pictures/ä "b"#?.webp', role="poster", media_type="image/webp", sha256="0" * 64, size_bytes=1)
    assert address(file) == f"/blobs/{'0' * 64}/%C3%A4%20%22b%22%23%3F.webp"
