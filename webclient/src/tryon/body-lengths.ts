/**
 * Bones do not change their length: the model's metres, frame by frame of another size (smaller far away, longer trunks
 * at a desk, shorter ones in a squat), give the directions only, and the lengths are those of this body.
 *
 * Until somebody was seen standing, head to foot, they are the mean body's shares of the height; after that, what was
 * measured then. What it is not: where the body is (`body-solve.ts`).
 */
import { MEAN_HEIGHT_M } from "./body-bones";
import type { Habits } from "./body-habits";
import { AT } from "./body-points";

/** Left and right as one. The first five are told on (`BodySolver.lengths`). */
export const LONG = { trunk: 0, upperArm: 1, lowerArm: 2, upperLeg: 3, lowerLeg: 4, shoulders: 5, hips: 6 } as const;
export const SEGMENTS = Object.keys(LONG).length;

/** From hip to knee, each side. */
const THIGHS: readonly (readonly [hip: number, knee: number])[] = [[AT.leftHip, AT.leftKnee], [AT.rightHip, AT.rightKnee]];
/** Who stands straight seems to lift both thighs by so much, radians. */
const STANDS = 0.12;
/** Of all that bends, thighs go furthest. */
const MOST_LIFT = 2.2;

/**
 * By how much a thigh is lifted ahead of the trunk's own line, radians; 0 for one that hangs, or goes back or aside.
 *
 * @param side 0 left, 1 right @param points `(33, 3)` y up
 */
export function lifted(points: Float64Array, side: 0 | 1): number {
  const [hip, knee] = THIGHS[side]!;
  let [along, ahead] = [0, 0];
  for (let k = 0; k < 3; k++) {
    const [i, j] = [(k + 1) % 3, (k + 2) % 3];
    const thigh = points[knee * 3 + k]! - points[hip * 3 + k]!;
    along -= thigh * up(points, k);
    ahead += thigh * (aside(points, i) * up(points, j) - aside(points, j) * up(points, i));
  }
  // `aside` is as long as the hips are wide, `up` as the trunk.
  ahead /= Math.max(Math.hypot(aside(points, 0), aside(points, 1), aside(points, 2)), 1e-6);
  return Math.min(MOST_LIFT, Math.max(0, Math.atan2(ahead, along) - STANDS));
}
const aside = (points: Float64Array, k: number): number => points[AT.leftHip * 3 + k]! - points[AT.rightHip * 3 + k]!;
const up = (points: Float64Array, k: number): number => (points[AT.leftShoulder * 3 + k]! + points[AT.rightShoulder * 3 + k]! - points[AT.leftHip * 3 + k]! - points[AT.rightHip * 3 + k]!) / 2;

/** From, to, and which length lies between; in the order in which a body grows from the middle of its hips. */
const CHAINS: readonly (readonly [from: number, to: number, segment: number])[] = [
  [AT.leftShoulder, AT.leftElbow, LONG.upperArm], [AT.rightShoulder, AT.rightElbow, LONG.upperArm], [AT.leftElbow, AT.leftWrist, LONG.lowerArm], [AT.rightElbow, AT.rightWrist, LONG.lowerArm],
  [AT.leftHip, AT.leftKnee, LONG.upperLeg], [AT.rightHip, AT.rightKnee, LONG.upperLeg], [AT.leftKnee, AT.leftAnkle, LONG.lowerLeg], [AT.rightKnee, AT.rightAnkle, LONG.lowerLeg],
];
/** What goes along with which point. */
const WITH: readonly (readonly [of: number, points: readonly number[]])[] = [
  [AT.leftWrist, [17, 19, 21]], [AT.rightWrist, [18, 20, 22]], [AT.leftAnkle, [29, 31]], [AT.rightAnkle, [30, 32]],
];
/** Frames over which a body's proportions are averaged. */
const MOST_FRAMES = 90;
/** Frames of standing after which what was measured is believed. */
const FEW = 5;
/** Legs as straight as this stand. */
const UPRIGHT = 0.95;
/** A limb that the model makes shorter or longer than by this is seen badly, not foreshortened. */
const MOST = 1.5;

export class BodyLengths {
  /** Metres. */
  readonly known = new Float64Array(SEGMENTS);
  /** The model's metres times this are ours, on the whole, in this frame. */
  scale = 1;
  readonly #habits: Habits;
  readonly #now = new Float64Array(SEGMENTS);
  /** As shares of the height. */
  readonly #mean = new Float64Array(SEGMENTS);
  /** Between the points in this frame. */
  #trunk = 0;
  #stood = 0;

  constructor(habits: Habits) {
    this.#habits = habits;
  }

  /** The body that comes next is another. */
  reset(): void {
    this.#stood = 0;
  }

