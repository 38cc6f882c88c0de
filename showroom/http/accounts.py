"""Guests, sessions, API tokens, accounts and merchants over HTTP."""

from typing import Annotated, Final

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from showroom.accounts.errors import NotAllowedHere
from showroom.accounts.passwords import LONGEST
from showroom.accounts.principal import Role, Scope
from showroom.accounts.records import Account, Login, Merchant, Tenant, Title, Token
from showroom.accounts.service import Accounts
from showroom.http.context import COOKIE, PEER
from showroom.http.endpoint import Call, Endpoint
from showroom.http.limits import network

_Password = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
_ID: Final = r"{id:[A-Za-z0-9_]{1,40}}"


class _Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unknown fields are mistakes."""


class NewGuest(_Strict, frozen=True, kw_only=True):
    """The nickname that others see."""

    name: Annotated[
        str, Meta(min_length=1, max_length=24, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$")
    ]


class Guest(Struct, frozen=True, kw_only=True):
    """A guest and the pass: send it as a bearer token; a browser has it as a cookie already."""

    id: str
    name: str
    token: str
    expires_s: int


class SignIn(_Strict, frozen=True, kw_only=True):
    login: Login
    password: _Password


class Me(Struct, frozen=True, kw_only=True):
    """Who the server takes the caller for; ``id`` is empty for nobody."""

    id: str
    role: Role
    name: str
    tenant: str
    scopes: tuple[Scope, ...]


class NewPassword(_Strict, frozen=True, kw_only=True):
    old: _Password
    new: _Password


class NewToken(_Strict, frozen=True, kw_only=True):
    name: Title
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=20)]
    days: Annotated[int, Meta(ge=1, le=730, description="How long it is good.")] = 90


class FreshToken(Struct, frozen=True, kw_only=True):
    """The token's whole text is shown this once."""

    token: str
    about: Token


class Tokens(Struct, frozen=True, kw_only=True):
    tokens: list[Token]


class NewAccount(_Strict, frozen=True, kw_only=True):
    """Without a password the account works by tokens alone."""

    login: Login
    role: Role
    tenant: Tenant | None = None
    name: Title | None = None
    password: _Password | None = None


class Change(_Strict, frozen=True, kw_only=True):
    is_disabled: bool


class AccountList(Struct, frozen=True, kw_only=True):
    accounts: list[Account]


class MerchantList(Struct, frozen=True, kw_only=True):
    merchants: list[Merchant]


def endpoints(accounts: Accounts) -> list[Endpoint]:
    """The rows of the API."""
    handlers = _Handlers(accounts)
    row = Endpoint
    operate = Scope.OPERATE
    return [
        row(method="POST", path="/api/guests", handler=handlers.guest, tag="accounts", body=NewGuest, answer=Guest,
            status=201, limit="write", most_bytes=1000),
        row(method="GET", path="/api/me", handler=handlers.me, tag="accounts", answer=Me),
        row(method="POST", path="/api/sessions", handler=handlers.sign_in, tag="accounts", body=SignIn, answer=Me,
            status=201, limit="costly", most_bytes=4000),
        row(method="DELETE", path="/api/sessions", handler=handlers.sign_out, tag="accounts", limit="write"),
        row(method="POST", path="/api/me/password", handler=handlers.change_password, tag="accounts",
            scope=Scope.SHOP, body=NewPassword, limit="costly", most_bytes=4000),
        row(method="GET", path="/api/tokens", handler=handlers.tokens, tag="accounts", scope=Scope.SHOP, answer=Tokens),
        row(method="POST", path="/api/tokens", handler=handlers.add_token, tag="accounts", scope=Scope.SHOP,
            body=NewToken, answer=FreshToken, status=201, limit="costly", most_bytes=4000),
        row(method="DELETE", path="/api/tokens/" + _ID, handler=handlers.revoke_token, tag="accounts",
            scope=Scope.SHOP, limit="write"),
        row(method="GET", path="/api/accounts", handler=handlers.accounts, tag="accounts", scope=operate,
            answer=AccountList),
        row(method="POST", path="/api/accounts", handler=handlers.add_account, tag="accounts", scope=operate,
            body=NewAccount, answer=Account, status=201, limit="costly", most_bytes=4000),
        row(method="PATCH", path="/api/accounts/" + _ID, handler=handlers.change_account, tag="accounts",
            scope=operate, body=Change, answer=Account, limit="write", most_bytes=1000),
        row(method="GET", path="/api/merchants", handler=handlers.merchants, tag="accounts", answer=MerchantList),
        row(method="POST", path="/api/merchants", handler=handlers.add_merchant, tag="accounts", scope=operate,
            body=Merchant, answer=Merchant, status=201, limit="write", most_bytes=4000),
    ]  # fmt: skip


