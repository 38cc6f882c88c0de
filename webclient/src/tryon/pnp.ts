/**
 * The pose of a rigid thing from where its points are seen: perspective-n-point by damped least squares.
 *
 * Starts from the last pose, else from scaled orthography; outliers lose their weight smoothly (Huber), so a hand
 * before the chin does not turn the head. No allocation after the first call. What it is not: a tracker; it knows
 * neither time nor faces.
 *
 * Source: Hartley & Zisserman 2004, appendix 6 (Levenberg-Marquardt); Dementhon & Davis 1995 (the start).
 */
import type { Lens } from "./camera";

/** A rotation (row-major 3 x 3) and a translation, camera from thing. */
export interface Pose {
  readonly rotation: Float64Array;
  readonly translation: Float64Array;
}

export const newPose = (): Pose => ({ rotation: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), translation: new Float64Array(3) });

export interface Fit {
  /** Weighted RMS distance between where points are seen and where the pose puts them, pixels. */
  error_px: number;
  rounds: number;
}

const ROUNDS = 20;
const ENOUGH = 1e-7;

export class Pnp {
  readonly #normal = new Float64Array(36);
  readonly #damped = new Float64Array(36);
  readonly #gradient = new Float64Array(6);
  readonly #step = new Float64Array(6);
  readonly #trial: Pose = newPose();
  readonly #fit: Fit = { error_px: 0, rounds: 0 };

