/**
 * The one skeleton that all figures share, and a pose of it, in flat arrays.
 *
 * Bones are named as VRM 1.0 names them, parents before children. A pose is *normalised*: all rotations identity is a
 * T-pose whose bones' axes are the body's (+X its left, +Y up, +Z ahead), so that one clip moves every body. Bodies are
 * modelled, and their meshes bound, in another pose: `Rest` has its rotations. What it is not: where clips come from (`clip.ts`) or what a person does (`actor.ts`).
 *
 * Source: VRM 1.0, humanoid; https://github.com/vrm-c/vrm-specification
 */

const BODY = [
  ["hips", ""], ["spine", "hips"], ["chest", "spine"], ["upperChest", "chest"], ["neck", "upperChest"], ["head", "neck"], ["leftEye", "head"], ["rightEye", "head"],
  ["leftShoulder", "upperChest"], ["leftUpperArm", "leftShoulder"], ["leftLowerArm", "leftUpperArm"], ["leftHand", "leftLowerArm"],
  ["rightShoulder", "upperChest"], ["rightUpperArm", "rightShoulder"], ["rightLowerArm", "rightUpperArm"], ["rightHand", "rightLowerArm"],
  ["leftUpperLeg", "hips"], ["leftLowerLeg", "leftUpperLeg"], ["leftFoot", "leftLowerLeg"], ["leftToes", "leftFoot"],
  ["rightUpperLeg", "hips"], ["rightLowerLeg", "rightUpperLeg"], ["rightFoot", "rightLowerLeg"], ["rightToes", "rightFoot"],
] as const;

const FINGERS = (["left", "right"] as const).flatMap((side) =>
  (["Thumb", "Index", "Middle", "Ring", "Little"] as const).flatMap((finger) => {
    const joints = finger === "Thumb" ? ["Metacarpal", "Proximal", "Distal"] : ["Proximal", "Intermediate", "Distal"];
    return joints.map((joint, i): readonly [string, string] => [`${side}${finger}${joint}`, i ? `${side}${finger}${joints[i - 1] ?? ""}` : `${side}Hand`]);
  }),
);

const ALL: readonly (readonly [string, string])[] = [...BODY, ...FINGERS];

export const BONES: readonly string[] = ALL.map(([name]) => name);
/** How many come before the fingers: the crowd's texture holds these alone. */
export const BODY_BONES = BODY.length;
const AT = new Map(BONES.map((name, i) => [name, i]));
export const PARENT: Int8Array = Int8Array.from(ALL, ([, parent]) => (parent ? AT.get(parent) ?? -1 : -1));

export const bone = (name: string): number => AT.get(name) ?? -1;

export const HIPS = 0;
export const HEAD = bone("head");
export const NECK = bone("neck");

/** Two bones and what they bring somewhere; `bend` is where the joint between them would rather go. */
export interface Limb {
  readonly upper: number;
  readonly lower: number;
  readonly end: number;
  readonly bend: readonly [number, number, number];
}
// Elbows hang down, out and a little back; knees go ahead.
export const LEFT_ARM: Limb = { upper: bone("leftUpperArm"), lower: bone("leftLowerArm"), end: bone("leftHand"), bend: [0.45, -1, -0.35] };
export const RIGHT_ARM: Limb = { upper: bone("rightUpperArm"), lower: bone("rightLowerArm"), end: bone("rightHand"), bend: [-0.45, -1, -0.35] };
export const LEFT_LEG: Limb = { upper: bone("leftUpperLeg"), lower: bone("leftLowerLeg"), end: bone("leftFoot"), bend: [0.12, 0, 1] };
export const RIGHT_LEG: Limb = { upper: bone("rightUpperLeg"), lower: bone("rightLowerLeg"), end: bone("rightFoot"), bend: [-0.12, 0, 1] };

/** A bone above the hips: what an emote moves while the legs walk on. */
export const IS_UPPER: Uint8Array = Uint8Array.from(BONES, (_, i) => {
  for (let at = i; at >= 0; at = PARENT[at]!) if (BONES[at] === "spine") return 1;
  return 0;
});

export interface Joint {
  /** Metres, as the body was modelled. */
  readonly at: readonly [number, number, number];
  /** From the T-pose to how it was modelled, xyzw in the body's space. */
  readonly turn: readonly [number, number, number, number];
}

/** How a body was modelled; a joint that it lacks lies on its parent and turns with it. */
export class Rest {
  readonly position = new Float32Array(BONES.length * 3);
  readonly rotation = new Float32Array(BONES.length * 4);
  /** From the parent, in the parent's axes. */
  readonly offset = new Float32Array(BONES.length * 3);
  /** Height of the hips: clips are scaled by it. */
  hips_m = 0.9;
  height_m = 1.7;
  eyes_m = 1.6;

