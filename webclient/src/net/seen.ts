/** Somebody in the neighbourhood: as the wire has them, and as they are drawn. One object as long as they are around. */

import type { BodySeen } from "./body";
import { COLUMNS, LANES } from "./motion";
import type { Card, Part, Person } from "./person";
import { PART_BYTES, unpackPart } from "./rig";

const TAU = Math.PI * 2;
export const NOWHERE = -1;
/** Heads, hands and bodies unheard of for so long are forgotten: their headset or camera is off. */
const RIG_STALE_MS = 2500;
/** In one frame: more than the fastest run from a stand, 20 cm. */
const LEAP_M = 0.22;

const part = (): Part => ({ position: new Float32Array(3), rotation: new Float32Array([0, 0, 0, 1]) });

/** A head or hand: where it is drawn and where it goes. */
class Limb {
  readonly shown = part();
  readonly wanted = part();
}

export class Seen implements Person {
  card: Card | null = null;
  x = 0;
  y = 0;
  z = 0;
  yaw = 0;
  vx = 0;
  vz = 0;
  animation = 0;
  emote = 0;
  emoteTurn = 0;
  mode = 0;
  focus = 0;
  head: Part | null = null;
  left: Part | null = null;
  right: Part | null = null;
  body: BodySeen | null = null;
  isFar = false;
  isTalking = false;

  // The wire's: centimetres from the floor's corner, 256ths of a turn, the state's word.
  cmX = 0;
  cmZ = 0;
  cmY = 0;
  yaw256 = 0;
  state = 0;
  hasJumped = false;
  /** The cell whose list holds them; NOWHERE: they left, or are known roughly only. */
  cell = NOWHERE;
  readonly rig = new Uint8Array(3 * PART_BYTES);
  rigBytes = 0;

  // For drawing.
  readonly history = new Float64Array(COLUMNS * LANES);
  readonly target = new Float64Array(2 * LANES);
  readonly error = new Float64Array(2 * LANES);
  /** Not drawn yet, or put elsewhere: the next frame starts from there. */
  isFresh = true;
  /** Their history is to be filled with where they are. */
  isUnplaced = true;
  hasState = false;
  shownState = 0;
  limbs: readonly [Limb, Limb, Limb] | null = null;
  rigAt_ms = 0;
  /** The one that `body` is while there is news of it. */
  moves: BodySeen | null = null;
  /** Where they go, metres, while known roughly. */
  farX = 0;
  farZ = 0;
  /** When WHO was sent for them last, and how often; whether the card is that of an older revision. */
  askedAt_ms = -1e9;
  asks = 0;
  isCardOld = false;
  private turned = 0;
  // The last steps between columns, metres a millisecond: as they came, and without corrections.
  private rawX = 0;
  private rawZ = 0;
  private keptX = 0;
  private keptZ = 0;

  constructor(readonly slot: number, public rev: number) {}

  /** Yaw in radians that goes on past half a turn, from the wire's. */
  unwrapYaw(): number {
    const yaw = (this.yaw256 / 256) * TAU;
    let apart = (yaw - this.turned) % TAU;
    if (apart > Math.PI) apart -= TAU;
    else if (apart < -Math.PI) apart += TAU;
    this.turned += apart;
    return this.turned;
  }

  /**
   * Write a column. A leap that is neither the last step's continuation nor that of the one before is a correction of
   * the server's prediction, not a stride: what is known of the past goes along with it, and the difference is worn off.
   */
  record(at: number, before: number, passed_ms: number, x: number, y: number, z: number, yaw: number): void {
    const h = this.history;
    const stepX = (x - h[before]!) / passed_ms;
    const stepZ = (z - h[before + 2]!) / passed_ms;
    const leap = Math.hypot(stepX - this.keptX, stepZ - this.keptZ) * passed_ms;
    if (leap > LEAP_M && Math.hypot(stepX - this.rawX, stepZ - this.rawZ) * passed_ms > LEAP_M) {
      this.shift(x - h[before]! - this.keptX * passed_ms, z - h[before + 2]! - this.keptZ * passed_ms);
    } else {
      this.keptX = stepX;
      this.keptZ = stepZ;
    }
    this.rawX = stepX;
    this.rawZ = stepZ;
    this.write(at, x, y, z, yaw);
  }

