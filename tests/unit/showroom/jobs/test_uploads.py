"""The rules of uploads on both databases: quotas, tenants, offsets, expiry."""

from typing import Any

import pytest

from showroom.accounts.principal import SCOPES, Principal, Role
from showroom.db.database import Database
from showroom.jobs import conversions, uploads
from showroom.jobs.errors import (
    DiskFull,
    NoUpload,
    TooManyUploads,
    UploadGone,
    UploadState,
    UploadTooLarge,
    WrongUpload,
)
from showroom.settings import Settings

SETTINGS = Settings(upload_bytes=10_000, upload_tenant_bytes=25_000, upload_open=3)
LOTS = 1 << 40


def create(database: Database, who: Principal, upload: str, *, size: int = 1000, **more: Any) -> uploads.Row:
    given: dict[str, Any] = {"name": "chair.obj", "sha256": "", "free_bytes": LOTS, "now_ms": 1, **more}
    return database.write_now(
        lambda db: uploads.create(db, who, upload=upload, size_bytes=size, options="{}", settings=SETTINGS, **given)
    )


def fill(database: Database, upload: str, offset: int = 1000, now_ms: int = 2) -> None:
    database.write_now(lambda db: uploads.set_offset(db, upload, offset, now_ms=now_ms))


def enqueue(database: Database, row: uploads.Row, conversion: str, *, options: str = "{}", now_ms: int = 3) -> Any:
    return database.write_now(
        lambda db: conversions.enqueue(
            db, row, conversion=conversion, key="k", product="chair", options=options, most_waiting=5, now_ms=now_ms
        )
    )


def test_another_merchants_upload_sounds_like_none_at_all(database: Database, anna: Principal, bert: Principal) -> None:
    create(database, anna, "upload01")
    assert database.read_now(lambda db: uploads.get(db, anna, "upload01"))["name"] == "chair.obj"
    sentences = []
    for upload in ("upload01", "upload99"):
        with pytest.raises(NoUpload) as refused:
            database.read_now(lambda db, upload=upload: uploads.get(db, bert, upload))  # type: ignore[misc]
        sentences.append(refused.value.message)
    assert sentences[0] == sentences[1]
    assert database.read_now(lambda db: uploads.find(db, bert)) == []
    operator = Principal(id="a_o", role=Role.OPERATOR, scopes=SCOPES[Role.OPERATOR])
    assert database.read_now(lambda db: uploads.get(db, operator, "upload01"))["tenant"] == "anna"


def test_a_guest_of_no_tenant_does_not_see_what_the_house_uploads(database: Database) -> None:
    operator = Principal(id="a_o", role=Role.OPERATOR, scopes=SCOPES[Role.OPERATOR])
    create(database, operator, "upload01")
    shopper = Principal(id="a_s", role=Role.SHOPPER, scopes=SCOPES[Role.SHOPPER])
    with pytest.raises(NoUpload):
        database.read_now(lambda db: uploads.get(db, shopper, "upload01"))


def test_unfinished_uploads_are_counted_by_tenant(database: Database, anna: Principal, bert: Principal) -> None:
    for number in range(3):
        create(database, anna, f"upload0{number}")
    with pytest.raises(TooManyUploads):
        create(database, anna, "upload03")
    create(database, bert, "upload04")
    database.write_now(lambda db: uploads.remove(db, "upload00", now_ms=5))
    create(database, anna, "upload05")


def test_scans_and_drafts_count_against_one_quota(database: Database, anna: Principal) -> None:
    row = create(database, anna, "upload01", size=10_000)
    fill(database, "upload01", 10_000)
    database.write_now(lambda db: uploads.set_whole(db, "upload01", "a" * 64, now_ms=3))
    enqueue(database, row, "conv0001")
    claimed = database.write_now(lambda db: conversions.claim(db, worker="w1", now_ms=4))
    assert claimed is not None
    database.write_now(
        lambda db: conversions.end(db, "conv0001", worker="w1", state="draft", message="", now_ms=5, draft_bytes=9_000)
    )
    with pytest.raises(UploadTooLarge, match="19,000 bytes already"):
        create(database, anna, "upload02", size=7_000)
    create(database, anna, "upload03", size=6_000)


