/**
 * A head's scale by a bank card held against the forehead or the chin: all of them are 85.60 mm wide.
 *
 * The two ends of the card's long side, in pixels of one frame, are put on their rays and brought to the plane in which
 * a flat card rests on this face: parallel to it, at the height of what stands out most behind it. On the canonical
 * head the card has some width; how much wider it truly is, is the head's scale. The lens's angle drops out nearly
 * whole, as head and card are seen through the same one. What it is not: finding the card (`card-find.ts`).
 *
 * Source: ISO/IEC 7810, ID-1 (85.60 by 53.98 mm).
 */
import { ray, type Lens } from "./camera";
import type { Pose } from "./pnp";
import type { CanonicalFace } from "./task";

export const CARD_M = { width: 0.0856, height: 0.05398 } as const;

/** Landmarks down the middle of the face, from the hair to the chin. */
const MIDDLE = [10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 1, 2, 164, 0, 11, 17, 18, 200, 199, 175, 152] as const;
/** A card that is not quite flat on the face: nine degrees make this much. */
const TILT_SPREAD = 0.012;
/** How much nearer or further than thought it is held. */
const DEPTH_SPREAD_M = 0.006;
/** What an end can be wrong by: by hand, and where it was found by its edge. */
export const END_PX = { hand: 1.2, found: 0.5 } as const;
/** Grown-ups' and children's heads; anything else is no card, or not its ends. */
const SCALES = [0.75, 1.3] as const;

export type Point = readonly [u: number, v: number];
export type Ends = readonly [Point, Point];

export interface Measured {
  readonly scale: number;
  /** One standard deviation, a share of the scale. */
  readonly spread: number;
}

/** Where a head is, as `Head` has it. */
export interface Placed {
  readonly pose: Pose;
  readonly scale: number;
}

/** How far in front of the canonical face's origin a card rests whose middle is at this height, metres. */
export function resting(face: CanonicalFace, y: number): number {
  let most = -Infinity;
  for (const landmark of MIDDLE) {
    const [at, z] = [face.points[landmark * 3 + 1]!, face.points[landmark * 3 + 2]!];
    if (Math.abs(at - y) < CARD_M.height / 2) most = Math.max(most, z);
  }
  if (most > -Infinity) return most;
  const end = y > 0 ? MIDDLE[0] : MIDDLE[MIDDLE.length - 1]!;
  return face.points[end * 3 + 2]!;
}

/** The point of the canonical head's plane at depth `z` that a pixel shows: x and y, metres; null if it shows none. */
export function onPlane(lens: Lens, { pose, scale }: Placed, u: number, v: number, z: number): readonly [x: number, y: number] | null {
  ray(lens, u, v, DIRECTION);
  const { rotation: r, translation: t } = pose;
  const [n0, n1, n2] = [r[2]!, r[5]!, r[8]!];
  const slope = n0 * DIRECTION[0]! + n1 * DIRECTION[1]! + n2 * DIRECTION[2]!;
  if (Math.abs(slope) < 0.2) return null;
  const far = (scale * z + n0 * t[0]! + n1 * t[1]! + n2 * t[2]!) / slope;
  if (!(far > 0)) return null;
  const [dx, dy, dz] = [far * DIRECTION[0]! - t[0]!, far * DIRECTION[1]! - t[1]!, far * DIRECTION[2]! - t[2]!];
  return [(r[0]! * dx + r[3]! * dy + r[6]! * dz) / scale, (r[1]! * dx + r[4]! * dy + r[7]! * dz) / scale];
}

/** Where in the picture a point of the canonical head is. */
export function inPicture(lens: Lens, { pose, scale }: Placed, x: number, y: number, z: number): readonly [u: number, v: number] {
  const { rotation: r, translation: t } = pose;
  const [px, py, pz] = [0, 1, 2].map((k) => scale * (r[k * 3]! * x + r[k * 3 + 1]! * y + r[k * 3 + 2]! * z) + t[k]!) as [number, number, number];
  return [lens.width / 2 + (lens.focal * px) / -pz, lens.height / 2 - (lens.focal * py) / -pz];
}

/** @returns null if no head of a person has this scale */
export function scaleByCard(lens: Lens, head: Placed, face: CanonicalFace, ends: Ends, end_px: number = END_PX.hand): Measured | null {
  const [a, b] = ends;
  const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] as const;
  // Where the card is says how far out it rests, and that again where it is.
  let z = resting(face, 0);
  for (let i = 0; i < 4; i++) {
    const at = onPlane(lens, head, ...middle, z);
    if (!at) return null;
    z = resting(face, at[1]);
  }
  const [p, q] = [onPlane(lens, head, ...a, z), onPlane(lens, head, ...b, z)];
  if (!p || !q) return null;
  const scale = CARD_M.width / Math.hypot(p[0] - q[0], p[1] - q[1]);
  if (!(scale > SCALES[0] && scale < SCALES[1])) return null;
  const wide_px = Math.hypot(a[0] - b[0], a[1] - b[1]);
  const far_m = -head.pose.translation[2]!;
  return { scale, spread: Math.hypot((Math.SQRT2 * end_px) / wide_px, DEPTH_SPREAD_M / far_m, TILT_SPREAD) };
}

/** Where the ends are before anybody has moved them: across the forehead. */
export function firstEnds(lens: Lens, head: Placed, face: CanonicalFace): Ends {
  const y = face.points[151 * 3 + 1]!;
  const half = CARD_M.width / 2 / head.scale;
  const z = resting(face, y);
  return [inPicture(lens, head, -half, y, z), inPicture(lens, head, half, y, z)];
}

const DIRECTION = new Float64Array(3);
