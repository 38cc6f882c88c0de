"""
Keeping order: mute, kick, ban, lock, slow mode, reports; who may, on whom, and what is in force.

Always by id, never by a name that is shown. Sanctions are values with an end of their own (``Sanction``): they are read
back from the table at start, and an expired one lifts by itself because every question comes with the time. Each act
gives a line for the audit log, which is only ever added to.
"""

import enum
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct, structs

from showroom.accounts.principal import Principal, Role, Scope
from showroom.social.errors import Banned, ModerationRefused, Muted, RoomLocked, TooFast
from showroom.social.rate import Bucket

MOST_MINUTES: Final = 525_600
LONGEST_REASON: Final = 500
MOST_SLOW_S: Final = 3600


class Act(enum.StrEnum):
    """What a moderator does; the protocol's words."""

    MUTE = "mute"
    UNMUTE = "unmute"
    KICK = "kick"
    BAN = "ban"
    UNBAN = "unban"
    LOCK = "lock"
    UNLOCK = "unlock"
    SLOW = "slow"
    CLEAR = "clear"
    REPORT = "report"


ON_PEOPLE: Final = frozenset({Act.MUTE, Act.UNMUTE, Act.KICK, Act.BAN, Act.UNBAN, Act.CLEAR})
ON_ROOMS: Final = frozenset({Act.LOCK, Act.UNLOCK, Act.SLOW})
_LIFTS: Final[dict[Act, str]] = {Act.UNMUTE: "mute", Act.UNBAN: "ban"}
_RANK: Final[dict[Role, int]] = {
    Role.GUEST: 0, Role.SHOPPER: 0, Role.HOST: 1, Role.MERCHANT: 2, Role.OPERATOR: 3,
}  # fmt: skip


class Sanction(Struct, frozen=True, kw_only=True):
    """
    A mute or a ban.

    Parameters
    ----------
    kind
        ``mute`` or ``ban``.
    room
        Empty for all rooms of the store.
    subject
        A person's id, or an address as ``address_key`` writes it.
    until_ms
        Unix time; None: until taken back.
    """

    store: str
    room: str
    kind: str
    subject: str
    from_ms: int
    until_ms: int | None
    by: str
    reason: str = ""

    def holds(self, now_ms: int) -> bool:
        """Whether it is still in force."""
        return self.until_ms is None or now_ms < self.until_ms


class Switches(Struct, frozen=True, kw_only=True):
    """A room's own switches, for all its copies."""

    store: str
    room: str
    is_locked: bool = False
    slow_s: int = 0


class Audit(Struct, frozen=True, kw_only=True):
    """A line of the audit log: who, whom, what, why, when."""

    at_ms: int
    store: str
    room: str
    act: str
    by: str
    subject: str = ""
    subject_name: str = ""
    reason: str = ""
    details: Mapping[str, Any] = {}


class Target(Struct, frozen=True, kw_only=True):
    """
    Whom an act is about.

    Parameters
    ----------
    address
        ``address_key`` of where the person is connected from; empty if unknown. A guest's ban covers it as well, since
        a guest gets a new id for the asking.
    """

    person: str
    role: Role = Role.GUEST
    tenant: str = ""
    name: str = ""
    address: str = ""


class Decision(Struct, frozen=True, kw_only=True):
    """
    What an act comes to. The caller writes it (``storage.decide``), then tells people.

    Parameters
    ----------
    sanctions
        New ones.
    lifted
        Kind and subject of those that end.
    switches
        The room's switches from now on, if they changed.
    leaves
        Whether the person has to leave the room now.
    clears
        Whether the person's messages are taken away.
    """

    act: Act
    audit: Audit
    sanctions: tuple[Sanction, ...] = ()
    lifted: tuple[tuple[str, str], ...] = ()
    switches: Switches | None = None
    leaves: bool = False
    clears: bool = False
    until_ms: int | None = None


