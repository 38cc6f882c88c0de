"""
The reference receiver: who is seen where, from FRAME, KEYFRAME, FAR, RIGS, BODIES and CORRECT. Plain Python, no numpy:
it is what other languages are written after, what bots use and what tests hold the server to.

Everything is bounded by the message's own length: a count is never believed before the bytes are there.
"""

import struct
from typing import Final

from msgspec import Struct

from showroom.protocol.body import decode_bodies
from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import Close, ToClient

LEAVES, ENTERS, MOVES_ALL, MOVES_SOME, YAWS, HEIGHTS, STATES, WIDE = (1 << bit for bit in range(8))
NEAR, FAR, JUMP = 225, 226, 227
FULL: Final = 1 << 15
FAR_RADIUS_MAX: Final = 8

_FRAME: Final = struct.Struct("<BBHH")
_KEYFRAME: Final = struct.Struct("<BBIHH")
_FAR: Final = struct.Struct("<BHB")
_CORRECT: Final = struct.Struct("<BBHHhHI")
_ENTER: Final = struct.Struct("<HBHHB")


class Correction(Struct, frozen=True):
    """CORRECT: the server's own pose of the client, and why."""

    reason: int
    """``ids.Refusal``, or 0: moved by the server."""
    x: int
    z: int
    y: int
    yaw: int
    """65536ths of a turn."""
    time_ms: int
    """The client's clock in the refused pose."""

    def encode(self) -> bytes:
        """The message's bytes."""
        return _CORRECT.pack(ToClient.CORRECT, self.reason, self.x, self.z, self.y, self.yaw, self.time_ms)

    @classmethod
    def decode(cls, payload: bytes) -> "Correction":
        """Read a CORRECT message."""
        if len(payload) != _CORRECT.size or payload[0] != ToClient.CORRECT:
            raise ProtocolError(Close.MALFORMED, f"CORRECT of {len(payload)} bytes")
        return cls(*_CORRECT.unpack(payload)[1:])


class Seen:
    """Somebody in the neighbourhood."""

    __slots__ = ("anim", "body", "emote", "focus", "jumped", "mode", "rev", "rig", "slot", "x", "y", "yaw", "z")

    def __init__(self, slot: int, rev: int, x: int, z: int, yaw: int) -> None:
        self.slot = slot
        self.rev = rev
        self.x = x
        """Centimetres from the floor's corner."""
        self.z = z
        self.y = 0
        self.yaw = yaw
        """256ths of a turn."""
        self.anim = 0
        self.emote = 0
        """Emote in the lower six bits; the upper two count, so that the same one can be shown again."""
        self.mode = 0
        self.focus = 0
        self.jumped = False
        """The last move was a jump: do not walk there."""
        self.rig = b""
        self.body = b""
        """Mask and rotations of BODIES; empty: none came."""

    def set_state(self, word: int) -> None:
        """From the four bytes of a state: u8 animation, u8 emote, u16 of 13 bits product slot and 3 bits mode."""
        self.anim = word & 255
        self.emote = word >> 8 & 255
        self.focus = word >> 16 & 0x1FFF
        self.mode = word >> 29

    @property
    def state(self) -> int:
        """The state's four bytes as one number."""
        return self.anim | self.emote << 8 | self.focus << 16 | self.mode << 29


