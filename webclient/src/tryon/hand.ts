/**
 * A wrist and a ring finger in metres from a hand's 21 points in the picture.
 *
 * The palm is taken for rigid and solved like a head; MediaPipe's own metric points collapse when the back of the hand
 * faces the camera, which is how a watch is looked at. A flat palm has two poses that look alike: both are tried, and
 * the one that fits better, or else the one that goes on from the last frame, is kept. Own frame of a hand: +Y to the
 * fingertips, +Z out of its back, +X their product, origin in the wrist.
 *
 * Source: DINED and NASA-STD-3000 (lengths of adult hands).
 */
import type { Bearer } from "./bearer";
import type { Lens } from "./camera";
import { EuroRotation, EuroVector, turnBetween } from "./euro";
import { newPose, Pnp, type Pose } from "./pnp";
import type { Hand } from "./tracking";

/** Of a right hand, metres: landmark, x, y, z, weight. The thumb's root moves a little, the little finger's arches. */
const PALM: readonly (readonly [landmark: number, x: number, y: number, z: number, weight: number])[] = [
  [0, 0, 0, 0, 1], [1, -0.027, 0.024, -0.012, 0.3], [5, -0.027, 0.09, 0, 1], [9, -0.005, 0.094, 0.003, 1], [13, 0.016, 0.087, 0.001, 1], [17, 0.035, 0.076, -0.004, 0.8],
];
/** From the crease to where a watch is worn. */
const WATCH_M = -0.024;
const RING_SHARE = 0.42;
/** The ring finger's first bone. */
const BONE_M = 0.044;
const PLACE = { rest_hz: 1.2, beta: 60, speed_hz: 2 } as const;
const TURN = { rest_hz: 1, beta: 6, speed_hz: 2 } as const;
const KEEP_MS = 250;
/** How much worse the nearer of two alike poses may fit. */
const ALIKE = 1.35;

interface Part {
  part: "wrist" | "finger";
  readonly pose: Pose;
  scale: number;
  isFound: boolean;
}

export class TrackedHand {
  readonly isLeft: boolean;
  readonly wrist: Bearer;
  readonly finger: Bearer;
  readonly #wrist: Part = { part: "wrist", pose: newPose(), scale: 1, isFound: false };
  readonly #finger: Part = { part: "finger", pose: newPose(), scale: 1, isFound: false };
  readonly #points = new Float64Array(PALM.length * 3);
  readonly #weights = Float64Array.from(PALM, ([, , , , weight]) => weight);
  readonly #seen = new Float64Array(PALM.length * 2);
  readonly #palm = newPose();
  readonly #other = newPose();
  readonly #pnp = new Pnp();
  readonly #place = new EuroVector(3, PLACE);
  readonly #turn = new EuroRotation(TURN);
  readonly #along = new EuroVector(3, PLACE);
  #last_ms = -Infinity;

  constructor(isLeft: boolean) {
    this.isLeft = isLeft;
    this.wrist = this.#wrist;
    this.finger = this.#finger;
    for (const [i, [, x, y, z]] of PALM.entries()) this.#points.set([isLeft ? -x : x, y, z], i * 3);
  }

  lose(): void {
    this.#wrist.isFound = this.#finger.isFound = false;
  }