class Moderation:
    """
    What is in force in one store.

    Parameters
    ----------
    tenant
        Whose store it is: its hosts may moderate.
    sanctions, switches
        Read back from the tables (``storage.in_force``).
    """

    def __init__(
        self,
        store: str,
        *,
        tenant: str = "",
        sanctions: Iterable[Sanction] = (),
        switches: Iterable[Switches] = (),
    ) -> None:
        self.store: Final = store
        self.tenant: Final = tenant
        self._sanctions: dict[tuple[str, str], list[Sanction]] = {}
        self._switches: dict[str, Switches] = {}
        self._reports: dict[str, Bucket] = {}
        self.replace(sanctions, switches)

    def replace(self, sanctions: Iterable[Sanction], switches: Iterable[Switches]) -> None:
        """From now on this is in force: another process has changed it, and it was read again."""
        self._sanctions = {}
        self._switches = {one.room: one for one in switches}
        for sanction in sanctions:
            self._add(sanction)

    # ── questions

    def check_entry(self, person: str, room: str, now_ms: int, *, address: str = "", is_staff: bool = False) -> None:
        """
        Nothing, if the person may come in (or back: a lock does not hold for a seat that is kept, so ask
        ``check_ban`` there).

        Raises
        ------
        Banned, RoomLocked
        """
        self.check_ban(person, room, now_ms, address=address)
        if self.switches(room).is_locked and not is_staff:
            raise RoomLocked("This room is closed to newcomers for now. Try again later, or visit another room.")

    def check_ban(self, person: str, room: str, now_ms: int, *, address: str = "") -> None:
        """
        Nothing, if neither the person nor the address is banned.

        Raises
        ------
        Banned
        """
        for subject in (person, address):
            ban = self.in_force("ban", subject, room, now_ms) if subject else None
            if ban is not None:
                raise Banned(
                    "A moderator has closed this room to you. Write to the store if you think that is a mistake.",
                    until_ms=ban.until_ms,
                    retry_after_ms=None if ban.until_ms is None else ban.until_ms - now_ms,
                )

    def check_voice(self, person: str, room: str, now_ms: int) -> None:
        """
        Nothing, if the person may talk, by text or by voice.

        Raises
        ------
        Muted
        """
        mute = self.in_force("mute", person, room, now_ms)
        if mute is not None:
            wait_ms = None if mute.until_ms is None else mute.until_ms - now_ms
            until = "until a moderator takes it back" if wait_ms is None else f"for {-(-wait_ms // 60_000)} more min"
            raise Muted(
                f"A moderator has muted you {until}. You can still look around and shop.", retry_after_ms=wait_ms
            )

    def is_muted(self, person: str, room: str, now_ms: int) -> bool:
        """As ``check_voice``, as an answer."""
        return self.in_force("mute", person, room, now_ms) is not None

    def in_force(self, kind: str, subject: str, room: str, now_ms: int) -> Sanction | None:
        """The sanction of this kind that lasts longest, of this room or of the whole store."""
        found = [
            s for s in self._sanctions.get((kind, subject), ()) if s.room in ("", room) and s.holds(now_ms)
        ]  # fmt: skip
        return max(found, key=lambda s: (s.until_ms is None, s.until_ms or 0), default=None)

    def switches(self, room: str) -> Switches:
        """Lock and slow mode of a room."""
        return self._switches.get(room) or Switches(store=self.store, room=room)

    def may_moderate(self, by: Principal) -> bool:
        """Whether somebody is staff here: a host of the store's own merchant, or an operator."""
        if Scope.OPERATE in by.scopes:
            return True
        return Scope.HOST in by.scopes and bool(self.tenant) and by.tenant == self.tenant

    def check_staff(self, by: Principal) -> None:
        """
        Nothing, if ``may_moderate``.

        Raises
        ------
        ModerationRefused
        """
        if not self.may_moderate(by):
            raise ModerationRefused("Only hosts of this store may do that. Use Report to tell them.")

    # ── acts

    def decide(
        self,
        act: Act,
        by: Principal,
        *,
        now_ms: int,
        room: str = "",
        target: Target | None = None,
        minutes: int = 0,
        slow_s: int = 0,
        reason: str = "",
        copy: str = "",
    ) -> Decision:
        """
        What this act would come to; nothing changes before ``apply``.

        Parameters
        ----------
        room
            Where it holds; empty: in the whole store.
        minutes
            How long; 0: until taken back.
        copy
            Where it happened, for the audit.

        Raises
        ------
        ModerationRefused
            They may not, not on that person, or not so.
        """
        self.check_staff(by)
        if not 0 <= minutes <= MOST_MINUTES or not 0 <= slow_s <= MOST_SLOW_S:
            raise ModerationRefused("That time is out of bounds. Choose at most a year, or an hour of slow mode.")
        if (act in ON_PEOPLE) != (target is not None) or act is Act.REPORT:
            raise ModerationRefused(f"{act} needs {'a person' if act in ON_PEOPLE else 'a room'}. Choose one.")
        if target is not None:
            self._check_target(by, target)
        until_ms = now_ms + minutes * 60_000 if minutes else None
        reason = reason[:LONGEST_REASON]
        sanctions = self._new_sanctions(act, by, target, room, now_ms, until_ms, reason) if target else ()
        subjects = self._subjects(target, room) if target else ()
        return Decision(
            act=act,
            audit=Audit(
                at_ms=now_ms,
                store=self.store,
                room=room,
                act=act.value,
                by=by.id,
                subject=target.person if target else "",
                subject_name=target.name if target else "",
                reason=reason,
                details=_details(act, until_ms, slow_s, sanctions) | ({"copy": copy} if copy else {}),
            ),
            sanctions=sanctions,
            lifted=tuple((_LIFTS[act], subject) for subject in subjects) if act in _LIFTS else (),
            switches=self._new_switches(act, room, slow_s) if act in ON_ROOMS else None,
            leaves=act in (Act.KICK, Act.BAN),
            clears=act is Act.CLEAR,
            until_ms=until_ms if act in (Act.MUTE, Act.BAN) else None,
        )

    def apply(self, decision: Decision) -> None:
        """Put a decision that is on disk into force."""
        room = decision.audit.room
        for kind, subject in decision.lifted:
            self._lift(kind, subject, room)
        for sanction in decision.sanctions:
            self._add(sanction)
        if decision.switches is not None:
            room = decision.switches.room
            self._switches[room] = turned(self.switches(room), decision.switches, decision.act)

    def report(
        self, by: str, target: Target, *, now_ms: int, room: str, category: str, text: str, quote: str = ""
    ) -> Audit:
        """
        Anybody tells the moderators about somebody; five at once, then one a minute.

        Parameters
        ----------
        quote
            What the person said last, so that moderators need not believe either of them.

        Raises
        ------
        TooFast
        """
        bucket = self._reports.setdefault(by, Bucket(1 / 60, 5, now_ms=now_ms))
        if not bucket.take(now_ms):
            wait_ms = bucket.wait_ms(now_ms)
            raise TooFast("Thank you, your reports have arrived. Wait a minute.", retry_after_ms=wait_ms)
        return Audit(
            at_ms=now_ms,
            store=self.store,
            room=room,
            act=Act.REPORT.value,
            by=by,
            subject=target.person,
            subject_name=target.name,
            reason=text[:LONGEST_REASON],
            details={"category": category, "quote": quote[:LONGEST_REASON]},
        )

    def forget(self, now_ms: int) -> None:
        """Drop sanctions that are over and idle reporters; call now and then."""
        for key, kept in list(self._sanctions.items()):
            kept[:] = [s for s in kept if s.holds(now_ms)]
            if not kept:
                del self._sanctions[key]
        self._reports = {person: b for person, b in self._reports.items() if not b.is_full(now_ms)}

    # ── inside

    def _check_target(self, by: Principal, target: Target) -> None:
        if target.person == by.id:
            raise ModerationRefused("That would be yourself. Choose somebody else.")
        is_stranger = target.role in (Role.HOST, Role.MERCHANT) and target.tenant != self.tenant
        rank = 0 if is_stranger else _RANK[target.role]  # another store's host is a shopper here
        mine = _RANK[Role.OPERATOR] if Scope.OPERATE in by.scopes else min(_RANK[by.role], _RANK[Role.MERCHANT])
        if rank >= max(mine, 1):
            raise ModerationRefused("That person is staff of your rank or above. Ask an operator.")

    def _new_sanctions(
        self, act: Act, by: Principal, target: Target, room: str, now_ms: int, until_ms: int | None, reason: str
    ) -> tuple[Sanction, ...]:
        if act not in (Act.MUTE, Act.BAN):
            return ()
        subjects = [target.person]
        if act is Act.BAN and target.address and target.role is Role.GUEST:
            subjects.append(target.address)
        return tuple(
            Sanction(
                store=self.store, room=room, kind=act.value, subject=subject,
                from_ms=now_ms, until_ms=until_ms, by=by.id, reason=reason,
            )
            for subject in subjects
        )  # fmt: skip

    def _subjects(self, target: Target, room: str) -> tuple[str, ...]:
        """The person, and the addresses that were banned in the same moment as the person was."""
        moments = {
            (s.from_ms, s.by) for s in self._sanctions.get(("ban", target.person), ()) if room in ("", s.room)
        }  # fmt: skip
        together = {
            subject
            for (kind, subject), sanctions in self._sanctions.items()
            if kind == "ban" and subject.startswith("net:") and any((s.from_ms, s.by) in moments for s in sanctions)
        }
        return (target.person, *sorted(together | ({target.address} if target.address else set())))

    def _new_switches(self, act: Act, room: str, slow_s: int) -> Switches:
        if not room:
            raise ModerationRefused("Lock and slow mode belong to a room. Choose one.")
        now = self.switches(room)
        return Switches(
            store=self.store,
            room=room,
            is_locked=now.is_locked if act is Act.SLOW else act is Act.LOCK,
            slow_s=slow_s if act is Act.SLOW else now.slow_s,
        )

    def _add(self, sanction: Sanction) -> None:
        kept = self._sanctions.setdefault((sanction.kind, sanction.subject), [])
        # A new word replaces the old one for the same place: a ban can be shortened.
        kept[:] = [s for s in kept if s.room != sanction.room]
        kept.append(sanction)

    def _lift(self, kind: str, subject: str, room: str) -> None:
        kept = self._sanctions.get((kind, subject), [])
        kept[:] = [s for s in kept if room not in ("", s.room)]
        if not kept:
            self._sanctions.pop((kind, subject), None)


def turned(now: Switches, wanted: Switches, act: Act) -> Switches:
    """
    A room's switches after an act: only the one that it is about is turned, for another act may have been decided
    meanwhile and turned the other.
    """
    if act is Act.SLOW:
        return structs.replace(now, slow_s=wanted.slow_s)
    return structs.replace(now, is_locked=wanted.is_locked)


def address_key(secret: bytes, address: str) -> str:
    """
    How an address is kept: a keyed hash, which nobody without the key can turn back. IPv6 by its /64, the part that one
    household shares; empty for what is no address.
    """
    try:
        ip = ipaddress.ip_address(address.strip().strip("[]").split("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip
    net = ip.packed[:8] if isinstance(ip, ipaddress.IPv6Address) else ip.packed
    return "net:" + hmac.new(secret, b"showroom address\0" + net, hashlib.sha256).hexdigest()[:32]


def _details(act: Act, until_ms: int | None, slow_s: int, sanctions: tuple[Sanction, ...]) -> dict[str, Any]:
    if act in (Act.MUTE, Act.BAN):
        return {"until_ms": until_ms, "subjects": [s.subject for s in sanctions]}
    return {"slow_s": slow_s} if act is Act.SLOW else {}
