"""
What of all this is kept: works for ``Database.write`` and ``Database.read``, plain functions of a connection.

    await database.write(storage.append([entry]))

``together`` makes one work of several, so that an event and the state it changes are on disk at the same moment, or
neither is.
"""

import json
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from showroom.db.rooms import room_audit, room_blocks, room_events, room_sanctions, room_states, room_switches
from showroom.social.log import Entry
from showroom.social.moderation import Act, Audit, Decision, Sanction, Switches, turned

Write = Callable[[Connection], None]

MOST_AT_ONCE: Final = 1000
_APPEND: Final = insert(room_events)  # made once: statements are cycles, which only the collector finds


def together(*works: Write) -> Write:
    """All of them or none."""

    def work(connection: Connection) -> None:
        for one in works:
            one(connection)

    return work


# ── the log


def append(entries: Sequence[Entry]) -> Write:
    """Add events to their rooms' logs."""
    rows = [
        {
            "room": e.room, "seq": e.seq, "at_ms": e.at_ms, "kind": e.kind, "author": e.author, "body": e.body,
            "audience": None if e.audience is None else json.dumps(e.audience, separators=(",", ":")),
        }
        for e in entries
    ]  # fmt: skip

    def work(connection: Connection) -> None:
        if rows:
            connection.execute(_APPEND, rows)

    return work


def newest(room: str, *, most: int = MOST_AT_ONCE) -> Callable[[Connection], list[Entry]]:
    """The last entries of a room, oldest first: what a ``RoomLog`` starts with. The last row is never pruned."""

    def work(connection: Connection) -> list[Entry]:
        rows = connection.execute(
            select(room_events).where(room_events.c.room == room).order_by(room_events.c.seq.desc()).limit(most)
        ).all()
        return [_entry(row) for row in reversed(rows)]

    return work


def after(room: str, seq: int, *, most: int = MOST_AT_ONCE) -> Callable[[Connection], list[Entry]]:
    """Entries of a room that come after one, oldest first: for who was away longer than memory reaches."""

    def work(connection: Connection) -> list[Entry]:
        rows = connection.execute(
            select(room_events)
            .where(room_events.c.room == room, room_events.c.seq > seq)
            .order_by(room_events.c.seq)
            .limit(most)
        ).all()
        return [_entry(row) for row in rows]

    return work


def last_words(room: str, author: str, *, most: int = 256) -> Callable[[Connection], list[Entry]]:
    """What somebody said last, newest first: for reports, and to be taken away."""

    def work(connection: Connection) -> list[Entry]:
        rows = connection.execute(
            select(room_events)
            .where(room_events.c.room == room, room_events.c.author == author, room_events.c.kind == "said")
            .order_by(room_events.c.seq.desc())
            .limit(most)
        ).all()
        return [_entry(row) for row in rows]

    return work


def remove(room: str, author: str) -> Write:
    """Empty what somebody said, so that a replay does not bring back what a moderator took away."""

    def work(connection: Connection) -> None:
        # The rows stay, for nobody: their numbers must not be given out again.
        connection.execute(
            update(room_events)
            .where(room_events.c.room == room, room_events.c.author == author, room_events.c.kind == "said")
            .values(kind="removed", audience="[]", body=b"")
        )

    return work


def prune(*, before_ms: int, most_a_room: int, live: Collection[str] | None = None) -> Callable[[Connection], int]:
    """
    Forget old events, by age and by number a room.

    Parameters
    ----------
    live
        Rooms that are open, or may be resumed. Each keeps its last event, which holds the count; of all others nothing
        is kept beyond its time, for their keys are never used again. None: every room may be live.

    Returns
    -------
    Callable[[Connection], int]
        Gives how many are gone.
    """

    def work(connection: Connection) -> int:
        table = room_events.c
        gone = 0
        heads = select(table.room, func.max(table.seq).label("last")).group_by(table.room).order_by(table.room)
        if live is not None and len(live) <= MOST_AT_ONCE:  # a longer list would not fit into one statement
            keys = sorted(live)
            heads = heads.where(table.room.in_(keys))
            gone = connection.execute(
                delete(room_events).where(and_(table.at_ms < before_ms, table.room.not_in(keys)))
            ).rowcount
        for room, last in connection.execute(heads).all():
            is_old = or_(table.at_ms < before_ms, table.seq <= last - most_a_room)
            gone += connection.execute(
                delete(room_events).where(and_(table.room == room, table.seq < last, is_old))
            ).rowcount
        return gone

    return work


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        room=row.room,
        seq=row.seq,
        at_ms=row.at_ms,
        kind=row.kind,
        author=row.author,
        # interned: a person is in hundreds of audiences
        audience=None if row.audience is None else tuple(sorted(map(sys.intern, json.loads(row.audience)))),
        body=row.body,
    )


# ── moderation


