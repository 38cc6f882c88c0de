/**
 * A block of FRAME and KEYFRAME: what changed in one cell's list. Reads bytes into people, and allocates nothing for
 * those who are known.
 *
 * Not here: who enters and leaves the picture (`crowd.ts` is asked by `enter` and `leave`), and drawing.
 */

import type { Bytes } from "./bytes";
import { malformed } from "./ids";
import type { Seen } from "./seen";

const LEAVES = 1;
const ENTERS = 2;
const MOVES_ALL = 4;
const MOVES_SOME = 8;
const YAWS = 16;
const HEIGHTS = 32;
const STATES = 64;
const WIDE = 128;

const STANDS = 112;
const NEAR = 225;
const FAR = 226;
const JUMP = 227;
/** Centimetres in one frame that nobody is glided over, whatever the code says. */
const STRIDE_CM = 400;

export interface Lists {
  /** The list of a cell, made if need be. */
  list(cell: number): Seen[];
  leave(seen: Seen, cell: number): void;
  enter(cell: number, slot: number, rev: number, x: number, z: number, yaw: number): Seen;
  /** Somebody moved, or is elsewhere at once. */
  moved(seen: Seen, isJump: boolean): void;
}

const bySlot = (a: Seen, b: Seen): number => a.slot - b.slot;

/** Read the block for a cell. Throws ProtocolError if it does not follow its table. */
export function readBlock(bytes: Bytes, cell: number, lists: Lists): void {
  const flags = bytes.u8();
  const isWide = (flags & WIDE) !== 0;
  const people = lists.list(cell);
  if (flags & LEAVES) leaves(bytes, isWide, cell, people, lists);
  if (flags & ENTERS) {
    const count = isWide ? bytes.u16() : bytes.u8();
    bytes.need(count * 8);
    for (let i = 0; i < count; i++) {
      const slot = bytes.u16();
      people.push(lists.enter(cell, slot, bytes.u8(), bytes.u16(), bytes.u16(), bytes.u8()));
    }
    people.sort(bySlot);
  }
  if (flags & (MOVES_ALL | MOVES_SOME)) moves(bytes, (flags & MOVES_ALL) !== 0, people, lists);
  for (let flag = YAWS; flag <= STATES; flag <<= 1) {
    if (!(flags & flag)) continue;
    const count = isWide ? bytes.u16() : bytes.u8();
    for (let i = 0; i < count; i++) {
      const seen = people[isWide ? bytes.u16() : bytes.u8()] ?? malformed("news of somebody who is not there");
      if (flag === YAWS) seen.yaw256 = bytes.u8();
      else if (flag === HEIGHTS) seen.cmY = bytes.i16();
      else seen.state = bytes.u32();
    }
  }
}

function leaves(bytes: Bytes, isWide: boolean, cell: number, people: Seen[], lists: Lists): void {
  const count = isWide ? bytes.u16() : bytes.u8();
  let kept = 0;
  let next = 0;
  for (let i = 0; i < count; i++) {
    const index = isWide ? bytes.u16() : bytes.u8();
    if (index < next || index >= people.length) malformed("somebody leaves who is not there");
    while (next < index) people[kept++] = people[next++]!;
    lists.leave(people[next++]!, cell);
  }
  while (next < people.length) people[kept++] = people[next++]!;
  people.length = kept;
}

function moves(bytes: Bytes, isAll: boolean, people: Seen[], lists: Lists): void {
  const n = people.length;
  const mask = bytes.at;
  let count = n;
  if (!isAll) {
    bytes.need((n + 7) >> 3);
    count = 0;
    for (let i = 0; i < n; i++) count += (bytes.data[mask + (i >> 3)]! >> (i & 7)) & 1;
    bytes.at += (n + 7) >> 3;
  }
  bytes.need(count);
  let code = bytes.at;
  bytes.at += count; // what the codes need stands behind them
  for (let i = 0; i < n; i++) {
    if (!isAll && !((bytes.data[mask + (i >> 3)]! >> (i & 7)) & 1)) continue;
    move(bytes, bytes.data[code++]!, people[i]!, lists);
  }
}

function move(bytes: Bytes, code: number, seen: Seen, lists: Lists): void {
  seen.hasJumped = code === JUMP;
  if (code === STANDS) return;
  const { cmX, cmZ } = seen;
  if (code < NEAR) {
    seen.cmX += Math.floor(code / 15) - 7;
    seen.cmZ += (code % 15) - 7;
  } else if (code === NEAR) {
    seen.cmX += bytes.i8();
    seen.cmZ += bytes.i8();
  } else if (code === FAR || code === JUMP) {
    seen.cmX = bytes.u16();
    seen.cmZ = bytes.u16();
  } else malformed(`code ${code}`);
  lists.moved(seen, code === JUMP || Math.abs(seen.cmX - cmX) + Math.abs(seen.cmZ - cmZ) > STRIDE_CM);
}
