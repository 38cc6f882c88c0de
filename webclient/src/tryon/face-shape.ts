/**
 * One person's own face: where its still points lie, learned from the views that a turning head gives of itself.
 *
 * A mean face on a flat-nosed person slides as the head turns, for its nose is too far out. So one view is remembered of
 * each turn and nod; frame by frame one of them is posed anew, and then each pair of points (faces are taken for
 * symmetric) moves to where all views see it, held to the mean by how much faces differ. Few views say nothing of depth,
 * and then the mean stays. What it is not: a mesh, or kept: it is forgotten with the head.
 *
 * Source: Triggs et al. 2000 (bundle adjustment; here in turns, pose by pose and point by point).
 */
import type { Lens } from "./camera";
import { newPose, type Pnp, type Pose } from "./pnp";

/** How far a point lies from the mean's on different people, and how far off a tracker puts it in one view: one standard deviation, metres. */
const APART_M = 0.005;
const SEEN_M = 0.002;
/** A point further off than this in a view is an error, and pulls no harder. */
const FAR_M = 0.008;
/** A view for so many degrees of turn and of nod; taken anew after so many frames, for the first may have been a poor one. */
const STEP_DEG = 8;
const AGAIN = 60;
const MOST = 24;
/** Posed anew in a frame. */
const TURNS = 2;

interface View {
  readonly bin: number;
  readonly seen: Float64Array;
  readonly pose: Pose;
  lens: Lens;
  roll: number;
  frames: number;
}

export class FaceShape {
  /** `(n, 3)` metres on the canonical scale: the mean's points to begin with, then this person's. */
  readonly points: Float64Array;
  readonly #mean: Float64Array;
  readonly #across: Float64Array;
  readonly #up: Float64Array;
  /** Of each point the one on the other side; itself in the middle. */
  readonly #other: Int32Array;
  readonly #views: View[] = [];
  #next = 0;
  readonly #normal = new Float64Array(9);
  readonly #right = new Float64Array(3);
  readonly #row = new Float64Array(3);

  /** @param mean `(n, 3)` @param across, up weights, as in `Pnp.solve` */
  constructor(mean: Float64Array, across: Float64Array, up: Float64Array) {
    this.#mean = mean;
    this.points = mean.slice();
    this.#across = across;
    this.#up = up;
    const n = across.length;
    this.#other = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      let least = Infinity;
      for (let j = 0; j < n; j++) {
        const far = Math.hypot(mean[i * 3]! + mean[j * 3]!, mean[i * 3 + 1]! - mean[j * 3 + 1]!, mean[i * 3 + 2]! - mean[j * 3 + 2]!);
        if (far < least) [least, this.#other[i]] = [far, j];
      }
    }
  }

  /** How far this person's point lies in front of the mean's, metres on the canonical scale. */
  ahead(point: number): number {
    return this.points[point * 3 + 2]! - this.#mean[point * 3 + 2]!;
  }

