"""
The durable list of work: which conversion waits, who runs it, how far it is, and what came of it.

Rows and rules alone; every function is a work for the database. A worker *claims* a conversion and keeps it by beating;
one that died is found by ``deserted`` and its conversion waits again, at most ``tries`` times. Only the worker that
holds a conversion may write to it, so one that was thought dead and comes back changes nothing.

    queued ─► running ─► draft | refused ─► published
       ▲         │  └──► failed
       └─────────┘         any of the first two ─► cancelled
"""

import json
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from showroom.accounts.principal import Principal
from showroom.db.uploads import conversions, events, uploads
from showroom.jobs.errors import NoUpload, TooManyUploads, UploadState
from showroom.jobs.uploads import lock_tenant, may_see

Row = dict[str, Any]
QUEUED: Final = "queued"
RUNNING: Final = "running"
DRAFT: Final = "draft"
REFUSED: Final = "refused"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
PUBLISHED: Final = "published"
DELETED: Final = "deleted"
ACTIVE: Final = (QUEUED, RUNNING)
WITH_DRAFT: Final = (DRAFT, REFUSED)
_LISTED: Final = 200
_MOST_EVENTS: Final = 2000
_MESSAGE: Final = 500


def enqueue(
    db: Connection,
    upload: Row,
    *,
    conversion: str,
    key: str,
    product: str,
    options: str,
    most_waiting: int,
    now_ms: int,
) -> tuple[Row, bool]:
    """
    The conversion of an upload with these options, and whether it is new: asking twice gives the same one.

    Raises
    ------
    UploadState
        Another conversion of the scan waits or runs, with other options.
    TooManyUploads
        The tenant has too many in the queue.
    """
    lock_tenant(db, upload["tenant"])
    query = select(conversions).where(conversions.c.upload == upload["id"])
    for old in db.execute(query.order_by(conversions.c.created_ms.desc())).mappings():
        is_same = old["options"] == options and old["product"] == product
        if is_same and old["state"] in (*ACTIVE, *WITH_DRAFT, PUBLISHED):
            return dict(old), False
        if old["state"] in ACTIVE:
            raise UploadState(
                "This scan is being converted with other options. Wait for it, or cancel it.", conversion=old["id"]
            )
    waiting = db.scalar(
        select(func.count())
        .select_from(conversions)
        .where(conversions.c.tenant == upload["tenant"], conversions.c.state == QUEUED)
    )
    if (waiting or 0) >= most_waiting:
        raise TooManyUploads(
            f"{waiting} conversions wait already. Try again when some are done.", retry_after_s=60, waiting=waiting
        )
    row: Row = {
        "id": conversion,
        "key": key,
        "upload": upload["id"],
        "tenant": upload["tenant"],
        "owner": upload["owner"],
        "product": product,
        "options": options,
        "state": QUEUED,
        "created_ms": now_ms,
    }
    db.execute(insert(conversions).values(row))
    _tell(db, conversion, 0, step=QUEUED, fraction=0.0, message="waits for a worker", now_ms=now_ms)
    db.execute(update(uploads).where(uploads.c.id == upload["id"]).values(touched_ms=now_ms))
    found = db.execute(select(conversions).where(conversions.c.id == conversion)).mappings().one()
    return dict(found), True


def get(db: Connection, who: Principal, conversion: str, *, is_shown: bool = False) -> Row:
    """
    A conversion that ``who`` may see. ``is_shown`` lets everybody: the caller checks a key.

    Raises
    ------
    NoUpload
        There is none, or it is another merchant's.
    """
    query = select(conversions, uploads.c.name).join(uploads).where(conversions.c.id == conversion)
    row = db.execute(query).mappings().first()
    if row is None or not (is_shown or may_see(who, row["tenant"])):
        raise NoUpload("There is no such conversion or draft. See the list of conversions.")
    return dict(row)


def find(db: Connection, who: Principal, *, states: Collection[str] = (), upload: str = "") -> list[Row]:
    """A tenant's conversions, newest first."""
    query = select(conversions, uploads.c.name).join(uploads).where(conversions.c.tenant == who.tenant)
    if states:
        query = query.where(conversions.c.state.in_(states))
    if upload:
        query = query.where(conversions.c.upload == upload)
    query = query.order_by(conversions.c.created_ms.desc(), conversions.c.id).limit(_LISTED)
    return [dict(row) for row in db.execute(query).mappings()]


