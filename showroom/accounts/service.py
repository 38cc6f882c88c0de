"""
Accounts as a service: who is asking, signing in and out, tokens, and the few things operators do.

Three kinds of pass: a guest's (signed, stored nowhere), a session's (a cookie, stored as a hash), an API token (shown
once, stored as a hash, looked up by its first half). What was looked up is kept for a few seconds, so a visitor's page
with forty requests asks the database once; what is revoked here is forgotten at once, and elsewhere within that time.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from showroom.accounts import passes, records
from showroom.accounts.errors import NotAllowedHere, PassOver, TooManyAttempts, WrongPassword
from showroom.accounts.passwords import LONGEST, SHORTEST, Passwords
from showroom.accounts.principal import SCOPES, Principal, Role, Scope
from showroom.accounts.records import Account, Merchant, Token
from showroom.buckets import Buckets, Rate
from showroom.db.database import Database
from showroom.keys import derive

TOKEN_PREFIX: Final = "sr_"
MOST_TOKENS: Final = 50
_KEPT_S: Final = 5.0
_MOST_KEPT: Final = 10_000
_MOST_CHARACTERS: Final = 1000
# Wrong passwords: a person mistypes a few times, a list of stolen passwords does not get far.
_PAIR: Final = Rate(1 / 20, 5)
_LOGIN: Final = Rate(1 / 10, 30)
_ADDRESS: Final = Rate(1 / 5, 30)


class Accounts:
    """
    Parameters
    ----------
    database
        With the tables of ``db.accounts``.
    secret
        The server's; the key of guests' passes is made from it.
    passwords
        How they are hashed.
    session_s, guest_s
        How long a session and a guest's pass last.
    unix, clock
        Seconds since 1970 for what is stored, monotonic seconds for what is not.
    """

    def __init__(
        self,
        database: Database,
        *,
        secret: bytes,
        passwords: Passwords | None = None,
        session_s: int = 30 * 86_400,
        guest_s: int = 30 * 86_400,
        unix: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._key = derive(secret, "guest")
        self._passwords = passwords or Passwords()
        self.session_s: Final = session_s
        self.guest_s: Final = guest_s
        self._unix = unix
        self._clock = clock
        self._attempts = Buckets(clock=clock)
        self._kept: OrderedDict[str, tuple[float, Principal | None]] = OrderedDict()

    async def identify(self, *, token: str, session: str) -> Principal | None:
        """
        Whose token or session that is; None for nobody's. A guest's pass may come as either.

        Raises
        ------
        PassOver
            A token was sent that is not, or no longer, good. (A cookie that has run out is nobody's.)
        """
        if token:
            found = await self._of_token(token[: _MOST_CHARACTERS + 1])
            if found is None:
                raise PassOver("That token is not good, or has run out. Make another, or leave it out.")
            return found
        if not session or len(session) > _MOST_CHARACTERS:
            return None
        if session.startswith(passes.PREFIX):
            return passes.read(self._key, session, now_s=self._unix())
        return await self._remembered(
            "session " + _hash(session),
            lambda: self._database.read(records.by_session(_hash(session), now_ms=self._now_ms())),
        )

    def guest(self, name: str) -> tuple[Principal, str, int]:
        """A new guest, the pass, and when it runs out (seconds since 1970)."""
        expires_s = int(self._unix()) + self.guest_s
        who = Principal(id="g_" + secrets.token_hex(8), role=Role.GUEST, name=name, scopes=SCOPES[Role.GUEST])
        return who, passes.sign(self._key, guest=who.id, name=name, expires_s=expires_s), expires_s

    async def sign_in(self, login: str, password: str, *, address: str, old_session: str) -> tuple[Account, str]:
        """
        The account and a fresh session, in place of the old one.

        Raises
        ------
        WrongPassword
            Name or password is wrong; it takes equally long.
        TooManyAttempts
            Too many were wrong.
        """
        folded = hashlib.sha256(records.fold(login).encode()).hexdigest()[:32]
        counted = [(f"pair {folded} {address}", _PAIR), (f"login {folded}", _LOGIN), (f"address {address}", _ADDRESS)]
        wait_s = max(self._attempts.wait_s(key, rate) for key, rate in counted)
        if wait_s > 0:
            retry_s = int(wait_s) + 1
            raise TooManyAttempts(f"Too many wrong passwords. Try again in {retry_s} s.", retry_after_s=retry_s)
        # Counted before the password is looked at, and given back if it was right: parallel guesses count as well.
        for key, rate in counted:
            self._attempts.take(key, rate)
        found = await self._database.read(records.password_of(login))
        if not await self._passwords.verify(password, found[1] if found else None) or found is None:
            raise WrongPassword("Name or password is wrong. Try again, or ask the operator for a new password.")
        for key, rate in counted:
            self._attempts.give_back(key, rate)
        account, stored = found
        session = "s_" + secrets.token_urlsafe(32)
        now_ms = self._now_ms()
        if self._passwords.is_outdated(stored):
            fresh = await self._passwords.hash(password)
            await self._database.write(records.set_password(account.id, fresh, keep_sha256=_hash(old_session)))
        await self._database.write(
            records.begin_session(
                account.id,
                sha256=_hash(session),
                old_sha256=_hash(old_session),
                now_ms=now_ms,
                expires_ms=now_ms + self.session_s * 1000,
            )
        )
        self._kept.clear()
        return account, session

    async def sign_out(self, session: str) -> None:
        """End a session; a guest's pass cannot be ended, only forgotten by the browser."""
        await self._database.write(records.end_session(_hash(session)))
        self._kept.clear()

    async def change_password(self, who: Principal, old: str, new: str, *, session: str) -> None:
        """
        A new password; all other sessions end.

        Raises
        ------
        WrongPassword
            The old one is wrong.
        """
        check_password(new)
        account = await self._database.read(records.account(who.id))
        found = await self._database.read(records.password_of(account.login))
        if not await self._passwords.verify(old, found[1] if found else None):
            raise WrongPassword("The old password is wrong. Try again.")
        stored = await self._passwords.hash(new)
        await self._database.write(records.set_password(account.id, stored, keep_sha256=_hash(session)))
        self._kept.clear()

    async def add_account(
        self, login: str, *, role: Role, tenant: str = "", name: str = "", password: str = ""
    ) -> Account:
        """
        A new account; without a password it works by tokens alone.

        Raises
        ------
        NameTaken, NotAllowedHere
            See there.
        """
        if password:
            check_password(password)
        stored = await self._passwords.hash(password) if password else ""
        account = Account(
            id="a_" + secrets.token_hex(8),
            login=records.fold(login),
            name=name or login,
            role=role,
            tenant=tenant,
            created_ms=self._now_ms(),
        )
        return await self._database.write(records.add_account(account, password=stored))

    async def set_password(self, login_or_id: str, password: str) -> None:
        """An operator's reset: every session of the account ends."""
        check_password(password)
        account = await self._database.read(records.account(login_or_id))
        stored = await self._passwords.hash(password)
        await self._database.write(records.set_password(account.id, stored, keep_sha256=""))
        self._kept.clear()

    async def account(self, login_or_id: str) -> Account:
        return await self._database.read(records.account(login_or_id))

    async def accounts(self) -> list[Account]:
        return await self._database.read(records.accounts)

    async def set_disabled(self, account: str, is_disabled: bool) -> Account:
        """Shut an account or open it again; it takes effect at once, for sessions and tokens alike."""
        done = await self._database.write(records.set_disabled(account, is_disabled))
        self._kept.clear()
        return done

    async def merchants(self) -> list[Merchant]:
        return await self._database.read(records.merchants)

    async def add_merchant(self, merchant: Merchant) -> Merchant:
        return await self._database.write(records.add_merchant(merchant, now_ms=self._now_ms()))

    async def add_token(self, account: Account, *, name: str, scopes: Iterable[Scope], days: int) -> tuple[Token, str]:
        """
        A token and its whole text, which is shown this once.

        Raises
        ------
        NotAllowedHere
            A scope that the account itself lacks, or too many tokens.
        """
        wanted = sorted(set(scopes))
        beyond = [scope for scope in wanted if scope not in SCOPES[account.role]]
        if beyond or not wanted:
            has = ", ".join(sorted(SCOPES[account.role]))
            raise NotAllowedHere(f"A token of {account.login} may have the scopes {has}.", scopes=beyond)
        now_ms = self._now_ms()
        token = Token(
            id=secrets.token_hex(6),
            name=name,
            scopes=tuple(wanted),
            created_ms=now_ms,
            expires_ms=now_ms + days * 86_400_000,
        )
        secret = secrets.token_urlsafe(32)
        work = records.add_token(token, account_id=account.id, sha256=_hash(secret), most=MOST_TOKENS)
        return await self._database.write(work), f"{TOKEN_PREFIX}{token.id}_{secret}"

    async def tokens(self, account_id: str) -> list[Token]:
        return await self._database.read(records.tokens(account_id, now_ms=self._now_ms()))

    async def revoke_token(self, token_id: str, *, account_id: str) -> None:
        await self._database.write(records.revoke_token(token_id, account_id=account_id))
        self._kept.clear()

    async def stop(self) -> None:
        """End the threads."""
        self._passwords.close()

    async def _of_token(self, token: str) -> Principal | None:
        if token.startswith(passes.PREFIX):
            return passes.read(self._key, token, now_s=self._unix())
        if not token.startswith(TOKEN_PREFIX) or len(token) > _MOST_CHARACTERS:
            return None
        token_id, _, secret = token.removeprefix(TOKEN_PREFIX).partition("_")

        async def look() -> Principal | None:
            found = await self._database.read(records.by_token(token_id, now_ms=self._now_ms()))
            return found[1] if found is not None and hmac.compare_digest(found[0], _hash(secret)) else None

        return await self._remembered("token " + _hash(token), look)

    async def _remembered(self, key: str, look: Callable[[], Awaitable[Principal | None]]) -> Principal | None:
        now = self._clock()
        kept = self._kept.get(key)
        if kept is not None and kept[0] > now:
            return kept[1]
        found = await look()
        self._kept[key] = (now + _KEPT_S, found)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return found

    def _now_ms(self) -> int:
        return int(self._unix() * 1000)


def check_password(password: str) -> None:
    """
    Length is all that is asked of it (NIST SP 800-63B, section 5.1.1).

    Raises
    ------
    NotAllowedHere
        Too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise NotAllowedHere(f"A password has {SHORTEST} to {LONGEST} characters. Choose another.")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