class Crowd:
    """
    The people seen from one seat.

    ``near`` has those of the 3 x 3 cells by slot; ``far`` coarse places (x, z) in centimetres of those beyond.
    """

    def __init__(self, *, cell_cm: int = 700, columns: int = 1, rows: int = 1) -> None:
        self.cell_cm = cell_cm
        self.columns = columns
        self.rows = rows
        self.near: dict[int, Seen] = {}
        self.far: dict[int, tuple[int, int]] = {}
        self.centre: int | None = None
        self.seq = 0
        self.time_ms = 0
        """The server's clock at the last frame."""
        self.updates = 0
        """Positions refreshed so far: people in view, times frames."""
        self._cells: dict[int, list[Seen]] = {}
        self._gap = False
        self._waiting = False

    def take_gap(self) -> bool:
        """Whether a frame is missing, once: then send RESYNC. Frames are ignored until the keyframe."""
        gap, self._gap = self._gap, False
        return gap

    def cell(self, cell: int) -> list[Seen]:
        """The people of a cell, by slot."""
        return self._cells.get(cell, [])

    def receive(self, payload: bytes) -> None:
        """
        Take a FRAME, KEYFRAME, FAR, RIGS or BODIES message.

        Raises
        ------
        ProtocolError
            If it does not follow its table. What is seen is not to be trusted then: reconnect and resume.
        """
        try:
            kind = payload[0]
            if kind == ToClient.FRAME:
                self._frame(payload)
            elif kind == ToClient.KEYFRAME:
                self._keyframe(payload)
            elif kind == ToClient.FAR:
                self._far(payload)
            elif kind == ToClient.RIGS:
                self._rigs(payload)
            elif kind == ToClient.BODIES:
                for slot, body in decode_bodies(payload).items():
                    if slot in self.near:
                        self.near[slot].body = body
            else:
                raise ProtocolError(Close.UNKNOWN_MESSAGE, f"message id {kind:#04x}")
        except (struct.error, IndexError) as error:
            raise ProtocolError(Close.MALFORMED, f"message of {len(payload)} bytes ends early") from error

    # the messages

    def _frame(self, payload: bytes) -> None:
        _, seq, time, mask = _FRAME.unpack_from(payload)
        if self._waiting or self.centre is None or seq != (self.seq + 1) & 255:
            if not self._waiting:
                self._gap = self._waiting = True
            return
        self.seq = seq
        self.time_ms = (self.time_ms + ((time - self.time_ms) & 0xFFFF)) & 0xFFFFFFFF
        at = _FRAME.size
        for cell in self._masked(self.centre, mask & 0x1FF):
            at = self._block(cell, payload, at)
        if at != len(payload):
            raise ProtocolError(Close.MALFORMED, f"{len(payload) - at} bytes too many")
        self.updates += len(self.near)

    def _keyframe(self, payload: bytes) -> None:
        _, seq, self.time_ms, centre, mask = _KEYFRAME.unpack_from(payload)
        if centre >= self.columns * self.rows:
            raise ProtocolError(Close.MALFORMED, f"cell {centre} of {self.columns * self.rows}")
        if not mask & FULL and (self._waiting or self.centre is None):
            return  # it builds on what is not there; the full one that was asked for is on its way
        self.seq, self.centre = seq, centre
        given = self._masked(centre, mask & 0x1FF)
        around = set() if mask & FULL else set(self._masked(centre, self._inside(centre)))
        for cell in [cell for cell in self._cells if cell not in around or cell in given]:
            for person in self._cells.pop(cell):
                self.near.pop(person.slot, None)
        at = _KEYFRAME.size
        for cell in given:
            at = self._block(cell, payload, at)
        if at != len(payload):
            raise ProtocolError(Close.MALFORMED, f"{len(payload) - at} bytes too many")
        self._waiting = self._gap = False
        self.updates += len(self.near)

    def _far(self, payload: bytes) -> None:
        _, centre, radius = _FAR.unpack_from(payload)
        if centre >= self.columns * self.rows or not 2 <= radius <= FAR_RADIUS_MAX:
            raise ProtocolError(Close.MALFORMED, f"FAR around {centre}, radius {radius}")
        column, row = centre % self.columns, centre // self.columns
        ring = [
            (column + dx, row + dz)
            for dz in range(-radius, radius + 1)
            for dx in range(-radius, radius + 1)
            if max(abs(dx), abs(dz)) > 1
        ]
        counts = payload[_FAR.size : _FAR.size + len(ring)]
        at = _FAR.size + len(ring)
        if len(payload) != at + 3 * sum(counts) or len(counts) != len(ring):
            raise ProtocolError(Close.MALFORMED, f"FAR of {len(payload)} bytes")
        self.far = {}
        for (cell_x, cell_z), count in zip(ring, counts, strict=True):
            for _ in range(count):
                slot, place = struct.unpack_from("<HB", payload, at)
                at += 3
                x = cell_x * self.cell_cm + ((place & 15) * 2 + 1) * self.cell_cm // 32
                z = cell_z * self.cell_cm + ((place >> 4) * 2 + 1) * self.cell_cm // 32
                self.far[slot] = (x, z)

    def _rigs(self, payload: bytes) -> None:
        at = 2
        for _ in range(payload[1]):
            slot, bits = struct.unpack_from("<HB", payload, at)
            size = 18 if bits == 3 else 6 if bits == 1 else 0
            rig = payload[at + 3 : at + 3 + size]
            at += 3 + size
            if len(rig) != size:
                raise ProtocolError(Close.MALFORMED, "RIGS end early")
            if slot in self.near:
                self.near[slot].rig = rig
        if at != len(payload):
            raise ProtocolError(Close.MALFORMED, f"{len(payload) - at} bytes too many")

    # blocks

    def _inside(self, centre: int) -> int:
        column, row = centre % self.columns, centre // self.columns
        mask = 0
        for bit in range(9):
            x, z = column + bit % 3 - 1, row + bit // 3 - 1
            if 0 <= x < self.columns and 0 <= z < self.rows:
                mask |= 1 << bit
        return mask

    def _masked(self, centre: int, mask: int) -> list[int]:
        if mask & ~self._inside(centre):
            raise ProtocolError(Close.MALFORMED, "a block outside the floor")
        return [centre + (bit // 3 - 1) * self.columns + bit % 3 - 1 for bit in range(9) if mask >> bit & 1]

    def _block(self, cell: int, data: bytes, at: int) -> int:
        flags = data[at]
        at += 1
        size = 2 if flags & WIDE else 1
        people = self._cells.setdefault(cell, [])

        def number() -> int:
            nonlocal at
            value = data[at] | (data[at + 1] << 8 if size == 2 else 0)
            at += size
            return value

        if flags & LEAVES:
            gone = {number() for _ in range(number())}
            if gone and max(gone) >= len(people):
                raise ProtocolError(Close.MALFORMED, "somebody leaves who is not there")
            for index in gone:
                if self.near.get(people[index].slot) is people[index]:  # else already in the next cell's list
                    del self.near[people[index].slot]
            people[:] = [person for index, person in enumerate(people) if index not in gone]
        if flags & ENTERS:
            for _ in range(number()):
                person = Seen(*_ENTER.unpack_from(data, at))
                at += _ENTER.size
                self.near[person.slot] = person
                people.append(person)
            people.sort(key=lambda person: person.slot)
        if flags & MOVES_ALL:
            at = self._moves(people, data, at, at + len(people))
        elif flags & MOVES_SOME:
            mask = data[at : at + (len(people) + 7) // 8]
            at += (len(people) + 7) // 8
            moving = [person for index, person in enumerate(people) if mask[index >> 3] >> (index & 7) & 1]
            at = self._moves(moving, data, at, at + len(moving))
        if flags & YAWS:
            for _ in range(number()):
                person = people[number()]
                person.yaw = data[at]
                at += 1
        if flags & HEIGHTS:
            for _ in range(number()):
                person = people[number()]
                (person.y,) = struct.unpack_from("<h", data, at)
                at += 2
        if flags & STATES:
            for _ in range(number()):
                person = people[number()]
                person.set_state(struct.unpack_from("<I", data, at)[0])
                at += 4
        if not people:
            del self._cells[cell]
        return at

    def _moves(self, people: list[Seen], data: bytes, at: int, more: int) -> int:
        """Codes from ``at``, what the escapes need from ``more``."""
        for person in people:
            code = data[at]
            at += 1
            person.jumped = code == JUMP
            if code < NEAR:
                person.x += code // 15 - 7
                person.z += code % 15 - 7
            elif code == NEAR:
                dx, dz = struct.unpack_from("<bb", data, more)
                more += 2
                person.x += dx
                person.z += dz
            elif code in (FAR, JUMP):
                person.x, person.z = struct.unpack_from("<HH", data, more)
                more += 4
            else:
                raise ProtocolError(Close.MALFORMED, f"code {code}")
        return more
