"""
What the bots saw, in numbers.

*Staleness* is honest: on receipt of a frame, for bots that are moving, how long ago they truly were where the frame
shows them (the newest point of the true way within 10 cm). *Delivered* is positions refreshed, of those that were due:
people in the neighbourhood, times the ticks.
"""

import math
import random
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

from showroom.bots.ground import Point
from showroom.protocol.ids import Close

WITHIN_CM: Final = 10.0
KEPT_S: Final = 3.0
_MOST_SAMPLES: Final = 50_000
_COMES_BACK: Final = frozenset({Close.TICKET, Close.RESUME_UNKNOWN})


class Trail:
    """Where one bot truly was in the last seconds."""

    __slots__ = ("_jumps", "points")

    def __init__(self) -> None:
        self.points: deque[tuple[float, float, float]] = deque()
        self._jumps = 0

    def add(self, now_s: float, at: Point, jumps: int = 0) -> None:
        """Call on every step; a new count of ``jumps`` begins a new way."""
        points = self.points
        if jumps != self._jumps:
            points.clear()
            self._jumps = jumps
        points.append((now_s, at[0] * 100, at[1] * 100))
        while now_s - points[0][0] > KEPT_S:
            points.popleft()

    def is_moving(self) -> bool:
        """Whether it went further in the last half second than a shown place may be off."""
        points = self.points
        if len(points) < 6:
            return False
        return math.hypot(points[-1][1] - points[-6][1], points[-1][2] - points[-6][2]) > 2 * WITHIN_CM

    def age_s(self, x_cm: float, z_cm: float, now_s: float) -> tuple[float, float]:
        """
        How long ago it was there.

        Returns
        -------
        float, float
            The age of the newest place within 10 cm, seconds; where the server guessed onward and was never near its
            true way, of the nearest place. And how far from its way that was, centimetres.
        """
        points = self.points
        best_age, best_off = 0.0, math.inf
        for i in range(len(points) - 1, 0, -1):
            t1, x1, z1 = points[i]
            t0, x0, z0 = points[i - 1]
            dx, dz = x0 - x1, z0 - z1
            length2 = dx * dx + dz * dz
            share = 0.0 if length2 < 1e-9 else ((x_cm - x1) * dx + (z_cm - z1) * dz) / length2
            share = min(max(share, 0.0), 1.0)
            off = math.hypot(x_cm - x1 - share * dx, z_cm - z1 - share * dz)
            if off < best_off:
                best_age, best_off = now_s - (t1 + (t0 - t1) * share), off
            if off <= WITHIN_CM:
                # The newest point of the stretch that is near enough, not the nearest one.
                back = math.sqrt(max(WITHIN_CM * WITHIN_CM - off * off, 0) / length2) if length2 > 1e-9 else 0.0
                return max(now_s - (t1 + (t0 - t1) * max(share - back, 0.0)), 0.0), off
        return max(best_age, 0.0), best_off


@dataclass(slots=True)
class Measure:
    """
    Sums over all bots of one run.

    Parameters
    ----------
    chance
        Which staleness samples are kept once there are too many.
    """

    chance: random.Random
    joined: int = 0
    resumed: int = 0
    rejoined: int = 0
    lost: int = 0
    failed: int = 0
    messages_in: int = 0
    bytes_in: int = 0
    frames_in: int = 0
    messages_out: int = 0
    bytes_out: int = 0
    poses_out: int = 0
    said: int = 0
    heard: int = 0
    events: int = 0
    updates: int = 0
    updates_due: float = 0.0
    client_s: float = 0.0
    beside: int = 0
    """Staleness samples further than 10 cm from the true way."""
    beside_max_cm: float = 0.0
    closes: Counter[int] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    corrected: Counter[str] = field(default_factory=Counter)
    back_s: list[float] = field(default_factory=list)
    ages_s: list[float] = field(default_factory=list)
    _seen: int = 0

    def age(self, age_s: float, off_cm: float) -> None:
        """A staleness sample (``Trail.age_s``)."""
        if off_cm > WITHIN_CM:
            self.beside += 1
            self.beside_max_cm = max(self.beside_max_cm, off_cm)
        self._seen += 1
        if len(self.ages_s) < _MOST_SAMPLES:
            self.ages_s.append(age_s)
        else:
            place = self.chance.randrange(self._seen)
            if place < _MOST_SAMPLES:
                self.ages_s[place] = age_s

    def summary(self, *, bots: int, seconds: float, cpu_s: float) -> dict[str, float | int | dict[str, int] | None]:
        """All of it, as plain values for JSON; rates are of one bot, in a second."""
        ages = sorted(self.ages_s)
        back = sorted(self.back_s)
        per = max(self.client_s, 1e-9)
        return {
            "bots": bots,
            "seconds": round(seconds, 1),
            "joined": self.joined,
            "lost": self.lost,
            "resumed": self.resumed,
            "rejoined": self.rejoined,
            "failed": self.failed,
            "sent_away": sum(n for code, n in self.closes.items() if code >= 4500 and code not in _COMES_BACK),
            "back_p50_s": _quantile(back, 0.5),
            "back_max_s": back[-1] if back else None,
            "staleness_p50_ms": _ms(_quantile(ages, 0.5)),
            "staleness_p99_ms": _ms(_quantile(ages, 0.99)),
            "staleness_samples": self._seen,
            "beside_share": round(self.beside / self._seen, 4) if self._seen else None,
            "beside_max_cm": round(self.beside_max_cm, 1),
            "delivered": round(self.updates / self.updates_due, 4) if self.updates_due else None,
            "frames_per_s": round(self.frames_in / per, 2),
            "in_bytes_per_s": round(self.bytes_in / per, 1),
            "in_messages_per_s": round(self.messages_in / per, 2),
            "out_bytes_per_s": round(self.bytes_out / per, 1),
            "poses_per_s": round(self.poses_out / per, 2),
            "events": self.events,
            "said": self.said,
            "heard": self.heard,
            "corrected": dict(self.corrected),
            "refused": dict(self.refused),
            "closes": {str(code): count for code, count in sorted(self.closes.items())},
            "cpu_s": round(cpu_s, 2),
            "cpu_share": round(cpu_s / max(seconds, 1e-9), 3),
        }


def _quantile(values: list[float], share: float) -> float | None:
    return values[min(int(len(values) * share), len(values) - 1)] if values else None


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)