  forget(): void {
    this.points.set(this.#mean);
    this.#views.length = this.#next = 0;
  }

  /**
   * Take a frame's view.
   *
   * @param seen `(n, 2)` pixels, not kept
   * @param roll of the eyes' line in the picture
   */
  learn(lens: Lens, seen: Float64Array, pose: Pose, roll: number, pnp: Pnp, huber_px: number): void {
    this.#remember(lens, seen, pose, roll);
    for (let k = 0; k < Math.min(TURNS, this.#views.length); k++) {
      const view = this.#views[this.#next++ % this.#views.length]!;
      pnp.solve(view.lens, this.points, view.seen, this.#across, view.pose, false, huber_px, this.#up, view.roll);
    }
    for (let i = 0; i < this.#other.length; i++) if (this.#other[i]! >= i) this.#place(i);
  }

  #remember(lens: Lens, seen: Float64Array, pose: Pose, roll: number): void {
    const r = pose.rotation;
    const [turn, nod] = [Math.atan2(r[2]!, r[8]!), Math.asin(Math.min(1, Math.max(-1, -r[5]!)))];
    const bin = Math.round((turn * 180) / Math.PI / STEP_DEG) * 100 + Math.round((nod * 180) / Math.PI / STEP_DEG);
    let view: View | undefined;
    for (const one of this.#views) if (one.bin === bin) view = one;
    if (!view) {
      if (this.#views.length >= MOST) return;
      view = { bin, seen: new Float64Array(seen.length), pose: newPose(), lens, roll, frames: 0 };
      this.#views.push(view);
    }
    if (view.frames++ % AGAIN) return;
    view.seen.set(seen);
    view.pose.rotation.set(r);
    view.pose.translation.set(pose.translation);
    view.lens = lens;
    view.roll = roll;
  }

  /** A pair of points, or one in the middle, to where all views see it. */
  #place(i: number): void {
    const j = this.#other[i]!;
    const [p, mean, normal, right, row] = [this.points, this.#mean, this.#normal.fill(0), this.#right.fill(0), this.#row];
    for (let k = 0; k < 3; k++) normal[k * 4] = 1 / APART_M ** 2;
    for (const { lens, seen, pose: { rotation: r, translation: t } } of this.#views) {
      for (let side = 0; side < (i === j ? 1 : 2); side++) {
        const at = side ? j : i;
        const [px, py, pz] = [p[at * 3]!, p[at * 3 + 1]!, p[at * 3 + 2]!];
        const x = r[0]! * px + r[1]! * py + r[2]! * pz + t[0]!;
        const y = r[3]! * px + r[4]! * py + r[5]! * pz + t[1]!;
        const z = r[6]! * px + r[7]! * py + r[8]! * pz + t[2]!;
        // What is missed, in metres at the point's own depth: moving it by d moves it there by d.x - d.z x / z.
        const metre = -z / lens.focal;
        const missX = (seen[at * 2]! - lens.width / 2) * metre - x;
        const missY = (lens.height / 2 - seen[at * 2 + 1]!) * metre - y;
        const weight = Math.min(1, FAR_M / Math.max(Math.hypot(missX, missY), 1e-9)) / SEEN_M ** 2;
        for (let way = 0; way < 2; way++) {
          const slope = way ? y / z : x / z;
          let sight = way ? missY : missX;
          for (let k = 0; k < 3; k++) {
            row[k] = r[way * 3 + k]! - slope * r[6 + k]!;
            // The other side is the mirror image; what lies in the middle stays there.
            if (k === 0) row[0] = i === j ? 0 : side ? -row[0]! : row[0]!;
            sight += row[k]! * (p[i * 3 + k]! - mean[i * 3 + k]!);
          }
          for (let a = 0; a < 3; a++) {
            right[a]! += weight * row[a]! * sight;
            for (let b = 0; b < 3; b++) normal[a * 3 + b]! += weight * row[a]! * row[b]!;
          }
        }
      }
    }
    solve(normal, right, row);
    for (let k = 0; k < 3; k++) {
      p[i * 3 + k] = mean[i * 3 + k]! + row[k]!;
      if (i !== j) p[j * 3 + k] = mean[j * 3 + k]! + (k === 0 ? -row[k]! : row[k]!);
    }
  }
}

/** Three unknowns by Cramer's rule; the matrix is symmetric and, with the mean's pull in it, never singular. */
function solve(m: Float64Array, v: Float64Array, into: Float64Array): void {
  const [a, b, c, d, e, f] = [m[0]!, m[1]!, m[2]!, m[4]!, m[5]!, m[8]!];
  const [p, q, s] = [d * f - e * e, c * e - b * f, b * e - c * d];
  const size = a * p + b * q + c * s;
  into[0] = (p * v[0]! + q * v[1]! + s * v[2]!) / size;
  into[1] = (q * v[0]! + (a * f - c * c) * v[1]! + (b * c - a * e) * v[2]!) / size;
  into[2] = (s * v[0]! + (b * c - a * e) * v[1]! + (a * d - b * b) * v[2]!) / size;
}
