/**
 * A head in metres from a face's landmarks: pose by PnP on points that do not move with a smile, scale by the iris.
 *
 * MediaPipe's own face matrix assumes a weak perspective and skews off the middle (up to 13 degrees at 22 cm); the true
 * pinhole does not. Scale: an adult's iris is 11.7 mm wide, give or take 0.5; a shopper who holds up a bank card, or
 * knows their pupillary distance, sets it better (`setScale`). What it is not: the detector, or the calming of noise.
 *
 * Source: Hashemi et al. 2012 (iris diameter); landmark numbers: MediaPipe's face mesh.
 */
import type { Bearer } from "./bearer";
import type { Lens } from "./camera";
import { FaceShape } from "./face-shape";
import { newPose, Pnp, type Pose } from "./pnp";
import type { CanonicalFace } from "./task";

/** 478 landmarks, `(n, 3)`: x and y as shares of the picture, the last ten the irises. */
export type Landmarks = Float32Array;

export const IRIS_M = 0.0117;
const IRISES = [{ centre: 468, sides: [469, 471] }, { centre: 473, sides: [474, 476] }] as const;

/**
 * Points that hold still on the skull: the bridge and root of the nose, the corners of the eyes, the brow's bone, the
 * forehead, the temples, the cheekbones. The mouth, the jaw, the lids and the wings of the nose move; the skin between the
 * brows frowns, and the tracker is 8 mm off there on some.
 *
 * Weights: across the face, and along its height. The tracker knows well how far left or right a forehead's point is, and
 * hardly how high: on a synthetic head's film (`make bench-tryon`) it trembles there by 1.4 to 1.7 px along the height and
 * by 0.6 across; noses by 0.6 and 0.35, eyes' corners and cheekbones by 0.4 both ways.
 */
const STILL: readonly (readonly [landmark: number, across: number, up: number])[] = [
  [168, 1, 0.5], [6, 1, 0.5], [197, 1, 0.5], [195, 1, 0.5], [5, 0.6, 0.3], [4, 0.3, 0.15], [122, 0.8, 0.4],
  [351, 0.8, 0.4], [193, 0.8, 0.4], [417, 0.8, 0.4], [33, 2, 2], [263, 2, 2], [133, 2, 2], [362, 2, 2],
  [130, 1.6, 1.6], [359, 1.6, 1.6], [243, 1.6, 1.6], [463, 1.6, 1.6], [8, 0.4, 0.02], [9, 0.3, 0.015],
  [151, 0.8, 0.04], [10, 0.6, 0.03], [54, 0.5, 0.025], [284, 0.5, 0.025], [67, 0.5, 0.025], [297, 0.5, 0.025],
  [109, 0.5, 0.025], [338, 0.5, 0.025], [103, 0.5, 0.025], [332, 0.5, 0.025], [127, 0.15, 0.15], [356, 0.15, 0.15],
  [21, 0.15, 0.15], [251, 0.15, 0.15], [162, 0.15, 0.15], [389, 0.15, 0.15], [34, 0.2, 0.2], [264, 0.2, 0.2],
  [139, 0.2, 0.2], [368, 0.2, 0.2], [116, 0.5, 0.5], [345, 0.5, 0.5], [117, 0.5, 0.5], [346, 0.5, 0.5],
  [111, 0.6, 0.6], [340, 0.6, 0.6],
];
/** Spectacles rest between the first two, nearer to the upper: which of the still points, and their shares. */
const BRIDGE = [[0, 0.63], [1, 0.37]] as const;
/** From the front a nose's depth cannot be seen, and a face half hidden is no view of it: how straight it must be, and how well it must fit. */
const LEARNED_TURN = 0.7;
const LEARNED_ERROR = 0.12;

/** How a head is believed to be: the scale against the canonical one, and how sure. */
export interface HeadScale {
  scale: number;
  /** One standard deviation, a share of the scale. */
  spread: number;
  from: "average" | "iris" | "card";
}

/** Grown-up heads: 57 ± 2 cm round. */
const AVERAGE: HeadScale = { scale: 1, spread: 0.05, from: "average" };
/** 0.5 of 11.7 mm between people, and never better than that by looking longer. */
const IRIS_SPREAD = 0.043;
const IRIS_TURNED = 0.85;
const IRIS_LOOKS = 60;
const SURE_ERROR = 0.02;

export class Head implements Bearer {
  readonly part = "head";
  /** Camera from head, metres at the true scale. The head's origin is the canonical face's: between the ears, at the eyes' height. */
  readonly pose: Pose = newPose();
  /** How far landmarks are from where the pose puts them, pixels. */
  error_px = 0;
  isFound = false;
  /** 0 to 1: falls when the face is lost from sight, so that what is worn fades with it and does not hang in the air. */
  confidence = 0;
  /** How far apart the pupils are, metres, and one standard deviation; 0 before it was seen. */
  readonly pupils = { distance_m: 0, spread_m: 0 };
  readonly #face: CanonicalFace;
  readonly #across = Float64Array.from(STILL, ([, across]) => across);
  readonly #up = Float64Array.from(STILL, ([, , up]) => up);
  readonly #shape: FaceShape;
  readonly #seen = new Float64Array(STILL.length * 2);
  readonly #raw: Pose = newPose();
  readonly #pnp = new Pnp();
  readonly #looks: number[] = [];
  #known: HeadScale = AVERAGE;
  #isHeld = false;

  constructor(face: CanonicalFace) {
    this.#face = face;
    const mean = new Float64Array(STILL.length * 3);
    for (const [i, [landmark]] of STILL.entries()) mean.set(face.points.subarray(landmark * 3, landmark * 3 + 3), i * 3);
    this.#shape = new FaceShape(mean, this.#across, this.#up);
  }

