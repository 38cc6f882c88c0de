/**
 * A palm's pose from where its points are seen, and, with a small say, from what the tracker believes of their depth.
 *
 * Five points of a nearly flat thing leave much open: it has two poses that look alike, and a palm a tenth narrower than
 * the mean one seems leaned by half a right angle. The tracker's depth is poor, but right about which side is nearer.
 * What it is not: calm (`hand.ts`).
 *
 * Source: proportions from flat hands as MediaPipe sees them, size from fingers (Buchholz et al. 1992: the middle finger's
 * bones are 0.54 of a hand's length, 184 mm).
 */
import type { Lens } from "./camera";
import { choleskySolve, moved, newPose, type Pose } from "./pnp";
import { rigid } from "./rigid";

/** Of a right hand, metres: landmark, x, y, z, weight. The thumb's root moves much, the little finger's arches. */
export const PALM: readonly (readonly [landmark: number, x: number, y: number, z: number, weight: number])[] = [
  [0, 0, 0, 0, 1], [1, -0.028, 0.021, -0.011, 0.2], [5, -0.0218, 0.0815, 0, 1], [9, 0, 0.079, 0.003, 1], [13, 0.0175, 0.071, 0.001, 1], [17, 0.0322, 0.0592, -0.004, 0.8],
];
/** What a pixel of believed depth counts against one that is seen. */
const DEPTH_SHARE = 0.2;
const ROUNDS = 16;
const ENOUGH = 1e-6;
/** Worse than this share of the palm's length in the picture, it is begun anew. */
const POOR = 0.07;

const COUNT = PALM.length;

export class PalmSolver {
  readonly #own = new Float64Array(COUNT * 3);
  readonly #solid = new Float64Array(COUNT * 3);
  readonly #weights = Float64Array.from(PALM, ([, , , , weight]) => weight);
  readonly #normal = new Float64Array(36);
  readonly #damped = new Float64Array(36);
  readonly #gradient = new Float64Array(6);
  readonly #step = new Float64Array(6);
  readonly #trial: Pose = newPose();
  readonly #other: Pose = newPose();
  readonly #missed = new Float64Array(6);

  constructor(isLeft: boolean) {
    for (const [i, [, x, y, z]] of PALM.entries()) this.#own.set([isLeft ? -x : x, y, z], i * 3);
  }

