"""
Chat: who may say what, how often, and to whom.

Cheap checks first: a flood must cost nothing but a look at its bucket. What is refused is told to its author alone,
with the way out; who goes on all the same is silent for a while, which ends by itself.
"""

import enum
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from msgspec import Struct

from showroom.social.errors import ChatRefused, ChatTooFast, Muted
from showroom.social.links import has_link
from showroom.social.rate import Bucket
from showroom.social.text import clean, fold
from showroom.social.words import BlockList, default_list

Point = tuple[float, float]
"""x and z, metres."""


class Scope(enum.StrEnum):
    """Whom a message is for; the protocol's words."""

    ROOM = "room"
    NEAR = "near"
    PARTY = "party"
    PRIVATE = "private"


class ChatRules(Struct, frozen=True, kw_only=True):
    """
    What a store allows.

    Parameters
    ----------
    longest
        Characters of a message.
    near_m
        How far nearby chat carries.
    per_s, burst
        Messages a second in the long run, and at once.
    repeats, repeat_s
        How often one person may say the same within so many seconds; short cries (``hi``) are counted as well.
    echoes, echo_s
        How often the room may hear the same long message from anybody: what a flood from many accounts looks like.
    strikes, strike_s, silence_s
        After so many refusals within so many seconds: how long the person is silent.
    allowed_hosts
        Links to these, and to hosts below them, are let through.
    """

    longest: int = 500
    near_m: float = 8.0
    per_s: float = 0.7
    burst: float = 5
    repeats: int = 3
    repeat_s: float = 30
    echoes: int = 6
    echo_s: float = 20
    strikes: int = 6
    strike_s: float = 30
    silence_s: float = 60
    allowed_hosts: tuple[str, ...] = ()


class Message(Struct, frozen=True):
    """
    A message that may be sent.

    Parameters
    ----------
    audience
        People's ids, the author among them; None for the whole room.
    """

    author: str
    text: str
    scope: Scope
    audience: frozenset[str] | None


class _Voice:
    """What is remembered of one who speaks."""

    __slots__ = ("bucket", "last_ms", "recent", "silent_until_ms", "strikes")

    def __init__(self, rules: ChatRules, now_ms: int) -> None:
        self.bucket = Bucket(rules.per_s, rules.burst, now_ms=now_ms)
        self.last_ms: int | None = None
        self.recent: deque[tuple[int, int]] = deque(maxlen=16)  # hashes: a crowd's words would be megabytes
        self.strikes: deque[int] = deque(maxlen=rules.strikes)
        self.silent_until_ms = 0