  /**
   * @param world `(33, 3)` the model's metres, any axes
   * @param isWhole whether the legs are seen, down to the ankles
   * @param isNew whether this is another frame than the last
   */
  look(world: Float64Array, isWhole: boolean, isNew: boolean, height_m: number): void {
    const now = this.#now.fill(0);
    for (const [a, b, k] of CHAINS) now[k]! += distance(world, a, b) / 2;
    now[LONG.trunk] = middles(world, AT.leftShoulder, AT.rightShoulder, AT.leftHip, AT.rightHip);
    now[LONG.shoulders] = distance(world, AT.leftShoulder, AT.rightShoulder);
    now[LONG.hips] = distance(world, AT.leftHip, AT.rightHip);
    const whole = now[LONG.trunk]! + now[LONG.upperLeg]! + now[LONG.lowerLeg]!;
    const straight = (distance(world, AT.leftHip, AT.leftAnkle) + distance(world, AT.rightHip, AT.rightAnkle)) / 2;
    if (isWhole && straight > UPRIGHT * (now[LONG.upperLeg]! + now[LONG.lowerLeg]!) && (isNew || !this.#stood)) {
      this.#stood = Math.min(MOST_FRAMES, this.#stood + 1);
      for (let k = 0; k < SEGMENTS; k++) this.#mean[k]! += (now[k]! / (whole * this.#habits.heightShare) - this.#mean[k]!) / this.#stood;
    }
    const trust = Math.min(1, this.#stood / FEW);
    const lift = (lifted(world, 0) + lifted(world, 1)) / 2;
    let [mine, theirs] = [0, 0];
    for (let k = 0; k < SEGMENTS; k++) {
      const share = this.#habits.shares[k]! + trust * (this.#mean[k]! - this.#habits.shares[k]!);
      this.known[k] = share * height_m;
      if (k === LONG.trunk) this.#trunk = this.known[k]! - lift * this.#habits.crease * (height_m / MEAN_HEIGHT_M);
      if (!isWhole && (k === LONG.upperLeg || k === LONG.lowerLeg)) continue;
      mine += this.known[k]!;
      theirs += now[k]!;
    }
    this.scale = mine / Math.max(theirs, 1e-6);
  }

  /** A body of the known lengths, in the model's directions. @param into `(33, 3)` metres about the hips' middle */
  rebuild(world: Float64Array, into: Float64Array): void {
    const { known, scale } = this;
    for (let k = 0; k < 3; k++) {
      const hip = (world[AT.leftHip * 3 + k]! - world[AT.rightHip * 3 + k]!) / 2;
      const shoulder = (world[AT.leftShoulder * 3 + k]! - world[AT.rightShoulder * 3 + k]!) / 2;
      const low = (world[AT.leftHip * 3 + k]! + world[AT.rightHip * 3 + k]!) / 2;
      const long = up(world, k);
      const high = long * this.#stretch(LONG.trunk, this.#trunk);
      into[AT.leftHip * 3 + k] = hip * this.#stretch(LONG.hips);
      into[AT.rightHip * 3 + k] = -hip * this.#stretch(LONG.hips);
      into[AT.leftShoulder * 3 + k] = high + shoulder * this.#stretch(LONG.shoulders);
      into[AT.rightShoulder * 3 + k] = high - shoulder * this.#stretch(LONG.shoulders);
      // The head sits on the shoulders in the model's own size.
      for (let i = 0; i < 11; i++) into[i * 3 + k] = high + (world[i * 3 + k]! - long - low) * scale;
    }
    for (const [from, to, segment] of CHAINS) {
      const long = distance(world, from, to);
      const stretch = long > 1e-6 ? Math.min(MOST * scale, known[segment]! / long) : scale;
      for (let k = 0; k < 3; k++) into[to * 3 + k] = into[from * 3 + k]! + (world[to * 3 + k]! - world[from * 3 + k]!) * stretch;
    }
    for (const [of, points] of WITH) {
      for (const i of points) for (let k = 0; k < 3; k++) into[i * 3 + k] = into[of * 3 + k]! + (world[i * 3 + k]! - world[of * 3 + k]!) * scale;
    }
  }

  #stretch(segment: number, known = this.known[segment]!): number {
    const now = this.#now[segment]!;
    return now > 1e-6 ? Math.min(MOST * this.scale, known / now) : this.scale;
  }
}

const distance = (points: Float64Array, a: number, b: number): number => Math.hypot(points[a * 3]! - points[b * 3]!, points[a * 3 + 1]! - points[b * 3 + 1]!, points[a * 3 + 2]! - points[b * 3 + 2]!);

function middles(w: Float64Array, a: number, b: number, c: number, d: number): number {
  let sum = 0;
  for (let k = 0; k < 3; k++) sum += (w[a * 3 + k]! + w[b * 3 + k]! - w[c * 3 + k]! - w[d * 3 + k]!) ** 2;
  return Math.sqrt(sum) / 2;
}

