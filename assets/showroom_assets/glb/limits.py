"""
How much a glTF file may ask for before it is refused.

Headers lie: a file of 100 bytes can name 10⁹ vertices. Everything that would be allocated is counted against these
limits before it is allocated.
"""

from dataclasses import dataclass

from showroom_assets.errors import LimitExceeded


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    The defaults admit any scan a phone or a structured-light rig makes, and stay under some 4 GB of memory.

    ``file_bytes`` counts the file with all it refers to; ``decoded_bytes`` all accessors and compressed views once
    decoded; ``pixels`` is for one image, ``total_pixels`` for all; ``textures`` limits materials, images, samplers
    and skins too, ``channels`` all animations together.
    """

    file_bytes: int = 1 << 30
    json_bytes: int = 64 << 20
    decoded_bytes: int = 2 << 30
    vertices: int = 20_000_000
    triangles: int = 40_000_000
    nodes: int = 100_000
    depth: int = 512
    primitives: int = 100_000
    channels: int = 100_000
    textures: int = 10_000
    pixels: int = 16_384 * 8_192
    total_pixels: int = 512 << 20


class Meter:
    """Counts what one reading has used up, and refuses what goes beyond ``limits``."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._used = {"file_bytes": 0, "decoded_bytes": 0, "total_pixels": 0, "nodes": 0, "primitives": 0}

    def take(self, what: str, amount: int) -> None:
        """Count ``amount`` more of ``what``, a field of ``Limits``; raises ``LimitExceeded``."""
        self._used[what] = self._used.get(what, 0) + amount
        limit = getattr(self.limits, what)
        if self._used[what] > limit:
            raise LimitExceeded(
                f"the file asks for {self._used[what]:,} {what.replace('_', ' ')}; at most {limit:,} are allowed. "
                "Reduce it, or raise the limit.",
                what=what,
                asked=self._used[what],
                allowed=limit,
            )

    def at_most(self, what: str, amount: int) -> None:
        """Refuse a single ``amount`` beyond the limit ``what``, without counting it."""
        limit = getattr(self.limits, what)
        if amount > limit:
            raise LimitExceeded(
                f"{amount:,} {what.replace('_', ' ')} are asked for; at most {limit:,} are allowed. "
                "Reduce it, or raise the limit.",
                what=what,
                asked=amount,
                allowed=limit,
            )