def decide(decision: Decision) -> Write:
    """A moderator's act, with its line in the audit log."""

    def work(connection: Connection) -> None:
        store, room = decision.audit.store, decision.audit.room
        for kind, subject in decision.lifted:
            connection.execute(delete(room_sanctions).where(_same(store, room, kind, subject, narrower=True)))
        for s in decision.sanctions:
            connection.execute(delete(room_sanctions).where(_same(s.store, s.room, s.kind, s.subject)))
            values = {name: getattr(s, name) for name in Sanction.__struct_fields__}
            connection.execute(insert(room_sanctions).values(**values))
        if decision.switches is not None:
            _put_switches(connection, decision.switches, decision.act)
        audit(decision.audit)(connection)

    return work


def audit(line: Audit) -> Write:
    """A line in the audit log: also a report."""

    def work(connection: Connection) -> None:
        values = {name: getattr(line, name) for name in Audit.__struct_fields__}
        values["details"] = json.dumps(dict(line.details), ensure_ascii=False, separators=(",", ":"))
        connection.execute(insert(room_audit).values(**values))

    return work


def audited(
    store: str, *, before_id: int | None = None, most: int = 100
) -> Callable[[Connection], list[dict[str, Any]]]:
    """The newest lines of a store's audit log, newest first, to be read page by page."""

    def work(connection: Connection) -> list[dict[str, Any]]:
        query = select(room_audit).where(room_audit.c.store == store)
        if before_id is not None:
            query = query.where(room_audit.c.id < before_id)
        rows = connection.execute(query.order_by(room_audit.c.id.desc()).limit(most)).all()
        return [dict(row._mapping) | {"details": json.loads(row.details)} for row in rows]

    return work


def in_force(store: str, now_ms: int) -> Callable[[Connection], tuple[list[Sanction], list[Switches]]]:
    """What ``Moderation`` starts with."""

    def work(connection: Connection) -> tuple[list[Sanction], list[Switches]]:
        holds = or_(room_sanctions.c.until_ms.is_(None), room_sanctions.c.until_ms > now_ms)
        sanctions = connection.execute(
            select(room_sanctions).where(room_sanctions.c.store == store, holds).order_by(room_sanctions.c.id)
        ).all()
        switches = connection.execute(select(room_switches).where(room_switches.c.store == store)).all()
        return (
            [Sanction(**{name: getattr(row, name) for name in Sanction.__struct_fields__}) for row in sanctions],
            [
                Switches(store=row.store, room=row.room, is_locked=bool(row.is_locked), slow_s=row.slow_s)
                for row in switches
            ],
        )

    return work


def _same(store: str, room: str, kind: str, subject: str, *, narrower: bool = False) -> ColumnElement[bool]:
    """This very sanction; ``narrower``: an empty room means those of all rooms."""
    table = room_sanctions.c
    same = and_(table.store == store, table.kind == kind, table.subject == subject)
    return same if narrower and not room else and_(same, table.room == room)


def _put_switches(connection: Connection, wanted: Switches, act: Act) -> None:
    table = room_switches.c
    here = and_(table.store == wanted.store, table.room == wanted.room)
    row = connection.execute(select(room_switches).where(here).with_for_update()).first()
    now = Switches(
        store=wanted.store,
        room=wanted.room,
        is_locked=bool(row.is_locked) if row is not None else False,
        slow_s=row.slow_s if row is not None else 0,
    )
    switches = turned(now, wanted, act)
    connection.execute(delete(room_switches).where(here))
    connection.execute(
        insert(room_switches).values(
            store=switches.store, room=switches.room, is_locked=int(switches.is_locked), slow_s=switches.slow_s
        )
    )


# ── people and states


def block(person: str, blocked: str, *, on: bool, at_ms: int) -> Write:
    """Remember, or forget, that a person does not want to see another."""

    def work(connection: Connection) -> None:
        table = room_blocks.c
        connection.execute(delete(room_blocks).where(and_(table.person == person, table.blocked == blocked)))
        if on:
            connection.execute(insert(room_blocks).values(person=person, blocked=blocked, at_ms=at_ms))

    return work


def blocked(people: Iterable[str]) -> Callable[[Connection], dict[str, frozenset[str]]]:
    """Whom each of these people has blocked."""
    wanted = list(people)

    def work(connection: Connection) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for start in range(0, len(wanted), MOST_AT_ONCE):
            some = wanted[start : start + MOST_AT_ONCE]
            for row in connection.execute(select(room_blocks).where(room_blocks.c.person.in_(some))).all():
                found.setdefault(row.person, set()).add(row.blocked)
        return {person: frozenset(others) for person, others in found.items()}

    return work


def save_state(place: str, kind: str, body: bytes, *, at_ms: int) -> Write:
    """Keep a small state as it is now: parties of a store, objects of a room."""

    def work(connection: Connection) -> None:
        table = room_states.c
        connection.execute(delete(room_states).where(and_(table.place == place, table.kind == kind)))
        connection.execute(insert(room_states).values(place=place, kind=kind, at_ms=at_ms, body=body))

    return work


def load_state(place: str, kind: str) -> Callable[[Connection], bytes | None]:
    """A state that was kept; None if there is none."""

    def work(connection: Connection) -> bytes | None:
        body = connection.execute(
            select(room_states.c.body).where(room_states.c.place == place, room_states.c.kind == kind)
        ).scalar_one_or_none()
        return None if body is None else bytes(body)

    return work
