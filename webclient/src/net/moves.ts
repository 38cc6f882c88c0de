/**
 * RIGS and BODIES: how heads, hands and whole bodies of those near are held, from headsets and cameras.
 *
 * What it is not: the bytes of one part (`rig.ts`) or one turn (`body.ts`), or how they are eased (`seen.ts`).
 */

import { ALL_BONES, BodySeen, bonesIn, TURN_BYTES } from "./body";
import type { Bytes } from "./bytes";
import { malformed } from "./ids";
import { PART_BYTES } from "./rig";
import type { Seen } from "./seen";

/** Heads and hands, by slot. Throws ProtocolError. */
export function readRigs(bytes: Bytes, near: ReadonlyMap<number, Seen>, arrival_ms: number): void {
  const count = bytes.u8();
  for (let i = 0; i < count; i++) {
    const slot = bytes.u16();
    const bits = bytes.u8();
    const parts = bits === 3 ? 3 : bits === 1 ? 1 : malformed(`a rig of ${bits}`);
    bytes.need(parts * PART_BYTES);
    near.get(slot)?.takeRig(bytes.data, bytes.at, parts, arrival_ms);
    bytes.at += parts * PART_BYTES;
  }
  bytes.end();
}

/** Bodies, by slot; one's own is known better here. Throws ProtocolError. */
export function readBodies(bytes: Bytes, near: ReadonlyMap<number, Seen>, self: number, arrival_ms: number): void {
  const count = bytes.u8();
  for (let i = 0; i < count; i++) {
    const slot = bytes.u16();
    const mask = bytes.u8() | (bytes.u16() << 8);
    if (mask & ~ALL_BONES) malformed("a bone that there is not");
    const size = TURN_BYTES * bonesIn(mask);
    bytes.need(size);
    const seen = slot === self ? undefined : near.get(slot);
    if (seen && mask) {
      seen.body = seen.moves ??= new BodySeen();
      seen.body.take(bytes.data, bytes.at, mask, arrival_ms);
    } else if (seen) seen.body = null;
    bytes.at += size;
  }
  bytes.end();
}
