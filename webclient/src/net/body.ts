/**
 * Bodies on the wire: how the joints of somebody who shares their movements are turned (BODY up, BODIES down).
 *
 * The reference in Python is `showroom/protocol/body.py`. What it is not: where the turns come from (`tryon/share.ts`)
 * or what becomes of them (`avatar/`).
 */

import { ToServer } from "./ids";
import type { Moving } from "./person";
import { even } from "./rig";

/** A bone's number on the wire is its place here; names are VRM's. */
export const BODY_BONES = [
  "hips", "spine", "chest", "upperChest", "neck", "head",
  "leftShoulder", "leftUpperArm", "leftLowerArm", "leftHand", "rightShoulder", "rightUpperArm", "rightLowerArm", "rightHand",
  "leftUpperLeg", "leftLowerLeg", "leftFoot", "rightUpperLeg", "rightLowerLeg", "rightFoot",
] as const;

const MASK_BYTES = 3;
export const TURN_BYTES = 4;
export const ALL_BONES = (1 << BODY_BONES.length) - 1;

const SCALE = 1022 / Math.SQRT2;
/** How fast what is drawn goes to what came, a second: a record lasts a tenth. */
const QUICK = 16;

/** How many bones a mask names. */
export function bonesIn(mask: number): number {
  let count = 0;
  for (let rest = mask; rest; rest &= rest - 1) count++;
  return count;
}

/** A rotation in four bytes, as "smallest three". One of length zero, or none at all, is none. */
export function packTurn(turns: Float32Array, at: number): number {
  let largest = 0;
  for (let i = 1; i < 4; i++) if (Math.abs(turns[at + i]!) > Math.abs(turns[at + largest]!)) largest = i;
  if (!Number.isFinite(turns[at + largest]) || turns[at + largest] === 0) largest = 3;
  const sign = turns[at + largest]! < 0 ? -1 : 1;
  let word = largest;
  let shift = 2;
  for (let i = 0; i < 4; i++) {
    if (i === largest) continue;
    const part = even((sign * (turns[at + i]! || 0) + Math.SQRT1_2) * SCALE);
    word |= (part > 0 ? Math.min(part, 1022) : 0) << shift;
    shift += 10;
  }
  return word >>> 0;
}

/** A rotation of length one, whatever the bits. */
export function unpackTurn(word: number, out: Float32Array, at: number): void {
  const largest = word & 3;
  let sum = 0;
  let shift = 2;
  for (let i = 0; i < 4; i++) {
    if (i === largest) continue;
    const c = ((word >>> shift) & 1023) / SCALE - Math.SQRT1_2;
    out[at + i] = c;
    sum += c * c;
    shift += 10;
  }
  const left = Math.max(1 - sum, 0);
  const length = Math.sqrt(sum + left);
  out[at + largest] = Math.sqrt(left);
  for (let i = 0; i < 4; i++) out[at + i]! /= length;
}

/** BODY. */
export function bodyBytes(turns: Float32Array, mask: number): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(1 + MASK_BYTES + TURN_BYTES * bonesIn(mask));
  const view = new DataView(message.buffer);
  view.setUint32(0, ToServer.BODY | (mask << 8), true);
  let at = 1 + MASK_BYTES;
  for (let bone = 0; bone < BODY_BONES.length; bone++) {
    if (!((mask >> bone) & 1)) continue;
    view.setUint32(at, packTurn(turns, bone * 4), true);
    at += TURN_BYTES;
  }
  return message;
}

/** Somebody's body as it came, and as it is drawn: between the records it goes on smoothly. */
export class BodySeen implements Moving {
  readonly turns = new Float32Array(BODY_BONES.length * 4);
  readonly wanted = new Float32Array(BODY_BONES.length * 4);
  mask = 0;
  at_ms = 0;

  /** Take the rotations of a record, from `at` on; bones that were not there before are there at once. */
  take(data: Uint8Array, at: number, mask: number, now_ms: number): void {
    const isNew = mask & ~this.mask;
    for (let bone = 0, from = at; bone < BODY_BONES.length; bone++) {
      if (!((mask >> bone) & 1)) continue;
      const word = (data[from]! | (data[from + 1]! << 8) | (data[from + 2]! << 16) | (data[from + 3]! << 24)) >>> 0;
      unpackTurn(word, this.wanted, bone * 4);
      if ((isNew >> bone) & 1) for (let k = 0; k < 4; k++) this.turns[bone * 4 + k] = this.wanted[bone * 4 + k]!;
      from += TURN_BYTES;
    }
    this.mask = mask;
    this.at_ms = now_ms;
  }

  /** So many seconds on. Allocates nothing. */
  step(passed_s: number): void {
    const share = 1 - Math.exp(-QUICK * passed_s);
    const { turns, wanted, mask } = this;
    for (let bone = 0; bone < BODY_BONES.length; bone++) {
      if (!((mask >> bone) & 1)) continue;
      const o = bone * 4;
      const sign = turns[o]! * wanted[o]! + turns[o + 1]! * wanted[o + 1]! + turns[o + 2]! * wanted[o + 2]! + turns[o + 3]! * wanted[o + 3]! < 0 ? -1 : 1;
      let length = 0;
      for (let k = 0; k < 4; k++) {
        turns[o + k]! += (sign * wanted[o + k]! - turns[o + k]!) * share;
        length += turns[o + k]! * turns[o + k]!;
      }
      length = Math.sqrt(length) || 1;
      for (let k = 0; k < 4; k++) turns[o + k]! /= length;
    }
  }
}