  /**
   * @param points `(n, 3)` in the thing's own space, metres
   * @param seen `(n, 2)` pixels
   * @param weights `(n)`; 0 leaves a point out
   * @param up weights for misses along the thing's own height, where points are seen better in one way than in the other
   * @param roll how the thing's width lies in the picture, radians, clockwise
   * @param pose where to begin, and where the answer goes; begin from nothing with `isFresh`
   * @param huber_px beyond this distance a point pulls no harder
   */
  solve(lens: Lens, points: Float64Array, seen: Float64Array, weights: Float64Array, pose: Pose, isFresh: boolean, huber_px = 4, up = weights, roll = 0): Fit {
    this.#up = up;
    this.#cos = Math.cos(roll);
    this.#sin = Math.sin(roll);
    if (isFresh) this.#begin(lens, points, seen, weights, pose);
    let damping = 1e-3;
    let cost = this.#cost(lens, points, seen, weights, pose, huber_px);
    let round = 0;
    for (; round < ROUNDS; round++) {
      this.#linearise(lens, points, seen, weights, pose, huber_px);
      let isBetter = false;
      for (let tries = 0; tries < 6 && !isBetter; tries++) {
        this.#damped.set(this.#normal);
        for (let i = 0; i < 6; i++) this.#damped[i * 7]! += damping * Math.max(this.#normal[i * 7]!, 1e-9);
        if (!choleskySolve(this.#damped, this.#gradient, this.#step)) {
          damping *= 10;
          continue;
        }
        moved(pose, this.#step, this.#trial);
        const next = this.#cost(lens, points, seen, weights, this.#trial, huber_px);
        if (next < cost) {
          isBetter = true;
          const gain = (cost - next) / Math.max(cost, 1e-12);
          pose.rotation.set(this.#trial.rotation);
          pose.translation.set(this.#trial.translation);
          cost = next;
          damping = Math.max(damping * 0.2, 1e-9);
          if (gain < ENOUGH) round = ROUNDS;
        } else {
          damping *= 6;
        }
      }
      if (!isBetter) break;
    }
    let [total, weight] = [0, 0];
    for (let i = 0; i < weights.length; i++) {
      if (!weights[i]) continue;
      const [du, dv] = this.#miss(lens, points, seen, pose, i);
      total += weights[i]! * (du * du + dv * dv);
      weight += weights[i]!;
    }
    this.#fit.error_px = Math.sqrt(total / Math.max(weight, 1e-12));
    this.#fit.rounds = Math.min(round, ROUNDS);
    return this.#fit;
  }

  #up: Float64Array = new Float64Array(0);
  #cos = 1;
  #sin = 0;
  readonly #missed: [number, number, number, number, number] = [0, 0, 0, 0, 0];

  /** Pixel errors of a point, and the point in the camera's space. */
  #miss(lens: Lens, points: Float64Array, seen: Float64Array, { rotation: r, translation: t }: Pose, i: number): [number, number, number, number, number] {
    const [px, py, pz] = [points[i * 3]!, points[i * 3 + 1]!, points[i * 3 + 2]!];
    const x = r[0]! * px + r[1]! * py + r[2]! * pz + t[0]!;
    const y = r[3]! * px + r[4]! * py + r[5]! * pz + t[1]!;
    const z = Math.min(r[6]! * px + r[7]! * py + r[8]! * pz + t[2]!, -1e-3);
    const out = this.#missed;
    out[0] = seen[i * 2]! - (lens.width / 2 - (lens.focal * x) / z);
    out[1] = seen[i * 2 + 1]! - (lens.height / 2 + (lens.focal * y) / z);
    out[2] = x;
    out[3] = y;
    out[4] = z;
    return out;
  }

  #cost(lens: Lens, points: Float64Array, seen: Float64Array, weights: Float64Array, pose: Pose, huber: number): number {
    let cost = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      if (!weight) continue;
      const out = this.#miss(lens, points, seen, pose, i);
      const square = out[0] * out[0] + out[1] * out[1];
      const across = this.#cos * out[0] + this.#sin * out[1];
      const along = this.#cos * out[1] - this.#sin * out[0];
      const soft = square <= huber * huber ? 1 : (2 * huber * Math.sqrt(square) - huber * huber) / square;
      cost += soft * (weight * across * across + this.#up[i]! * along * along);
    }
    return cost;
  }

  #linearise(lens: Lens, points: Float64Array, seen: Float64Array, weights: Float64Array, pose: Pose, huber: number): void {
    const [h, g] = [this.#normal.fill(0), this.#gradient.fill(0)];
    const t = pose.translation;
    const f = lens.focal;
    const [c, s] = [this.#cos, this.#sin];
    for (let i = 0; i < weights.length; i++) {
      if (!weights[i]) continue;
      const [du, dv, x, y, z] = this.#miss(lens, points, seen, pose, i);
      const off = Math.hypot(du, dv);
      const soft = off <= huber ? 1 : huber / off;
      // A turn about the thing's own origin: of the point as turned, without the translation.
      const [ax, ay, az] = [x - t[0]!, y - t[1]!, z - t[2]!];
      // d(u)/d(point) and d(v)/d(point), for u = w/2 - f x / z and v = h/2 + f y / z.
      const [ux, uz] = [-f / z, (f * x) / (z * z)];
      const [vy, vz] = [f / z, (-f * y) / (z * z)];
      const row = ROW;
      for (let side = 0; side < 2; side++) {
        const [jx, jy, jz] = side === 0 ? [c * ux, s * vy, c * uz + s * vz] : [-s * ux, c * vy, c * vz - s * uz];
        const miss = side === 0 ? c * du + s * dv : c * dv - s * du;
        const w = soft * (side === 0 ? weights[i]! : this.#up[i]!);
        // point' = point + turn x a  →  d/d(turn) = a x j
        row[0] = ay * jz - az * jy;
        row[1] = az * jx - ax * jz;
        row[2] = ax * jy - ay * jx;
        row[3] = jx;
        row[4] = jy;
        row[5] = jz;
        for (let a = 0; a < 6; a++) {
          g[a]! += w * row[a]! * miss;
          for (let b = 0; b <= a; b++) h[a * 6 + b]! += w * row[a]! * row[b]!;
        }
      }
    }
    for (let a = 0; a < 6; a++) for (let b = a + 1; b < 6; b++) h[a * 6 + b] = h[b * 6 + a]!;
  }

  /** Scaled orthography: two rows of the rotation by linear least squares, the distance by their length. */
  #begin(lens: Lens, points: Float64Array, seen: Float64Array, weights: Float64Array, pose: Pose): void {
    const mean = [0, 0, 0, 0, 0];
    let total = 0;
    for (let i = 0; i < weights.length; i++) {
      const w = weights[i]!;
      total += w;
      for (let k = 0; k < 3; k++) mean[k]! += w * points[i * 3 + k]!;
      mean[3]! += w * seen[i * 2]!;
      mean[4]! += w * seen[i * 2 + 1]!;
    }
    for (let k = 0; k < 5; k++) mean[k]! /= Math.max(total, 1e-12);
    const m = new Float64Array(9);
    const [bu, bv] = [new Float64Array(3), new Float64Array(3)];
    for (let i = 0; i < weights.length; i++) {
      const w = weights[i]!;
      const p = [points[i * 3]! - mean[0]!, points[i * 3 + 1]! - mean[1]!, points[i * 3 + 2]! - mean[2]!];
      const [u, v] = [seen[i * 2]! - mean[3]!, mean[4]! - seen[i * 2 + 1]!];
      for (let a = 0; a < 3; a++) {
        bu[a]! += w * p[a]! * u;
        bv[a]! += w * p[a]! * v;
        for (let b = 0; b < 3; b++) m[a * 3 + b]! += w * p[a]! * p[b]!;
      }
    }
    const [i, j] = [new Float64Array(3), new Float64Array(3)];
    if (!solve3(m, bu, i) || !solve3(m, bv, j)) {
      i.set([1, 0, 0]);
      j.set([0, 1, 0]);
    }
    const [li, lj] = [Math.hypot(...i) || 1e-9, Math.hypot(...j) || 1e-9];
    const scale = Math.sqrt(li * lj); // pixels a metre
    for (let k = 0; k < 3; k++) {
      i[k]! /= li;
      j[k]! /= lj;
    }
    const dot = i[0]! * j[0]! + i[1]! * j[1]! + i[2]! * j[2]!;
    for (let k = 0; k < 3; k++) j[k]! -= dot * i[k]!;
    const length = Math.hypot(...j) || 1e-9;
    for (let k = 0; k < 3; k++) j[k]! /= length;
    const r = pose.rotation;
    r.set(i, 0);
    r.set(j, 3);
    r[6] = i[1]! * j[2]! - i[2]! * j[1]!;
    r[7] = i[2]! * j[0]! - i[0]! * j[2]!;
    r[8] = i[0]! * j[1]! - i[1]! * j[0]!;
    const z = -lens.focal / Math.max(scale, 1e-6);
    const x = ((mean[3]! - lens.width / 2) / lens.focal) * -z;
    const y = ((lens.height / 2 - mean[4]!) / lens.focal) * -z;
    for (let k = 0; k < 3; k++) {
      pose.translation[k] = [x, y, z][k]! - (r[k * 3]! * mean[0]! + r[k * 3 + 1]! * mean[1]! + r[k * 3 + 2]! * mean[2]!);
    }
  }
}

const ROW = new Float64Array(6);

/** `pose` turned and moved by a small step: three numbers of turn (radians, about the camera's axes), three of way. */
export function moved(pose: Pose, step: Float64Array, into: Pose): void {
  const [a, b, c] = [step[0]!, step[1]!, step[2]!];
  const angle = Math.hypot(a, b, c);
  const s = angle < 1e-9 ? 1 : Math.sin(angle) / angle;
  const k = angle < 1e-9 ? 0.5 : (1 - Math.cos(angle)) / (angle * angle);
  const turn = TURN;
  turn[0] = 1 - k * (b * b + c * c);
  turn[1] = k * a * b - s * c;
  turn[2] = k * a * c + s * b;
  turn[3] = k * a * b + s * c;
  turn[4] = 1 - k * (a * a + c * c);
  turn[5] = k * b * c - s * a;
  turn[6] = k * a * c - s * b;
  turn[7] = k * b * c + s * a;
  turn[8] = 1 - k * (a * a + b * b);
  const r = pose.rotation;
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 3; col++) {
      into.rotation[row * 3 + col] = turn[row * 3]! * r[col]! + turn[row * 3 + 1]! * r[3 + col]! + turn[row * 3 + 2]! * r[6 + col]!;
    }
    into.translation[row] = pose.translation[row]! + step[3 + row]!;
  }
}

const TURN = new Float64Array(9);

/** `a x = b` for a positive definite `a` of 6 x 6, which is overwritten; false if it is not. */
export function choleskySolve(a: Float64Array, b: Float64Array, x: Float64Array): boolean {
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * 6 + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * 6 + k]! * a[j * 6 + k]!;
      if (i === j) {
        if (sum <= 0) return false;
        a[i * 7] = Math.sqrt(sum);
      } else {
        a[i * 6 + j] = sum / a[j * 7]!;
      }
    }
  }
  for (let i = 0; i < 6; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= a[i * 6 + k]! * x[k]!;
    x[i] = sum / a[i * 7]!;
  }
  for (let i = 5; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < 6; k++) sum -= a[k * 6 + i]! * x[k]!;
    x[i] = sum / a[i * 7]!;
  }
  return true;
}

/** `m x = b` by Cramer's rule; false if it has no single answer. */
function solve3(m: Float64Array, b: Float64Array, x: Float64Array): boolean {
  const det3 = (a: readonly number[]): number =>
    a[0]! * (a[4]! * a[8]! - a[5]! * a[7]!) - a[1]! * (a[3]! * a[8]! - a[5]! * a[6]!) + a[2]! * (a[3]! * a[7]! - a[4]! * a[6]!);
  const whole = [...m];
  const det = det3(whole);
  const size = Math.max(...whole.map(Math.abs));
  if (!(Math.abs(det) > 1e-9 * size ** 3)) return false;
  for (let k = 0; k < 3; k++) {
    const one = [...whole];
    for (let row = 0; row < 3; row++) one[row * 3 + k] = b[row]!;
    x[k] = det3(one) / det;
  }
  return true;
}