def claim(db: Connection, *, worker: str, now_ms: int) -> Row | None:
    """
    The conversion to run next, now this worker's; None if nothing waits.

    Of those that wait, the oldest of the tenant whose last conversion began longest ago: a merchant who uploads a
    hundred scans does not keep the others waiting for all of them.
    """
    last = select(conversions.c.tenant, func.max(conversions.c.started_ms).label("at")).group_by(conversions.c.tenant)
    turn = last.subquery()
    query = (
        select(conversions)
        .join(turn, turn.c.tenant == conversions.c.tenant)
        .where(conversions.c.state == QUEUED)
        .order_by(turn.c.at, conversions.c.created_ms, conversions.c.id)
        .limit(1)
    )
    if db.dialect.name != "sqlite":
        query = query.with_for_update(of=conversions, skip_locked=True)
    row = db.execute(query).mappings().first()
    if row is None:
        return None
    changes = {
        "state": RUNNING,
        "worker": worker,
        "attempts": row["attempts"] + 1,
        "beat_ms": now_ms,
        "started_ms": now_ms,
    }
    db.execute(update(conversions).where(conversions.c.id == row["id"]).values(changes))
    _tell(db, row["id"], row["last_event"], step="started", fraction=0.0, message="a worker took it up", now_ms=now_ms)
    upload = db.execute(select(uploads).where(uploads.c.id == row["upload"])).mappings().one()
    return {**row, **changes, "name": upload["name"], "suffix": upload["suffix"]}


def beat(db: Connection, conversion: str, *, worker: str, now_ms: int) -> bool:
    """Say that the worker lives; False if it shall stop: cancelled, or no longer its own."""
    done = db.execute(
        update(conversions)
        .where(conversions.c.id == conversion, conversions.c.worker == worker, conversions.c.state == RUNNING)
        .values(beat_ms=now_ms)
    )
    is_cancelled = db.scalar(select(conversions.c.is_cancelled).where(conversions.c.id == conversion))
    return done.rowcount == 1 and not is_cancelled


def progress(
    db: Connection, conversion: str, *, worker: str, step: str, fraction: float, message: str, now_ms: int
) -> None:
    """Note a step; nothing, if the conversion is no longer this worker's."""
    held = _held(db, conversion, worker)
    if held is not None and held["last_event"] < _MOST_EVENTS:
        _tell(db, conversion, held["last_event"], step=step, fraction=fraction, message=message, now_ms=now_ms)
        db.execute(update(conversions).where(conversions.c.id == conversion).values(beat_ms=now_ms))


def end(
    db: Connection,
    conversion: str,
    *,
    worker: str,
    state: str,
    message: str,
    now_ms: int,
    error: dict[str, Any] | None = None,
    result: dict[str, Any] | None = None,
    draft_bytes: int = 0,
) -> bool:
    """What came of it; False if the conversion is no longer this worker's."""
    held = _held(db, conversion, worker)
    if held is None:
        return False
    _end(db, held, state=state, message=message, error=error, result=result, draft_bytes=draft_bytes, now_ms=now_ms)
    return True


def release(db: Connection, conversion: str, *, worker: str, now_ms: int) -> None:
    """The worker goes in peace: the conversion waits again, and this attempt does not count."""
    held = _held(db, conversion, worker)
    if held is not None:
        _wait_again(db, held, attempts=held["attempts"] - 1, message="waits for another worker", now_ms=now_ms)


def running(db: Connection) -> list[Row]:
    """Every conversion that some worker holds."""
    return [dict(row) for row in db.execute(select(conversions).where(conversions.c.state == RUNNING)).mappings()]


def waiting(db: Connection) -> int:
    """How many conversions wait."""
    query = select(func.count()).select_from(conversions).where(conversions.c.state == QUEUED)
    return int(db.scalar(query) or 0)


def deserted(db: Connection, conversion: str, *, worker: str, tries: int, now_ms: int) -> str | None:
    """The worker died: the new state, or None if it does not hold the conversion any more."""
    held = _held(db, conversion, worker)
    if held is None:
        return None
    if held["is_cancelled"]:
        _end(db, held, state=CANCELLED, message="cancelled", now_ms=now_ms)
        return CANCELLED
    if held["attempts"] >= tries:
        error = {
            "code": "upload.worker_died",
            "message": f"The worker died {held['attempts']} times with this scan. Reduce the scan, or ask the operator "
            "whether the machine has enough memory.",
            "fields": {"attempts": held["attempts"]},
        }
        _end(db, held, state=FAILED, message=str(error["message"]), error=error, now_ms=now_ms)
        return FAILED
    _wait_again(db, held, attempts=held["attempts"], message="its worker died; it waits for another", now_ms=now_ms)
    return QUEUED


