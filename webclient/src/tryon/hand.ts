/**
 * A wrist and a ring finger in metres from a hand's 21 points in the picture, and from the forearm that is seen in it.
 *
 * The palm is taken for rigid (`hand-palm.ts`); MediaPipe's own metric points collapse when the back of the hand faces
 * the camera, which is how a watch is looked at. The wrist lies along the forearm (`hand-arm.ts`), or along the palm
 * where none is seen. Own frame of a hand: +Y to the fingertips, +Z out of its back, +X their product, origin in the
 * wrist. What it is not: the length of this person's hand; it is the mean one's.
 */
import type { Bearer } from "./bearer";
import type { Lens } from "./camera";
import { EuroRotation, EuroVector } from "./euro";
import { ArmFinder, STEP_M, type WristView } from "./hand-arm";
import { PALM, PalmSolver } from "./hand-palm";
import { WRIST } from "./occluder";
import { newPose, type Pose } from "./pnp";
import type { Hand } from "./tracking";

/** From the tracker's point, which lies in the heel of the hand, to where a watch is worn. */
const WATCH_M = -0.034;
const RING_SHARE = 0.55;
/** The tracker believes fingers flatter than they are. */
const LEAN = 1.3;
/** A palm that points at the camera says not where its arm lies: less than this of it is seen from the side. */
const FLAT = 0.35;
/** Wrists against the mean one. */
const SCALES = [0.78, 1.25] as const;
const PLACE = { rest_hz: 1.2, beta: 60, speed_hz: 2 } as const;
const TURN = { rest_hz: 1, beta: 6, speed_hz: 2 } as const;
const KEEP_MS = 250;
/** What a frame's look at the forearm changes, and what a frame without one. */
const CALM = 0.3;
const FORGET = 0.04;

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
  readonly #seen = new Float64Array(PALM.length * 3);
  readonly #palm = newPose();
  readonly #solver: PalmSolver;
  readonly #arm = new ArmFinder();
  readonly #knuckles = new Float64Array(8);
  readonly #place = new EuroVector(3, PLACE);
  readonly #turn = new EuroRotation(TURN);
  readonly #along = new EuroVector(3, PLACE);
  /** How the forearm lies against the palm: turned in the picture, clockwise, and moved aside. */
  #bend_rad = 0;
  #aside_m = 0;
  #last_ms = -Infinity;

  constructor(isLeft: boolean) {
    this.isLeft = isLeft;
    this.wrist = this.#wrist;
    this.finger = this.#finger;
    this.#solver = new PalmSolver(isLeft);
  }

  lose(): void {
    this.#wrist.isFound = this.#finger.isFound = false;
  }

  /** @param view and picture: where the forearm is looked for; without them it goes on from the palm */
  look({ points }: Hand, lens: Lens, time_ms: number, view: WristView | null = null, picture: ImageBitmap | null = null): boolean {
    for (const [i, [landmark]] of PALM.entries()) {
      this.#seen[i * 3] = points[landmark * 3]! * lens.width;
      this.#seen[i * 3 + 1] = points[landmark * 3 + 1]! * lens.height;
      this.#seen[i * 3 + 2] = (points[2]! - points[landmark * 3 + 2]!) * lens.width;
    }
    const isFresh = time_ms - this.#last_ms > KEEP_MS;
    const long_px = Math.hypot(this.#seen[0]! - this.#seen[9]!, this.#seen[1]! - this.#seen[10]!);
    const error = this.#solver.solve(lens, this.#seen, this.#palm, isFresh);
    const z = this.#palm.translation[2]!;
    const isHand = long_px > 6 && Number.isFinite(error) && z < -0.1 && z > -4 && error < Math.max(6, long_px * 0.3);
    this.#wrist.isFound = this.#finger.isFound = isHand;
    if (!isHand) return false;
    if (isFresh) {
      this.#place.reset();
      this.#turn.reset();
      this.#along.reset();
      this.#bend_rad = this.#aside_m = 0;
      this.#wrist.scale = 1;
    }
    const dt = (time_ms - this.#last_ms) / 1000;
    this.#last_ms = time_ms;
    this.#palm.translation.set(this.#place.next(this.#palm.translation, dt));
    const r = this.#turn.next(this.#palm.rotation, dt);
    this.#onWrist(r, lens, view, picture, isFresh);
    this.#onFinger(points, lens, r, dt);
    return true;
  }

  #onWrist(r: Float64Array, lens: Lens, view: WristView | null, picture: ImageBitmap | null, isFresh: boolean): void {
    const t = this.#palm.translation;
    // In the picture, right and down: from the wrist along the palm's line to the elbow.
    const flat = Math.hypot(r[1]!, r[4]!);
    const [x, y] = [-r[1]! / Math.max(flat, 1e-6), r[4]! / Math.max(flat, 1e-6)];
    const isSeen = view !== null && picture !== null && flat > FLAT && this.#armIn(view, picture, lens, x, y);
    const [ax, ay] = this.#arm.way as unknown as [number, number];
    const share = isSeen ? (isFresh ? 1 : CALM) : FORGET;
    this.#bend_rad += share * ((isSeen ? Math.atan2(x * ay - y * ax, x * ax + y * ay) : 0) - this.#bend_rad);
    this.#aside_m += share * ((isSeen ? this.#arm.aside_m : 0) - this.#aside_m);
    const [c, s] = [Math.cos(this.#bend_rad), Math.sin(this.#bend_rad)];
    // Clockwise as the picture is looked at is backwards about the camera's own Z.
    const { rotation: o, translation: at } = this.#wrist.pose;
    for (let k = 0; k < 3; k++) {
      o[k] = c * r[k]! + s * r[3 + k]!;
      o[3 + k] = c * r[3 + k]! - s * r[k]!;
      o[6 + k] = r[6 + k]!;
    }
    const [wx, wy] = [c * x - s * y, c * y + s * x];
    at[0] = t[0]! - this.#aside_m * wy;
    at[1] = t[1]! - this.#aside_m * wx;
    at[2] = t[2]!;
    if (isSeen) this.#girth(o, at, isFresh);
    // A watch's crown looks to the hand on the left wrist and to the elbow on the right one, so that twelve is away.
    const side = this.isLeft ? 1 : -1;
    for (let k = 0; k < 3; k++) {
      at[k]! += WATCH_M * o[k * 3 + 1]!;
      o[k * 3]! *= side;
      o[k * 3 + 1]! *= side;
    }
  }

  /** A wrist is wider than thick: how wide this one is follows from how it is turned. */
  #girth(o: Float64Array, at: Float64Array, isFresh: boolean): void {
    const far = at[0]! ** 2 + at[1]! ** 2 + at[2]! ** 2;
    const faceOn = Math.min(1, (o[2]! * at[0]! + o[5]! * at[1]! + o[8]! * at[2]!) ** 2 / Math.max(far, 1e-9));
    const scale = this.#arm.half_m / Math.sqrt(faceOn * WRIST.x ** 2 + (1 - faceOn) * WRIST.z ** 2);
    const kept = Math.min(SCALES[1], Math.max(SCALES[0], scale));
    this.#wrist.scale += (isFresh ? 1 : CALM) * (kept - this.#wrist.scale);
  }

  #armIn(view: WristView, picture: ImageBitmap, lens: Lens, x: number, y: number): boolean {
    const metre_px = lens.focal / -this.#palm.translation[2]!;
    const pixels = view.look(picture, lens, this.#seen[0]!, this.#seen[1]!, metre_px);
    if (!pixels) return false;
    for (let i = 0; i < 4; i++) {
      for (let k = 0; k < 2; k++) this.#knuckles[i * 2 + k] = (this.#seen[(i + 2) * 3 + k]! - this.#seen[k]!) / (metre_px * STEP_M);
    }
    return this.#arm.find(pixels, this.#knuckles, x, y);
  }

  /** The ring finger's first bone, from knuckle to joint, at the palm's depth; its back as the palm's. */
  #onFinger(points: Float32Array, lens: Lens, r: Float64Array, dt: number): void {
    this.#onRay(points, lens, 13, 0);
    this.#onRay(points, lens, 14, 3);
    const [dx, dy] = [RAYS[3]! - RAYS[0]!, RAYS[4]! - RAYS[1]!];
    const lean = (LEAN * (points[13 * 3 + 2]! - points[14 * 3 + 2]!) * lens.width * -RAYS[2]!) / lens.focal;
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

const RAYS = new Float64Array(6);
