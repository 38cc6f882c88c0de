"""
Delta blocks: what changed in each cell since the last tick, for all cells at once.

A block's layout is in ``docs/protocol.md`` (FRAME). A block is against what every receiver of the cell already holds:
the quantised state of the last tick, so errors cannot add up. All of it is numpy over all people of a room; Python
loops are over cells only, and in ``frames``. See ``docs/decisions/wire.md`` for what else was tried.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAVES, ENTERS, MOVES_ALL, MOVES_SOME, YAWS, HEIGHTS, STATES, WIDE = (1 << bit for bit in range(8))

ENTER_BYTES = 8
REACH = 7
"""A move of up to this many centimetres along each axis is one byte..."""
CODES = (2 * REACH + 1) ** 2
"""...of this many; the codes from here on say what follows."""
STILL = REACH * (2 * REACH + 1) + REACH
NEAR, FAR, JUMP = CODES, CODES + 1, CODES + 2
"""i8 dx, dz; u16 x, z; the same without interpolation."""

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Members:
    """
    The people of a tick, sorted by cell, then slot. All arrays ``(n,) int64``.

    ``was_*`` is what receivers hold; it says nothing where ``entered``.
    """

    slot: Ints
    cell: Ints
    entered: Bools
    rev: Ints
    x: Ints
    z: Ints
    y: Ints
    yaw: Ints
    state: Ints
    jumped: Bools
    was_x: Ints
    was_z: Ints
    was_y: Ints
    was_yaw: Ints
    was_state: Ints

    def records(self) -> Bytes:
        """Enter records, ``(n, 8) uint8``."""
        out = np.empty((len(self.slot), ENTER_BYTES), np.uint8)
        out[:, 0], out[:, 1] = self.slot & 255, self.slot >> 8
        out[:, 2] = self.rev
        out[:, 3], out[:, 4] = self.x & 255, self.x >> 8
        out[:, 5], out[:, 6] = self.z & 255, self.z >> 8
        out[:, 7] = self.yaw
        return out


@dataclass(frozen=True)
class Blocks:
    """The blocks of all cells, one after the other: cell ``c`` is ``data[start[c]:start[c + 1]]``, empty if idle."""

    data: bytes
    start: Ints
    counts: Ints
    """People by cell, ``(cells,)``."""
    first: Ints
    """Where each cell's people begin in the sorted arrays, ``(cells + 1,)``."""


def ends(counts: Ints) -> Ints:
    """Running total with a leading zero."""
    out = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=out[1:])
    return out


class _Writer:
    """Scatters the sections of all blocks into one buffer; ``at`` is where each cell's next section begins."""

    def __init__(self, start: Ints, width: Ints) -> None:
        self.out = np.zeros(int(start[-1]), np.uint8)
        self.at = start[:-1] + 1
        self.width = width

    def listing(self, cell: Ints, counts: Ints, index: Ints | None, values: Bytes) -> None:
        """A count, then for each: its index (unless None) and ``values[i]``. ``cell`` is sorted."""
        if not len(cell):
            return
        out, width = self.out, self.width
        some = np.flatnonzero(counts)
        at = self.at[some]
        out[at] = counts[some] & 255
        wide = at[width[some] == 2]
        if len(wide):
            out[wide + 1] = counts[some][width[some] == 2] >> 8
        each_width = width[cell]
        indexed = 0 if index is None else each_width
        rank = np.arange(len(cell)) - ends(counts)[cell]
        place = self.at[cell] + each_width + rank * (indexed + values.shape[1])
        if index is not None:
            out[place] = index & 255
            both = each_width == 2
            if both.any():
                out[place[both] + 1] = index[both] >> 8
            place = place + each_width
        for column in range(values.shape[1]):
            out[place + column] = values[:, column]

    def skip(self, sizes: Ints) -> None:
        self.at = self.at + sizes


