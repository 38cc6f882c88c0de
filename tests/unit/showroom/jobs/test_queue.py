"""The bell: it rings through SQLite and Redis, and carries nothing that could hurt."""

import pickle
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis_server

from showroom.jobs.queue import Queue
from showroom.settings import Settings
from showroom_assets.errors import ShowroomError


@pytest.fixture(params=["sqlite", "redis"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    with redis_server.running(tmp_path) as url:
        yield url


def test_a_ring_is_heard_in_another_thread(address: str, tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path), queue=address)
    heard = threading.Semaphore(0)
    listening = Queue(settings, lambda: heard.release())
    ringing = Queue(settings)
    assert ringing.is_quiet()
    for _ in range(3):
        ringing.ring()
    assert not ringing.is_quiet()
    consumer = listening.consumer(2)
    consumer.start()
    try:
        for _ in range(3):
            assert heard.acquire(timeout=20)
    finally:
        consumer.stop(graceful=True)
    assert ringing.is_quiet()
    ringing.close()
    listening.close()


def test_work_that_fails_does_not_end_the_consumer(tmp_path: Path) -> None:
    heard = threading.Semaphore(0)

    def work() -> None:
        heard.release()
        raise RuntimeError("on purpose")

    queue = Queue(Settings(data=str(tmp_path)), work)
    queue.ring()
    queue.ring()
    consumer = queue.consumer(1)
    consumer.start()
    try:
        assert heard.acquire(timeout=20)
        assert heard.acquire(timeout=20)
    finally:
        consumer.stop(graceful=True)
        queue.close()


def test_a_pickle_in_the_queue_is_never_opened(tmp_path: Path) -> None:
    opened = tmp_path / "opened"

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (open, (str(opened), "w"))

    heard = threading.Semaphore(0)
    queue = Queue(Settings(data=str(tmp_path)), lambda: heard.release())
    queue._huey.storage.enqueue(pickle.dumps(Evil()))
    queue.ring()
    consumer = queue.consumer(1)
    consumer.start()
    try:
        assert heard.acquire(timeout=20)
    finally:
        consumer.stop(graceful=True)
        queue.close()
    assert not opened.exists()


def test_an_address_that_is_none_is_refused_without_being_told(tmp_path: Path) -> None:
    with pytest.raises(ShowroomError) as refused:
        Queue(Settings(data=str(tmp_path), queue="amqp://user:secret@host"))
    assert "secret" not in refused.value.message
