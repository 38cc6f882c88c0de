"""What a worker finds when it looks around: the dead, their folders, its own mishaps."""

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

import showroom.db.uploads as tables
from showroom.db.database import Database
from showroom.jobs import conversions
from showroom.jobs.life import Life
from showroom.jobs.worker import Worker
from showroom.settings import Settings


def test_a_worker_is_dead_when_its_lock_is_free_and_not_before(tmp_path: Path) -> None:
    one, other = Life(tmp_path), Life(tmp_path)
    assert not other.is_dead(one.name)
    assert not other.is_gone(one.name)
    name = one.name

    os.close(one._descriptor)  # what the kernel does when a process dies
    assert other.is_dead(name)
    assert other.is_gone(name)
    assert not other.is_dead("w-never-was")
    other.end()
    assert list(tmp_path.glob(f"{other.name}*")) == []


def queue(database: Database, name: str) -> None:
    scan: dict[str, Any] = {
        "id": f"up{name}", "tenant": "anna", "owner": "a", "name": "a.obj", "suffix": ".obj", "size_bytes": 1,
        "sha256": "", "offset_bytes": 1, "state": "whole", "options": "{}", "created_ms": 1, "touched_ms": 1,
    }  # fmt: skip
    database.write_now(lambda db: db.execute(insert(tables.uploads).values(scan)) and None)
    database.write_now(
        lambda db: conversions.enqueue(
            db, scan, conversion=name, key="k", product="p", options="{}", most_waiting=9, now_ms=1
        )
    )


def state(database: Database, name: str) -> Any:
    query = select(tables.conversions.c.state).where(tables.conversions.c.id == name)
    return database.read_now(lambda db: db.scalar(query))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_the_dead_held_waits_again_and_their_folders_go(database: Database, tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path))
    queue(database, "conv1")
    queue(database, "conv2")
    worker = Worker(settings, database, clock_ms=lambda: 1000, lease_s=30)
    dead = Life(tmp_path / "workers")
    alive = Life(tmp_path / "workers")
    for who in (dead, alive):
        assert database.write_now(lambda db, who=who: conversions.claim(db, worker=who.name, now_ms=1000))  # type: ignore[misc]
        (tmp_path / "work" / f"some-{who.name}").mkdir()

    os.close(dead._descriptor)
    worker._look_around()
    assert [state(database, name) for name in ("conv1", "conv2")] == ["queued", "running"]
    assert [path.name for path in (tmp_path / "work").iterdir()] == [f"some-{alive.name}"]
    # A process that lives and has said nothing for too long has lost its way.
    late = Worker(settings, database, clock_ms=lambda: 40_000, lease_s=30)
    late._look_around()
    assert state(database, "conv2") == "queued"
    for each in (worker, late):
        each._queue.close()
        each._life.end()
    alive.end()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_conversion_that_ended_in_something_unforeseen_is_found_by_its_own_worker(
    database: Database, tmp_path: Path
) -> None:
    queue(database, "conv1")
    worker = Worker(Settings(data=str(tmp_path)), database, clock_ms=lambda: 100_000, lease_s=30)
    database.write_now(lambda db: conversions.claim(db, worker=worker._life.name, now_ms=1000))
    worker._running["conv1"] = threading.Event()  # type: ignore[assignment]
    worker._look_around()
    assert state(database, "conv1") == "running"
    del worker._running["conv1"]
    worker._look_around()
    assert state(database, "conv1") == "queued"
    worker._queue.close()
    worker._life.end()
