/**
 * The shopper's room as it was measured: its floor from above, walls, doors, what stands in it and on what one can stand
 * something. Made of what a headset or a phone found (`room-from.ts`), or of corners that the shopper showed.
 *
 * Metres; y up; positions in whichever space the measurements were in. What it is not: a verdict (`fit.ts`).
 */
import type { Clutter } from "./clutter";
import { area, type Point, type Polygon } from "./polygon";

export interface Thing {
  readonly label: string;
  readonly base: Polygon;
  readonly from_m: number;
  readonly to_m: number;
}

export interface Top {
  readonly label: string;
  readonly shape: Polygon;
  readonly y_m: number;
}

export interface Wall {
  readonly a: Point;
  readonly b: Point;
  readonly from_m: number;
  readonly to_m: number;
}

export interface Door {
  readonly a: Point;
  readonly b: Point;
  readonly width_m: number;
  readonly height_m: number;
}

export type Measured = "device" | "walked" | "photo";

export interface Room {
  readonly how: Measured;
  /** From above, without what stands in it. */
  readonly floor: Polygon;
  readonly floor_m: number;
  readonly ceiling_m: number | null;
  /** Whether the floor's edge is the walls all round; otherwise what lies beyond the edge is not known. */
  readonly isWhole: boolean;
  readonly walls: readonly Wall[];
  readonly doors: readonly Door[];
  readonly things: readonly Thing[];
  readonly tops: readonly Top[];
  readonly clutter: Clutter | null;
  /** How wrong any of these lengths may be, give or take. */
  readonly spread_m: number;
}

/**
 * What room scans of headsets are worth. Planes that were measured again with a tape: Meta states no figure; depth from
 * stereo at 3 m and the flattening of a wall to one plane leave about two centimetres. Corners shown by hand: three.
 */
export const SPREAD_M: Readonly<Record<Exclude<Measured, "photo">, number>> = { device: 0.02, walked: 0.03 };

/** A room whose corners the shopper showed, one after another along the walls. */
export function roomOf(corners: Polygon, how: Exclude<Measured, "device">, spread_m: number, floor_m = 0): Room | null {
  if (corners.length < 3 || Math.abs(area(corners)) < 0.5) return null;
  const walls = corners.map((a, i): Wall => ({ a, b: corners[(i + 1) % corners.length]!, from_m: floor_m, to_m: floor_m + 2.4 }));
  return { how, floor: corners, floor_m, ceiling_m: null, isWhole: true, walls, doors: [], things: [], tops: [], clutter: null, spread_m };
}
