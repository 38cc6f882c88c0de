"""The list of work under every interleaving: workers that claim, die, come back, merchants that cancel."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import insert, select

import showroom.db.uploads as tables
from showroom.accounts.principal import SCOPES, Principal, Role
from showroom.db.database import Database
from showroom.db.tables import metadata
from showroom.jobs import conversions
from showroom.jobs.errors import NoUpload, TooManyUploads, UploadState

TRIES = 3
WORKERS = ("w1", "w2", "w3")


def upload(database: Database, tenant: str, upload: str) -> dict[str, Any]:
    row = {
        "id": upload, "tenant": tenant, "owner": f"a_{tenant}", "name": "a.obj", "suffix": ".obj", "size_bytes": 1,
        "sha256": "", "offset_bytes": 1, "state": "whole", "options": "{}", "created_ms": 1, "touched_ms": 1,
    }  # fmt: skip
    database.write_now(lambda db: db.execute(insert(tables.uploads).values(row)) and None)
    return row


def enqueue(database: Database, row: dict[str, Any], name: str, *, now_ms: int = 1, options: str = "{}") -> Any:
    return database.write_now(
        lambda db: conversions.enqueue(
            db, row, conversion=name, key="k", product="p", options=options, most_waiting=50, now_ms=now_ms
        )
    )


def claim(database: Database, worker: str = "w1", now_ms: int = 10) -> Any:
    return database.write_now(lambda db: conversions.claim(db, worker=worker, now_ms=now_ms))


def rows_of(database: Database) -> list[dict[str, Any]]:
    return database.read_now(lambda db: [dict(row) for row in db.execute(select(tables.conversions)).mappings()])


class Workers(RuleBasedStateMachine):
    """Anything may happen in any order; at the end of every step the promises hold."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.database.write_now(self._empty)
        self.clock = itertools.count(10)
        self.ids = itertools.count()
        self.held: dict[str, str] = {}  # what each worker believes it holds
        self.dead: set[str] = set()
        self.ended: dict[str, tuple[str, int]] = {}
        self.scans = {tenant: upload(self.database, tenant, f"upload-{tenant}") for tenant in ("anna", "bert")}

    @staticmethod
    def _empty(db: Any) -> None:
        for table in (tables.events, tables.conversions, tables.uploads):
            db.execute(table.delete())

    @rule(tenant=st.sampled_from(["anna", "bert"]))
    def ask(self, tenant: str) -> None:
        number = next(self.ids)
        enqueue(self.database, upload(self.database, tenant, f"upload-{number}"), f"c{number}", now_ms=next(self.clock))

    @rule(worker=st.sampled_from(WORKERS))
    def claim(self, worker: str) -> None:
        if worker in self.held or worker in self.dead:
            return
        waiting = [row for row in rows_of(self.database) if row["state"] == "queued"]
        row = claim(self.database, worker, next(self.clock))
        assert (row is not None) == bool(waiting)
        if row is not None:
            self.held[worker] = row["id"]

    @rule(worker=st.sampled_from(WORKERS), state=st.sampled_from(["draft", "refused", "failed", "cancelled"]))
    def end(self, worker: str, state: str) -> None:
        if worker not in self.held:
            return
        name = self.held.pop(worker)
        before = self.row(name)
        is_mine = before["worker"] == worker and before["state"] == "running"
        done = self.database.write_now(
            lambda db: conversions.end(
                db, name, worker=worker, state=state, message="end", now_ms=next(self.clock), draft_bytes=7
            )
        )
        assert done == is_mine
        if not done:
            assert self.row(name) == before  # one that was thought dead and comes back changes nothing

    @rule(worker=st.sampled_from(WORKERS))
    def release(self, worker: str) -> None:
        if worker in self.held:
            name = self.held.pop(worker)
            self.database.write_now(lambda db: conversions.release(db, name, worker=worker, now_ms=next(self.clock)))

    @rule(worker=st.sampled_from(WORKERS))
    def progress(self, worker: str) -> None:
        if worker in self.held:
            said = {"step": "clean", "fraction": 0.5, "message": "m", "now_ms": next(self.clock)}
            self.database.write_now(
                lambda db: conversions.progress(db, self.held[worker], worker=worker, **said)  # type: ignore[arg-type]
            )

    @rule(worker=st.sampled_from(WORKERS))
    def die_or_seem_to(self, worker: str) -> None:
        """Others find it dead. It may still be there and not know."""
        for row in self.database.read_now(conversions.running):
            if row["worker"] == worker:
                self.database.write_now(
                    lambda db, row=row: conversions.deserted(
                        db, row["id"], worker=worker, tries=TRIES, now_ms=next(self.clock)
                    )
                )

    @rule(data=st.data())
    @precondition(lambda self: bool(rows_of(self.database)))
    def cancel(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(rows_of(self.database)))
        self.database.write_now(lambda db: conversions.cancel(db, row, now_ms=next(self.clock)))

    def row(self, name: str) -> dict[str, Any]:
        return next(row for row in rows_of(self.database) if row["id"] == name)

    @invariant()
    def promises_hold(self) -> None:
        for row in rows_of(self.database):
            assert 0 <= row["attempts"] <= TRIES
            if row["state"] == "running":
                assert row["worker"]
            if row["ended_ms"]:
                # What has ended stays as it is.
                assert row["state"] not in conversions.ACTIVE
                assert self.ended.setdefault(row["id"], (row["state"], row["ended_ms"])) == (
                    row["state"],
                    row["ended_ms"],
                )
            told = self.database.read_now(lambda db, row=row: conversions.events_after(db, row["id"], 0))
            assert [event["number"] for event in told] == list(range(1, row["last_event"] + 1))[: len(told)]
        running = [row["worker"] for row in rows_of(self.database) if row["state"] == "running"]
        assert len(running) == len(set(running))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    from showroom.db.database import sqlite_url

    found = Database(sqlite_url(tmp_path_factory.mktemp("machine") / "test.db"))
    metadata.create_all(found.engine, tables=[tables.tenants, tables.uploads, tables.conversions, tables.events])
    yield found
    found.close()