  write(at: number, x: number, y: number, z: number, yaw: number): void {
    const h = this.history;
    h[at] = x;
    h[at + 1] = y;
    h[at + 2] = z;
    h[at + 3] = yaw;
  }

  /** As if they had always stood there. */
  fill(x: number, y: number, z: number, yaw: number): void {
    for (let at = 0; at < this.history.length; at += LANES) this.write(at, x, y, z, yaw);
    this.rawX = this.rawZ = this.keptX = this.keptZ = 0;
  }

  private shift(dx: number, dz: number): void {
    const h = this.history;
    for (let at = 0; at < h.length; at += LANES) {
      h[at]! += dx;
      h[at + 2]! += dz;
    }
    this.target[0]! += dx;
    this.target[2]! += dz;
    this.error[0]! -= dx;
    this.error[2]! -= dz;
  }

  /** The state's word taken over, with an emote shown once more if it is another or counts up. */
  takeState(): void {
    const word = this.state;
    const isNew = !this.hasState;
    this.hasState = true;
    if (word === this.shownState) return;
    const was = (this.shownState >>> 8) & 255;
    const emote = (word >>> 8) & 255;
    this.shownState = word;
    this.animation = word & 255;
    this.emote = emote & 63;
    this.focus = (word >>> 16) & 0x1fff;
    this.mode = word >>> 29;
    // What was shown before one came is not shown again.
    if (!isNew && emote !== was && this.emote !== 0) this.emoteTurn++;
  }

  /** Head and hands as they came; those that were not there before are there at once. */
  takeRig(data: Uint8Array, at: number, parts: 1 | 3, arrival_ms: number): void {
    this.rigBytes = parts * PART_BYTES;
    for (let k = 0; k < this.rigBytes; k++) this.rig[k] = data[at + k]!;
    const limbs = (this.limbs ??= [new Limb(), new Limb(), new Limb()]);
    for (let k = 0; k < parts; k++) {
      const limb = limbs[k]!;
      unpackPart(this.rig, k * PART_BYTES, limb.wanted.position, limb.wanted.rotation);
      if ((k === 0 ? this.head : this.left) !== null) continue;
      limb.shown.position.set(limb.wanted.position);
      limb.shown.rotation.set(limb.wanted.rotation);
    }
    this.rigAt_ms = arrival_ms;
    this.head = limbs[0].shown;
    this.left = parts === 3 ? limbs[1].shown : null;
    this.right = parts === 3 ? limbs[2].shown : null;
  }

  /** Head and hands go on to where they were seen last. @param clock seconds since the last picture, and its time */
  holdLimbs(clock: Float64Array): void {
    if (!this.limbs) return;
    if (clock[1]! - this.rigAt_ms > RIG_STALE_MS) {
      this.head = this.left = this.right = null;
      return;
    }
    const share = 1 - Math.exp(-14 * clock[0]!);
    for (let k = 0; k < 3; k++) {
      const { shown, wanted } = this.limbs[k]!;
      const p = shown.position;
      const q = shown.rotation;
      const r = wanted.rotation;
      for (let i = 0; i < 3; i++) p[i]! += (wanted.position[i]! - p[i]!) * share;
      const sign = q[0]! * r[0]! + q[1]! * r[1]! + q[2]! * r[2]! + q[3]! * r[3]! < 0 ? -1 : 1;
      let length = 0;
      for (let i = 0; i < 4; i++) {
        q[i]! += (sign * r[i]! - q[i]!) * share;
        length += q[i]! * q[i]!;
      }
      length = Math.sqrt(length) || 1;
      for (let i = 0; i < 4; i++) q[i]! /= length;
    }
  }

  /** Their body moves on. @param clock as above */
  moveBody(clock: Float64Array): void {
    if (clock[1]! - this.body!.at_ms > RIG_STALE_MS) this.body = null;
    else this.body!.step(clock[0]!);
  }
}
