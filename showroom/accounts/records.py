"""
Merchants, accounts, sessions and tokens in the database: what is shown of them, and the works that read and write them.

Works are plain functions of a connection (see ``db.database``). What they give never holds a password or a token.
"""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from showroom.accounts.errors import NameTaken, NoSuchAccount, NotAllowedHere
from showroom.accounts.principal import SCOPES, Principal, Role, Scope
from showroom.db import accounts as tables
from showroom.tenants import RESERVED

_NO_CONTROLS: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$(?!\n)"
Login = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=_NO_CONTROLS, description="Name to sign in with; case is ignored.")
]
Title = Annotated[str, Meta(min_length=1, max_length=100, pattern=_NO_CONTROLS, description="One line of text.")]


Tenant = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$(?!\n)",
        max_length=63,
        description="A merchant's id: lower-case letters, digits and single hyphens.",
    ),
]


class Merchant(Struct, frozen=True, kw_only=True):
    """A seller: ``id`` is the namespace of its products, stores and orders."""

    id: Tenant
    name: Title


class Account(Struct, frozen=True, kw_only=True):
    """Somebody who signs in. ``tenant`` is the merchant it works for; empty for operators and shoppers."""

    id: str
    login: str
    name: str
    role: Role
    tenant: str = ""
    is_disabled: bool = False
    created_ms: int = 0


