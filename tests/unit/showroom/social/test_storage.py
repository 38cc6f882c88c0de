"""What is written is there after a restart, on both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, func, select

from showroom.accounts.principal import SCOPES, Principal, Role
from showroom.db.database import Database
from showroom.db.rooms import room_events
from showroom.social import storage
from showroom.social.errors import Banned
from showroom.social.log import Entry, RoomLog
from showroom.social.moderation import Act, Moderation, Target

HOST = Principal(id="a_h", role=Role.HOST, tenant="casa", scopes=SCOPES[Role.HOST])
Open = Callable[[], Database]


def _entries(log: RoomLog, count: int, *, author: str = "ana", at_ms: int = 0) -> list[Entry]:
    return [
        log.entry(
            log.number(), "said", b"\x00\xffmessage", at_ms=at_ms,
            audience=None if number % 2 else {author, "bob"}, author=author,
        )
        for number in range(count)
    ]  # fmt: skip


def test_events_come_back_as_they_were_after_a_restart(open_again: Open) -> None:
    log = RoomLog("shop/main/1")
    entries = _entries(log, 20)
    database = open_again()
    database.write_now(storage.append(entries))
    database.close()

    database = open_again()
    tail = database.read_now(storage.newest("shop/main/1", most=10))
    again = RoomLog("shop/main/1", tail=tail)
    assert tail == entries[-10:]
    assert again.number() == 21
    assert not again.missed("bob", 3).is_complete
    assert database.read_now(storage.after("shop/main/1", 3)) == entries[3:]
    assert database.read_now(storage.newest("shop/main/2")) == []


def test_what_fails_together_leaves_nothing_behind(database: Database) -> None:
    log = RoomLog("r")
    (entry,) = _entries(log, 1)
    with pytest.raises(ZeroDivisionError):
        database.write_now(storage.together(storage.append([entry]), _fails))
    assert database.read_now(storage.newest("r")) == []


def _fails(connection: Connection) -> None:
    raise ZeroDivisionError


def test_words_taken_away_stay_away_and_their_numbers_taken(database: Database) -> None:
    log = RoomLog("r")
    database.write_now(storage.append(_entries(log, 3, author="eve") + _entries(log, 1, author="ana")))
    database.write_now(storage.remove("r", "eve"))
    kept = database.read_now(storage.newest("r"))
    assert [e.seq for e in kept if e.is_for("eve") or e.is_for("bob")] == [4]
    assert [e.seq for e in kept] == [1, 2, 3, 4]
    assert all(e.body == b"" for e in kept[:3])


def test_old_events_go_by_age_and_by_number_but_the_last_one_of_a_room_stays(database: Database) -> None:
    busy, quiet = RoomLog("busy"), RoomLog("quiet")
    database.write_now(storage.append(_entries(busy, 30, at_ms=1000) + _entries(quiet, 3, at_ms=10)))
    gone = database.write_now(storage.prune(before_ms=500, most_a_room=10))
    assert gone == 22
    assert [e.seq for e in database.read_now(storage.newest("busy"))] == list(range(21, 31))
    assert RoomLog("quiet", tail=database.read_now(storage.newest("quiet"))).number() == 4
    assert database.read_now(lambda c: c.execute(select(func.count()).select_from(room_events)).scalar()) == 11


def test_of_rooms_that_are_over_nothing_is_kept_beyond_its_time(database: Database) -> None:
    over, live, young = RoomLog("over"), RoomLog("live"), RoomLog("young")
    entries = _entries(over, 5, at_ms=10) + _entries(live, 5, at_ms=10) + _entries(young, 5, at_ms=900)
    database.write_now(storage.append(entries))
    assert database.write_now(storage.prune(before_ms=500, most_a_room=100, live={"live"})) == 5 + 4
    assert database.read_now(storage.newest("over")) == []
    assert [e.seq for e in database.read_now(storage.newest("live"))] == [5]
    assert len(database.read_now(storage.newest("young"))) == 5


def test_sanctions_and_switches_survive_a_restart_and_their_audit_grows(open_again: Open) -> None:
    database = open_again()
    store = Moderation("shop", tenant="casa")
    guest = Target(person="g_1", name="Eve", address="net:1")
    acts = [
        store.decide(Act.BAN, HOST, now_ms=10, target=guest, minutes=5, reason="shouting"),
        store.decide(Act.LOCK, HOST, now_ms=11, room="main"),
        store.decide(Act.SLOW, HOST, now_ms=12, room="main", slow_s=9),
        store.decide(Act.MUTE, HOST, now_ms=13, target=Target(person="g_2")),
    ]
    for decision in acts[:2]:
        database.write_now(storage.decide(decision))
        store.apply(decision)
    database.write_now(storage.decide(store.decide(Act.SLOW, HOST, now_ms=12, room="main", slow_s=9)))
    database.write_now(storage.decide(acts[3]))
    database.close()

    database = open_again()
    sanctions, switches = database.read_now(storage.in_force("shop", 20))
    again = Moderation("shop", tenant="casa", sanctions=sanctions, switches=switches)
    with pytest.raises(Banned):
        again.check_entry("g_1", "other", 20)
    with pytest.raises(Banned):
        again.check_entry("g_5", "other", 20, address="net:1")
    assert again.switches("main").is_locked
    assert again.switches("main").slow_s == 9
    assert again.is_muted("g_2", "main", 10**12)

    database.write_now(storage.decide(again.decide(Act.UNBAN, HOST, now_ms=30, target=Target(person="g_1"))))
    sanctions, _ = database.read_now(storage.in_force("shop", 31))
    assert [(s.kind, s.subject) for s in sanctions] == [("mute", "g_2")]
    lines = database.read_now(storage.audited("shop"))
    assert [line["act"] for line in lines] == ["unban", "mute", "slow", "lock", "ban"]
    assert lines[-1]["reason"] == "shouting"
    assert lines[-1]["details"]["subjects"] == ["g_1", "net:1"]
    assert database.read_now(storage.audited("shop", before_id=lines[1]["id"], most=2)) == lines[2:4]
    assert database.read_now(storage.audited("other")) == []


def test_two_acts_decided_at_the_same_moment_do_not_undo_each_other(database: Database) -> None:
    host = Principal(id="a_1", role=Role.HOST, tenant="casa", scopes=SCOPES[Role.HOST])
    store = Moderation("shop", tenant="casa")
    slow = store.decide(Act.SLOW, host, now_ms=1, room="main", slow_s=30)
    lock = store.decide(Act.LOCK, host, now_ms=1, room="main")
    database.write_now(storage.together(storage.decide(slow), storage.decide(lock)))
    store.apply(slow)
    store.apply(lock)
    _, kept = database.read_now(storage.in_force("shop", 2))
    assert [(one.is_locked, one.slow_s) for one in (*kept, store.switches("main"))] == [(True, 30)] * 2


def test_what_is_over_is_not_read_back(database: Database) -> None:
    store = Moderation("shop", tenant="casa")
    database.write_now(storage.decide(store.decide(Act.MUTE, HOST, now_ms=0, target=Target(person="p"), minutes=1)))
    assert len(database.read_now(storage.in_force("shop", 59_999))[0]) == 1
    assert database.read_now(storage.in_force("shop", 60_000))[0] == []


def test_the_same_sanction_again_replaces_the_old_row(database: Database) -> None:
    store = Moderation("shop", tenant="casa")
    for minutes in (1, 2, 3):
        database.write_now(
            storage.decide(store.decide(Act.MUTE, HOST, now_ms=0, target=Target(person="p"), minutes=minutes))
        )
    (row,) = database.read_now(storage.in_force("shop", 1))[0]
    assert row.until_ms == 180_000


def test_blocks_and_states_are_kept(database: Database) -> None:
    database.write_now(storage.block("ana", "eve", on=True, at_ms=1))
    database.write_now(storage.block("ana", "bob", on=True, at_ms=1))
    database.write_now(storage.block("ana", "bob", on=True, at_ms=2))
    database.write_now(storage.block("ana", "bob", on=False, at_ms=3))
    assert database.read_now(storage.blocked(["ana", "bob"])) == {"ana": frozenset({"eve"})}
    assert database.read_now(storage.blocked([])) == {}
    assert database.read_now(storage.load_state("shop", "parties")) is None
    for body in (b"1", b"\x002"):
        database.write_now(storage.save_state("shop", "parties", body, at_ms=1))
    assert database.read_now(storage.load_state("shop", "parties")) == b"\x002"
