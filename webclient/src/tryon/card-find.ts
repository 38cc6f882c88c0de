/**
 * Finds a card on a face: a bright or dark rectangle of the right shape, in the face's own plane.
 *
 * The face is straightened first (a millimetre a pixel), so only place and size are sought: every rectangle is judged
 * by its weakest side, from sums made once. Then the two short sides are found again, to a fraction of a pixel and
 * leaning as they do. What it is not: certain; the shopper sees the ends and can move them.
 */
import type { Lens } from "./camera";
import { CARD_M, inPicture, resting, type Ends, type Placed } from "./card";
import type { CanonicalFace } from "./task";

export interface Grey {
  readonly width: number;
  readonly height: number;
  /** A byte a pixel. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/** The part of the face's plane that is looked at, canonical millimetres: from the chin to above the forehead. */
const HALF_MM = 78;
const LOW_MM = -115;
const HIGH_MM = 125;
const WIDE = 2 * HALF_MM + 1;
const TALL = HIGH_MM - LOW_MM + 1;
/** Heads from 0.85 to 1.2 of the canonical one. */
const CARD_MM = [71, 101] as const;
const SHAPE = CARD_M.height / CARD_M.width;
/** Grey levels that every side must differ by from what is around it. */
const CLEAR = 13;
/** Rounded corners, and fingers that hold it, are left out. */
const CORNER_MM = 7;
const REACH_MM = 5;
const STEP_MM = 2;

/** @returns the ends of its long side, in the picture; null if no card is seen */
export function findCard(picture: Grey, lens: Lens, head: Placed, face: CanonicalFace): Ends | null {
  const depths = Float32Array.from({ length: TALL }, (_, row) => resting(face, (HIGH_MM - row) / 1000));
  const flat = straightened(picture, lens, head, depths);
  const best = rectangle(flat);
  if (!best) return null;
  const { left, top, width } = best;
  const height = Math.round(width * SHAPE);
  const [a, b] = [side(flat, left, top, height), side(flat, left + width, top, height)];
  const lean = (a.lean + b.lean) / 2;
  const middle_row = top + height / 2;
  const z = depths[Math.round(middle_row)]!;
  // Across, at a right angle to both sides: what leans is not wider.
  const long = (b.at - a.at) / (1 + lean * lean);
  const [cx, cy] = [(a.at + b.at) / 2 - HALF_MM, HIGH_MM - middle_row];
  const end = (sign: number): readonly [number, number] => inPicture(lens, head, (cx + (sign * long) / 2) / 1000, (cy + (sign * long * lean) / 2) / 1000, z);
  return [end(-1), end(1)];
}

/** The face's plane, `(TALL, WIDE)`, row 0 the highest. */
function straightened(picture: Grey, lens: Lens, head: Placed, depths: Float32Array): Float32Array {
  const flat = new Float32Array(WIDE * TALL);
  for (let row = 0; row < TALL; row++) {
    for (let column = 0; column < WIDE; column++) {
      const [u, v] = inPicture(lens, head, (column - HALF_MM) / 1000, (HIGH_MM - row) / 1000, depths[row]!);
      flat[row * WIDE + column] = sampled(picture, u, v);
    }
  }
  return flat;
}

function sampled({ width, height, pixels }: Grey, u: number, v: number): number {
  const [x, y] = [Math.min(width - 2, Math.max(0, u - 0.5)), Math.min(height - 2, Math.max(0, v - 0.5))];
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - left, y - top];
  const at = top * width + left;
  return (pixels[at]! * (1 - fx) + pixels[at + 1]! * fx) * (1 - fy) + (pixels[at + width]! * (1 - fx) + pixels[at + width + 1]! * fx) * fy;
}