def test_no_interleaving_of_workers_loses_repeats_or_forges_a_conversion(kept: Database) -> None:
    Workers.database = kept
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Workers,
        settings=settings(
            max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_every_conversion_is_claimed_by_one_of_many_workers(database: Database) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for number in range(20):
        enqueue(database, upload(database, "anna", f"upload{number}"), f"conv{number}")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: claim(database, f"w{number}"), range(30)))
    ids = [row["id"] for row in found if row is not None]
    assert sorted(ids) == sorted(f"conv{number}" for number in range(20))


def test_a_merchant_with_many_scans_does_not_keep_others_waiting(database: Database) -> None:
    for number in range(5):
        enqueue(database, upload(database, "anna", f"many{number}"), f"anna{number}", now_ms=number + 1)
    enqueue(database, upload(database, "bert", "one"), "bert0", now_ms=50)
    order = [claim(database, f"w{turn}", now_ms=100 + turn)["id"] for turn in range(4)]
    assert order[0] == "anna0"
    assert order[1] == "bert0"
    assert order[2:] == ["anna1", "anna2"]


def test_a_conversion_whose_worker_keeps_dying_fails_with_a_sentence(database: Database) -> None:
    enqueue(database, upload(database, "anna", "upload1"), "conv1")
    for attempt in range(TRIES):
        row = claim(database, f"w{attempt}", now_ms=10 + attempt)
        state = database.write_now(
            lambda db, row=row, attempt=attempt: conversions.deserted(  # type: ignore[misc]
                db, row["id"], worker=f"w{attempt}", tries=TRIES, now_ms=20
            )
        )
    assert state == "failed"
    (row,) = rows_of(database)
    assert "died 3 times" in row["error"]
    assert claim(database) is None


