"""
Voice: who hears whom, decided by the server, and the relay of WebRTC signalling between them.

Each listener gets the nearest open microphones within a radius; one's own party is heard from further away and counts
as nearer. Whoever is heard already stays so until clearly further away than somebody else, or people standing side by
side would be switched on and off all the time (hysteresis). A microphone is sent to so many listeners at most: peers
send to each other directly, and a telephone's uplink is narrow.

Sound itself never passes the server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from showroom.social.errors import SignalRefused, TooFast
from showroom.social.rate import Bucket

LONGEST_SIGNAL: Final[Mapping[str, int]] = {"offer": 16_384, "answer": 16_384, "ice": 1_024, "bye": 0}
"""Characters by kind."""
_ROWS: Final = 256


class VoiceRules(Struct, frozen=True, kw_only=True):
    """
    Parameters
    ----------
    speakers
        How many one person hears; 0: no voice.
    listeners
        How many hear one person.
    radius_m
        How far a voice carries to strangers.
    party_m
        How far it carries to one's party.
    keep
        A speaker who is heard already counts as this much nearer, and is heard this much further out.
    party
        A member of one's party counts as this much nearer.
    """

    speakers: int = 6
    listeners: int = 16
    radius_m: float = 12.0
    party_m: float = 30.0
    keep: float = 0.75
    party: float = 0.5


@dataclass(slots=True, kw_only=True)
class Ears:
    """
    Everybody in a room who takes part in voice, at one moment. All sequences have the same length.

    Parameters
    ----------
    people
        Ids.
    points_m
        ``(n, 2) float``: x and z.
    is_open
        Whose microphone is open, and not muted by a moderator.
    party
        Party numbers, 0 for none.
    blocked
        Whom each person does not want to hear, and is not heard by.
    """

    people: Sequence[str]
    points_m: NDArray[np.float64]
    is_open: NDArray[np.bool_]
    party: NDArray[np.int64]
    blocked: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Voice:
    """Subscriptions of one room, from one call of ``update`` to the next (twice a second is enough)."""

    def __init__(self, rules: VoiceRules | None = None) -> None:
        self.rules: Final = rules or VoiceRules()
        self._heard: dict[str, tuple[str, ...]] = {}  # listener -> speakers, nearest first
        self._linked: dict[str, tuple[str, ...]] = {}  # both directions, nearest first
        self._buckets: dict[str, Bucket] = {}

    def hears(self, listener: str) -> tuple[str, ...]:
        """Whom one hears, nearest first."""
        return self._heard.get(listener, ())

    def linked(self, person: str) -> tuple[str, ...]:
        """Whom one is to be connected with: those one hears and those who hear one, nearest first."""
        return self._linked.get(person, ())

    def update(self, ears: Ears) -> dict[str, tuple[str, ...]]:
        """
        Decide anew.

        Returns
        -------
        dict[str, tuple[str, ...]]
            The new ``linked`` of everybody for whom it changed; a mere change of order is none. Who is no longer among
            ``ears`` is not told, they know.
        """
        edges = self._edges(ears)
        heard: dict[str, list[str]] = {}
        links: dict[str, dict[str, float]] = {}
        listeners: dict[str, int] = {}
        for _, distance, i, j in edges:
            listener, speaker = ears.people[i], ears.people[j]
            if len(heard.get(listener, ())) >= self.rules.speakers:
                continue
            if listeners.get(speaker, 0) >= self.rules.listeners:
                continue
            heard.setdefault(listener, []).append(speaker)
            listeners[speaker] = listeners.get(speaker, 0) + 1
            links.setdefault(listener, {})[speaker] = distance
            links.setdefault(speaker, {})[listener] = distance
        linked = {person: tuple(sorted(others, key=others.__getitem__)) for person, others in links.items()}
        changed = {
            person: linked.get(person, ())
            for person in ears.people
            if set(linked.get(person, ())) != set(self._linked.get(person, ()))
        }
        self._heard = {person: tuple(speakers) for person, speakers in heard.items()}
        self._linked = linked
        return changed

    def relay(self, sender: str, to: str, kind: str, data: str, now_ms: int) -> None:
        """
        Nothing, if this signal may be passed on.

        Raises
        ------
        SignalRefused
            They are not connected by the server's will, or it is too long.
        TooFast
            More signals than a browser makes.
        """
        bucket = self._buckets.setdefault(sender, Bucket(10, 120, now_ms=now_ms))
        if not bucket.take(now_ms):
            raise TooFast("Too many voice signals.", retry_after_ms=bucket.wait_ms(now_ms))
        if len(data) > LONGEST_SIGNAL.get(kind, -1):
            raise SignalRefused(f"A signal of kind {kind} may be {LONGEST_SIGNAL.get(kind, 0)} characters long.")
        if kind != "bye" and to not in self._linked.get(sender, ()):
            raise SignalRefused("They are out of hearing. Wait for the next list of people nearby.")

    def gone(self, person: str) -> None:
        """The person has left."""
        self._buckets.pop(person, None)
        for other in self._linked.pop(person, ()):
            self._linked[other] = tuple(p for p in self._linked.get(other, ()) if p != person)
        self._heard.pop(person, None)

    def _edges(self, ears: Ears) -> list[tuple[float, float, int, int]]:
        """(effective distance, distance, listener, speaker) of all that could be heard, nearest first."""
        rules = self.rules
        speakers = np.flatnonzero(ears.is_open)
        if not rules.speakers or not len(speakers):
            return []
        index = {person: i for i, person in enumerate(ears.people)}
        column = np.full(len(ears.people), -1)
        column[speakers] = np.arange(len(speakers))
        most = min(2 * rules.speakers, len(speakers))
        edges: list[tuple[float, float, int, int]] = []
        for start in range(0, len(ears.people), _ROWS):
            rows = np.arange(start, min(start + _ROWS, len(ears.people)))
            distance = np.linalg.norm(ears.points_m[rows, None] - ears.points_m[None, speakers], axis=2)
            together = (ears.party[rows, None] == ears.party[None, speakers]) & (ears.party[rows, None] > 0)
            factor = np.where(together, rules.party, 1.0)
            limit = np.where(together, rules.party_m, rules.radius_m)
            for row in rows.tolist():
                for speaker in self._heard.get(ears.people[row], ()):
                    j = column[index[speaker]] if speaker in index else -1
                    if j >= 0:
                        factor[row - start, j] *= rules.keep
                        limit[row - start, j] /= rules.keep
            weighed = np.where(distance <= limit, distance * factor, np.inf)
            weighed[rows[:, None] == speakers[None]] = np.inf
            self._drop_blocked(ears, rows, weighed, column, index)
            nearest = np.argpartition(weighed, most - 1, axis=1)[:, :most]
            for r, c in zip(*np.nonzero(np.isfinite(np.take_along_axis(weighed, nearest, 1))), strict=True):
                j = nearest[r, c]
                edges.append((float(weighed[r, j]), float(distance[r, j]), int(rows[r]), int(speakers[j])))
        # The distance alone may tie (people on one spot); then by place in the list, so that runs repeat.
        edges.sort()
        return edges

    @staticmethod
    def _drop_blocked(
        ears: Ears,
        rows: NDArray[np.int64],
        weighed: NDArray[np.float64],
        column: NDArray[np.int64],
        index: dict[str, int],
    ) -> None:
        for person, others in ears.blocked.items():
            i = index.get(person)
            if i is None:
                continue
            for other in others:
                j = index.get(other)
                if j is None:
                    continue
                if rows[0] <= i <= rows[-1] and column[j] >= 0:
                    weighed[i - rows[0], column[j]] = np.inf
                if rows[0] <= j <= rows[-1] and column[i] >= 0:
                    weighed[j - rows[0], column[i]] = np.inf
