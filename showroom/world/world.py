"""
A room's people: who stands where, checked, predicted and turned into frames once a tick.

The owner (a room's task on the server) does, 20 times a second:

    applied = world.apply(now_ms, slots, payloads, arrived_ms)   # the POSE messages since the last tick
    tick = world.tick(now_ms)
    for data, slots in tick.frames:        # WebSocket frames, header included: write them as they are
        for slot in slots: write(slot, data)      # or world.detach(slot) if its buffer is too full
    for slot, data in tick.private: write(slot, data)
    world.sent(now_ms)

A slot is attached (gets every frame), or detached (link lost or too slow) until ``attach`` asks for a keyframe.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from showroom.protocol.ids import Mode, Refusal
from showroom.protocol.messages import FloorInfo, Limits
from showroom.world.floor import Floor
from showroom.world.rules import Rules


@dataclass(frozen=True)
class Applied:
    """What became of a batch of poses."""

    malformed: list[int] = field(default_factory=list)
    """Slots whose messages are no POSE: close with MALFORMED."""
    flooding: list[int] = field(default_factory=list)
    """Slots that send far more than a person moves: close with FLOOD."""
    refused: dict[Refusal, int] = field(default_factory=dict)
    """Counted by reason, for metrics. Their owners get a CORRECT in the next tick by themselves."""
    accepted: int = 0


@dataclass(frozen=True)
class Tick:
    """What to write after a tick. All bytes are complete WebSocket frames (one or several), ready for a transport."""

    frames: list[tuple[bytes, list[int]]]
    """The same bytes for all these slots. Slots do not repeat."""
    private: list[tuple[int, bytes]]
    """Keyframes and corrections for one slot each; after ``frames``. One that is not written needs ``detach``."""


class World:
    """
    The people of one room.

    Parameters
    ----------
    floor
        Where they walk.
    capacity
        Number of slots, at most 65,535.
    cell_cm
        Edge of a cell; one sees the 3 x 3 cells around one's own.
    hz
        Ticks a second: only a figure for clients, the owner calls ``tick``.
    rules
        The limits of movement.
    """

    def __init__(
        self, floor: Floor, *, capacity: int = 512, cell_cm: int = 700, hz: int = 20, rules: Rules | None = None
    ) -> None:
        raise NotImplementedError

    @property
    def floor_info(self) -> FloorInfo:
        """For WELCOME."""
        raise NotImplementedError

    @property
    def limits(self) -> Limits:
        """For WELCOME; the text limit is the chat's own (500)."""
        raise NotImplementedError

    def __len__(self) -> int:
        """How many are in the room, attached or not."""
        raise NotImplementedError

    # people

    def enter(
        self,
        now_ms: int,
        *,
        rev: int = 0,
        at_cm: tuple[int, int, int] | None = None,
        yaw: int = 0,
        spawn: int | None = None,
        teleports: bool = False,
        far: bool = True,
        attached: bool = True,
    ) -> int:
        """
        Let somebody in.

        Parameters
        ----------
        rev
            The card's first revision (0 to 255).
        at_cm, yaw
            x, z, y and yaw (65536ths) where they stood before, for a resume, or beside a friend (see ``beside``).
        spawn
            Number of the spawn point; default: the next one.
        teleports
            Whether this client may jump.
        far
            Whether it wants the coarse crowd beyond the neighbourhood.

        Returns
        -------
        int
            The slot. Not given again for at least two seconds after it is left.

        Raises
        ------
        RoomIsFull
            If there is no slot.
        """
        raise NotImplementedError

    def leave(self, slot: int) -> None:
        """Take somebody out; everybody sees it in the next tick."""
        raise NotImplementedError

    def attach(self, slot: int) -> None:
        """The slot's client needs everything anew (joined, resumed, drained, RESYNC): a keyframe in the next tick."""
        raise NotImplementedError

    def detach(self, slot: int) -> None:
        """The slot's client gets nothing until ``attach``. The person stays where they are, visible."""
        raise NotImplementedError

    def set_state(self, slot: int, *, anim: int, emote: int, mode: Mode, focus: int) -> None:
        """STATE: animation, emote (the same one again is shown again) and the product in focus."""
        raise NotImplementedError

    def set_rev(self, slot: int, rev: int) -> None:
        """The person's card has changed: clients ask for it again."""
        raise NotImplementedError

    def place(self, slot: int, now_ms: int, at_cm: tuple[int, int, int], yaw: int) -> None:
        """Put somebody elsewhere by the server's own decision; their client gets a CORRECT (reason 0)."""
        raise NotImplementedError

    def position(self, slot: int) -> tuple[int, int, int, int]:
        """x, z, y in centimetres and yaw in 65536ths: where the server last took the person to be."""
        raise NotImplementedError

    def nearest(self, slot: int, *, limit: int, within_cm: int) -> list[int]:
        """Slots around somebody, nearest first: for voice and for chat nearby."""
        raise NotImplementedError

    def beside(self, slot: int) -> tuple[tuple[int, int, int], int]:
        """A free place (x, z, y) near somebody on the same side of all walls, and the yaw to face them."""
        raise NotImplementedError

    # time

    def apply(
        self, now_ms: int, slots: Sequence[int], payloads: Sequence[bytes], arrived_ms: Sequence[int] | None = None
    ) -> Applied:
        """
        Check and take over the POSE messages that came since the last call, in order of arrival.

        Parameters
        ----------
        slots, payloads
            Whose message, and its bytes with the id. Several of one slot are fine.
        arrived_ms
            When each came, by the same clock as ``now_ms``; default: now. For the staleness figure.
        """
        raise NotImplementedError

    def tick(self, now_ms: int) -> Tick:
        """Predict everybody to ``now_ms`` and make the frames."""
        raise NotImplementedError

    def sent(self, now_ms: int) -> None:
        """The last tick's bytes are with the transports: closes the books on how old the poses in them were."""
        raise NotImplementedError
