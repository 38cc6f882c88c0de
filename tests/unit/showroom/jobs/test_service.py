"""Parts over an unreliable line: offsets, checksums, lost links, two clients, a disk that forgets."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import scan_files as good

from showroom.accounts.principal import Principal
from showroom.db.database import Database
from showroom.jobs.errors import (
    ChecksumMismatch,
    NoUpload,
    ScanRefused,
    UploadGone,
    UploadsBusy,
    UploadState,
    UploadTaken,
    UploadTooLarge,
    WrongOffset,
)
from showroom.jobs.options import ConversionOptions
from showroom.jobs.service import Service
from showroom.settings import Settings
from showroom_assets.library import Library

Test = Callable[[Service], Awaitable[None]]
DATA = bytes(range(256)) * 40_000  # more than one sync


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Callable[..., None]:
    """Runs a test with a service of its own."""

    def go(test: Test, **changes: Any) -> None:
        settings = Settings(data=str(tmp_path / "data"), worker=False, **changes)

        async def whole() -> None:
            service = Service(
                settings, database, lambda tenant: Library(str(tmp_path / "lib"), namespace=tenant), silence_s=5
            )
            try:
                await test(service)
            finally:
                service.close()

        asyncio.run(whole())

    return go


async def pieces(data: bytes, *, fails: bool = False, size: int = 100_000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]
    if fails:
        raise ConnectionResetError("the line is gone")


async def begin(service: Service, who: Principal, data: bytes = DATA, *, name: str = "a.obj", **more: Any) -> str:
    row = await service.intake.create(
        who, name=name, size_bytes=len(data), sha256=more.pop("sha256", ""), wanted=ConversionOptions(**more)
    )
    return str(row["id"])


async def send(
    service: Service, who: Principal, upload: str, data: bytes, *, offset: int = 0, sha256: bytes = b"", **more: Any
) -> int:
    return await service.intake.append(
        who, upload, offset=offset, length=None, data=pieces(data, **more), sha256=sha256
    )


def stored(tmp_path: Path, upload: str, suffix: str = ".obj") -> bytes:
    return (tmp_path / "data" / "uploads" / upload / f"scan{suffix}").read_bytes()


def test_parts_make_the_file_whole(run: Any, anna: Principal, tmp_path: Path) -> None:
    async def test(service: Service) -> None:
        upload = await begin(service, anna)
        at = 0
        for end in (1, 5_000_000, len(DATA)):
            at = await send(service, anna, upload, DATA[at:end], offset=at)
            assert at == end
            assert (await service.upload(anna, upload))["offset_bytes"] == end
        assert stored(tmp_path, upload) == DATA

    run(test)


def test_a_part_at_the_wrong_offset_is_told_the_right_one(run: Any, anna: Principal, tmp_path: Path) -> None:
    async def test(service: Service) -> None:
        upload = await begin(service, anna)
        await send(service, anna, upload, DATA[:1000])
        for offset in (0, 999, 1001, 10**15):
            with pytest.raises(WrongOffset) as refused:
                await send(service, anna, upload, b"x", offset=offset)
            assert refused.value.fields["offset"] == 1000
        assert stored(tmp_path, upload) == DATA[:1000]

    run(test)


def test_a_part_with_the_wrong_checksum_leaves_nothing(run: Any, anna: Principal, tmp_path: Path) -> None:
    async def test(service: Service) -> None:
        upload = await begin(service, anna)
        await send(service, anna, upload, DATA[:1000])
        with pytest.raises(ChecksumMismatch):
            await send(service, anna, upload, DATA[1000:], offset=1000, sha256=hashlib.sha256(b"other").digest())
        assert stored(tmp_path, upload) == DATA[:1000]
        right = hashlib.sha256(DATA[1000:]).digest()
        assert await send(service, anna, upload, DATA[1000:], offset=1000, sha256=right) == len(DATA)
        assert stored(tmp_path, upload) == DATA

    run(test)


def test_what_came_before_a_lost_link_stays_unless_it_had_a_checksum(run: Any, anna: Principal, tmp_path: Path) -> None:
    async def test(service: Service) -> None:
        upload = await begin(service, anna)
        with pytest.raises(ConnectionResetError):
            await send(service, anna, upload, DATA[:3_000_000], fails=True)
        at = (await service.upload(anna, upload))["offset_bytes"]
        assert at == 3_000_000
        with pytest.raises(ConnectionResetError):
            await send(service, anna, upload, DATA[at : at + 500], offset=at, fails=True, sha256=b"\0" * 32)
        assert (await service.upload(anna, upload))["offset_bytes"] == at
        assert await send(service, anna, upload, DATA[at:], offset=at) == len(DATA)
        assert stored(tmp_path, upload) == DATA

    run(test)


def test_a_sender_that_is_cancelled_lets_go_of_the_upload(run: Any, anna: Principal, tmp_path: Path) -> None:
    async def test(service: Service) -> None:
        upload = await begin(service, anna)
        begun = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield DATA[:2_000_000]
            begun.set()
            await asyncio.Event().wait()

        sending = asyncio.create_task(
            service.intake.append(anna, upload, offset=0, length=None, data=slow(), sha256=b"")
        )
        await begun.wait()
        with pytest.raises(UploadTaken):
            await send(service, anna, upload, b"x")
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        at = (await service.upload(anna, upload))["offset_bytes"]
        while True:
            try:
                assert await send(service, anna, upload, DATA[at:], offset=at) == len(DATA)
            except UploadTaken:
                await asyncio.sleep(0)
            else:
                break
        assert stored(tmp_path, upload) == DATA

    run(test)


def test_a_sender_that_falls_silent_is_given_up_and_its_bytes_are_kept(
    database: Database, anna: Principal, tmp_path: Path
) -> None:
    async def silent() -> AsyncIterator[bytes]:
        yield DATA[:1000]
        await asyncio.Event().wait()

    async def whole() -> None:
        settings = Settings(data=str(tmp_path / "data"), worker=False)
        service = Service(settings, database, lambda tenant: Library(str(tmp_path / "lib")), silence_s=0.1)
        upload = await begin(service, anna)
        with pytest.raises(TimeoutError):
            await service.intake.append(anna, upload, offset=0, length=None, data=silent(), sha256=b"")
        assert (await service.upload(anna, upload))["offset_bytes"] == 1000
        assert service.intake.writers == 0
        service.close()
        with pytest.raises(UploadsBusy):  # a server that is closing says so
            await send(service, anna, upload, DATA[1000:], offset=1000)

    asyncio.run(whole())


def test_many_clients_on_one_upload_never_mix_their_bytes(run: Any, anna: Principal, tmp_path: Path) -> None:
    async def client(service: Service, upload: str) -> None:
        while True:
            at = (await service.upload(anna, upload))["offset_bytes"]
            if at == len(DATA):
                return
            try:
                await send(service, anna, upload, DATA[at : at + 700_001], offset=at)
            except (UploadTaken, WrongOffset):
                await asyncio.sleep(0)

    async def test(service: Service) -> None:
        upload = await begin(service, anna)
        await asyncio.gather(*(client(service, upload) for _ in range(6)))
        assert stored(tmp_path, upload) == DATA

    run(test)


def test_an_offset_that_was_read_before_another_client_moved_it_destroys_nothing(
    run: Any, anna: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(service: Service) -> None:
        upload = await begin(service, anna)
        usual = service.intake._open

        async def late(row: Any) -> Any:
            """Between reading the offset and taking the lock, somebody else sends a part."""
            monkeypatch.setattr(service.intake, "_open", usual)
            await send(service, anna, upload, DATA[:5_000_000])
            return await usual(row)

        monkeypatch.setattr(service.intake, "_open", late)
        with pytest.raises(WrongOffset) as refused:
            await send(service, anna, upload, DATA)
        assert refused.value.fields["offset"] == 5_000_000
        assert stored(tmp_path, upload) == DATA[:5_000_000]

    run(test)


def test_more_than_was_announced_is_refused(run: Any, anna: Principal) -> None:
    async def test(service: Service) -> None:
        upload = await begin(service, anna, b"12345")
        with pytest.raises(UploadTooLarge):
            await send(service, anna, upload, b"123456")
        with pytest.raises(UploadTooLarge):
            await service.intake.append(anna, upload, offset=0, length=10**12, data=pieces(b""), sha256=b"")
        assert await send(service, anna, upload, b"12345") == 5

    run(test)


def test_a_disk_that_forgot_is_admitted(run: Any, anna: Principal, tmp_path: Path) -> None:
    async def test(service: Service) -> None:
        upload = await begin(service, anna)
        await send(service, anna, upload, DATA[:1000])
        (tmp_path / "data" / "uploads" / upload / "scan.obj").write_bytes(DATA[:300])
        with pytest.raises(WrongOffset) as refused:
            await send(service, anna, upload, DATA[1000:], offset=1000)
        assert refused.value.fields["offset"] == 300
        await send(service, anna, upload, DATA[300:], offset=300)
        assert stored(tmp_path, upload) == DATA

    run(test)


def test_a_filled_upload_of_another_content_has_to_be_sent_again(run: Any, anna: Principal) -> None:
    async def test(service: Service) -> None:
        data = good.obj_text()
        upload = await begin(service, anna, data, sha256=hashlib.sha256(data).hexdigest())
        await send(service, anna, upload, bytes(len(data)))
        with pytest.raises(ChecksumMismatch):
            await service.finish(anna, upload, None)
        assert (await service.upload(anna, upload))["offset_bytes"] == 0
        await send(service, anna, upload, data)
        assert (await service.finish(anna, upload, None))["state"] == "queued"

    run(test)


def test_an_upload_that_is_not_filled_is_not_converted(run: Any, anna: Principal) -> None:
    async def test(service: Service) -> None:
        upload = await begin(service, anna, b"12345")
        with pytest.raises(UploadState, match="0 of 5"):
            await service.finish(anna, upload, None)

    run(test)


def test_finishing_at_the_same_moment_queues_one_conversion(run: Any, anna: Principal) -> None:
    async def test(service: Service) -> None:
        data = good.obj_text()
        upload = await begin(service, anna, data)
        await send(service, anna, upload, data)
        found = await asyncio.gather(*(service.finish(anna, upload, None) for _ in range(5)))
        assert len({row["id"] for row in found}) == 1
        with pytest.raises(UploadState):
            await send(service, anna, upload, b"x", offset=len(data))

    run(test)


def test_a_scan_that_cannot_be_converted_is_refused_by_the_name_its_merchant_gave(
    run: Any, anna: Principal, tmp_path: Path
) -> None:
    async def test(service: Service) -> None:
        data = good.zipped({"../../evil.obj": good.obj_text()})
        upload = await begin(service, anna, data, name="Old chair.zip")
        await send(service, anna, upload, data)
        with pytest.raises(ScanRefused, match="climbs out") as refused:
            await service.finish(anna, upload, None)
        assert "Old chair.zip" in refused.value.message
        assert str(tmp_path) not in refused.value.message
        with pytest.raises(UploadGone):
            await service.upload(anna, upload)
        assert not (tmp_path / "data" / "uploads" / upload).exists()

    run(test)


def test_nobody_else_can_touch_an_upload(run: Any, anna: Principal, bert: Principal) -> None:
    async def test(service: Service) -> None:
        upload = await begin(service, anna, b"12345")
        attempts: list[Callable[[], Awaitable[Any]]] = [
            lambda: service.upload(bert, upload),
            lambda: send(service, bert, upload, b"12345"),
            lambda: service.finish(bert, upload, None),
            lambda: service.remove(bert, upload),
        ]
        for attempt in attempts:
            with pytest.raises(NoUpload):
                await attempt()
        assert (await service.upload(anna, upload))["offset_bytes"] == 0

    run(test)


def test_tidying_removes_what_was_given_up_and_what_a_crash_left(
    run: Any, anna: Principal, tmp_path: Path, database: Database
) -> None:
    async def test(service: Service) -> None:
        import os

        upload = await begin(service, anna, b"12345")
        root = tmp_path / "data" / "uploads"
        (root / "leftover01").mkdir()
        os.utime(root / "leftover01", (1, 1))
        await service.tidy()
        assert {path.name for path in root.iterdir()} == {upload}
        later = Service(
            service.settings, database, lambda tenant: Library(str(tmp_path / "lib")),
            clock_ms=lambda: service.now_ms() + 90_000_000,
        )  # fmt: skip
        await later.tidy()
        later.close()
        assert list(root.iterdir()) == []
        with pytest.raises(UploadGone):
            await send(service, anna, upload, b"12345")

    run(test)
