"""
Blocks into frames: for every cell that somebody stands in, the 3 x 3 blocks around it behind one header, WebSocket
header included; whole cells for who comes new; the coarse crowd beyond; heads and hands.
"""

import struct
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from showroom.protocol.ids import ToClient
from showroom.protocol.receiver import FULL
from showroom.world.blocks import Blocks, Members, whole
from showroom.world.grid import Grid

FAR_RADIUS: Final = 3
FAR_MOST: Final = 224
"""People in one FAR message; of more, every cell shows its share."""
RIGS_MOST: Final = 64
_KEYFRAME: Final = struct.Struct("<BBIHH")
_FAR: Final = struct.Struct("<BHB")
RING: Final = [
    (dx, dz)
    for dz in range(-FAR_RADIUS, FAR_RADIUS + 1)
    for dx in range(-FAR_RADIUS, FAR_RADIUS + 1)
    if max(abs(dx), abs(dz)) > 1
]
_BITS = np.arange(9)[:, None]
_RING_X = np.array([dx for dx, _ in RING])
_RING_Z = np.array([dz for _, dz in RING])


def framed(payload: bytes) -> bytes:
    """A binary WebSocket message from the server, RFC 6455 section 5.2: final, unmasked, shortest length."""
    size = len(payload)
    if size < 126:
        return b"\x82%c" % size + payload
    if size < 65536:
        return b"\x82\x7e" + size.to_bytes(2, "big") + payload
    return b"\x82\x7f" + size.to_bytes(8, "big") + payload


class Frames:
    """The frames of one tick over a grid of cells; ``seq`` counts each cell's frames."""

    def __init__(
        self,
        grid: Grid,
        *,
        now_ms: int,
        seq: NDArray[np.uint8],
        m: Members,
        blocks: Blocks,
    ) -> None:
        self.grid = grid
        self.columns = grid.columns
        self.rows = grid.rows
        self.cell_cm = grid.cell_cm
        self.now_ms = now_ms
        self.seq = seq
        self.m = m
        self.blocks = blocks
        self._whole: dict[int, bytes] = {}
        self._keys: dict[tuple[int, int], bytes] = {}

    def quiet(self, cells: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these cells have nothing to say."""
        start, grid = self.blocks.start, self.grid
        still: NDArray[np.bool_] = (start[grid.begins[:, cells]] == start[grid.ends[:, cells]]).all(axis=0)
        return still

    def deltas(self, cells: NDArray[np.int64]) -> list[bytes]:
        """The WebSocket frame of each of these cells' neighbourhoods."""
        start, grid = self.blocks.start, self.grid
        begin, end = start[grid.begins[:, cells]], start[grid.ends[:, cells]]
        size = 6 + (end - begin).sum(axis=0)
        busy = np.zeros(grid.count + 1, np.int64)  # and one for what is outside
        busy[:-1] = start[1:] > start[:-1]
        mask = (busy[grid.around[:, cells]] << _BITS).sum(axis=0)
        time = self.now_ms & 0xFFFF
        head = np.empty((len(cells), 10), np.uint8)
        long = size >= 126
        head[:, 0] = 0x82
        head[:, 1] = 126
        head[:, 2] = np.where(long, size >> 8, 0x82)
        head[:, 3] = size & 255
        head[:, 4] = ToClient.FRAME
        head[:, 5] = self.seq[cells]
        head[:, 6], head[:, 7] = time & 255, time >> 8
        head[:, 8], head[:, 9] = mask & 255, mask >> 8
        heads = head.tobytes()
        data = self.blocks.data
        firsts = (np.arange(len(cells)) * 10 + 2 - 2 * long).tolist()  # a short one needs no bytes 0 and 1
        lasts = range(10, len(cells) * 10 + 1, 10)
        rows = zip(*begin.tolist(), *end.tolist(), strict=True)
        out = [
            heads[h:e] + data[a0:b0] + data[a1:b1] + data[a2:b2]
            for h, e, (a0, a1, a2, b0, b1, b2) in zip(firsts, lasts, rows, strict=True)
        ]
        for index in np.flatnonzero(size >= 65536).tolist():  # a crowd beyond all measure in nine cells
            out[index] = framed(out[index][4:])
        return out

    def keyframe(self, cell: int, known: int | None = None) -> bytes:
        """
        Everything around a cell, for somebody who holds nothing of it, or who holds what is around ``known`` and has
        got that cell's frame of this tick.
        """
        column, row = cell % self.columns, cell // self.columns
        mask = FULL
        if known is not None:
            apart_x, apart_z = (
                column - known % self.columns,
                row - known // self.columns,
            )
            if max(abs(apart_x), abs(apart_z)) <= 2:
                mask = 0
        key = (cell, -1 if mask or known is None else known)
        done = self._keys.get(key)
        if done is not None:
            return done
        parts = []
        for bit in range(9):
            dz, dx = divmod(bit, 3)
            dz, dx = dz - 1, dx - 1
            if not (0 <= column + dx < self.columns and 0 <= row + dz < self.rows):
                continue
            if not mask & FULL and abs(dx + apart_x) <= 1 and abs(dz + apart_z) <= 1:
                continue
            part = self._whole_cell(cell + dz * self.columns + dx)
            if part:
                mask |= 1 << bit
                parts.append(part)
        head = _KEYFRAME.pack(ToClient.KEYFRAME, int(self.seq[cell]), self.now_ms & 0xFFFFFFFF, cell, mask)
        self._keys[key] = framed(head + b"".join(parts))
        return self._keys[key]

    def _whole_cell(self, cell: int) -> bytes:
        part = self._whole.get(cell)
        if part is None:
            part = self._whole[cell] = whole(self.m, self.blocks, self._records, cell)
        return part

    @cached_property
    def _records(self) -> bytes:
        return self.m.records().tobytes()

    @cached_property
    def _far_records(self) -> bytes:
        m = self.m
        out = np.empty((len(m.slot), 3), np.uint8)
        out[:, 0], out[:, 1] = m.slot & 255, m.slot >> 8
        z, x = np.divmod(m.cell, self.columns)
        sixteenth_x = np.clip((m.x - x * self.cell_cm) * 16 // self.cell_cm, 0, 15)
        sixteenth_z = np.clip((m.z - z * self.cell_cm) * 16 // self.cell_cm, 0, 15)
        out[:, 2] = sixteenth_x | sixteenth_z << 4
        return out.tobytes()

    def far(self, cells: NDArray[np.int64]) -> list[bytes]:
        """The crowd beyond each of these cells' neighbourhoods: FAR."""
        z, x = np.divmod(cells[:, None], self.columns)
        at_x, at_z = x + _RING_X, z + _RING_Z
        inside = (at_x >= 0) & (at_x < self.columns) & (at_z >= 0) & (at_z < self.rows)
        other = np.where(inside, at_z * self.columns + at_x, 0)
        counts = np.where(inside, np.minimum(self.blocks.counts[other], 255), 0)
        totals = counts.sum(axis=1)
        crowded = totals > FAR_MOST
        counts[crowded] = counts[crowded] * FAR_MOST // totals[crowded, None]
        begins = self.blocks.first[other] * 3
        ends = begins + counts * 3
        records = self._far_records
        out = []
        for cell, begin, end, count in zip(
            cells.tolist(),
            begins.tolist(),
            ends.tolist(),
            counts.astype(np.uint8),
            strict=True,
        ):
            body = b"".join([records[a:b] for a, b in zip(begin, end, strict=True) if b > a])
            out.append(framed(_FAR.pack(ToClient.FAR, cell, FAR_RADIUS) + count.tobytes() + body))
        return out
