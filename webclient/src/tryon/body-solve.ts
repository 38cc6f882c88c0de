/**
 * One body's 33 landmarks in metres before the camera: the model's own metric points give the shape, the picture says
 * where.
 *
 * The shape is scaled to the body's height, brought before the camera by PnP, and then every landmark goes back on its
 * own ray at the depth that PnP found: what is drawn lies where it is seen, whatever the model thinks of its length. What
 * it is not: bones (`body-turns.ts`), or who is who (`body.ts`).
 *
 * Source: MediaPipe's BlazePose topology; Winter 2009 (segments as shares of the height), for what a height is.
 */
import type { Habits } from "./body-habits";
import { BodyLengths } from "./body-lengths";
import { AT, POINTS } from "./body-points";
import type { Lens } from "./camera";
import { EuroVector } from "./euro";
import { newPose, Pnp } from "./pnp";
import type { BodySeen } from "./tracking";

export { AT, POINTS };

/** How much a landmark says about where the whole body is: what moves on its own says less. */
const WEIGHTS = Float64Array.from({ length: POINTS }, (_, i) =>
  i === AT.leftShoulder || i === AT.rightShoulder || i === AT.leftHip || i === AT.rightHip ? 1 : i < 11 ? 0.06 : i === 13 || i === 14 || (i >= 25 && i <= 28) ? 0.12 : i === 15 || i === 16 ? 0.06 : i >= 29 ? 0.05 : 0.02,
);
const SEEN = { rest_hz: 0.6, beta: 28, speed_hz: 2 } as const;
const SHAPE = { rest_hz: 0.4, beta: 12, speed_hz: 1.5 } as const;
const AWAY = { rest_hz: 0.35, beta: 14, speed_hz: 1 } as const;
/** Sides that change places within less are the model's mistake, not the body's turn. */
const FLIP_S = 0.6;
const KEEP_S = 0.4;
/** Of the least of the torso's corners. */
const SURE = 0.4;
/** Between the shoulders in the model's own metres: people have 0.29 to 0.4 there, whichever way they are turned. */
const LEAST_WIDE = 0.2;
const MOST_WIDE = 0.6;
/** Nobody moves faster before a mirror, metres a second. */
const MOST_SPEED = 4;
/** Legs as surely seen as this, and in the picture, are. */
const SEEN_LEG = 0.5;

export class BodySolver {
  /** `(33, 3)` metres, camera's space. */
  readonly points = new Float64Array(POINTS * 3);
  /** `(33, 2)` pixels, calmed. */
  readonly pixels = new Float64Array(POINTS * 2);
  readonly sure = new Float32Array(POINTS);
  /** How far PnP stayed from the landmarks, as a share of the torso's length in the picture. */
  error = 0;
  /** Of the body in the picture, pixels. */
  size_px = 0;
  /** Whether the whole body was seen, down to the ankles. */
  isWhole = false;
  readonly #speed = new Float64Array(POINTS * 3);
  readonly #last = new Float64Array(POINTS * 3);
  readonly #world = new Float64Array(POINTS * 3);
  readonly #metric = new Float64Array(POINTS * 3);
  readonly #raw = new Float64Array(POINTS * 2);
  readonly #before = new Float64Array(POINTS * 2);
  readonly #weights = new Float64Array(POINTS);
  readonly #one = new Float64Array(3);
  readonly #pose = newPose();
  readonly #pnp = new Pnp();
  readonly #calmSeen = Array.from({ length: POINTS }, () => new EuroVector(2, SEEN));
  readonly #calmShape = Array.from({ length: POINTS }, () => new EuroVector(3, SHAPE));
  readonly #calmAway = new EuroVector(1, AWAY);
  #flipped_s = 0;
  #isFresh = true;

  readonly #lengths: BodyLengths;

  constructor(habits: Habits) {
    this.#lengths = new BodyLengths(habits);
  }

  /** Of limbs and trunk, metres; see `LONG`. */
  get lengths(): Float64Array {
    return this.#lengths.known;
  }

  /** The body that comes next is another. */
  reset(): void {
    this.#lengths.reset();
    this.#isFresh = true;
  }