  static of(joints: ReadonlyMap<string, Joint>, height_m: number, eyes_m: number): Rest {
    const rest = new Rest();
    const { position, rotation, offset } = rest;
    const back = [0, 0, 0, 1];
    for (const [i, name] of BONES.entries()) {
      const joint = joints.get(name);
      const parent = PARENT[i]!;
      for (let k = 0; k < 3; k++) position[i * 3 + k] = joint?.at[k] ?? (parent >= 0 ? position[parent * 3 + k]! : 0);
      for (let k = 0; k < 4; k++) rotation[i * 4 + k] = joint?.turn[k] ?? (parent >= 0 ? rotation[parent * 4 + k]! : k === 3 ? 1 : 0);
      if (parent < 0) continue;
      for (let k = 0; k < 4; k++) back[k] = rotation[parent * 4 + k]! * (k < 3 ? -1 : 1);
      rotate(offset, i * 3, back, 0, position[i * 3]! - position[parent * 3]!, position[i * 3 + 1]! - position[parent * 3 + 1]!, position[i * 3 + 2]! - position[parent * 3 + 2]!);
    }
    rest.hips_m = position[1] || 0.9;
    rest.height_m = height_m;
    rest.eyes_m = eyes_m;
    return rest;
  }
}

/** A pose and, after `settle`, where everything is. All of it is written in place. */
export class Pose {
  /** Normalised rotations, xyzw each. */
  readonly turn = new Float32Array(BONES.length * 4);
  /** How far the hips have moved from rest, in heights of the hips. */
  readonly hips = new Float32Array(3);
  /** Of each bone in the body's space: rotation and position. */
  readonly rotation = new Float32Array(BONES.length * 4);
  readonly position = new Float32Array(BONES.length * 3);

  constructor() {
    this.rest();
  }

  /** The T-pose: for arithmetic, not to be seen. */
  rest(): void {
    this.turn.fill(0);
    for (let i = 3; i < this.turn.length; i += 4) this.turn[i] = 1;
    this.hips.fill(0);
  }

  copy(other: Pose): void {
    this.turn.set(other.turn);
    this.hips.set(other.hips);
  }

  /** Go towards another pose by `t`, and by `upper` above the hips, bone by bone the short way. */
  toward(other: Pose, t: number, upper = t): void {
    for (let i = 0; i < BONES.length; i++) {
      const k = IS_UPPER[i] ? upper : t;
      if (k > 0) nlerp(this.turn, i * 4, this.turn, i * 4, other.turn, i * 4, k);
    }
    for (let k = 0; k < 3; k++) this.hips[k]! += (other.hips[k]! - this.hips[k]!) * t;
  }

  /** Where each bone is with these rotations on this body. */
  settle(rest: Rest): void {
    const { turn, rotation, position } = this;
    const { offset } = rest;
    for (let i = 0; i < BONES.length; i++) {
      const parent = PARENT[i]!;
      if (parent < 0) {
        for (let k = 0; k < 4; k++) rotation[k] = turn[k]!;
        for (let k = 0; k < 3; k++) position[k] = rest.position[k]! + this.hips[k]! * rest.hips_m;
        continue;
      }
      multiply(rotation, i * 4, rotation, parent * 4, turn, i * 4);
      rotate(position, i * 3, rotation, parent * 4, offset[i * 3]!, offset[i * 3 + 1]!, offset[i * 3 + 2]!);
      for (let k = 0; k < 3; k++) position[i * 3 + k]! += position[parent * 3 + k]!;
    }
  }

  /** Three rows of four a bone, as the shader takes them: what is at rest there goes here. */
  write(rest: Rest, out: Float32Array, from: number, bones = BONES.length): void {
    const { rotation, position } = this;
    const r = rest.rotation;
    for (let i = 0; i < bones; i++) {
      const j = i * 4;
      // From how it was modelled to how it is: rotation × conjugate of the rest's.
      const ax = rotation[j]!, ay = rotation[j + 1]!, az = rotation[j + 2]!, aw = rotation[j + 3]!;
      const bx = -r[j]!, by = -r[j + 1]!, bz = -r[j + 2]!, bw = r[j + 3]!;
      const x = aw * bx + ax * bw + ay * bz - az * by;
      const y = aw * by - ax * bz + ay * bw + az * bx;
      const z = aw * bz + ax * by - ay * bx + az * bw;
      const w = aw * bw - ax * bx - ay * by - az * bz;
      const rx = rest.position[i * 3]!, ry = rest.position[i * 3 + 1]!, rz = rest.position[i * 3 + 2]!;
      const o = from + i * 12;
      const m00 = 1 - 2 * (y * y + z * z), m01 = 2 * (x * y - w * z), m02 = 2 * (x * z + w * y);
      const m10 = 2 * (x * y + w * z), m11 = 1 - 2 * (x * x + z * z), m12 = 2 * (y * z - w * x);
      const m20 = 2 * (x * z - w * y), m21 = 2 * (y * z + w * x), m22 = 1 - 2 * (x * x + y * y);
      out[o] = m00; out[o + 1] = m01; out[o + 2] = m02;
      out[o + 3] = position[i * 3]! - (m00 * rx + m01 * ry + m02 * rz);
      out[o + 4] = m10; out[o + 5] = m11; out[o + 6] = m12;
      out[o + 7] = position[i * 3 + 1]! - (m10 * rx + m11 * ry + m12 * rz);
      out[o + 8] = m20; out[o + 9] = m21; out[o + 10] = m22;
      out[o + 11] = position[i * 3 + 2]! - (m20 * rx + m21 * ry + m22 * rz);
    }
  }
}

