"""What is on the shelf."""

from pathlib import Path

from shelf_files import product_folder

from showroom.http.shelf import SCAN_AFTER, SCAN_BEFORE, address, shelf
from showroom.tenants import public_id, split_id
from showroom_assets.library import Library
from showroom_assets.manifest import File


def test_a_scan_is_shown_beside_the_product_of_its_name(library: Library, tmp_path: Path) -> None:
    scans = Library(tmp_path / "library", namespace="scans")
    pictures = {SCAN_BEFORE: b"before", SCAN_AFTER: b"after"}
    scans.publish(product_folder(tmp_path / "scan", model=b"from a scan", more=pictures))
    scans.publish(product_folder(tmp_path / "other", name="Lamp"))
    found = shelf([("default", library)], scans=scans)
    shown = found.products["chair"]
    assert shown.row.has_scan
    assert shown.scan is not None
    assert shown.scan.size_bytes_after == len(b"from a scan")
    for place in (shown.scan.before, shown.scan.after, shown.scan.report):
        assert place is not None
        assert place.split("/")[2] in found.blobs


def test_without_scans_a_product_is_still_shown(library: Library) -> None:
    (shown,) = shelf([("default", library)]).products.values()
    assert (shown.row.has_scan, shown.scan) == (False, None)


def test_a_public_id_tells_the_merchant_and_comes_apart_again() -> None:
    for pair in (("default", "chair"), ("nordlicht", "chair"), ("a-b", "c-d")):
        assert split_id(public_id(*pair)) == pair
    assert public_id("default", "chair") == "chair"


def test_an_address_is_safe_whatever_the_file_is_called() -> None:
    file = File(path='pictures/ä "b"#?.webp', role="poster", media_type="image/webp", sha256="0" * 64, size_bytes=1)
    assert address(file) == f"/blobs/{'0' * 64}/%C3%A4%20%22b%22%23%3F.webp"
