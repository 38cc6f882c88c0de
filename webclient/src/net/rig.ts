/** Heads and hands: six bytes a part, its place beside the person's root and its rotation as "smallest three". */

import type { Part } from "./person";

const SCALE = 127 / Math.SQRT2;
export const PART_BYTES = 6;

const within = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, Math.round(value) || 0));
/** As Python rounds: halves to the even one, so that both write the same bytes. */
export const even = (value: number): number => {
  const down = Math.floor(value);
  const rest = value - down;
  return rest < 0.5 ? down : rest > 0.5 ? down + 1 : down + (down & 1);
};

/** Write a part (metres, quaternion xyzw) as six bytes. A rotation of length zero is none. */
export function packPart(part: Part, out: Uint8Array, at: number): void {
  const { position: p, rotation: q } = part;
  out[at] = within(even(p[0]! * 100), -128, 127);
  out[at + 1] = within(even(p[1]! * 100), 0, 255);
  out[at + 2] = within(even(p[2]! * 100), -128, 127);
  let largest = 0;
  for (let i = 1; i < 4; i++) if (Math.abs(q[i]!) > Math.abs(q[largest]!)) largest = i;
  if (!Number.isFinite(q[largest]) || q[largest] === 0) largest = 3;
  const sign = q[largest]! < 0 ? -1 : 1;
  let word = largest;
  let shift = 2;
  for (let i = 0; i < 4; i++) {
    if (i === largest) continue;
    word |= within(even((sign * (q[i] || 0) + Math.SQRT1_2) * SCALE), 0, 127) << shift;
    shift += 7;
  }
  out[at + 3] = word & 255;
  out[at + 4] = (word >> 8) & 255;
  out[at + 5] = word >> 16;
}

/** Read six bytes into a place (3 numbers, metres) and a rotation (4, of length one whatever the bits). */
export function unpackPart(data: Uint8Array, at: number, position: Float32Array, rotation: Float32Array): void {
  position[0] = ((data[at]! << 24) >> 24) / 100;
  position[1] = data[at + 1]! / 100;
  position[2] = ((data[at + 2]! << 24) >> 24) / 100;
  const word = data[at + 3]! | (data[at + 4]! << 8) | (data[at + 5]! << 16);
  const largest = word & 3;
  let sum = 0;
  let shift = 2;
  for (let i = 0; i < 4; i++) {
    if (i === largest) continue;
    const c = ((word >> shift) & 127) / SCALE - Math.SQRT1_2;
    rotation[i] = c;
    sum += c * c;
    shift += 7;
  }
  const left = Math.max(1 - sum, 0);
  const length = Math.sqrt(sum + left);
  rotation[largest] = Math.sqrt(left);
  for (let i = 0; i < 4; i++) rotation[i]! /= length;
}