  /**
   * @param seen `(6, 3)` pixels: right, down, and nearer than the wrist's point
   * @param pose where to begin, and where the answer goes; begin from nothing with `isFresh`
   * @returns how far points are from where the pose puts them, pixels; depth counts by its share
   */
  solve(lens: Lens, seen: Float64Array, pose: Pose, isFresh: boolean): number {
    const long_px = Math.hypot(seen[9]! - seen[0]!, seen[10]! - seen[1]!);
    const huber = Math.max(2, long_px * 0.08);
    if (!isFresh) {
      const error = this.#descend(lens, seen, pose, huber);
      if (error < POOR * long_px) return error;
      this.#begin(lens, seen, this.#other);
      const other = this.#descend(lens, seen, this.#other, huber);
      if (other >= error) return error;
      pose.rotation.set(this.#other.rotation);
      pose.translation.set(this.#other.translation);
      return other;
    }
    this.#begin(lens, seen, pose);
    return this.#descend(lens, seen, pose, huber);
  }

  /** As if depth were seen like the rest, and no perspective. */
  #begin(lens: Lens, seen: Float64Array, pose: Pose): void {
    const own = this.#own;
    const mean = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < COUNT * 3; i++) {
      mean[i % 3]! += own[i]! / COUNT;
      this.#solid[i] = i % 3 === 1 ? -seen[i]! : seen[i]!;
      mean[3 + (i % 3)]! += this.#solid[i]! / COUNT;
    }
    let [metres, pixels] = [0, 0];
    for (let i = 0; i < COUNT * 3; i++) {
      metres += (own[i]! - mean[i % 3]!) ** 2;
      pixels += (this.#solid[i]! - mean[3 + (i % 3)]!) ** 2;
    }
    const metre_px = Math.sqrt(pixels / Math.max(metres, 1e-12)) || 1;
    for (let i = 0; i < COUNT * 3; i++) this.#solid[i]! /= metre_px;
    rigid(own, this.#solid, this.#weights, pose);
    const away = lens.focal / metre_px;
    const r = pose.rotation;
    const middle = [((mean[3]! - lens.width / 2) / lens.focal) * away, ((lens.height / 2 + mean[4]!) / lens.focal) * away, -away];
    for (let k = 0; k < 3; k++) pose.translation[k] = middle[k]! - (r[k * 3]! * mean[0]! + r[k * 3 + 1]! * mean[1]! + r[k * 3 + 2]! * mean[2]!);
  }

  #descend(lens: Lens, seen: Float64Array, pose: Pose, huber: number): number {
    let damping = 1e-3;
    let cost = this.#cost(lens, seen, pose, huber);
    for (let round = 0; round < ROUNDS; round++) {
      this.#linearise(lens, seen, pose, huber);
      let isBetter = false;
      for (let tries = 0; tries < 6 && !isBetter; tries++) {
        this.#damped.set(this.#normal);
        for (let i = 0; i < 6; i++) this.#damped[i * 7]! += damping * Math.max(this.#normal[i * 7]!, 1e-9);
        if (choleskySolve(this.#damped, this.#gradient, this.#step)) {
          moved(pose, this.#step, this.#trial);
          const next = this.#cost(lens, seen, this.#trial, huber);
          if (next < cost) {
            isBetter = true;
            if (cost - next < ENOUGH * cost) round = ROUNDS;
            pose.rotation.set(this.#trial.rotation);
            pose.translation.set(this.#trial.translation);
            cost = next;
            damping = Math.max(damping * 0.2, 1e-9);
          }
        }
        if (!isBetter) damping *= 8;
      }
      if (!isBetter) break;
    }
    return Math.sqrt(cost / this.#weights.reduce((sum, one) => sum + one, 0));
  }

  /** Errors in pixels right, down and ahead (times its share), and the point turned about the wrist, into `#missed`. */
  #miss(lens: Lens, seen: Float64Array, { rotation: r, translation: t }: Pose, i: number): void {
    const [px, py, pz] = [this.#own[i * 3]!, this.#own[i * 3 + 1]!, this.#own[i * 3 + 2]!];
    const m = this.#missed;
    for (let k = 0; k < 3; k++) m[3 + k] = r[k * 3]! * px + r[k * 3 + 1]! * py + r[k * 3 + 2]! * pz;
    const z = Math.min(m[5]! + t[2]!, -1e-3);
    m[0] = seen[i * 3]! - (lens.width / 2 - (lens.focal * (m[3]! + t[0]!)) / z);
    m[1] = seen[i * 3 + 1]! - (lens.height / 2 + (lens.focal * (m[4]! + t[1]!)) / z);
    m[2] = DEPTH_SHARE * (seen[i * 3 + 2]! - (lens.focal * m[5]!) / Math.max(-t[2]!, 1e-3));
  }

  #cost(lens: Lens, seen: Float64Array, pose: Pose, huber: number): number {
    let cost = 0;
    const m = this.#missed;
    for (let i = 0; i < COUNT; i++) {
      this.#miss(lens, seen, pose, i);
      const off = Math.hypot(m[0]!, m[1]!, m[2]!);
      cost += this.#weights[i]! * (off <= huber ? off * off : 2 * huber * off - huber * huber);
    }
    return cost;
  }

  #linearise(lens: Lens, seen: Float64Array, pose: Pose, huber: number): void {
    const [h, g, m, row] = [this.#normal.fill(0), this.#gradient.fill(0), this.#missed, ROW];
    const [t, f] = [pose.translation, lens.focal];
    for (let i = 0; i < COUNT; i++) {
      this.#miss(lens, seen, pose, i);
      const off = Math.hypot(m[0]!, m[1]!, m[2]!);
      const w = this.#weights[i]! * (off <= huber ? 1 : huber / off);
      const [ax, ay, az] = [m[3]!, m[4]!, m[5]!];
      const [x, y, z] = [ax + t[0]!, ay + t[1]!, Math.min(az + t[2]!, -1e-3)];
      for (let side = 0; side < 3; side++) {
        // d(right), d(down), d(ahead) by the point; what is ahead of the wrist changes with the wrist's distance alone.
        const [jx, jy, jz] = side === 0 ? [-f / z, 0, (f * x) / (z * z)] : side === 1 ? [0, f / z, (-f * y) / (z * z)] : [0, 0, (DEPTH_SHARE * f) / Math.max(-t[2]!, 1e-3)];
        row[0] = ay * jz - az * jy;
        row[1] = az * jx - ax * jz;
        row[2] = ax * jy - ay * jx;
        row[3] = side === 2 ? 0 : jx;
        row[4] = side === 2 ? 0 : jy;
        row[5] = side === 2 ? (DEPTH_SHARE * f * az) / Math.max(t[2]! * t[2]!, 1e-6) : jz;
        for (let a = 0; a < 6; a++) {
          g[a]! += w * row[a]! * m[side]!;
          for (let b = 0; b <= a; b++) h[a * 6 + b]! += w * row[a]! * row[b]!;
        }
      }
    }
    for (let a = 0; a < 6; a++) for (let b = a + 1; b < 6; b++) h[a * 6 + b] = h[b * 6 + a]!;
  }
}

const ROW = new Float64Array(6);
