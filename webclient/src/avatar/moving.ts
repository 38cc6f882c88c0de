/**
 * Somebody's shared movements on their figure: blended in over what the figure does by itself, and out again when the
 * stream stops. Whatever came, joints turn no further than joints do.
 *
 * What it is not: the stream (`net/body.ts`), or head and hands of a headset (`actor.ts`).
 */
import { BODY_BONES } from "../net/body";
import type { Moving } from "../net/person";
import { bone, HIPS, IS_UPPER, multiply, nlerp, type Pose, type Rest } from "./skeleton";

const BLEND_S = 0.2;
/** How far a bone turns against the one before, at most: radians. */
const MOST: Readonly<Record<string, number>> = {
  spine: 0.7, chest: 0.6, upperChest: 0.6, neck: 0.8, head: 1, Shoulder: 0.6, UpperArm: 2.5, LowerArm: 2.7, Hand: 1.5, UpperLeg: 2.2, LowerLeg: 2.6, Foot: 1,
};

interface Driven {
  /** Four times its number on the wire, and in the skeleton. */
  readonly from: number;
  readonly to: number;
  readonly isLeg: boolean;
  /** Half the angle that is allowed, as sine and cosine. */
  readonly sin: number;
  readonly cos: number;
}

const DRIVEN: readonly Driven[] = BODY_BONES.flatMap((name, n) => {
  const most = MOST[name] ?? MOST[name.replace(/^(left|right)/, "")];
  const at = bone(name);
  return most === undefined || at < 0 ? [] : [{ from: n * 4, to: at * 4, isLeg: !IS_UPPER[at], sin: Math.sin(most / 2), cos: Math.cos(most / 2) }];
});
const HIPS_AT = BODY_BONES.indexOf("hips");
const HEAD_AT = BODY_BONES.indexOf("head");
const SPINE = bone("spine") * 4;
const FEET = [bone("leftFoot") * 3 + 1, bone("rightFoot") * 3 + 1] as const;

export class Mover {
  /** Of each bone, 0 to 1: how much of it is shown. */
  readonly #weights = new Float32Array(BODY_BONES.length);
  #most = 0;
  #moving: Moving | null = null;

  /** Once a frame, with what is shared now. */
  advance(moving: Moving | null, dt: number): void {
    const mask = moving ? moving.mask : 0;
    if (mask) this.#moving = moving;
    if (!this.#moving) return;
    const step = dt / BLEND_S;
    this.#most = 0;
    for (let bone = 0; bone < BODY_BONES.length; bone++) {
      const weight = this.#weights[bone]! + ((mask >> bone) & 1 ? step : -step);
      this.#weights[bone] = weight > 1 ? 1 : weight > 0 ? weight : 0;
      if (this.#weights[bone]! > this.#most) this.#most = this.#weights[bone]!;
    }
    if (this.#most === 0) this.#moving = null;
  }

  /** How much the head is led by it: so much less does it look about by itself. */
  get ofHead(): number {
    return ease(this.#weights[HEAD_AT]!);
  }

  /**
   * Over a pose that is not settled yet.
   *
   * @param walking 0 to 1: the legs' own business, and where the hips go
   */
  apply(pose: Pose, rest: Rest, walking: number): void {
    const moving = this.#moving;
    if (!moving || this.#most === 0) return;
    const { turns } = moving;
    let standing = 0;
    for (let i = 0; i < DRIVEN.length; i++) {
      const one = DRIVEN[i]!;
      const weight = this.#weights[one.from >> 2]!;
      if (weight === 0) continue;
      const share = ease(weight) * (one.isLeg ? 1 - walking : 1);
      if (one.isLeg && share > standing) standing = share;
      held(turns, one);
      nlerp(pose.turn, one.to, pose.turn, one.to, q, 0, share);
    }
    const hips = ease(this.#weights[HIPS_AT]!);
    if (hips > 0) this.#hips(turns, pose, hips, hips * (1 - walking));
    if (standing > 0) this.#ground(pose, rest, standing);
  }

  /** The hips turn about the upright; what they lean, the spine leans: feet stay on the floor. */
  #hips(turns: Float32Array, pose: Pose, share: number, standing: number): void {
    const y = turns[1]!, w = turns[3]!;
    const n = Math.sqrt(y * y + w * w);
    if (n < 1e-4) return;
    yaw[1] = y / n;
    yaw[3] = w / n;
    nlerp(pose.turn, HIPS * 4, pose.turn, HIPS * 4, yaw, 0, standing);
    // The lean: conjugate of the yaw, then all of it.
    yaw[1] = -yaw[1]!;
    multiply(q, 0, yaw, 0, turns, 0);
    hold(q, LEAN.sin, LEAN.cos);
    multiply(q, 0, q, 0, pose.turn, SPINE);
    nlerp(pose.turn, SPINE, pose.turn, SPINE, q, 0, share);
  }

  /** Bent knees let the hips down, not the feet up. */
  #ground(pose: Pose, rest: Rest, legs: number): void {
    pose.settle(rest);
    const low = Math.min(pose.position[FEET[0]]!, pose.position[FEET[1]]!);
    const at = Math.min(rest.position[FEET[0]]!, rest.position[FEET[1]]!);
    pose.hips[1]! -= ((low - at) / rest.hips_m) * legs;
  }
}

const q = new Float32Array(4);
const yaw = Float32Array.of(0, 0, 0, 1);
const LEAN = { sin: Math.sin(0.35), cos: Math.cos(0.35) } as const;
const ease = (t: number): number => t * t * (3 - 2 * t);

/** A bone's turn as it came, into `q`, no further than the bone goes. */
function held(turns: Float32Array, { from, sin, cos }: Driven): void {
  for (let k = 0; k < 4; k++) q[k] = turns[from + k]!;
  hold(q, sin, cos);
}

/** No further than by twice the angle whose sine and cosine these are, about the same axis. */
function hold(turn: Float32Array, sin: number, cos: number): void {
  if (turn[3]! < 0) for (let k = 0; k < 4; k++) turn[k] = -turn[k]!;
  if (turn[3]! >= cos) return;
  const n = Math.sqrt(turn[0]! * turn[0]! + turn[1]! * turn[1]! + turn[2]! * turn[2]!) || 1;
  for (let k = 0; k < 3; k++) turn[k]! *= sin / n;
  turn[3] = cos;
}
