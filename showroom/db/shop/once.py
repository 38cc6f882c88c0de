"""Idempotent writes: the answer is kept in the transaction of the write. See ``showroom.shop.idempotency``."""

from collections.abc import Callable
from typing import Final, TypeVar

import msgspec
from sqlalchemy import bindparam, insert, select

from showroom.db.shop.tables import answers
from showroom.db.shop.transaction import Transaction
from showroom.shop import idempotency

T = TypeVar("T")


def once(transaction: Transaction, do: Callable[[], T], kind: type[T], *, caller: str, key: str, fingerprint: str) -> T:
    """
    What ``do`` answered the first time.

    Parameters
    ----------
    kind
        The answer's type, to read a kept one.

    Raises
    ------
    KeyReused
        The key belongs to another request.
    """
    found = transaction.connection.execute(_FIND, {"caller": caller, "key": key}).first()
    if found is not None:
        idempotency.check_same(found.fingerprint, fingerprint, key=key)
        return msgspec.json.decode(found.answer, type=kind)
    answer = do()
    transaction.connection.execute(
        insert(answers),
        {
            "caller": caller,
            "key": key,
            "fingerprint": fingerprint,
            "answer": msgspec.json.encode(answer).decode(),
            "at_ms": transaction.now_ms,
        },
    )
    return answer


_FIND: Final = select(answers.c.fingerprint, answers.c.answer).where(
    answers.c.caller == bindparam("caller"), answers.c.key == bindparam("key")
)