  look({ points }: Hand, lens: Lens, time_ms: number): boolean {
    for (const [i, [landmark]] of PALM.entries()) {
      this.#seen[i * 2] = points[landmark * 3]! * lens.width;
      this.#seen[i * 2 + 1] = points[landmark * 3 + 1]! * lens.height;
    }
    const isFresh = time_ms - this.#last_ms > KEEP_MS;
    const long_px = Math.hypot(this.#seen[0]! - this.#seen[6]!, this.#seen[1]! - this.#seen[7]!);
    let error = this.#pnp.solve(lens, this.#points, this.#seen, this.#weights, this.#palm, isFresh, Math.max(2, long_px * 0.08)).error_px;
    error = this.#orFlipped(lens, error, isFresh, Math.max(2, long_px * 0.08));
    const z = this.#palm.translation[2]!;
    const isHand = Number.isFinite(error) && z < -0.1 && z > -4 && error < Math.max(6, long_px * 0.3);
    this.#wrist.isFound = this.#finger.isFound = isHand;
    if (!isHand) return false;
    if (isFresh) {
      this.#place.reset();
      this.#turn.reset();
      this.#along.reset();
    }
    const dt = (time_ms - this.#last_ms) / 1000;
    this.#last_ms = time_ms;
    this.#palm.translation.set(this.#place.next(this.#palm.translation, dt));
    const r = this.#turn.next(this.#palm.rotation, dt);
    const t = this.#palm.translation;
    // A watch's crown looks to the hand on the left wrist and to the elbow on the right one, so that twelve is away.
    const side = this.isLeft ? 1 : -1;
    for (let k = 0; k < 3; k++) {
      this.#wrist.pose.rotation[k * 3] = side * r[k * 3]!;
      this.#wrist.pose.rotation[k * 3 + 1] = side * r[k * 3 + 1]!;
      this.#wrist.pose.rotation[k * 3 + 2] = r[k * 3 + 2]!;
      this.#wrist.pose.translation[k] = t[k]! + WATCH_M * r[k * 3 + 1]!;
    }
    this.#onFinger(points, lens, r, dt);
    return true;
  }

  /** The other pose that a flat thing has: its normal turned to the other side of the line of sight. */
  #orFlipped(lens: Lens, error: number, isFresh: boolean, huber_px: number): number {
    const [r, t] = [this.#palm.rotation, this.#palm.translation];
    const far = Math.hypot(t[0]!, t[1]!, t[2]!) || 1;
    const sight = [t[0]! / far, t[1]! / far, t[2]! / far];
    const normal = [r[2]!, r[5]!, r[8]!];
    const along = sight[0]! * normal[0]! + sight[1]! * normal[1]! + sight[2]! * normal[2]!;
    // Mirror the hand's own axes at the plane across the line of sight, then make it a rotation again by the normal.
    const o = this.#other.rotation;
    for (let col = 0; col < 2; col++) {
      const d = r[col]! * sight[0]! + r[3 + col]! * sight[1]! + r[6 + col]! * sight[2]!;
      for (let k = 0; k < 3; k++) o[k * 3 + col] = r[k * 3 + col]! - 2 * d * sight[k]!;
    }
    o[2] = o[3]! * o[7]! - o[6]! * o[4]!;
    o[5] = o[6]! * o[1]! - o[0]! * o[7]!;
    o[8] = o[0]! * o[4]! - o[3]! * o[1]!;
    if (Math.abs(along) > 0.98) return error; // nearly face on: both are one
    this.#other.translation.set(t);
    const other = this.#pnp.solve(lens, this.#points, this.#seen, this.#weights, this.#other, false, huber_px).error_px;
    let isBetter = other < error;
    if (!isFresh && other < error * ALIKE && error < other * ALIKE) {
      turnBetween(this.#turn.value, this.#palm.rotation, WAY);
      const stays = Math.hypot(WAY[0]!, WAY[1]!, WAY[2]!);
      turnBetween(this.#turn.value, this.#other.rotation, WAY);
      isBetter = Math.hypot(WAY[0]!, WAY[1]!, WAY[2]!) < stays;
    }
    if (!isBetter) return error;
    this.#palm.rotation.set(this.#other.rotation);
    this.#palm.translation.set(this.#other.translation);
    return other;
  }

  /** The ring finger's first bone, from knuckle to joint, at the palm's depth; its back as the palm's. */
  #onFinger(points: Float32Array, lens: Lens, r: Float64Array, dt: number): void {
    this.#onRay(points, lens, 13, 0);
    this.#onRay(points, lens, 14, 3);
    // The bone is as long as it is: what the picture shortens leans away from it, to the palm's side as fingers do.
    const [dx, dy] = [RAYS[3]! - RAYS[0]!, RAYS[4]! - RAYS[1]!];
    const flat = Math.min(Math.hypot(dx, dy), BONE_M);
    const lean = Math.sqrt(BONE_M * BONE_M - flat * flat) * (r[8]! > 0 ? -1 : 1);
    const along = this.#along.next([dx, dy, lean], dt);
    const length = Math.hypot(along[0]!, along[1]!, along[2]!) || 1;
    const { rotation: o, translation: t } = this.#finger.pose;
    const [yx, yy, yz] = [along[0]! / length, along[1]! / length, along[2]! / length];
    // The back of the finger: the palm's, made square to the bone.
    let [zx, zy, zz] = [r[2]!, r[5]!, r[8]!];
    const d = zx * yx + zy * yy + zz * yz;
    [zx, zy, zz] = [zx - d * yx, zy - d * yy, zz - d * yz];
    const deep = Math.hypot(zx, zy, zz) || 1;
    [zx, zy, zz] = [zx / deep, zy / deep, zz / deep];
    o.set([yy * zz - yz * zy, yx, zx, yz * zx - yx * zz, yy, zy, yx * zy - yy * zx, yz, zz]);
    for (let k = 0; k < 3; k++) t[k] = RAYS[k]! + RING_SHARE * along[k]!;
  }

  #onRay(points: Float32Array, lens: Lens, landmark: number, into: number): void {
    const [, x, y, z] = PALM[4]!;
    const [r, t] = [this.#palm.rotation, this.#palm.translation];
    const depth = r[6]! * (this.isLeft ? -x : x) + r[7]! * y + r[8]! * z + t[2]!;
    RAYS[into] = ((points[landmark * 3]! * lens.width - lens.width / 2) / lens.focal) * -depth;
    RAYS[into + 1] = ((lens.height / 2 - points[landmark * 3 + 1]! * lens.height) / lens.focal) * -depth;
    RAYS[into + 2] = depth;
  }
}

const WAY = new Float64Array(3);
const RAYS = new Float64Array(6);
