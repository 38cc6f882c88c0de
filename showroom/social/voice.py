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


def prepare() -> None:
    """Load what the first open microphone needs; takes a third of a second, so call it in a thread, after the start."""
    import scipy.spatial  # noqa: F401


LONGEST_SIGNAL: Final[Mapping[str, int]] = {"offer": 16_384, "answer": 16_384, "ice": 1_024, "bye": 0}
"""Characters by kind."""
_SPARE: Final = 6
"""Further candidates, in the place of those who are blocked or taken."""


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

    @property
    def is_silent(self) -> bool:
        """Whether nobody is connected with anybody."""
        return not self._linked

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
        edges = self._chosen(self._candidates(ears))
        heard: dict[str, list[str]] = {}
        links: dict[str, dict[str, float]] = {}
        people = ears.people
        for i, j, distance in zip(
            edges.listener.tolist(), edges.speaker.tolist(), edges.distance.tolist(), strict=True
        ):  # fmt: skip
            listener, speaker = people[i], people[j]
            heard.setdefault(listener, []).append(speaker)
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

    def _candidates(self, ears: Ears) -> "_Edges":
        """Pairs that could be: the nearest open microphones, one's party, those heard now. Nearest first."""
        rules = self.rules
        count = len(ears.people)
        speakers = np.flatnonzero(ears.is_open)
        if not rules.speakers or not len(speakers):
            return _Edges.none()
        index = {person: i for i, person in enumerate(ears.people)}
        wanted = min(2 * rules.speakers + _SPARE, len(speakers))
        from scipy.spatial import cKDTree  # loaded when somebody speaks; ``prepare`` has done so by then

        _, nearest = cKDTree(ears.points_m[speakers]).query(
            ears.points_m, k=np.arange(1, wanted + 1), distance_upper_bound=rules.radius_m + 1e-9
        )
        rows, columns = np.nonzero(nearest < len(speakers))
        pairs = [rows * count + speakers[nearest[rows, columns]]]
        pairs.append(_party_pairs(ears, count))
        kept = np.array(
            [
                index[listener] * count + index[speaker]
                for listener, heard in self._heard.items()
                if listener in index
                for speaker in heard
                if speaker in index
            ],
            np.int64,
        )
        pairs.append(kept)
        pair = np.unique(np.concatenate(pairs))
        pair = pair[~np.isin(pair, _blocked_pairs(ears, index, count))]
        listener, speaker = pair // count, pair % count
        distance = np.hypot(*(ears.points_m[listener] - ears.points_m[speaker]).T)
        together = (ears.party[listener] == ears.party[speaker]) & (ears.party[listener] > 0)
        is_kept = np.isin(pair, kept)
        limit = np.where(together, rules.party_m, rules.radius_m) / np.where(is_kept, rules.keep, 1.0)
        weight = distance * np.where(together, rules.party, 1.0) * np.where(is_kept, rules.keep, 1.0)
        good = np.flatnonzero((distance <= limit) & (listener != speaker) & ears.is_open[speaker])
        # The weight alone may tie (people on one spot); then by place in the list, so that runs repeat.
        order = good[np.lexsort((pair[good], weight[good]))]
        return _Edges(listener[order], speaker[order], distance[order])

    def _chosen(self, edges: "_Edges") -> "_Edges":
        """
        The pairs that are taken when all are gone through, nearest first, while both ends have room.

        Done in rounds over arrays (deferred acceptance; with one order for both sides the result is the same): each
        listener asks the nearest, each speaker keeps the nearest who ask. Pair by pair it took twice as long.
        """
        while len(edges.listener):
            asks = _rank(edges.listener) < self.rules.speakers
            asking = np.flatnonzero(asks)
            refused = asking[_rank(edges.speaker[asking]) >= self.rules.listeners]
            if not len(refused):
                return edges.only(asks)
            stays = np.ones(len(asks), bool)
            stays[refused] = False
            edges = edges.only(stays)
        return edges


@dataclass(slots=True)
class _Edges:
    """Pairs, nearest first; numbers are places in ``Ears.people``."""

    listener: NDArray[np.int64]
    speaker: NDArray[np.int64]
    distance: NDArray[np.float64]

    @classmethod
    def none(cls) -> "_Edges":
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))

    def only(self, which: NDArray[np.bool_]) -> "_Edges":
        return _Edges(self.listener[which], self.speaker[which], self.distance[which])


def _rank(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """The how-manieth of its group each element is, in order, from 0."""
    order = np.argsort(group, kind="stable")
    sorted_group = group[order]
    starts = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]]) if len(group) else group
    sizes = np.diff(np.r_[starts, len(group)])
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(group)) - np.repeat(starts, sizes)
    return rank


def _party_pairs(ears: Ears, count: int) -> NDArray[np.int64]:
    members: dict[int, list[int]] = {}
    for i in np.flatnonzero(ears.party > 0).tolist():
        members.setdefault(int(ears.party[i]), []).append(i)
    return np.array(
        [i * count + j for party in members.values() for i in party for j in party if ears.is_open[j]], np.int64
    )


def _blocked_pairs(ears: Ears, index: Mapping[str, int], count: int) -> NDArray[np.int64]:
    """Both directions of every block."""
    found = [
        (index[person], index[other])
        for person, others in ears.blocked.items()
        if person in index
        for other in others
        if other in index
    ]
    return np.array([i * count + j for one in found for i, j in (one, one[::-1])], np.int64)
