"""Accounts on a real database, with passwords that are hashed quickly and a clock that can be moved."""

import asyncio
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from showroom.accounts.passwords import Passwords
from showroom.accounts.service import Accounts
from showroom.db import accounts as tables
from showroom.db.database import Database, sqlite_url

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class Clock:
    """Seconds, moved by hand."""

    at_s: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at_s


@dataclass
class House:
    """The accounts, and how to wait for them."""

    accounts: Accounts
    clock: Clock
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __call__(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(work)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    database = Database(sqlite_url(tmp_path / "accounts.db"))
    tables.metadata.create_all(
        database.engine, tables=[tables.merchants, tables.accounts, tables.sessions, tables.tokens]
    )
    clock = Clock()
    passwords = Passwords(QUICK)
    accounts = Accounts(database, secret=b"s" * 32, passwords=passwords, unix=clock, clock=clock)
    found = House(accounts, clock)
    yield found
    found(accounts.stop())
    database.close()
    found.loop.close()