def test_a_scan_beyond_the_limit_or_the_disk_is_refused(database: Database, anna: Principal) -> None:
    with pytest.raises(UploadTooLarge, match="10,001"):
        create(database, anna, "upload01", size=10_001)
    with pytest.raises(DiskFull):
        create(database, anna, "upload02", free_bytes=1000)
    # What others were promised and have not sent yet is not free.
    create(database, anna, "upload03", size=10_000)
    with pytest.raises(DiskFull):
        create(database, anna, "upload04", size=10_000, free_bytes=(256 << 20) + 15_000)


@pytest.mark.parametrize("name", ["", "a\nb", "a\0", "\u202eobj", "x" * 201])
def test_a_name_has_to_fit_into_a_sentence(name: str) -> None:
    with pytest.raises(WrongUpload):
        uploads.check_name(name)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("../../etc/passwd", ""),
        ("C:\\windows\\x.OBJ", ".obj"),
        ("a.ob/j", ""),
        (".glb", ""),
        ("a.tar.gz", ".gz"),
        ("a.../../b.ply", ".ply"),
        ("a.öbj", ""),
        ("con.aux", ".aux"),
    ],
)
def test_of_a_name_only_a_plain_suffix_is_used(name: str, suffix: str) -> None:
    assert uploads.check_name(name) == suffix


def test_a_removed_upload_takes_no_more_and_says_so(database: Database, anna: Principal) -> None:
    create(database, anna, "upload01")
    assert database.write_now(lambda db: uploads.remove(db, "upload01", now_ms=5))
    assert not database.write_now(lambda db: uploads.remove(db, "upload01", now_ms=6))
    with pytest.raises(UploadGone):
        fill(database, "upload01")
    with pytest.raises(UploadGone):
        database.read_now(lambda db: uploads.get(db, anna, "upload01"))


def test_a_scan_that_is_being_converted_cannot_be_removed(database: Database, anna: Principal) -> None:
    row = create(database, anna, "upload01")
    fill(database, "upload01")
    database.write_now(lambda db: uploads.set_whole(db, "upload01", "a" * 64, now_ms=3))
    found, is_new = enqueue(database, row, "conv0001")
    assert is_new
    assert found["state"] == "queued"
    with pytest.raises(UploadState):
        database.write_now(lambda db: uploads.remove(db, "upload01", now_ms=5))
    database.write_now(lambda db: conversions.cancel(db, found, now_ms=6))
    assert database.write_now(lambda db: uploads.remove(db, "upload01", now_ms=7))


def test_an_upload_is_whole_only_when_every_byte_is_there(database: Database, anna: Principal) -> None:
    create(database, anna, "upload01")
    fill(database, "upload01", 999)
    with pytest.raises(UploadState):
        database.write_now(lambda db: uploads.set_whole(db, "upload01", "a" * 64, now_ms=3))


def test_only_what_nobody_needs_expires(database: Database, anna: Principal) -> None:
    create(database, anna, "idle0001", now_ms=10)
    create(database, anna, "busy0001", now_ms=10)
    fill(database, "busy0001", 500, now_ms=100)
    waiting = create(database, anna, "waits001", now_ms=10)
    fill(database, "waits001", now_ms=11)
    database.write_now(lambda db: uploads.set_whole(db, "waits001", "a" * 64, now_ms=12))
    enqueue(database, waiting, "conv0001", now_ms=13)
    assert database.read_now(lambda db: uploads.expired(db, before_ms=50)) == ["idle0001"]
    assert database.read_now(lambda db: uploads.known(db, ["idle0001", "never001"])) == {"idle0001"}


def test_an_upload_is_found_again_by_its_content(database: Database, anna: Principal, bert: Principal) -> None:
    create(database, anna, "upload01", sha256="a" * 64)
    create(database, anna, "upload02", sha256="b" * 64)
    found = database.read_now(lambda db: uploads.find(db, anna, sha256="a" * 64, size_bytes=1000))
    assert [row["id"] for row in found] == ["upload01"]
    assert database.read_now(lambda db: uploads.find(db, bert, sha256="a" * 64)) == []


def test_two_uploads_at_once_are_never_both_the_last_one(database: Database, anna: Principal) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def attempt(number: int) -> bool:
        try:
            create(database, anna, f"upload{number:02}")
        except TooManyUploads:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(attempt, range(24))) == 3
