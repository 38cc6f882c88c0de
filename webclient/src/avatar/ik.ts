/**
 * Limbs that reach: two-bone arms, and a neck and head that look. On a settled pose, in the body's own space.
 *
 * Source: the law of cosines; the elbow lies in the plane of the reach and a hint.
 */
import { BONES, euler, fromTo, multiply, NECK, HEAD, PARENT, relative, type Limb, type Pose, type Rest } from "./skeleton";

const q = new Float32Array(4);
const g = new Float32Array(4);
const elbow = new Float32Array(3);

/** Set a bone's rotation in the body's space; its children follow on the next `settle`. */
function aim(pose: Pose, i: number, rotation: Float32Array): void {
  const parent = PARENT[i]!;
  if (parent < 0) pose.turn.set(rotation, i * 4);
  else relative(pose.turn, i * 4, pose.rotation, parent * 4, rotation, 0);
}

/** Where the elbow goes: two lengths, the way from shoulder to hand, a hint; `out` is from the shoulder. */
export function bend(out: Float32Array, upper: number, lower: number, tx: number, ty: number, tz: number, hx: number, hy: number, hz: number): void {
  const reach = Math.max(1e-4, Math.sqrt(tx * tx + ty * ty + tz * tz));
  const d = Math.min(Math.max(reach, Math.abs(upper - lower) + 1e-4), upper + lower - 1e-4);
  const ux = tx / reach, uy = ty / reach, uz = tz / reach;
  const along = (upper * upper - lower * lower + d * d) / (2 * d);
  const across = Math.sqrt(Math.max(0, upper * upper - along * along));
  const dot = hx * ux + hy * uy + hz * uz;
  let px = hx - ux * dot, py = hy - uy * dot, pz = hz - uz * dot;
  let n = Math.sqrt(px * px + py * py + pz * pz);
  if (n < 1e-5) { // the hint lies along the reach: any way across
    px = Math.abs(ux) < 0.9 ? 0 : -uz;
    py = Math.abs(ux) < 0.9 ? uz : 0;
    pz = Math.abs(ux) < 0.9 ? -uy : ux;
    n = Math.sqrt(px * px + py * py + pz * pz);
  }
  out[0] = ux * along + (px / n) * across;
  out[1] = uy * along + (py / n) * across;
  out[2] = uz * along + (pz / n) * across;
}

/**
 * Bring a hand or a foot to a point, its rotation too if one is given; by `weight` between what the limb did and the full reach.
 *
 * What is too far is pointed at with a straight limb. Bones keep their lengths.
 */
export function reach(pose: Pose, rest: Rest, limb: Limb, x: number, y: number, z: number, hand: Float32Array | null = null, weight = 1): void {
  const p = pose.position;
  const s = limb.upper * 3, e = limb.lower * 3, w = limb.end * 3;
  const upper = Math.hypot(p[e]! - p[s]!, p[e + 1]! - p[s + 1]!, p[e + 2]! - p[s + 2]!);
  const lower = Math.hypot(p[w]! - p[e]!, p[w + 1]! - p[e + 1]!, p[w + 2]! - p[e + 2]!);
  if (upper < 1e-4 || lower < 1e-4 || weight <= 0) return;
  const tx = p[w]! + (x - p[w]!) * weight - p[s]!;
  const ty = p[w + 1]! + (y - p[w + 1]!) * weight - p[s + 1]!;
  const tz = p[w + 2]! + (z - p[w + 2]!) * weight - p[s + 2]!;
  bend(elbow, upper, lower, tx, ty, tz, limb.bend[0], limb.bend[1], limb.bend[2]);
  fromTo(q, 0, p[e]! - p[s]!, p[e + 1]! - p[s + 1]!, p[e + 2]! - p[s + 2]!, elbow[0]!, elbow[1]!, elbow[2]!);
  multiply(g, 0, q, 0, pose.rotation, limb.upper * 4);
  aim(pose, limb.upper, g);
  pose.settle(rest);
  const length = Math.hypot(tx, ty, tz) || 1;
  const d = Math.min(length, upper + lower - 1e-4) / length;
  fromTo(q, 0, p[w]! - p[e]!, p[w + 1]! - p[e + 1]!, p[w + 2]! - p[e + 2]!, p[s]! + tx * d - p[e]!, p[s + 1]! + ty * d - p[e + 1]!, p[s + 2]! + tz * d - p[e + 2]!);
  multiply(g, 0, q, 0, pose.rotation, limb.lower * 4);
  aim(pose, limb.lower, g);
  pose.settle(rest);
  if (!hand) return;
  aim(pose, limb.end, hand);
  pose.settle(rest);
}

const MOST_YAW = 1.15;
const MOST_PITCH = 0.6;

export interface Gaze {
  /** Radians from the body's front; left and down are positive. */
  yaw: number;
  pitch: number;
}

/** Where a point lies from the eyes of somebody at rest, held to what necks do; false when it is behind. */
export function gazeAt(out: Gaze, rest: Rest, x: number, y: number, z: number): boolean {
  const yaw = Math.atan2(x, z);
  const isBehind = Math.abs(yaw) > 2.1;
  out.yaw = Math.max(-MOST_YAW, Math.min(MOST_YAW, yaw));
  out.pitch = Math.max(-MOST_PITCH, Math.min(MOST_PITCH, Math.atan2(rest.eyes_m - y, Math.hypot(x, z))));
  return !isBehind;
}

/** Turn neck and head by a gaze on top of what they do, a part each. */
export function look(pose: Pose, rest: Rest, yaw: number, pitch: number): void {
  for (let turn = 0; turn < 2; turn++) {
    const i = turn ? HEAD : NECK;
    const part = turn ? 0.6 : 0.4;
    euler(q, 0, yaw * part, pitch * part);
    multiply(g, 0, q, 0, pose.rotation, i * 4);
    aim(pose, i, g);
    pose.settle(rest);
  }
}

/** Put the head (of a headset) where it is: the spine bends for most of the way, the hips follow for the rest. */
export function lead(pose: Pose, rest: Rest, x: number, y: number, z: number, rotation: Float32Array): void {
  const spine = SPINE;
  // Crouch or stretch first: the hips take the height that a bent back cannot.
  const p = pose.position;
  const gap = y - p[HEAD * 3 + 1]!;
  pose.hips[1]! += Math.max(-0.6, Math.min(0.12, gap / rest.hips_m));
  pose.hips[0]! += (x * 0.5) / rest.hips_m;
  pose.hips[2]! += (z * 0.5) / rest.hips_m;
  pose.settle(rest);
  for (const i of spine) {
    fromTo(q, 0, p[HEAD * 3]! - p[i * 3]!, p[HEAD * 3 + 1]! - p[i * 3 + 1]!, p[HEAD * 3 + 2]! - p[i * 3 + 2]!, x - p[i * 3]!, y - p[i * 3 + 1]!, z - p[i * 3 + 2]!);
    multiply(g, 0, q, 0, pose.rotation, i * 4);
    aim(pose, i, g);
    pose.settle(rest);
  }
  aim(pose, HEAD, rotation);
  pose.settle(rest);
}
const SPINE = [BONES.indexOf("spine"), BONES.indexOf("chest"), NECK] as const;

