/**
 * The bodies before the mirror, in metres: kept each its own from frame to frame, calm, and honest about what is not seen.
 *
 * What it is not: the geometry of one body in one frame (`body-solve.ts`, `body-turns.ts`), or what it wears (`garment.ts`).
 */
import { Quaternion } from "three";
import type { Bearer } from "./bearer";
import { ArmsApart } from "./body-arms";
import { joint, JOINTS, MEAN_HEIGHT_M, PARENTS } from "./body-bones";
import { BLAZEPOSE, type Habits } from "./body-habits";
import { LONG } from "./body-lengths";
import { AT } from "./body-points";
import { BodySolver } from "./body-solve";
import { BodyTurns } from "./body-turns";
import { project, type Lens } from "./camera";
import { newPose, type Pose } from "./pnp";
import { Outline, peopled } from "./segment";
import type { BodySeen, Mask } from "./tracking";

export { JOINTS, PARENTS };
export type { BodySeen };

/** Of a joint's order see `JOINTS`. Arrays are changed in place by the next frame. */
export interface Body extends Bearer {
  readonly part: "body";
  /** 0 to 1: how much of what is worn may be shown. Falls softly when the body is lost. */
  readonly confidence: number;
  /** What the metres stand on: given by the shopper, or the mean of adults with its spread (one sigma). */
  readonly height_m: number;
  readonly height_spread_m: number;
  /** `(22, 3)` metres, camera's space: where each bone begins. */
  readonly joints: Float32Array;
  /** `(22, 4)` quaternions xyzw, each against its parent; the hips' against the camera. Identity is a T-pose facing it. */
  readonly rotations: Float32Array;
  /** `(22, 4)` the same, all against the camera. */
  readonly turns: Float32Array;
  /** `(22, 2)` pixels from the upper left, of the picture that was tracked. */
  readonly screen: Float32Array;
  /** Where this person's skin, hair and clothes are to be seen (`BySight`): `(13, 2)` pixels of the picture, if the face is seen. */
  readonly colours: { readonly at: Float32Array; readonly isSeen: boolean };
  /** `(22)` 0 to 1: how surely a joint was seen. */
  readonly sure: Float32Array;
  /** `(22)` metres from a limb's joint to its parent, averaged over frames: where depth is misjudged, joints lie further apart or nearer. The hips' is the trunk's. 0 if it is not measured. */
  readonly lengths: Float32Array;
  /** `(22)` metres: half the width of what is seen about a bone, clothes and all; of the trunk at `chest`. 0 where it was not seen. */
  readonly halves: Float32Array;
}

/** Nobody told us theirs: the mean of adults, and how far people are from it. */
export const MEAN_ADULT_M = { height_m: 1.7, spread_m: 0.095 } as const;
/** Nobody is measured with a height that nobody has. */
export const HEIGHTS_M = [0.9, 2.3] as const;
const GIVEN_SPREAD_M = 0.01;

