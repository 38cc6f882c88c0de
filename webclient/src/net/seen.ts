/** Somebody in the neighbourhood: as the wire has them, and as they are drawn. One object as long as they are around. */

import type { BodySeen } from "./body";
import { COLUMNS, LANES } from "./motion";
import type { Card, Part, Person } from "./person";
import { PART_BYTES } from "./rig";

const TAU = Math.PI * 2;
export const NOWHERE = -1;
/** In one frame: more than the fastest run from a stand, 20 cm. */
const LEAP_M = 0.22;

const part = (): Part => ({ position: new Float32Array(3), rotation: new Float32Array([0, 0, 0, 1]) });

/** A head or hand: where it is drawn and where it goes. */
export class Limb {
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
}
