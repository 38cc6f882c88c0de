"""
The seats of one copy of a room. A seat counts from the moment it is promised, so simultaneous joins never overfill.

A promise has a key and an end. Taking a seat uses the promise up; a promise that nobody uses comes back by itself.
"""

from collections.abc import Callable, Collection


class Seats:
    """
    Parameters
    ----------
    capacity
        People at most, promises included.
    clock
        Monotonic seconds.
    hold_s
        How long a promise lasts.
    """

    def __init__(self, capacity: int, *, clock: Callable[[], float], hold_s: float = 30.0) -> None:
        self.capacity = capacity
        self._clock = clock
        self._hold_s = hold_s
        self._taken: set[str] = set()
        self._promised: dict[str, float] = {}

    @property
    def taken(self) -> int:
        """Seats with somebody in them, or kept for somebody whose link is lost."""
        return len(self._taken)

    @property
    def free(self) -> int:
        """Seats that can still be promised."""
        self._expire()
        return self.capacity - len(self._taken) - len(self._promised)

    @property
    def is_idle(self) -> bool:
        """Nobody is here, and nobody is promised a seat."""
        return self.free == self.capacity

    def promise(self, keys: Collection[str]) -> bool:
        """
        Promise a seat to each key, or to none if they do not all fit. A key that has one gets more time.

        Returns
        -------
        bool
            Whether all have one now.
        """
        self._expire()
        new = {key for key in keys if key not in self._promised and key not in self._taken}
        if len(new) > self.free:
            return False
        until = self._clock() + self._hold_s
        self._promised.update(dict.fromkeys((key for key in keys if key not in self._taken), until))
        return True

    def is_promised(self, key: str) -> bool:
        """Whether this promise still stands."""
        self._expire()
        return key in self._promised

    def pass_on(self, key: str, to: str) -> bool:
        """Give a promise another key, and all its time again. False if there is none."""
        self._expire()
        if self._promised.pop(key, None) is None:
            return False
        self._promised[to] = self._clock() + self._hold_s
        return True

    def take(self, key: str) -> bool:
        """Sit down: uses the promise up. False if it was never given, has ended or was used."""
        self._expire()
        if self._promised.pop(key, None) is None:
            return False
        self._taken.add(key)
        return True

    def retake(self, key: str) -> bool:
        """Sit down again after a restart, without a promise. False if the copy is full."""
        if key not in self._taken:
            if self.free < 1:
                return False
            self._taken.add(key)
        return True

    def leave(self, key: str) -> None:
        """Free a seat, or give a promise back."""
        self._taken.discard(key)
        self._promised.pop(key, None)

    def _expire(self) -> None:
        now = self._clock()
        for key in [key for key, until in self._promised.items() if until <= now]:
            del self._promised[key]
