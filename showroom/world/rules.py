"""What people may do: the numbers behind the authority over poses. All are settings of a room."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """
    The limits of movement.

    A client keeps the ones WELCOME tells it; ``slack`` and ``lead`` are the server's own, and forgive bad links.
    """

    speed_mms: int = 4000
    """A run. The fastest an honest client moves."""
    teleport_cm: int = 800
    """The longest jump; 0: none."""
    teleport_ms: int = 1000
    """Between two jumps."""
    reach_cm: int = 125
    """How far, sideways, a head or a hand may be from the root."""
    error_cm: int = 5
    """Clients send when the prediction is off by more than this..."""
    error_yaw: int = 4
    """...or this many 256ths of a turn (4 are 5.6 degrees)..."""
    pose_ms: int = 1000
    """...or after this long."""
    pose_hz: int = 20
    """And not more often than this."""
    rest_ms: int = 1200
    """Without news for this long, people stand still."""
    slack: float = 1.08
    """Speed is measured against this times the limit: clocks differ, centimetres are rounded."""
    slack_cm: float = 60.0
    """And this much is lent, once."""
    lead_ms: int = 3000
    """How much a link's delay may grow and shrink again while messages keep coming."""
    stall_ms: int = 30000
    """How long a link may be silent and then deliver everything at once."""
    flood_hz: int = 60
    """Poses a second, on average..."""
    flood_burst: int = 900
    """...over what a stalled link delivers at once: more is a flood."""
    batch: int = 8
    """Poses of one person that are looked at in one tick; of more, the last ones."""
