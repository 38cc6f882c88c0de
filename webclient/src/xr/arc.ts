/**
 * The teleport's arc: a thrown ball from the hand to the floor, as points for drawing and a place to land.
 *
 * What it is not: whether one may stand there (`ground.ts`), or the ring that shows it (`aim.ts`).
 */
import type { Vector3 } from "three";

export const ARC_POINTS = 33;
const GRAVITY = 9.8;
const SPEED = 6.4;
/** Steeper than this the hand points at the ceiling: no arc. */
const STEEPEST = 0.94;
const STEP_S = 0.045;

export interface Landing {
  x: number;
  y: number;
  z: number;
  /** The arc has met something to stand on. */
  isFloor: boolean;
  /** How many of the points are drawn. */
  points: number;
}

export const newLanding = (): Landing => ({ x: 0, y: 0, z: 0, isFloor: false, points: 0 });

/**
 * Throw the arc.
 *
 * @param points x, y, z for each of `ARC_POINTS`, written in place
 * @param height the floor's height at a place, null where there is none
 */
export function throwArc(from: Vector3, toward: Vector3, height: (x: number, z: number) => number | null, points: Float32Array, landing: Landing): void {
  let [x, y, z] = [from.x, from.y, from.z];
  // Pointing down wants a shorter throw than the same speed gives, pointing up a lob that stays below the ceiling.
  const up = Math.min(toward.y, STEEPEST);
  const [vx, vz] = [toward.x * SPEED, toward.z * SPEED];
  let vy = up * SPEED * (up > 0 ? 0.72 : 1);
  points[0] = x;
  points[1] = y;
  points[2] = z;
  landing.isFloor = false;
  landing.points = 1;
  for (let i = 1; i < ARC_POINTS; i++) {
    const [px, py, pz] = [x, y, z];
    x += vx * STEP_S;
    y += vy * STEP_S - 0.5 * GRAVITY * STEP_S * STEP_S;
    z += vz * STEP_S;
    vy -= GRAVITY * STEP_S;
    const floor = height(x, z);
    const stop = floor ?? 0;
    if (y <= stop && py > stop) {
      const t = (py - stop) / (py - y);
      x = px + (x - px) * t;
      z = pz + (z - pz) * t;
      y = stop;
      landing.isFloor = floor !== null;
    }
    points[i * 3] = x;
    points[i * 3 + 1] = y;
    points[i * 3 + 2] = z;
    landing.points = i + 1;
    if (y <= stop) break;
  }
  landing.x = x;
  landing.y = y;
  landing.z = z;
}