/** A body lost for less is shown on, paler and paler. */
const KEEP_MS = 450;
/** A body that jumps further than this share of its own size is another. */
const SAME = 0.6;
/** How much another size of trunk counts against being the same body: two who pass each other are not equally near. */
const SIZES = 0.3;
/** How fast a body's pace is believed. */
const PACE = 0.4;
/** Mean distance of the trunks' corners, as a share of its diagonal, below which two bodies are one person seen twice. */
const SAME_TRUNK = 0.35;
/** A body of which the mask shows less is nobody's. */
const PEOPLED = 0.2;
const RISE_S = 0.18;
const FALL_S = 0.3;
/** Which landmark says how surely a joint was seen. */
const SEEN_BY: Readonly<Partial<Record<(typeof JOINTS)[number], number>>> = {
  head: AT.nose, leftUpperArm: AT.leftShoulder, leftLowerArm: AT.leftElbow, leftHand: AT.leftWrist, rightUpperArm: AT.rightShoulder, rightLowerArm: AT.rightElbow, rightHand: AT.rightWrist,
  leftUpperLeg: AT.leftHip, leftLowerLeg: AT.leftKnee, leftFoot: AT.leftAnkle, leftToes: AT.leftToe, rightUpperLeg: AT.rightHip, rightLowerLeg: AT.rightKnee, rightFoot: AT.rightAnkle, rightToes: AT.rightToe,
};
const SEEN_AT = JOINTS.map((name) => SEEN_BY[name] ?? -1);
const LONG_AT: Readonly<Partial<Record<(typeof JOINTS)[number], number>>> = {
  hips: LONG.trunk, leftLowerArm: LONG.upperArm, rightLowerArm: LONG.upperArm, leftHand: LONG.lowerArm, rightHand: LONG.lowerArm,
  leftLowerLeg: LONG.upperLeg, rightLowerLeg: LONG.upperLeg, leftFoot: LONG.lowerLeg, rightFoot: LONG.lowerLeg,
};
const MEASURED = JOINTS.map((name) => LONG_AT[name] ?? -1);
const HIPS = joint("hips");

/** Places by the landmarks between and beside which they lie. */
const COLOURS: readonly (readonly (readonly [landmark: number, share: number])[])[] = [
  // The nose's tip, its root, and the cheeks between eye, ear and mouth.
  [[0, 1]], [[1, 0.5], [4, 0.5]], [[3, 0.3], [7, 0.3], [9, 0.4]], [[6, 0.3], [8, 0.3], [10, 0.4]],
  // The crown: as far over the eyes as one and a third times the mouth lies under them; and to both sides of it.
  ...[0, 0.25, -0.25].map((aside) => [[2, 1.17], [5, 1.17], [9, -0.67], [10, -0.67], [7, aside], [8, -aside]] as const),
  // What is worn: left and right of the chest's middle, halfway down the upper arms, and where the sleeves begin.
  [[11, 0.44], [12, 0.2], [23, 0.25], [24, 0.11]], [[12, 0.44], [11, 0.2], [24, 0.25], [23, 0.11]],
  [[11, 0.5], [13, 0.5]], [[12, 0.5], [14, 0.5]], [[11, 0.85], [23, 0.15]], [[12, 0.85], [24, 0.15]],
];

const CORNERS = [AT.leftShoulder, AT.rightShoulder, AT.leftHip, AT.rightHip] as const;
const CORNER = new Float64Array(CORNERS.length * 2);

class Tracked implements Body {
  readonly part = "body" as const;
  readonly solver: BodySolver;
  readonly bones: BodyTurns;
  readonly pose: Pose = newPose();
  readonly screen = new Float32Array(JOINTS.length * 2);
  readonly sure = new Float32Array(JOINTS.length);
  readonly lengths = new Float32Array(JOINTS.length);
  readonly colours = { at: new Float32Array(COLOURS.length * 2), isSeen: false };
  scale = 1;
  confidence = 0;
  height_m: number = MEAN_ADULT_M.height_m;
  height_spread_m: number = MEAN_ADULT_M.spread_m;
  seen_ms = -Infinity;
  drawn_ms = -Infinity;
  /** Between the shoulders, pixels, and how that goes on, pixels a second. */
  x = 0;
  y = 0;
  #dx = 0;
  #dy = 0;
  #long = 0;
  readonly outline = new Outline();
  /** Whether the mask of people was seen where this is; null before it was asked. */
  isPeopled: boolean | null = null;
  readonly #arms = new ArmsApart();
  readonly #pixel = new Float64Array(2);
  readonly #between = new Float64Array(Object.keys(LONG).length);

  constructor(habits: Habits) {
    this.solver = new BodySolver(habits);
    this.bones = new BodyTurns(habits);
    // What lies between the points against what lies between the bones.
    this.#between[LONG.trunk] = habits.shoulder[1] - habits.hip[1];
    this.#between[LONG.upperLeg] = habits.hip[1] - habits.knee;
    this.#between[LONG.lowerLeg] = habits.knee;
  }