type Numbers = Float32Array | number[];

/** out = a b, quaternions; out may be either. */
export function multiply(out: Numbers, o: number, a: Numbers, i: number, b: Numbers, j: number): void {
  const ax = a[i]!, ay = a[i + 1]!, az = a[i + 2]!, aw = a[i + 3]!;
  const bx = b[j]!, by = b[j + 1]!, bz = b[j + 2]!, bw = b[j + 3]!;
  out[o] = aw * bx + ax * bw + ay * bz - az * by;
  out[o + 1] = aw * by - ax * bz + ay * bw + az * bx;
  out[o + 2] = aw * bz + ax * by - ay * bx + az * bw;
  out[o + 3] = aw * bw - ax * bx - ay * by - az * bz;
}

/** out = conjugate(a) b. */
export function relative(out: Numbers, o: number, a: Numbers, i: number, b: Numbers, j: number): void {
  const ax = -a[i]!, ay = -a[i + 1]!, az = -a[i + 2]!, aw = a[i + 3]!;
  const bx = b[j]!, by = b[j + 1]!, bz = b[j + 2]!, bw = b[j + 3]!;
  out[o] = aw * bx + ax * bw + ay * bz - az * by;
  out[o + 1] = aw * by - ax * bz + ay * bw + az * bx;
  out[o + 2] = aw * bz + ax * by - ay * bx + az * bw;
  out[o + 3] = aw * bw - ax * bx - ay * by - az * bz;
}

/** out = a v. */
export function rotate(out: Numbers, o: number, a: Numbers, i: number, x: number, y: number, z: number): void {
  const qx = a[i]!, qy = a[i + 1]!, qz = a[i + 2]!, qw = a[i + 3]!;
  const tx = 2 * (qy * z - qz * y), ty = 2 * (qz * x - qx * z), tz = 2 * (qx * y - qy * x);
  out[o] = x + qw * tx + qy * tz - qz * ty;
  out[o + 1] = y + qw * ty + qz * tx - qx * tz;
  out[o + 2] = z + qw * tz + qx * ty - qy * tx;
}

/** Between two rotations, the short way. */
export function nlerp(out: Numbers, o: number, a: Numbers, i: number, b: Numbers, j: number, t: number): void {
  const dot = a[i]! * b[j]! + a[i + 1]! * b[j + 1]! + a[i + 2]! * b[j + 2]! + a[i + 3]! * b[j + 3]!;
  const s = dot < 0 ? -t : t;
  const x = a[i]! * (1 - t) + b[j]! * s;
  const y = a[i + 1]! * (1 - t) + b[j + 1]! * s;
  const z = a[i + 2]! * (1 - t) + b[j + 2]! * s;
  const w = a[i + 3]! * (1 - t) + b[j + 3]! * s;
  const n = 1 / (Math.sqrt(x * x + y * y + z * z + w * w) || 1);
  out[o] = x * n;
  out[o + 1] = y * n;
  out[o + 2] = z * n;
  out[o + 3] = w * n;
}

/** The shortest turn that takes one direction to another; neither needs unit length. */
export function fromTo(out: Numbers, o: number, ax: number, ay: number, az: number, bx: number, by: number, bz: number): void {
  const scale = Math.sqrt((ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz));
  let x = ay * bz - az * by, y = az * bx - ax * bz, z = ax * by - ay * bx, w = ax * bx + ay * by + az * bz + scale;
  if (w < 1e-6 * (scale || 1)) { // straight back: about any axis across
    [x, y, z, w] = Math.abs(ax) > Math.abs(az) ? [-ay, ax, 0, 0] : [0, -az, ay, 0];
  }
  const n = 1 / (Math.sqrt(x * x + y * y + z * z + w * w) || 1);
  out[o] = x * n;
  out[o + 1] = y * n;
  out[o + 2] = z * n;
  out[o + 3] = w * n;
}

/** A turn by yaw about +Y after pitch about +X (down is positive), and roll about +Z. */
export function euler(out: Numbers, o: number, yaw: number, pitch: number, roll = 0): void {
  const cy = Math.cos(yaw / 2), sy = Math.sin(yaw / 2), cx = Math.cos(pitch / 2), sx = Math.sin(pitch / 2), cz = Math.cos(roll / 2), sz = Math.sin(roll / 2);
  out[o] = cy * sx * cz + sy * cx * sz;
  out[o + 1] = sy * cx * cz - cy * sx * sz;
  out[o + 2] = cy * cx * sz - sy * sx * cz;
  out[o + 3] = cy * cx * cz + sy * sx * sz;
}
