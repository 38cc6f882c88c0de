/**
 * How wide a body is in the picture, with what it already wears: cloth that is put on lies over it, not inside it.
 *
 * Walks the mask of people outward from each bone until it ends. Sides that end in another limb say nothing. What it is
 * not: a measure of the body itself (a coat is not a waist), so no size is recommended by it.
 */
import { joint, JOINTS, type Joint } from "./body-bones";
import type { Lens } from "./camera";
import type { Mask } from "./tracking";

const ARMS: readonly (readonly [Joint, Joint])[] = [["leftUpperArm", "leftLowerArm"], ["leftLowerArm", "leftHand"], ["rightUpperArm", "rightLowerArm"], ["rightLowerArm", "rightHand"]];
const ALONG = [0.3, 0.45, 0.6, 0.75] as const;
/** Shares of the way from the shoulders down to the thighs. */
const LEVELS = [0.3, 0.45, 0.6] as const;
/** Wider is not this limb, metres. */
const MOST_ARM_M = 0.13;
const MOST_TRUNK_M = 0.34;
/** A trunk's edge nearer to an arm's bone than this is the arm's. */
const ARM_NEAR_M = 0.1;
const IN = 128;
const CALM = 0.2;
const TRUNK = joint("chest");

/** Where a trunk is looked at: shares of the way from its right to its left side, and from the shoulders down to the hips. */
const ACROSS = [0.2, 0.5, 0.8] as const;
const DOWN = [0.1, 0.4, 0.7] as const;
/** A share of the picture. */
const ANYBODY = 0.03;

/**
 * How much of a trunk lies where the mask sees people, 0 to 1: the pose model sometimes finds a body beside somebody.
 * What lies outside the picture says nothing, nor does a mask that sees hardly anybody: it is made for people nearby.
 *
 * @param corners pixels of the left and right shoulder and the left and right hip, x and y of each
 */
export function peopled(mask: Mask, corners: Float64Array, lens: Lens): number {
  let some = 0;
  const step = Math.max(1, mask.pixels.length >> 12);
  for (let i = 0; i < mask.pixels.length; i += step) if (mask.pixels[i]! >= IN) some += step;
  if (some < ANYBODY * mask.pixels.length) return 1;
  let [all, inside] = [0, 0];
  for (const v of DOWN) {
    for (const u of ACROSS) {
      const [x, y] = [0, 1].map((k) => (1 - v) * (u * corners[k]! + (1 - u) * corners[2 + k]!) + v * (u * corners[4 + k]! + (1 - u) * corners[6 + k]!)) as [number, number];
      if (x < 0 || y < 0 || x >= lens.width || y >= lens.height) continue;
      all++;
      if (mask.pixels[Math.floor((y / lens.height) * mask.height) * mask.width + Math.floor((x / lens.width) * mask.width)]! >= IN) inside++;
    }
  }
  return all ? inside / all : 1;
}

export interface Measured {
  readonly joints: Float32Array;
  readonly screen: Float32Array;
  readonly sure: Float32Array;
}

export class Outline {
  /** `(22)` metres: half the width about the bone that begins there; of the trunk at `chest`. 0 where nothing was measured. */
  readonly halves = new Float32Array(JOINTS.length);
  readonly #found: number[] = [];

  look(mask: Mask, { joints, screen, sure }: Measured, lens: Lens): void {
    for (const [from, to] of ARMS) {
      const [a, b] = [joint(from), joint(to)];
      if (Math.min(sure[a]!, sure[b]!) < 0.6) continue;
      const metre_px = lens.focal / Math.max(0.2, -(joints[a * 3 + 2]! + joints[b * 3 + 2]!) / 2);
      const [dx, dy] = [screen[b * 2]! - screen[a * 2]!, screen[b * 2 + 1]! - screen[a * 2 + 1]!];
      const long = Math.hypot(dx, dy);
      if (long < 0.1 * metre_px) continue; // seen along its length
      this.#found.length = 0;
      for (const t of ALONG) {
        const [x, y] = [screen[a * 2]! + t * dx, screen[a * 2 + 1]! + t * dy];
        for (const side of [1, -1]) {
          const far = reach(mask, lens, x, y, (-dy / long) * side, (dx / long) * side, MOST_ARM_M * metre_px);
          if (far > 0) this.#found.push(far / metre_px);
        }
      }
      this.#keep(a);
    }
    this.#trunk(mask, joints, screen, lens);
  }