def encode(members: Members, cells: int, left_cell: Ints, left_index: Ints, counts_before: Ints) -> Blocks:
    """
    Make the blocks of one tick.

    Parameters
    ----------
    members
        Everybody who is there now.
    cells
        Number of cells.
    left_cell, left_index
        Who is gone from a cell, sorted by both: the index is that in the cell's list before.
    counts_before
        People by cell in the last tick.
    """
    m = members
    n = len(m.slot)
    cell = m.cell
    counts = np.bincount(cell, minlength=cells)
    first = ends(counts)
    index = np.arange(n) - first[cell]
    stays = ~m.entered

    dx, dz = m.x - m.was_x, m.z - m.was_z
    moved = stays & ((dx != 0) | (dz != 0) | m.jumped)
    code = np.where(moved, (dx + REACH) * (2 * REACH + 1) + dz + REACH, STILL)
    reach = np.maximum(np.abs(dx), np.abs(dz))
    escapes = np.flatnonzero(moved & ((reach > REACH) | m.jumped))
    extra = np.zeros(n, np.int64)
    if len(escapes):
        far = (reach[escapes] > 127) | m.jumped[escapes]
        code[escapes] = np.where(m.jumped[escapes], JUMP, np.where(far, FAR, NEAR))
        extra[escapes] = np.where(far, 4, 2)
    movers = np.flatnonzero(moved)
    mover_counts = np.bincount(cell[movers], minlength=cells)
    mask_bytes = (counts + 7) >> 3
    everyone = (mover_counts > 0) & (counts <= mask_bytes + mover_counts)
    some = (mover_counts > 0) & ~everyone
    move_bytes = np.where(everyone, counts, np.where(some, mask_bytes + mover_counts, 0))
    extra_bytes = np.bincount(cell[escapes], weights=extra[escapes], minlength=cells).astype(np.int64)

    enters = np.flatnonzero(m.entered)
    yaws = np.flatnonzero(stays & (m.yaw != m.was_yaw))
    heights = np.flatnonzero(m.y != np.where(stays, m.was_y, 0))
    states = np.flatnonzero(m.state != np.where(stays, m.was_state, 0))
    width = 1 + ((counts > 255) | (counts_before > 255)).astype(np.int64)

    flags = everyone * MOVES_ALL + some * MOVES_SOME
    sections: list[tuple[Ints, Ints, Ints]] = []  # cell of each, counts, section bytes
    for flag, of, indexed, size in (
        (LEAVES, left_cell, True, 0),
        (ENTERS, cell[enters], False, ENTER_BYTES),
        (YAWS, cell[yaws], True, 1),
        (HEIGHTS, cell[heights], True, 2),
        (STATES, cell[states], True, 4),
    ):
        if len(of):
            count = np.bincount(of, minlength=cells)
            has = count > 0
            flags = flags + has * flag
            sections.append((of, count, has * width + count * (width * indexed + size)))
        else:
            sections.append((of, _none(cells), _none(cells)))
    busy = flags > 0
    sizes = busy + move_bytes + extra_bytes
    for _, _, section in sections:
        sizes = sizes + section
    start = ends(sizes)

    writer = _Writer(start, width)
    writer.out[start[:-1][busy]] = (flags + (width - 1) * WIDE)[busy]
    (of, count, size_of), *others = sections
    writer.listing(of, count, left_index, np.empty((len(of), 0), np.uint8))
    writer.skip(size_of)
    of, count, size_of = others[0]
    if len(enters):
        writer.listing(of, count, None, _take(m, enters).records())
    writer.skip(size_of)
    if len(movers):
        _write_moves(
            writer,
            m,
            code,
            movers,
            escapes,
            everyone,
            index,
            counts,
            first,
            mask_bytes,
            mover_counts,
            extra,
        )
    writer.skip(move_bytes + extra_bytes)
    for (of, count, size_of), which, values in (
        (others[1], yaws, m.yaw[yaws, None]),
        (others[2], heights, _split(m.y[heights], 2)),
        (others[3], states, _split(m.state[states], 4)),
    ):
        writer.listing(of, count, index[which], values.astype(np.uint8))
        writer.skip(size_of)
    return Blocks(writer.out.tobytes(), start, counts, first)


def _write_moves(
    writer: _Writer,
    m: Members,
    code: Ints,
    movers: Ints,
    escapes: Ints,
    everyone: Bools,
    index: Ints,
    counts: Ints,
    first: Ints,
    mask_bytes: Ints,
    mover_counts: Ints,
    extra: Ints,
) -> None:
    """Codes of all of a cell, or a mask and the codes of those that moved; then what the escapes need."""
    out, at, cell = writer.out, writer.at, m.cell
    dense = np.flatnonzero(everyone[cell])
    out[at[cell[dense]] + index[dense]] = code[dense]
    sparse = movers[~everyone[cell[movers]]]
    codes_end = at + counts
    if len(sparse):
        of = cell[sparse]
        place = at[of] + (index[sparse] >> 3)
        bits = np.bincount(place, weights=1 << (index[sparse] & 7), minlength=len(out)).astype(np.uint8)
        out |= bits
        rank = np.arange(len(sparse)) - ends(np.bincount(of, minlength=len(counts)))[of]
        out[at[of] + mask_bytes[of] + rank] = code[sparse]
        codes_end = np.where(everyone, codes_end, at + mask_bytes + mover_counts)
    if not len(escapes):
        return
    of = cell[escapes]
    sizes = extra[escapes]
    before = ends(sizes)[:-1]
    of_first = np.searchsorted(of, of)  # the first escape of the same cell
    place = codes_end[of] + before - before[of_first]
    x, z = m.x[escapes], m.z[escapes]
    near = sizes == 2
    out[place[near]] = ((x - m.was_x[escapes])[near]) & 255
    out[place[near] + 1] = ((z - m.was_z[escapes])[near]) & 255
    far = ~near
    if far.any():
        values = np.stack([x & 255, x >> 8, z & 255, z >> 8], 1)[far]
        out[place[far, None] + np.arange(4)] = values


def whole(members: Members, blocks: Blocks, records: bytes, cell: int) -> bytes:
    """A cell's complete state as a block for somebody who holds nothing of it; empty if nobody is there."""
    begin, end = int(blocks.first[cell]), int(blocks.first[cell + 1])
    count = end - begin
    if not count:
        return b""
    wide = count > 255
    size = 2 if wide else 1
    flags = ENTERS | (WIDE if wide else 0)
    tail = b""
    for flag, values, of_bytes in ((HEIGHTS, members.y, 2), (STATES, members.state, 4)):
        part = values[begin:end]
        some = np.flatnonzero(part)
        if len(some):
            flags |= flag
            listing = np.concatenate([_split(some, size), _split(part[some], of_bytes)], axis=1)
            tail += len(some).to_bytes(size, "little") + listing.astype(np.uint8).tobytes()
    return b"%c%b%b%b" % (
        flags,
        count.to_bytes(size, "little"),
        records[begin * 8 : end * 8],
        tail,
    )


def _take(m: Members, which: Ints) -> Members:
    return Members(**{name: getattr(m, name)[which] for name in m.__dataclass_fields__})


def _split(values: Ints, size: int) -> Ints:
    """Little-endian bytes of each value, ``(n, size)``."""
    return (values[:, None] >> (8 * np.arange(size))) & 255


def _none(cells: int) -> Ints:
    return np.zeros(cells, np.int64)