function rectangle(flat: Float32Array): { readonly left: number; readonly top: number; readonly width: number } | null {
  // Steps across summed down each column, and steps down summed along each row.
  const across = new Float32Array(WIDE * (TALL + 1));
  const down = new Float32Array((WIDE + 1) * TALL);
  for (let row = 0; row < TALL; row++) {
    for (let column = 0; column < WIDE; column++) {
      const at = row * WIDE + column;
      const right = flat[row * WIDE + Math.min(WIDE - 1, column + STEP_MM)]! - flat[row * WIDE + Math.max(0, column - STEP_MM)]!;
      const below = flat[Math.min(TALL - 1, row + STEP_MM) * WIDE + column]! - flat[Math.max(0, row - STEP_MM) * WIDE + column]!;
      across[(row + 1) * WIDE + column] = across[at]! + right;
      down[row * (WIDE + 1) + column + 1] = down[row * (WIDE + 1) + column]! + below;
    }
  }
  let best: { left: number; top: number; width: number } | null = null;
  let most = CLEAR;
  for (let width = CARD_MM[0]; width <= CARD_MM[1]; width++) {
    const height = Math.round(width * SHAPE);
    const [tall, long] = [height - 2 * CORNER_MM, width - 2 * CORNER_MM];
    for (let top = STEP_MM; top + height < TALL - STEP_MM; top++) {
      const [from, to] = [(top + CORNER_MM) * WIDE, (top + height - CORNER_MM) * WIDE];
      const [upper, lower] = [top * (WIDE + 1), (top + height) * (WIDE + 1)];
      for (let left = STEP_MM; left + width < WIDE - STEP_MM; left++) {
        const l = (across[to + left]! - across[from + left]!) / tall;
        if (Math.abs(l) <= most) continue;
        const r = (across[from + left + width]! - across[to + left + width]!) / tall;
        if (l * r <= 0 || Math.abs(r) <= most) continue;
        const t = (down[upper + left + width - CORNER_MM]! - down[upper + left + CORNER_MM]!) / long;
        const b = (down[lower + left + CORNER_MM]! - down[lower + left + width - CORNER_MM]!) / long;
        // Hair above and skin below may make one of them weak, not both.
        const level = Math.min(Math.abs(l), Math.abs(r), l * t > 0 ? Math.abs(t) * 1.5 : 0, l * b > 0 ? Math.abs(b) * 1.5 : 0);
        if (level > most) [most, best] = [level, { left, top, width }];
      }
    }
  }
  return best;
}

/** A short side again: where it crosses the card's middle, in columns, and how much it leans, columns a row upwards. */
function side(flat: Float32Array, column: number, top: number, height: number): { readonly at: number; readonly lean: number } {
  const rows = [top + CORNER_MM, top + height - CORNER_MM] as const;
  const half = (rows[0] + rows[1]) >> 1;
  const [upper, lower] = [edge(flat, column, rows[0], half), edge(flat, column, half, rows[1])];
  return { at: edge(flat, column, rows[0], rows[1]), lean: Math.max(-0.12, Math.min(0.12, (upper - lower) / ((rows[1] - rows[0]) / 2))) };
}

/** The column of the steepest step between two rows, to a fraction of one. */
function edge(flat: Float32Array, column: number, from: number, to: number): number {
  const steps = new Float64Array(2 * REACH_MM + 1);
  for (let i = 0; i < steps.length; i++) {
    const x = column - REACH_MM + i;
    if (x < 1 || x > WIDE - 2) continue;
    for (let row = from; row < to; row++) steps[i]! += flat[row * WIDE + x + 1]! - flat[row * WIDE + x - 1]!;
  }
  let best = 1;
  for (let i = 1; i < steps.length - 1; i++) if (Math.abs(steps[i]!) > Math.abs(steps[best]!)) best = i;
  const [a, b, c] = [Math.abs(steps[best - 1]!), Math.abs(steps[best]!), Math.abs(steps[best + 1]!)];
  const bend = a - 2 * b + c;
  return column - REACH_MM + best + (bend < 0 ? (0.5 * (a - c)) / bend : 0);
}