class Token(Struct, frozen=True, kw_only=True):
    """An API token, without its secret half."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_ms: int
    expires_ms: int


def fold(login: str) -> str:
    """One spelling of a name to sign in with: compatibility forms and case do not tell people apart."""
    return " ".join(unicodedata.normalize("NFKC", login).casefold().split())


def add_merchant(merchant: Merchant, *, now_ms: int) -> Callable[[Connection], Merchant]:
    def work(connection: Connection) -> Merchant:
        if merchant.id in RESERVED:
            raise NotAllowedHere(f"{merchant.id} is kept for the house. Choose another id.", id=merchant.id)
        found = connection.execute(select(tables.merchants).where(tables.merchants.c.id == merchant.id)).first()
        if found is not None:
            raise NameTaken(f"There is a merchant {merchant.id} already. Choose another id.", id=merchant.id)
        connection.execute(insert(tables.merchants).values(id=merchant.id, name=merchant.name, created_ms=now_ms))
        return merchant

    return work


def merchants(connection: Connection) -> list[Merchant]:
    """All of them, by id."""
    rows = connection.execute(select(tables.merchants).order_by(tables.merchants.c.id))
    return [Merchant(id=row.id, name=row.name) for row in rows]


def add_account(account: Account, *, password: str) -> Callable[[Connection], Account]:
    """``password`` is the hash, or empty. The merchant of a first account is made with it."""

    def work(connection: Connection) -> Account:
        if (account.role in {Role.MERCHANT, Role.HOST}) != bool(account.tenant):
            raise NotAllowedHere(
                "Merchants and hosts work for one merchant (tenant); operators and shoppers for none.",
                role=account.role,
            )
        if account.role is Role.GUEST:
            raise NotAllowedHere("Guests have no account: they take a pass (POST /api/guests).")
        if account.tenant:
            is_there = connection.execute(
                select(tables.merchants.c.id).where(tables.merchants.c.id == account.tenant)
            ).first()
            if is_there is None:
                add_merchant(Merchant(id=account.tenant, name=account.tenant), now_ms=account.created_ms)(connection)
        if _by_login(connection, account.login) is not None:
            raise NameTaken(f"There is an account {account.login!r} already. Choose another name.")
        connection.execute(
            insert(tables.accounts).values(
                id=account.id,
                login=fold(account.login),
                name=account.name,
                role=account.role.value,
                tenant=account.tenant or None,
                password=password,
                is_disabled=False,
                created_ms=account.created_ms,
            )
        )
        return account

    return work


def accounts(connection: Connection) -> list[Account]:
    """All of them, by name."""
    return [_account(row) for row in connection.execute(select(tables.accounts).order_by(tables.accounts.c.login))]


def account(login_or_id: str) -> Callable[[Connection], Account]:
    """One, by its id or the name it signs in with."""

    def work(connection: Connection) -> Account:
        row = (
            _by_login(connection, login_or_id)
            or connection.execute(select(tables.accounts).where(tables.accounts.c.id == login_or_id)).first()
        )
        if row is None:
            raise NoSuchAccount(f"There is no account {login_or_id!r}. See: showroom account list")
        return _account(row)

    return work


def password_of(login: str) -> Callable[[Connection], tuple[Account, str] | None]:
    """An enabled account and its hash; None for nobody."""

    def work(connection: Connection) -> tuple[Account, str] | None:
        row = _by_login(connection, login)
        return None if row is None or row.is_disabled else (_account(row), row.password)

    return work


def set_password(account_id: str, stored: str, *, keep_sha256: str) -> Callable[[Connection], None]:
    """The new hash; every session but one ends."""

    def work(connection: Connection) -> None:
        connection.execute(update(tables.accounts).where(tables.accounts.c.id == account_id).values(password=stored))
        sessions = tables.sessions.c
        connection.execute(
            delete(tables.sessions).where(sessions.account == account_id, sessions.sha256 != keep_sha256)
        )

    return work


def set_disabled(account_id: str, is_disabled: bool) -> Callable[[Connection], Account]:
    """Shut an account, which ends its sessions, or open it again. The last operator cannot be shut out."""

    def work(connection: Connection) -> Account:
        found = account(account_id)(connection)
        if is_disabled and found.role is Role.OPERATOR:
            others = connection.execute(
                select(func.count())
                .select_from(tables.accounts)
                .where(
                    tables.accounts.c.role == Role.OPERATOR.value,
                    tables.accounts.c.is_disabled.is_(False),
                    tables.accounts.c.id != found.id,
                )
            ).scalar_one()
            if not others:
                raise NotAllowedHere("That is the last operator. Add another first: showroom account add")
        connection.execute(
            update(tables.accounts).where(tables.accounts.c.id == found.id).values(is_disabled=is_disabled)
        )
        if is_disabled:
            connection.execute(delete(tables.sessions).where(tables.sessions.c.account == found.id))
        return account(found.id)(connection)

    return work


def begin_session(
    account_id: str, *, sha256: str, old_sha256: str, now_ms: int, expires_ms: int
) -> Callable[[Connection], None]:
    """A new session in place of the old one; sessions that have run out are tidied away."""

    def work(connection: Connection) -> None:
        sessions = tables.sessions.c
        connection.execute(
            delete(tables.sessions).where((sessions.sha256 == old_sha256) | (sessions.expires_ms <= now_ms))
        )
        connection.execute(
            insert(tables.sessions).values(sha256=sha256, account=account_id, created_ms=now_ms, expires_ms=expires_ms)
        )

    return work


def end_session(sha256: str) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        connection.execute(delete(tables.sessions).where(tables.sessions.c.sha256 == sha256))

    return work


def by_session(sha256: str, *, now_ms: int) -> Callable[[Connection], Principal | None]:
    """Whose session that is; None if it has run out or its account is shut."""

    def work(connection: Connection) -> Principal | None:
        row = connection.execute(
            select(tables.accounts)
            .join(tables.sessions, tables.sessions.c.account == tables.accounts.c.id)
            .where(tables.sessions.c.sha256 == sha256, tables.sessions.c.expires_ms > now_ms)
        ).first()
        return None if row is None or row.is_disabled else principal(_account(row))

    return work


def add_token(token: Token, *, account_id: str, sha256: str, most: int) -> Callable[[Connection], Token]:
    def work(connection: Connection) -> Token:
        if len(tokens(account_id, now_ms=token.created_ms)(connection)) >= most:
            raise NotAllowedHere(f"An account has at most {most} tokens. Revoke one first.", most=most)
        connection.execute(
            insert(tables.tokens).values(
                id=token.id,
                account=account_id,
                sha256=sha256,
                name=token.name,
                scopes=" ".join(token.scopes),
                created_ms=token.created_ms,
                expires_ms=token.expires_ms,
            )
        )
        return token

    return work


def tokens(account_id: str, *, now_ms: int) -> Callable[[Connection], list[Token]]:
    """Those that are still good, newest first."""

    def work(connection: Connection) -> list[Token]:
        rows = connection.execute(
            select(tables.tokens)
            .where(tables.tokens.c.account == account_id, tables.tokens.c.expires_ms > now_ms)
            .order_by(tables.tokens.c.created_ms.desc(), tables.tokens.c.id)
        )
        return [_token(row) for row in rows]

    return work


def revoke_token(token_id: str, *, account_id: str) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        done = connection.execute(
            delete(tables.tokens).where(tables.tokens.c.id == token_id, tables.tokens.c.account == account_id)
        )
        if not done.rowcount:
            raise NoSuchAccount("There is no such token. See GET /api/tokens.", id=token_id)

    return work


def by_token(token_id: str, *, now_ms: int) -> Callable[[Connection], tuple[str, Principal] | None]:
    """The hash of a token's secret half, and who it stands for: its account, cut down to its scopes."""

    def work(connection: Connection) -> tuple[str, Principal] | None:
        row = connection.execute(
            select(tables.tokens).where(tables.tokens.c.id == token_id, tables.tokens.c.expires_ms > now_ms)
        ).first()
        if row is None:
            return None
        owner = connection.execute(select(tables.accounts).where(tables.accounts.c.id == row.account)).first()
        if owner is None or owner.is_disabled:
            return None
        return row.sha256, principal(_account(owner), scopes=_token(row).scopes)

    return work


def principal(account: Account, *, scopes: Sequence[Scope] | None = None) -> Principal:
    """What an account may do, cut down to ``scopes``."""
    allowed = SCOPES[account.role] if scopes is None else SCOPES[account.role] & frozenset(scopes)
    return Principal(id=account.id, role=account.role, name=account.name, tenant=account.tenant, scopes=allowed)


def _by_login(connection: Connection, login: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(select(tables.accounts).where(tables.accounts.c.login == fold(login))).first()


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        tenant=row.tenant or "",
        is_disabled=row.is_disabled,
        created_ms=row.created_ms,
    )


def _token(row: Row[tuple[object, ...]]) -> Token:
    known = {scope.value for scope in Scope}
    return Token(
        id=row.id,
        name=row.name,
        scopes=tuple(Scope(one) for one in row.scopes.split() if one in known),
        created_ms=row.created_ms,
        expires_ms=row.expires_ms,
    )