  get scale(): number {
    return this.#known.scale;
  }

  get size(): HeadScale {
    return this.#known;
  }

  /**
   * How far the bridge of this nose lies in front of the mean's, metres. Not how high: the tracker puts all noses on the
   * same height, whatever they are, and learning that again and again does not make it true.
   */
  get bridge_m(): number {
    return (BRIDGE[0][1] * this.#shape.ahead(BRIDGE[0][0]) + BRIDGE[1][1] * this.#shape.ahead(BRIDGE[1][0])) * this.#known.scale;
  }

  /** A better measure than the iris; kept until `forget`. */
  setScale(scale: number, spread: number): void {
    this.#known = { scale, spread, from: "card" };
    this.#isHeld = true;
  }

  forget(): void {
    this.#known = AVERAGE;
    this.#isHeld = false;
    this.#looks.length = 0;
    this.#shape.forget();
    this.lose();
  }

  lose(): void {
    this.isFound = false;
    this.confidence = 0;
  }

  /**
   * Take a frame's landmarks.
   *
   * @returns whether it is a head
   */
  look(landmarks: Landmarks, lens: Lens): boolean {
    for (const [i, [landmark]] of STILL.entries()) {
      this.#seen[i * 2] = landmarks[landmark * 3]! * lens.width;
      this.#seen[i * 2 + 1] = landmarks[landmark * 3 + 1]! * lens.height;
    }
    const eyes_px = this.#span(landmarks, lens, 33, 263);
    // Half a percent of the face's own width; a fixed number of pixels would be strict near and slack far away.
    const huber = Math.max(1, eyes_px * 0.03);
    const roll = Math.atan2((landmarks[263 * 3 + 1]! - landmarks[33 * 3 + 1]!) * lens.height, (landmarks[263 * 3]! - landmarks[33 * 3]!) * lens.width);
    const { error_px } = this.#pnp.solve(lens, this.#shape.points, this.#seen, this.#across, this.#raw, !this.isFound, huber, this.#up, roll);
    const z = this.#raw.translation[2]!;
    // Facing away, behind the camera or nothing like a face: not a head.
    const isHead = z < -0.1 && z > -6 && this.#raw.rotation[8]! > 0.1 && error_px < eyes_px * 0.25;
    this.isFound = isHead;
    this.confidence = isHead ? 1 : 0;
    this.error_px = error_px;
    if (!isHead) return false;
    if (this.#raw.rotation[8]! > LEARNED_TURN && error_px < eyes_px * LEARNED_ERROR) this.#shape.learn(lens, this.#seen, this.#raw, roll, this.#pnp, huber);
    if (!this.#isHeld) this.#measure(landmarks, lens);
    if (this.#raw.rotation[8]! > IRIS_TURNED) {
      const [a, b] = [this.#centre(landmarks, lens, 0), this.#centre(landmarks, lens, 1)];
      this.pupils.distance_m = Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!) * this.#known.scale;
      this.pupils.spread_m = this.pupils.distance_m * this.#known.spread;
    }
    this.pose.rotation.set(this.#raw.rotation);
    for (let k = 0; k < 3; k++) this.pose.translation[k] = this.#raw.translation[k]! * this.#known.scale;
    return true;
  }

  /** A pupil on its ray, at the depth of the eye's corners, on the canonical scale. */
  #centre(landmarks: Landmarks, lens: Lens, eye: 0 | 1): number[] {
    const { rotation: r, translation: t } = this.#raw;
    const corners = eye === 0 ? [33, 133] : [362, 263];
    let depth = 0;
    for (const corner of corners) {
      const p = this.#face.points.subarray(corner * 3, corner * 3 + 3);
      depth += (r[6]! * p[0]! + r[7]! * p[1]! + r[8]! * p[2]! + t[2]!) / 2;
    }
    const { centre } = IRISES[eye];
    const x = (landmarks[centre * 3]! * lens.width - lens.width / 2) / lens.focal;
    const y = (lens.height / 2 - landmarks[centre * 3 + 1]! * lens.height) / lens.focal;
    return [x * -depth, y * -depth, depth];
  }

  /** The scale by both irises, while the head looks this way; the middle of many looks. */
  #measure(landmarks: Landmarks, lens: Lens): void {
    if (this.#raw.rotation[8]! < IRIS_TURNED) return;
    let scale = 0;
    for (const [eye, { sides }] of IRISES.entries()) {
      const wide_px = this.#span(landmarks, lens, sides[0], sides[1]);
      if (wide_px < 4) return;
      // A disc looks narrower when turned: the wider way across is its diameter.
      const depth = -this.#centre(landmarks, lens, eye as 0 | 1)[2]!;
      scale += (IRIS_M * lens.focal) / wide_px / depth / 2;
    }
    if (!(scale > 0.7 && scale < 1.4)) return;
    this.#looks.push(scale);
    if (this.#looks.length > IRIS_LOOKS) this.#looks.shift();
    const sorted = [...this.#looks].sort((a, b) => a - b);
    const middle = sorted[sorted.length >> 1]!;
    // What looks say, weighed against what heads are: a poor look never makes a giant.
    const by = IRIS_SPREAD ** 2 + SURE_ERROR ** 2 + (0.1 ** 2) / sorted.length;
    const trust = AVERAGE.spread ** 2 / (AVERAGE.spread ** 2 + by);
    this.#known = { scale: 1 + trust * (middle - 1), spread: Math.sqrt(trust * by), from: "iris" };
  }

  #span(landmarks: Landmarks, lens: Lens, a: number, b: number): number {
    return Math.hypot((landmarks[a * 3]! - landmarks[b * 3]!) * lens.width, (landmarks[a * 3 + 1]! - landmarks[b * 3 + 1]!) * lens.height);
  }
}