class Chat:
    """
    The chat of one room.

    Parameters
    ----------
    blocked
        Words that are refused; None: those that come with the server.
    """

    def __init__(self, rules: ChatRules | None = None, *, blocked: BlockList | None = None) -> None:
        self.rules: Final = rules or ChatRules()
        self._blocked = default_list() if blocked is None else blocked
        self._voices: dict[str, _Voice] = {}
        self._echoes: deque[tuple[int, int]] = deque(maxlen=256)

    def say(
        self,
        author: str,
        text: str,
        scope: Scope,
        *,
        now_ms: int,
        audience: Collection[str] | None = None,
        slow_s: int = 0,
        is_staff: bool = False,
    ) -> Message:
        """
        Take a message.

        Parameters
        ----------
        audience
            Whom the scope means at this moment (see ``within``); None for the whole room. The author is added.
        slow_s
            The pause between two messages to the room while a moderator has slowed it; 0 if not.
        is_staff
            Hosts and operators: links allowed, slow mode and repeats do not apply.

        Raises
        ------
        ChatTooFast, ChatRefused, Muted
            It is not sent; the sentence is for the author.
        """
        voice = self._voices.get(author)
        if voice is None:
            voice = self._voices[author] = _Voice(self.rules, now_ms)
        if now_ms < voice.silent_until_ms:
            wait_ms = voice.silent_until_ms - now_ms
            raise Muted(f"Too many refused messages: wait {_seconds(wait_ms)} s.", retry_after_ms=wait_ms)
        try:
            shown = self._check(voice, author, text, scope, now_ms, 0 if is_staff else slow_s, is_staff=is_staff)
        except (ChatTooFast, ChatRefused):
            self._strike(voice, now_ms)
            raise
        voice.last_ms = now_ms
        people = None if audience is None else frozenset(audience) | {author}
        return Message(author, shown, scope, people)

    def forget(self, now_ms: int) -> None:
        """Drop what is no longer needed of people who said nothing for a while; call about once a minute."""
        longest_ms = int(1000 * max(self.rules.repeat_s, self.rules.strike_s, self.rules.silence_s, 3600))
        for person in [p for p, v in self._voices.items() if now_ms - (v.last_ms or 0) > longest_ms]:
            voice = self._voices[person]
            if voice.bucket.is_full(now_ms) and now_ms >= voice.silent_until_ms:
                del self._voices[person]

    def _check(
        self, voice: _Voice, author: str, text: str, scope: Scope, now_ms: int, slow_s: int, *, is_staff: bool
    ) -> str:
        rules = self.rules
        if slow_s and scope is not Scope.PARTY and voice.last_ms is not None:
            wait_ms = voice.last_ms + slow_s * 1000 - now_ms
            if wait_ms > 0:
                raise ChatTooFast(
                    f"Slow mode: one message every {slow_s} s. Wait {_seconds(wait_ms)} s.", retry_after_ms=wait_ms
                )
        if not voice.bucket.take(now_ms):
            wait_ms = voice.bucket.wait_ms(now_ms)
            raise ChatTooFast(f"Too many messages. Wait {_seconds(wait_ms)} s.", retry_after_ms=wait_ms)
        if len(text) > rules.longest:
            raise ChatRefused(f"That message is too long: at most {rules.longest} characters.", most=rules.longest)
        shown = clean(text)
        if not shown:
            raise ChatRefused("That message is empty. Write something.")
        if len(shown) > rules.longest:  # composed forms may grow
            raise ChatRefused(f"That message is too long: at most {rules.longest} characters.", most=rules.longest)
        if is_staff:
            return shown
        if has_link(shown, allowed=rules.allowed_hosts):
            raise ChatRefused("Links are not allowed here. Say it in words.")
        if self._blocked.found(shown):
            raise ChatRefused("That message holds words that are not welcome here. Say it differently.")
        self._check_repeats(voice, shown, scope, now_ms)
        return shown

    def _check_repeats(self, voice: _Voice, shown: str, scope: Scope, now_ms: int) -> None:
        rules = self.rules
        folded = fold(shown)
        letters = "".join(c for c in folded if c.isalnum()) or folded
        likeness = hash(letters)
        since = now_ms - rules.repeat_s * 1000
        if sum(at > since and said == likeness for at, said in voice.recent) >= rules.repeats:
            raise ChatRefused("You have said that already. Say something else.")
        if scope is Scope.ROOM and len(letters) >= 16:
            since = now_ms - rules.echo_s * 1000
            if sum(at > since and said == likeness for at, said in self._echoes) >= rules.echoes:
                raise ChatRefused("That is being said a lot right now. Say something else.")
            self._echoes.append((now_ms, likeness))
        voice.recent.append((now_ms, likeness))

    def _strike(self, voice: _Voice, now_ms: int) -> None:
        strikes = voice.strikes
        strikes.append(now_ms)
        if len(strikes) == strikes.maxlen and now_ms - strikes[0] <= self.rules.strike_s * 1000:
            voice.silent_until_ms = now_ms + int(self.rules.silence_s * 1000)
            strikes.clear()


def within(author: str, positions: Mapping[str, Point], radius_m: float) -> frozenset[str]:
    """Who stands within ``radius_m`` of the author, the author included."""
    here = positions[author]
    limit = radius_m * radius_m
    return frozenset(
        person for person, (x, z) in positions.items() if (x - here[0]) ** 2 + (z - here[1]) ** 2 <= limit
    ) | {author}


def without(audience: Iterable[str], author: str, blocked_by: Mapping[str, Collection[str]]) -> frozenset[str]:
    """``audience`` without those who blocked the author. ``blocked_by``: person -> whom that person blocked."""
    return frozenset(person for person in audience if author not in blocked_by.get(person, ()))


def _seconds(wait_ms: int) -> int:
    return -(-wait_ms // 1000)