class _Handlers:
    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def guest(self, call: Call) -> web.Response:
        """Take a guest's pass, with a nickname."""
        who, text, expires_s = self._accounts.guest(call.body.name)
        answer = _json(Guest(id=who.id, name=who.name, token=text, expires_s=expires_s), status=201)
        _set_cookie(call, answer, text, self._accounts.guest_s)
        return answer

    async def me(self, call: Call) -> Me:
        """Say who the server takes the caller for."""
        who = call.who
        return Me(id=who.id, role=who.role, name=who.name, tenant=who.tenant, scopes=tuple(sorted(who.scopes)))

    async def sign_in(self, call: Call) -> web.Response:
        """Sign in with name and password; the session comes as a cookie, and the old one ends."""
        account, session = await self._accounts.sign_in(
            call.body.login,
            call.body.password,
            address=network(call.request[PEER].address),
            old_session=call.request.cookies.get(COOKIE, ""),
        )
        who = await self._accounts.identify(token="", session=session)
        scopes = tuple(sorted(who.scopes)) if who else ()
        answer = _json(
            Me(id=account.id, role=account.role, name=account.name, tenant=account.tenant, scopes=scopes), status=201
        )
        _set_cookie(call, answer, session, self._accounts.session_s)
        return answer

    async def sign_out(self, call: Call) -> web.Response:
        """Sign out: the session ends on the server, and the cookie goes."""
        await self._accounts.sign_out(call.request.cookies.get(COOKIE, ""))
        answer = web.Response(status=204, headers={"Cache-Control": "no-store"})
        answer.del_cookie(COOKIE, path="/")
        return answer

    async def change_password(self, call: Call) -> None:
        """Choose another password; all other sessions end."""
        _no_guest(call)
        session = call.request.cookies.get(COOKIE, "")
        await self._accounts.change_password(call.who, call.body.old, call.body.new, session=session)

    async def tokens(self, call: Call) -> Tokens:
        """List one's API tokens."""
        return Tokens(tokens=await self._accounts.tokens(call.who.id))

    async def add_token(self, call: Call) -> FreshToken:
        """Make an API token; its text is shown this once.

        A token cannot make one that may more than itself.
        """
        _no_guest(call)
        beyond = [scope for scope in call.body.scopes if scope not in call.who.scopes]
        if beyond:
            raise NotAllowedHere("That is more than you may do yourself. Ask for fewer scopes.", scopes=beyond)
        account = await self._accounts.account(call.who.id)
        token, text = await self._accounts.add_token(
            account, name=call.body.name, scopes=call.body.scopes, days=call.body.days
        )
        return FreshToken(token=text, about=token)

    async def revoke_token(self, call: Call) -> None:
        """Revoke one of one's tokens, at once."""
        await self._accounts.revoke_token(call.path["id"], account_id=call.who.id)

    async def accounts(self, call: Call) -> AccountList:
        """List all accounts."""
        return AccountList(accounts=await self._accounts.accounts())

    async def add_account(self, call: Call) -> Account:
        """Add an account; a merchant's or host's tenant is made with it if it is new."""
        new: NewAccount = call.body
        return await self._accounts.add_account(
            new.login, role=new.role, tenant=new.tenant or "", name=new.name or "", password=new.password or ""
        )

    async def change_account(self, call: Call) -> Account:
        """Shut an account, which ends its sessions and tokens, or open it again."""
        return await self._accounts.set_disabled(call.path["id"], call.body.is_disabled)

    async def merchants(self, call: Call) -> MerchantList:
        """List the merchants."""
        return MerchantList(merchants=await self._accounts.merchants())

    async def add_merchant(self, call: Call) -> Merchant:
        """Add a merchant."""
        return await self._accounts.add_merchant(call.body)


def _no_guest(call: Call) -> None:
    if call.who.role is Role.GUEST:
        raise NotAllowedHere("Guests have no account. Sign in first (POST /api/sessions).")


def _json(value: Struct, *, status: int) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _set_cookie(call: Call, answer: web.Response, text: str, age_s: int) -> None:
    answer.set_cookie(
        COOKIE,
        text,
        max_age=age_s,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=call.request[PEER].scheme == "https",
    )