  get joints(): Float32Array {
    return this.bones.joints;
  }
  get turns(): Float32Array {
    return this.bones.turns;
  }
  get rotations(): Float32Array {
    return this.bones.rotations;
  }
  get halves(): Float32Array {
    return this.outline.halves;
  }
  get isFound(): boolean {
    return this.confidence > 0.02;
  }

  look(seen: BodySeen, lens: Lens, time_ms: number, height_m: number): boolean {
    const dt = Number.isFinite(this.seen_ms) ? (time_ms - this.seen_ms) / 1000 : 0;
    const { solver } = this;
    if (!solver.look(seen, lens, dt, height_m)) return false;
    this.height_m = height_m;
    this.scale = height_m / MEAN_HEIGHT_M;
    this.#stand(lens);
    this.seen_ms = time_ms;
    const [x, y, long] = trunkOf(seen, lens);
    if (dt > 0) {
      this.#dx += PACE * ((x - this.x) / dt - this.#dx);
      this.#dy += PACE * ((y - this.y) / dt - this.#dy);
    }
    [this.x, this.y, this.#long] = [x, y, long];
    return true;
  }

  /** How unlike a trunk seen there is to where this one must be by now: of its own size. */
  far(x: number, y: number, long: number, time_ms: number): number {
    const ahead = Number.isFinite(this.seen_ms) ? Math.min(KEEP_MS, time_ms - this.seen_ms) / 1000 : 0;
    const apart = Math.hypot(this.x + this.#dx * ahead - x, this.y + this.#dy * ahead - y) / Math.max(this.solver.size_px, 24);
    return apart + SIZES * Math.abs(Math.log(Math.max(long, 1) / Math.max(this.#long, 1)));
  }

  /** Between two looks: as far on as it went. */
  coast(lens: Lens, time_ms: number): void {
    const ahead = (time_ms - this.seen_ms) / 1000;
    if (!(ahead > 0 && ahead < 0.25) || !this.solver.coast(ahead)) return;
    this.#stand(lens);
  }

  /** Bones from landmarks. */
  #stand(lens: Lens): void {
    const { solver, bones, height_m } = this;
    bones.set(solver.points, height_m);
    this.#arms.part(solver.points, solver.sure, bones, height_m / MEAN_HEIGHT_M);
    bones.set(solver.points, height_m);
    for (let i = 0; i < JOINTS.length; i++) {
      project(lens, bones.joints[i * 3]!, bones.joints[i * 3 + 1]!, bones.joints[i * 3 + 2]!, this.#pixel);
      this.screen.set(this.#pixel, i * 2);
      const measured = MEASURED[i]!;
      this.lengths[i] = measured >= 0 ? solver.lengths[measured]! + this.scale * this.#between[measured]! : 0;
      const by = SEEN_AT[i]!;
      this.sure[i] = by >= 0 ? solver.sure[by]! : Math.min(solver.sure[AT.leftShoulder]!, solver.sure[AT.rightShoulder]!);
    }
    this.#see();
    for (let k = 0; k < 3; k++) this.pose.translation[k] = bones.joints[HIPS * 3 + k]!;
    matrixOf(Q.fromArray(bones.turns, HIPS * 4), this.pose.rotation);
  }

  #see(): void {
    const { pixels, sure } = this.solver;
    for (const [i, parts] of COLOURS.entries()) {
      this.colours.at[i * 2] = this.colours.at[i * 2 + 1] = 0;
      for (const [landmark, share] of parts) for (let k = 0; k < 2; k++) this.colours.at[i * 2 + k]! += share * pixels[landmark * 2 + k]!;
    }
    // A face that looks away shows hair: its cheeks lie within its ears.
    const wide = pixels[AT.leftEar * 2]! - pixels[AT.rightEar * 2]!;
    this.colours.isSeen = sure[AT.nose]! > 0.5 && wide > 0;
  }

  prove(mask: Mask, lens: Lens): void {
    const { pixels } = this.solver;
    for (const [i, at] of CORNERS.entries()) CORNER.set(pixels.subarray(at * 2, at * 2 + 2), i * 2);
    this.isPeopled = peopled(mask, CORNER, lens) > PEOPLED;
  }

  /** Show as much as is believed of it. @param isProofNeeded whether a body that no mask showed is nobody's */
  believe(time_ms: number, isProofNeeded: boolean): void {
    const dt = Number.isFinite(this.drawn_ms) ? (time_ms - this.drawn_ms) / 1000 : 1;
    this.drawn_ms = time_ms;
    const isSeen = this.seen_ms === time_ms;
    const { sure } = this.solver;
    const trust = isSeen && (this.isPeopled ?? !isProofNeeded) ? Math.min(1, Math.max(0, (Math.min(sure[AT.leftShoulder]!, sure[AT.rightShoulder]!) - 0.4) / 0.3)) : 0;
    const step = dt / (trust > this.confidence ? RISE_S : FALL_S);
    this.confidence += Math.max(-step, Math.min(step, trust - this.confidence));
  }
}

export class Bodies {
  /** The shopper's own, if they told it, metres; null for the mean of adults. */
  height_m: number | null = null;
  /** Whether masks come: a body is then nobody's until one showed it. */
  hasMasks = false;
  readonly #most: number;
  readonly #habits: Habits;
  readonly #all: Tracked[] = [];
  readonly #bodies: Tracked[] = [];
  readonly #free = new Set<Tracked>();
  /** Of each pose its body; null if it is nobody's yet, undefined if it is another's double. */
  readonly #of: (Tracked | null | undefined)[] = [];

  /** @param habits of the detector whose points come */
  constructor(most = 2, habits: Habits = BLAZEPOSE) {
    this.#most = most;
    this.#habits = habits;
  }

  get bodies(): readonly Body[] {
    return this.#bodies;
  }

  /** @returns in the order in which they came; also those just lost, while they fade */
  look(poses: readonly BodySeen[], lens: Lens, time_ms: number): readonly Body[] {
    this.#free.clear();
    for (const one of this.#all) this.#free.add(one);
    this.#pair(poses, lens, time_ms);
    for (const [i, seen] of poses.entries()) {
      let known = this.#of[i];
      if (known === undefined) continue;
      if (!known) {
        // What the mask does not show keeps no place.
        if (this.#all.length >= this.#most) {
          const ghost = this.#all.findIndex((one) => one.isPeopled === false);
          if (ghost < 0) continue;
          this.#free.delete(this.#all[ghost]!);
          this.#all.splice(ghost, 1);
        }
        known = new Tracked(this.#habits);
        this.#all.push(known);
      }
      this.#free.delete(known);
      // A height that was given is the first shopper's; who stands beside them is measured by the mean.
      const isGiven = this.height_m !== null && known === this.#all.find((one) => one.isPeopled !== false);
      known.height_spread_m = isGiven ? GIVEN_SPREAD_M : MEAN_ADULT_M.spread_m;
      const height = isGiven ? Math.min(HEIGHTS_M[1], Math.max(HEIGHTS_M[0], this.height_m!)) : MEAN_ADULT_M.height_m;
      known.look(seen, lens, time_ms, height);
    }
    this.#bodies.length = 0;
    for (let i = this.#all.length - 1; i >= 0; i--) {
      const one = this.#all[i]!;
      one.believe(time_ms, this.hasMasks);
      if (time_ms - one.seen_ms > KEEP_MS) this.#all.splice(i, 1);
    }
    for (const one of this.#all) if (one.isFound) this.#bodies.push(one);
    return this.#bodies;
  }

  /** Whether a mask should come at once: somebody new is not proven to be a person. */
  get isUnsure(): boolean {
    return this.hasMasks && this.#all.some(({ isPeopled }) => isPeopled === null);
  }

  /** Where people are in the frame that was just looked at: who is one, and how wide each is. */
  outline(mask: Mask, lens: Lens): void {
    for (const one of this.#all) {
      one.prove(mask, lens);
      if (one.isFound) one.outline.look(mask, one, lens);
    }
  }

  /** A frame in which nobody looked for bodies: all go on as they went. */
  coast(lens: Lens, time_ms: number): readonly Body[] {
    for (const one of this.#all) one.coast(lens, time_ms);
    return this.#bodies;
  }

  /** Nobody was ever here. */
  forget(): void {
    this.#all.length = this.#bodies.length = 0;
  }

  /** Who is who: the nearest to where each went on to, in place and size, the surest first. */
  #pair(poses: readonly BodySeen[], lens: Lens, time_ms: number): void {
    this.#of.length = 0;
    for (const [i, seen] of poses.entries()) {
      // The model sometimes sees one person twice.
      this.#of.push(poses.some((other, k) => k < i && isSame(other, seen, lens)) ? undefined : null);
    }
    for (;;) {
      let [pose, best]: [number, Tracked | null] = [-1, null];
      let least = SAME;
      for (const [i, seen] of poses.entries()) {
        if (this.#of[i] !== null) continue;
        const [x, y, long] = trunkOf(seen, lens);
        for (const one of this.#free) {
          const far = one.far(x, y, long, time_ms);
          if (far < least) [pose, best, least] = [i, one, far];
        }
      }
      if (!best) return;
      this.#free.delete(best);
      this.#of[pose] = best;
    }
  }
}

/** The middle between the shoulders, and how long the trunk is, pixels. */
function trunkOf({ points }: BodySeen, lens: Lens): readonly [x: number, y: number, long: number] {
  const mid = (a: number, b: number, k: number, size: number): number => ((points[a * 3 + k]! + points[b * 3 + k]!) / 2) * size;
  const [x, y] = [mid(AT.leftShoulder, AT.rightShoulder, 0, lens.width), mid(AT.leftShoulder, AT.rightShoulder, 1, lens.height)];
  return [x, y, Math.hypot(mid(AT.leftHip, AT.rightHip, 0, lens.width) - x, mid(AT.leftHip, AT.rightHip, 1, lens.height) - y)];
}

/** Two bodies whose trunks lie on each other are one. */
function isSame(a: BodySeen, b: BodySeen, lens: Lens): boolean {
  let [apart, size] = [0, 0];
  for (const i of [AT.leftShoulder, AT.rightShoulder, AT.leftHip, AT.rightHip]) apart += Math.hypot((a.points[i * 3]! - b.points[i * 3]!) * lens.width, (a.points[i * 3 + 1]! - b.points[i * 3 + 1]!) * lens.height) / 4;
  for (const { points } of [a, b]) size = Math.max(size, Math.hypot((points[AT.leftShoulder * 3]! - points[AT.rightHip * 3]!) * lens.width, (points[AT.leftShoulder * 3 + 1]! - points[AT.rightHip * 3 + 1]!) * lens.height));
  return apart < SAME_TRUNK * size;
}

const Q = new Quaternion();

function matrixOf({ x, y, z, w }: Quaternion, into: Float64Array): void {
  into[0] = 1 - 2 * (y * y + z * z);
  into[1] = 2 * (x * y - w * z);
  into[2] = 2 * (x * z + w * y);
  into[3] = 2 * (x * y + w * z);
  into[4] = 1 - 2 * (x * x + z * z);
  into[5] = 2 * (y * z - w * x);
  into[6] = 2 * (x * z - w * y);
  into[7] = 2 * (y * z + w * x);
  into[8] = 1 - 2 * (x * x + y * y);
}
