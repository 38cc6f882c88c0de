"""The library: whatever happens in whatever order, every version that is listed is whole."""

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from showroom_assets.collect import collect
from showroom_assets.errors import (
    BlobDamaged,
    DamagedFile,
    LibraryConflict,
    LibraryError,
    MissingFile,
    NotInLibrary,
    QualityRefused,
    ShowroomError,
)
from showroom_assets.leases import LEASE_S, lease, mark, mark_life_s
from showroom_assets.library import Library
from showroom_assets.manifest import check_manifest, load
from showroom_assets.objects import Objects

MakeProduct = Callable[..., Path]


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    """An S3 endpoint: moto's, which knows conditional puts. Others by SHOWROOM_TEST_BUCKET and the AWS variables."""
    if named := os.environ.get("SHOWROOM_TEST_BUCKET"):
        yield named
        return
    server_module = pytest.importorskip("moto.server", reason="pip install 'moto[s3]' flask flask-cors")
    import urllib.request

    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    request = urllib.request.Request(f"http://{host}:{port}/library", method="PUT")
    urllib.request.urlopen(request).close()
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT": f"http://{host}:{port}",
        "AWS_ALLOW_HTTP": "true",
    }
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    yield "s3://library"
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})
    server.stop()


@pytest.fixture(params=["folder", "memory", "bucket"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Library:
    if request.param == "bucket":
        return Library(f"{request.getfixturevalue('bucket')}/{os.urandom(6).hex()}")
    return Library(tmp_path / "library" if request.param == "folder" else "memory://")


def test_a_published_product_comes_back_as_it_was(
    library: Library, product_folder: MakeProduct, tmp_path: Path
) -> None:
    folder = product_folder()
    done = library.publish(folder)
    assert (done.product, done.version, done.new_version, done.changed) == ("chair", 1, True, True)
    assert library.show("chair") == load(folder)
    assert library.fetch("chair", "mobile.glb") == b"glb"
    library.materialise("chair", tmp_path / "copy")
    written = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    copied = {p.relative_to(tmp_path / "copy"): p.read_bytes() for p in (tmp_path / "copy").rglob("*") if p.is_file()}
    assert copied == written
    assert [(one.product.id, one.version, one.versions) for one in library.products()] == [("chair", 1, 1)]


def test_the_same_content_is_the_same_version(library: Library, product_folder: MakeProduct) -> None:
    first, second = product_folder("a", content=b"1"), product_folder("b", content=b"2")
    assert library.publish(first).version == 1
    again = library.publish(first)
    assert (again.version, again.changed, again.uploaded_bytes) == (1, False, 0)
    assert library.publish(second).version == 2
    back = library.publish(first)
    assert (back.version, back.new_version, back.changed) == (1, False, True)
    assert library.fetch("chair", "mobile.glb") == b"1"
    assert len(library.versions("chair")) == 2
    assert len(library.events("chair")) == 3


def test_rolling_back_is_an_event_and_loses_nothing(library: Library, product_folder: MakeProduct) -> None:
    for number in range(3):
        library.publish(product_folder(content=b"%d" % number))
    assert library.rollback("chair", 1)
    assert not library.rollback("chair", 1)
    assert library.fetch("chair", "mobile.glb") == b"0"
    assert library.fetch("chair", "mobile.glb", version=3) == b"2"
    assert [event.kind for event in library.events("chair")] == ["publish", "publish", "publish", "rollback"]
    assert library.rollback("chair", 3)
    assert library.fetch("chair", "mobile.glb") == b"2"
    with pytest.raises(NotInLibrary, match="no version 9"):
        library.rollback("chair", 9)


def test_a_withdrawn_product_is_off_the_shelf_and_comes_back_whole(
    library: Library, product_folder: MakeProduct
) -> None:
    library.publish(product_folder(content=b"1"))
    library.publish(product_folder(content=b"2"))
    assert library.withdraw("chair")
    assert not library.withdraw("chair")
    assert list(library.products()) == []
    with pytest.raises(NotInLibrary, match="was withdrawn"):
        library.show("chair")
    assert library.fetch("chair", "mobile.glb", version=2) == b"2"
    collect(library, keep=1, grace_s=0)
    assert list(library.products()) == [], "tidying puts nothing back on the shelf"
    assert [one.version for one in library.versions("chair") if not one.expired] == [2]
    with pytest.raises(LibraryConflict):
        library.publish(product_folder(content=b"2"), expected_version=2)
    back = library.publish(product_folder(content=b"2"), expected_version=0)
    assert (back.version, back.new_version, back.changed) == (2, False, True)
    assert library.withdraw("chair")
    assert library.rollback("chair", 2)
    assert library.fetch("chair", "mobile.glb") == b"2"
    with pytest.raises(NotInLibrary):
        library.withdraw("lamp")


def test_whoever_expects_another_version_loses(library: Library, product_folder: MakeProduct) -> None:
    library.publish(product_folder(content=b"1"), expected_version=0)
    with pytest.raises(LibraryConflict):
        library.publish(product_folder(content=b"2"), expected_version=0)
    assert library.fetch("chair", "mobile.glb") == b"1"
    library.publish(product_folder(content=b"2"), expected_version=1)
    assert library.show("chair", 2) == library.show("chair")


@pytest.mark.parametrize("expected", [None, 0])
def test_publishers_at_the_same_moment_get_a_version_each_or_exactly_one_wins(
    library: Library, product_folder: MakeProduct, expected: int | None
) -> None:
    folders = [product_folder(str(number), content=b"%d" % number) for number in range(4)]
    start = threading.Barrier(len(folders))
    versions: list[int] = []
    conflicts: list[LibraryConflict] = []

    def run(folder: Path) -> None:
        start.wait()
        try:
            versions.append(library.publish(folder, expected_version=expected).version)
        except LibraryConflict as exc:
            conflicts.append(exc)

    threads = [threading.Thread(target=run, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wins = 4 if expected is None else 1
    assert (sorted(versions), len(conflicts)) == ([*range(1, wins + 1)], 4 - wins)
    assert [event.number for event in library.events("chair")] == [*range(1, wins + 1)]
    assert {library.fetch("chair", "mobile.glb", version=version) for version in versions} <= {b"0", b"1", b"2", b"3"}
    assert len({library.fetch("chair", "mobile.glb", version=version) for version in versions}) == wins


def test_namespaces_share_nothing(library: Library, product_folder: MakeProduct) -> None:
    other = Library(library.objects, namespace="other")
    library.publish(product_folder())
    assert other.ids() == []
    other.publish(product_folder())
    collect(library, keep=0, grace_s=0)
    assert other.fetch("chair", "mobile.glb") == b"glb"
    for name in ("", "..", "a/b", "A", "-", "a" * 81):
        with pytest.raises(LibraryError, match="namespace"):
            Library(library.objects, namespace=name)


@pytest.mark.parametrize("name", ["", "..", "../other/products/chair", "Chair", "a/b", "a" * 81, "chair\n"])
def test_an_id_that_could_climb_is_not_in_the_library(library: Library, name: str) -> None:
    with pytest.raises(NotInLibrary):
        library.show(name)
    with pytest.raises(NotInLibrary):
        library.rollback(name, 1)


def test_a_product_that_is_not_whole_is_not_published(library: Library, product_folder: MakeProduct) -> None:
    folder = product_folder()
    (folder / "mobile.glb").write_bytes(b"xyz")
    with pytest.raises(DamagedFile, match=r"mobile\.glb differs"):
        library.publish(folder)
    (folder / "mobile.glb").unlink()
    with pytest.raises(DamagedFile, match=r"mobile\.glb is missing"):
        library.publish(folder)
    (folder / "product.json").unlink()
    with pytest.raises(MissingFile):
        library.publish(folder)
    assert library.ids() == []
    assert library.blobs.entries() == {}


def test_a_refused_product_is_published_only_by_force(library: Library, product_folder: MakeProduct) -> None:
    folder = product_folder(verdict="refused")
    with pytest.raises(QualityRefused):
        library.publish(folder)
    assert library.ids() == []
    assert library.publish(folder, force=True).version == 1


def test_a_hand_written_manifest_is_stored_in_its_canonical_form(library: Library, product_folder: MakeProduct) -> None:
    folder = product_folder()
    fields = json.loads((folder / "product.json").read_bytes())
    (folder / "product.json").write_text(json.dumps(dict(reversed(fields.items()))))
    library.publish(folder)
    assert library.publish(product_folder("other")).changed is False


def test_a_damaged_blob_is_found_and_mended_by_publishing_again(
    library: Library, product_folder: MakeProduct, tmp_path: Path
) -> None:
    folder = product_folder()
    library.publish(folder)
    file = load(folder).files[0]
    library.objects.replace(f"default/blobs/{file.sha256[:2]}/{file.sha256}", (b"gl",))
    assert len(library.verify("chair")) == 1
    with pytest.raises(BlobDamaged):
        library.fetch("chair", file.path)
    with pytest.raises(BlobDamaged):
        library.materialise("chair", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".copy")]
    library.publish(folder)
    assert library.verify("chair") == []


def test_a_log_with_gaps_or_junk_is_an_error_and_tidying_removes_nothing(
    library: Library, product_folder: MakeProduct
) -> None:
    library.publish(product_folder())
    blobs = set(library.blobs.entries())
    for name, data in [("00000003.json", b"{}"), ("00000002.json", b"{"), ("00000002.json", b"")]:
        library.objects.create(f"default/products/chair/{name}", data)
        with pytest.raises(LibraryError):
            library.show("chair")
        with pytest.raises(LibraryError):
            collect(library, keep=0, grace_s=0)
        assert set(library.blobs.entries()) == blobs
        library.objects.delete(f"default/products/chair/{name}")
    assert library.verify("chair") == []


def test_a_folder_that_is_not_empty_is_not_written_over(
    library: Library, product_folder: MakeProduct, tmp_path: Path
) -> None:
    library.publish(product_folder())
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_bytes(b"mine")
    with pytest.raises(LibraryError, match="is there already"):
        library.materialise("chair", tmp_path / "there")
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["file"]


def test_tidying_keeps_what_it_is_told_to_and_the_current_version(
    library: Library, product_folder: MakeProduct
) -> None:
    for number in range(5):
        library.publish(product_folder(content=b"%d" % number))
    library.rollback("chair", 1)
    dry = collect(library, keep=2, grace_s=0, dry_run=True)
    assert len(library.blobs.entries()) == 11
    done = collect(library, keep=2, grace_s=0)
    assert dry.expired == done.expired == [("chair", 2), ("chair", 3)]
    assert (dry.removed, dry.removed_bytes) == (done.removed, done.removed_bytes)
    assert done.removed == 4
    assert [one.version for one in library.versions("chair") if not one.expired] == [1, 4, 5]
    for version in (1, 4, 5):
        assert library.verify("chair", version) == []
    with pytest.raises(NotInLibrary, match="tidied away"):
        library.rollback("chair", 2)
    assert library.publish(product_folder(content=b"1")).version == 2
    assert library.verify("chair") == []


def test_files_of_an_expired_version_outlast_the_grace_time(library: Library, product_folder: MakeProduct) -> None:
    for number in range(3):
        library.publish(product_folder(content=b"%d" % number))
    reading = library.stream("chair", "mobile.glb", version=1)
    done = collect(library, keep=1, grace_s=3600)
    assert done.expired == [("chair", 1), ("chair", 2)]
    assert done.removed == 0
    assert b"".join(reading) == b"0"
    assert len(library.blobs.entries()) == 7


def test_tidying_leaves_alone_what_a_running_publisher_announced(library: Library, product_folder: MakeProduct) -> None:
    product = load(product_folder())
    hashes = [file.sha256 for file in product.files]
    with lease(library.objects, "default", hashes):
        library.blobs.put_bytes(b"glb")
        library.blobs.put_bytes(b"nobody's")
        assert collect(library, grace_s=0).removed == 1
        assert library.blobs.has(hashes[0], size_bytes=3)
    assert collect(library, grace_s=0).removed == 1
    assert library.blobs.entries() == {}


def test_a_publisher_waits_for_tidying_that_may_have_missed_it(library: Library) -> None:
    entered = threading.Event()

    def publisher() -> None:
        with lease(library.objects, "default", ["0" * 64]):
            entered.set()

    thread = threading.Thread(target=publisher)
    with mark(library.objects, "default"):
        thread.start()
        assert not entered.wait(0.5)
    assert entered.wait(10)
    thread.join()


def test_a_mark_left_by_a_killed_run_dies_of_age(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.objects.create("default/marks/dead.json", b"{}")
    path = tmp_path / "default" / "marks" / "dead.json"
    age = mark_life_s(library.objects) + 5
    os.utime(path, (path.stat().st_mtime - age, path.stat().st_mtime - age))
    with lease(library.objects, "default", []):
        pass
    collect(library)
    old = path.stat().st_mtime - 20 * mark_life_s(library.objects)
    os.utime(path, (old, old))
    library.blobs.put_bytes(b"unreferenced")
    collect(library, grace_s=0)
    assert not path.exists()


def test_a_full_disk_is_an_error_that_leaves_the_library_as_it_was(
    product_folder: MakeProduct, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Path("/dev/full")
    if not small.exists():
        pytest.skip("no /dev/full")
    library = Library(tmp_path / "library")
    library.publish(product_folder(content=b"1"))
    real_open = Path.open

    def full(self: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if mode == "xb" and self.parent.name == ".staging":
            real_open(self, "xb").close()
            return real_open(small, "wb")  # every write fails with ENOSPC, as the kernel does it
        return real_open(self, mode, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with pytest.raises(LibraryError, match="No space left on device"):
            library.publish(product_folder(content=b"2"))
    assert list((tmp_path / "library" / ".staging").iterdir()) == []
    assert library.fetch("chair", "mobile.glb") == b"1"
    assert library.verify("chair") == []
    assert library.publish(product_folder(content=b"2")).version == 2


def test_a_publisher_that_took_too_long_gives_up_rather_than_refer_to_what_may_be_gone() -> None:
    objects = Objects("memory://")
    now = [0.0]
    with lease(objects, "default", ["0" * 64], clock=lambda: now[0]) as held:
        now[0] += LEASE_S / 2 - 1
        held.must_hold()
        held.renew()  # young again
        now[0] += LEASE_S / 2 - 1
        held.must_hold()
        now[0] += 2
        with pytest.raises(LibraryConflict):
            held.must_hold()
        with pytest.raises(LibraryConflict):
            held.renew()
    assert objects.entries("default/leases") == []


def test_tidying_stops_removing_before_its_mark_is_taken_for_dead() -> None:
    objects = Objects("memory://")
    now = [0.0]
    with mark(objects, "default", clock=lambda: now[0]) as raised:
        assert raised.live
        while raised.live:
            now[0] += 0.25
        assert now[0] + objects.request_limit_s < mark_life_s(objects)
    assert objects.entries("default/marks") == []


def test_a_dead_publishers_lease_protects_nothing_and_goes(tmp_path: Path) -> None:
    library = Library(tmp_path)
    digest = library.blobs.put_bytes(b"never referred to")
    library.objects.create("default/leases/dead.json", f'["{digest}"]'.encode())
    assert collect(library, grace_s=0).removed == 0
    path = tmp_path / "default" / "leases" / "dead.json"
    then = path.stat().st_mtime - LEASE_S - 5
    os.utime(path, (then, then))
    assert collect(library, grace_s=0).removed == 1
    assert not path.exists()


def test_every_refusal_is_an_error_that_a_user_may_see(library: Library, tmp_path: Path) -> None:
    attempts: list[Callable[[], Any]] = [
        lambda: library.show("nothing"),
        lambda: library.fetch("nothing", "x"),
        lambda: library.versions("nothing"),
        lambda: library.materialise("nothing", tmp_path / "x"),
        lambda: library.publish(tmp_path / "nothing"),
    ]
    for attempt in attempts:
        with pytest.raises(ShowroomError) as caught:
            attempt()
        assert "\n" not in caught.value.message
    assert not (tmp_path / "x").exists()
    with contextlib.suppress(NotInLibrary):
        check_manifest(library.show("nothing"))