  /**
   * @param dt seconds since this body was last seen
   * @param height_m of the body
   * @returns whether this is a body at all
   */
  look(seen: BodySeen, lens: Lens, dt: number, height_m: number): boolean {
    if (dt > KEEP_S) this.#isFresh = true;
    if (this.#isFresh) this.#start();
    const isFlipped = this.#read(seen, lens, dt);
    if (isFlipped === null) return false;
    this.isWhole = this.#isIn(AT.leftAnkle, lens) && this.#isIn(AT.rightAnkle, lens) && this.#isIn(AT.leftKnee, lens) && this.#isIn(AT.rightKnee, lens);
    this.#lengths.look(this.#world, this.isWhole, dt > 0, height_m);
    this.#lengths.rebuild(this.#world, this.#metric);
    const { error_px, isIn } = this.#stand(lens);
    if (!isIn) {
      this.#isFresh = true;
      return false;
    }
    const torso_px = Math.max(8, this.#torso());
    this.error = error_px / torso_px;
    if (!(this.error < 0.35)) return false;
    const r = this.#pose.rotation;
    const t = this.#pose.translation;
    this.#one[0] = Math.log(-t[2]!);
    t[2] = -Math.exp(this.#calmAway.next(this.#one.subarray(0, 1), dt)[0]!);
    for (let i = 0; i < POINTS; i++) {
      const z = Math.min(-0.1, r[6]! * this.#metric[i * 3]! + r[7]! * this.#metric[i * 3 + 1]! + r[8]! * this.#metric[i * 3 + 2]! + t[2]!);
      this.points[i * 3] = ((this.pixels[i * 2]! - lens.width / 2) / lens.focal) * -z;
      this.points[i * 3 + 1] = ((lens.height / 2 - this.pixels[i * 2 + 1]!) / lens.focal) * -z;
      this.points[i * 3 + 2] = z;
    }
    for (let i = 0; i < POINTS * 3; i++) {
      const speed = this.#isFresh || dt <= 0 ? 0 : (this.points[i]! - this.#last[i]!) / dt;
      this.#speed[i] = Math.max(-MOST_SPEED, Math.min(MOST_SPEED, speed));
      this.#last[i] = this.points[i]!;
    }
    this.#isFresh = false;
    return true;
  }

  /** Where the landmarks are by now, if all goes on as it went; false if nothing is known. @param ahead seconds since they were seen */
  coast(ahead: number): boolean {
    if (this.#isFresh) return false;
    for (let i = 0; i < POINTS * 3; i++) this.points[i] = this.#last[i]! + this.#speed[i]! * ahead;
    return true;
  }

  #start(): void {
    for (const calm of this.#calmSeen) calm.reset();
    for (const calm of this.#calmShape) calm.reset();
    this.#calmAway.reset();
    this.#flipped_s = 0;
  }

  /** Take a frame's landmarks, the right way round; null if they are no body's. */
  #read({ points, world, visible }: BodySeen, lens: Lens, dt: number): boolean | null {
    if (points.length < POINTS * 3 || world.length < POINTS * 3) return null;
    for (let i = 0; i < POINTS; i++) {
      this.#raw[i * 2] = points[i * 3]! * lens.width;
      this.#raw[i * 2 + 1] = points[i * 3 + 1]! * lens.height;
      if (!Number.isFinite(this.#raw[i * 2]! + this.#raw[i * 2 + 1]! + world[i * 3]! + world[i * 3 + 1]! + world[i * 3 + 2]!)) return null;
    }
    const corners = Math.min(visible[AT.leftShoulder]!, visible[AT.rightShoulder]!);
    if (corners < SURE || !this.#isLikely(world, lens)) return null;
    const size = Math.max(this.#torso() * 2.6, 24);
    this.size_px = this.#isFresh ? size : this.size_px + 0.2 * (size - this.size_px);
    let isFlipped = !this.#isFresh && this.#isFlipped();
    this.#flipped_s = isFlipped ? this.#flipped_s + dt : 0;
    if (this.#flipped_s > FLIP_S) isFlipped = false; // they did turn
    for (let i = 0; i < POINTS; i++) {
      const from = isFlipped ? other(i) : i;
      this.sure[i] = visible[from]!;
      this.#before[i * 2] = this.#raw[from * 2]!;
      this.#before[i * 2 + 1] = this.#raw[from * 2 + 1]!;
      this.#one[0] = this.#before[i * 2]! / this.size_px;
      this.#one[1] = this.#before[i * 2 + 1]! / this.size_px;
      const calm = this.#calmSeen[i]!.next(this.#one.subarray(0, 2), dt);
      this.pixels[i * 2] = calm[0]! * this.size_px;
      this.pixels[i * 2 + 1] = calm[1]! * this.size_px;
      this.#one[0] = world[from * 3]!;
      this.#one[1] = -world[from * 3 + 1]!;
      this.#one[2] = -world[from * 3 + 2]!;
      this.#world.set(this.#calmShape[i]!.next(this.#one, dt), i * 3);
    }
    return isFlipped;
  }

  /** What the model makes out of curtains, water and a corner of the picture has its shoulders outside it, or hardly any. */
  #isLikely(world: Float32Array, lens: Lens): boolean {
    const [a, b] = [AT.leftShoulder * 3, AT.rightShoulder * 3];
    const wide = Math.hypot(world[a]! - world[b]!, world[a + 1]! - world[b + 1]!, world[a + 2]! - world[b + 2]!);
    const x = (this.#raw[AT.leftShoulder * 2]! + this.#raw[AT.rightShoulder * 2]!) / 2;
    const y = (this.#raw[AT.leftShoulder * 2 + 1]! + this.#raw[AT.rightShoulder * 2 + 1]!) / 2;
    return wide > LEAST_WIDE && wide < MOST_WIDE && x > 0 && x < lens.width && y > 0 && y < lens.height;
  }

  #torso(): number {
    const at = this.#raw;
    const x = at[AT.leftShoulder * 2]! + at[AT.rightShoulder * 2]! - at[AT.leftHip * 2]! - at[AT.rightHip * 2]!;
    const y = at[AT.leftShoulder * 2 + 1]! + at[AT.rightShoulder * 2 + 1]! - at[AT.leftHip * 2 + 1]! - at[AT.rightHip * 2 + 1]!;
    const across = Math.hypot(at[AT.leftShoulder * 2]! - at[AT.rightShoulder * 2]!, at[AT.leftShoulder * 2 + 1]! - at[AT.rightShoulder * 2 + 1]!);
    return Math.max(Math.hypot(x, y) / 2, across);
  }

  /** Whether left and right fit the last frame much better when changed for each other. */
  #isFlipped(): boolean {
    let [straight, crossed] = [0, 0];
    for (let i = 11; i < POINTS; i++) {
      const j = other(i);
      straight += WEIGHTS[i]! * Math.hypot(this.#raw[i * 2]! - this.#before[i * 2]!, this.#raw[i * 2 + 1]! - this.#before[i * 2 + 1]!);
      crossed += WEIGHTS[i]! * Math.hypot(this.#raw[j * 2]! - this.#before[i * 2]!, this.#raw[j * 2 + 1]! - this.#before[i * 2 + 1]!);
    }
    return crossed < 0.4 * straight && straight > 0.12 * this.size_px;
  }

  #isIn(i: number, lens: Lens): boolean {
    return this.sure[i]! > SEEN_LEG && this.pixels[i * 2]! > 0 && this.pixels[i * 2]! < lens.width && this.pixels[i * 2 + 1]! > 0 && this.pixels[i * 2 + 1]! < lens.height;
  }

  #stand(lens: Lens): { readonly error_px: number; readonly isIn: boolean } {
    for (let i = 0; i < POINTS; i++) {
      // What lies outside the picture was not seen, whatever the model says of it.
      const [u, v] = [this.pixels[i * 2]!, this.pixels[i * 2 + 1]!];
      const isIn = u > -0.02 * lens.width && u < 1.02 * lens.width && v > -0.02 * lens.height && v < 1.02 * lens.height;
      this.#weights[i] = WEIGHTS[i]! * this.sure[i]! ** 2 * (isIn ? 1 : 0.05);
    }
    if (this.#isFresh) this.#begin(lens);
    const { error_px } = this.#pnp.solve(lens, this.#metric, this.pixels, this.#weights, this.#pose, false, Math.max(2, 0.02 * this.size_px));
    const z = this.#pose.translation[2]!;
    return { error_px, isIn: Number.isFinite(error_px) && z < -0.25 && z > -12 };
  }

  /** As the model has it turned, as far as its size says. */
  #begin(lens: Lens): void {
    const { rotation, translation } = this.#pose;
    rotation.set([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    let [total, mx, my, mu, mv] = [0, 0, 0, 0, 0];
    for (let i = 0; i < POINTS; i++) {
      const w = this.#weights[i]!;
      total += w;
      mx += w * this.#metric[i * 3]!;
      my += w * this.#metric[i * 3 + 1]!;
      mu += w * this.pixels[i * 2]!;
      mv += w * this.pixels[i * 2 + 1]!;
    }
    total = Math.max(total, 1e-9);
    let [metres, pixels] = [0, 0];
    for (let i = 0; i < POINTS; i++) {
      const w = this.#weights[i]!;
      metres += w * ((this.#metric[i * 3]! - mx / total) ** 2 + (this.#metric[i * 3 + 1]! - my / total) ** 2);
      pixels += w * ((this.pixels[i * 2]! - mu / total) ** 2 + (this.pixels[i * 2 + 1]! - mv / total) ** 2);
    }
    const z = -lens.focal * Math.sqrt(metres / Math.max(pixels, 1e-9));
    translation[0] = ((mu / total - lens.width / 2) / lens.focal) * -z - mx / total;
    translation[1] = ((lens.height / 2 - mv / total) / lens.focal) * -z - my / total;
    translation[2] = z;
  }
}

/** The same landmark of the other side: left ones are odd, except about the nose. */
function other(i: number): number {
  if (i === 0) return 0;
  if (i < 7) return i < 4 ? i + 3 : i - 3;
  return i % 2 ? i + 1 : i - 1;
}