def cancel(db: Connection, row: Row, *, now_ms: int) -> str:
    """
    Ask for the end: at once if it waits, soon if it runs; nothing if it has ended. Returns the state.
    """
    held = db.execute(select(conversions).where(conversions.c.id == row["id"]).with_for_update()).mappings().one()
    if held["state"] == QUEUED:
        _end(db, dict(held), state=CANCELLED, message="cancelled", now_ms=now_ms)
        return CANCELLED
    if held["state"] == RUNNING:
        db.execute(update(conversions).where(conversions.c.id == row["id"]).values(is_cancelled=True))
    return str(held["state"])


def settle(
    db: Connection, conversion: str, *, state: str, before: Collection[str], now_ms: int, version: int = 0
) -> bool:
    """A draft becomes published or deleted, once; False if somebody else was first."""
    done = db.execute(
        update(conversions)
        .where(conversions.c.id == conversion, conversions.c.state.in_(before))
        .values(state=state, draft_bytes=0, version=version)
    )
    if done.rowcount == 1:
        last = db.scalar(select(conversions.c.last_event).where(conversions.c.id == conversion)) or 0
        _tell(db, conversion, last, step=state, fraction=1.0, message=state, now_ms=now_ms)
    return done.rowcount == 1


def with_files(db: Connection, ids: list[str]) -> set[str]:
    """Which of these conversions have a draft, or may be making one just now."""
    found: set[str] = set()
    for at in range(0, len(ids), 500):
        query = select(conversions.c.id).where(
            conversions.c.id.in_(ids[at : at + 500]), conversions.c.state.in_((*ACTIVE, *WITH_DRAFT))
        )
        found |= set(db.scalars(query))
    return found


def events_after(db: Connection, conversion: str, number: int) -> list[Row]:
    """What a conversion said after event ``number``, in order, at most some hundred of it."""
    query = select(events).where(events.c.conversion == conversion, events.c.number > number)
    return [dict(row) for row in db.execute(query.order_by(events.c.number).limit(_LISTED)).mappings()]


def heads(db: Connection, ids: Collection[str], *, since_ms: int) -> list[Row]:
    """Number of the last event of these conversions, and of all that are active or ended since."""
    query = select(conversions.c.id, conversions.c.owner, conversions.c.tenant, conversions.c.last_event).where(
        conversions.c.id.in_(ids) | conversions.c.state.in_(ACTIVE) | (conversions.c.ended_ms >= since_ms)
    )
    return [dict(row) for row in db.execute(query).mappings()]


def forget_events(db: Connection, *, before_ms: int) -> int:
    """Remove the steps of conversions that ended long ago; what came of them stays in the row."""
    old = select(conversions.c.id).where(conversions.c.ended_ms > 0, conversions.c.ended_ms < before_ms)
    return db.execute(delete(events).where(events.c.conversion.in_(old))).rowcount


def _held(db: Connection, conversion: str, worker: str) -> Row | None:
    query = select(conversions).where(
        conversions.c.id == conversion, conversions.c.worker == worker, conversions.c.state == RUNNING
    )
    row = db.execute(query.with_for_update()).mappings().first()
    return None if row is None else dict(row)


def _end(
    db: Connection,
    row: Row,
    *,
    state: str,
    message: str,
    now_ms: int,
    error: dict[str, Any] | None = None,
    result: dict[str, Any] | None = None,
    draft_bytes: int = 0,
) -> None:
    db.execute(
        update(conversions)
        .where(conversions.c.id == row["id"])
        .values(
            state=state,
            error=json.dumps(error) if error else "",
            result=json.dumps(result) if result else "",
            draft_bytes=draft_bytes,
            ended_ms=now_ms,
        )
    )
    # The scan's idle time begins now: there is time to convert it in another way.
    db.execute(update(uploads).where(uploads.c.id == row["upload"]).values(touched_ms=now_ms))
    is_good = state in WITH_DRAFT
    _tell(
        db,
        row["id"],
        row["last_event"],
        step=state,
        fraction=1.0 if is_good else row["fraction"],
        message=message,
        now_ms=now_ms,
    )


def _wait_again(db: Connection, row: Row, *, attempts: int, message: str, now_ms: int) -> None:
    db.execute(
        update(conversions)
        .where(conversions.c.id == row["id"])
        .values(state=QUEUED, worker="", attempts=max(0, attempts))
    )
    _tell(db, row["id"], row["last_event"], step=QUEUED, fraction=0.0, message=message, now_ms=now_ms)


def _tell(db: Connection, conversion: str, last: int, *, step: str, fraction: float, message: str, now_ms: int) -> None:
    number = last + 1
    said = {"step": step[:80], "fraction": round(min(1.0, max(0.0, fraction)), 4)}
    db.execute(
        insert(events).values(
            conversion=conversion, number=number, at_ms=now_ms, message=" ".join(message.split())[:_MESSAGE], **said
        )
    )
    db.execute(update(conversions).where(conversions.c.id == conversion).values(last_event=number, **said))