  #trunk(mask: Mask, joints: Float32Array, screen: Float32Array, lens: Lens): void {
    const [l, r, m, n] = [joint("leftUpperArm"), joint("rightUpperArm"), joint("leftUpperLeg"), joint("rightUpperLeg")];
    const metre_px = lens.focal / Math.max(0.2, -(joints[l * 3 + 2]! + joints[r * 3 + 2]!) / 2);
    const across = Math.hypot(joints[l * 3]! - joints[r * 3]!, joints[l * 3 + 1]! - joints[r * 3 + 1]!);
    const whole = Math.hypot(across, joints[l * 3 + 2]! - joints[r * 3 + 2]!);
    if (across < 0.85 * whole) return; // turned aside: its width is its depth
    const mid = (k: number, a: number, b: number): number => (screen[a * 2 + k]! + screen[b * 2 + k]!) / 2;
    const [x0, y0] = [mid(0, l, r), mid(1, l, r)];
    const [dx, dy] = [mid(0, m, n) - x0, mid(1, m, n) - y0];
    const long = Math.hypot(dx, dy) || 1;
    this.#found.length = 0;
    for (const t of LEVELS) {
      const [x, y] = [x0 + t * dx, y0 + t * dy];
      for (const side of [1, -1]) {
        const [nx, ny] = [(-dy / long) * side, (dx / long) * side];
        const far = reach(mask, lens, x, y, nx, ny, MOST_TRUNK_M * metre_px);
        if (far <= 0 || isArm(screen, x + nx * far, y + ny * far, ARM_NEAR_M * metre_px)) continue;
        this.#found.push(far / metre_px);
      }
    }
    this.#keep(TRUNK);
  }

  #keep(i: number): void {
    const { length } = this.#found;
    if (length < 2) return;
    this.#found.sort((a, b) => a - b);
    const half = this.#found[length >> 1]!;
    this.halves[i] = this.halves[i]! > 0 ? this.halves[i]! + CALM * (half - this.halves[i]!) : half;
  }
}

/** How far the mask goes on from a point in it, pixels of the picture; 0 if it does not end within `most`, or does not begin. */
function reach(mask: Mask, lens: Lens, x: number, y: number, nx: number, ny: number, most: number): number {
  const [sx, sy] = [mask.width / lens.width, mask.height / lens.height];
  const step = Math.max(1, 0.5 / Math.max(sx, sy));
  for (let far = 0; far <= most; far += step) {
    const [u, v] = [Math.floor((x + nx * far) * sx), Math.floor((y + ny * far) * sy)];
    if (u < 0 || v < 0 || u >= mask.width || v >= mask.height) return 0;
    if (mask.pixels[v * mask.width + u]! < IN) return far > step ? far : 0;
  }
  return 0;
}

function isArm(screen: Float32Array, x: number, y: number, near: number): boolean {
  for (const [from, to] of ARMS) {
    const [a, b] = [joint(from) * 2, joint(to) * 2];
    const [dx, dy] = [screen[b]! - screen[a]!, screen[b + 1]! - screen[a + 1]!];
    const t = Math.max(0, Math.min(1, ((x - screen[a]!) * dx + (y - screen[a + 1]!) * dy) / Math.max(1, dx * dx + dy * dy)));
    if (Math.hypot(screen[a]! + t * dx - x, screen[a + 1]! + t * dy - y) < near) return true;
  }
  return false;
}