def test_a_worker_that_leaves_in_peace_costs_no_attempt(database: Database) -> None:
    enqueue(database, upload(database, "anna", "upload1"), "conv1")
    for turn in range(10):
        row = claim(database, "w1", now_ms=turn)
        assert row["attempts"] == 1
        database.write_now(lambda db: conversions.release(db, "conv1", worker="w1", now_ms=5))


def test_a_cancelled_conversion_is_not_run_again_when_its_worker_dies(database: Database) -> None:
    row, _ = enqueue(database, upload(database, "anna", "upload1"), "conv1")
    claim(database)
    assert database.write_now(lambda db: conversions.beat(db, "conv1", worker="w1", now_ms=11))
    assert database.write_now(lambda db: conversions.cancel(db, row, now_ms=12)) == "running"
    assert not database.write_now(lambda db: conversions.beat(db, "conv1", worker="w1", now_ms=13))
    state = database.write_now(lambda db: conversions.deserted(db, "conv1", worker="w1", tries=TRIES, now_ms=14))
    assert state == "cancelled"


def test_asking_twice_gives_the_same_conversion_and_other_options_wait_their_turn(database: Database) -> None:
    scan = upload(database, "anna", "upload1")
    first, is_new = enqueue(database, scan, "conv1")
    again, is_new_again = enqueue(database, scan, "conv2")
    assert (first["id"], is_new, again["id"], is_new_again) == ("conv1", True, "conv1", False)
    with pytest.raises(UploadState):
        enqueue(database, scan, "conv3", options='{"preset":"fast"}')
    claim(database)
    database.write_now(
        lambda db: conversions.end(
            db, "conv1", worker="w1", state="failed", message="no", now_ms=9, error={"code": "x"}
        )
    )
    retried, is_new = enqueue(database, scan, "conv4")
    assert (retried["id"], is_new) == ("conv4", True)


def test_the_queue_of_one_merchant_is_bounded(database: Database) -> None:
    def ask(tenant: str, number: int) -> None:
        row = upload(database, tenant, f"{tenant}{number}")
        database.write_now(
            lambda db: conversions.enqueue(
                db, row, conversion=f"c{tenant}{number}", key="k", product="p", options="{}", most_waiting=2, now_ms=1
            )
        )

    ask("anna", 1)
    ask("anna", 2)
    with pytest.raises(TooManyUploads):
        ask("anna", 3)
    ask("bert", 1)


def test_another_merchants_conversion_sounds_like_none_at_all(database: Database) -> None:
    enqueue(database, upload(database, "anna", "upload1"), "conv1")
    bert = Principal(id="b", role=Role.MERCHANT, tenant="bert", scopes=SCOPES[Role.MERCHANT])
    with pytest.raises(NoUpload):
        database.read_now(lambda db: conversions.get(db, bert, "conv1"))
    assert database.read_now(lambda db: conversions.find(db, bert)) == []


def test_a_draft_is_published_or_deleted_once(database: Database) -> None:
    enqueue(database, upload(database, "anna", "upload1"), "conv1")
    claim(database)
    database.write_now(
        lambda db: conversions.end(db, "conv1", worker="w1", state="draft", message="", now_ms=9, draft_bytes=10)
    )

    def settle(state: str) -> bool:
        return database.write_now(
            lambda db: conversions.settle(db, "conv1", state=state, before=conversions.WITH_DRAFT, now_ms=10, version=2)
        )

    assert database.read_now(lambda db: conversions.with_files(db, ["conv1", "conv2"])) == {"conv1"}
    assert [settle("published"), settle("deleted"), settle("published")] == [True, False, False]
    (row,) = rows_of(database)
    assert (row["state"], row["version"], row["draft_bytes"]) == ("published", 2, 0)
    assert database.read_now(lambda db: conversions.with_files(db, ["conv1"])) == set()
