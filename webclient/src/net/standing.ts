/**
 * Where one stands, between the body here, which walks at once, and the server, which has the last word.
 *
 * What it is not: when a pose is worth a message (`pose.ts`), or walking itself.
 */

import type { Correction, FloorInfo, Welcome } from "./messages";
import { PoseSender, type OwnPose } from "./pose";
import type { Seen } from "./seen";

/** So long after the crowd a resumed connection waits for a CORRECT; without one it is where the crowd has it. */
const PLACE_MS = 200;
/** How far from where the server has one the local body may have walked during an outage and go on from there. */
const AWAY_M = 12;
/** Within this of where it was left is where it was left. */
const SAME_M = 1.5;

export interface Corrected {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly yaw: number;
  /** 0: the server put you there; else `Refusal`. */
  readonly reason: number;
}

export class Standing {
  private floor: FloorInfo | null = null;
  private sender: PoseSender | null = null;
  private before: PoseSender | null = null;
  private isPlaced = false;
  private readyAt = 0;
  private hasLocal = false;
  private localX = 0;
  private localZ = 0;

  /** @param isSame the seat was resumed: the server goes on from where it had one */
  opened({ limits, floor }: Welcome, isSame: boolean): void {
    this.floor = floor;
    this.before = isSame ? this.sender : null;
    this.sender = new PoseSender(limits, floor);
  }

  ready(now_ms: number): void {
    this.readyAt = now_ms;
  }

  dropped(): void {
    this.isPlaced = false;
  }

  /** The body here is there. */
  at(p: OwnPose): void {
    this.localX = p.x;
    this.localZ = p.z;
    this.hasLocal = true;
  }

  /** The message to send now, or null. Allocates nothing. */
  offer(p: OwnPose, now_ms: number, animation: number): Uint8Array<ArrayBuffer> | null {
    return this.isPlaced && this.sender ? this.sender.offer(now_ms, p, animation) : null;
  }

  /** Where the server puts one; null: one may go on from where one is. */
  correct(c: Correction, now_ms: number): Corrected | null {
    const { corner_mm } = this.floor!;
    const x = c.x / 100 + corner_mm[0] / 1000;
    const z = c.z / 100 + corner_mm[1] / 1000;
    const wasAway = this.before !== null && !this.isPlaced && c.reason === 0;
    // Coming back: the server has one where it predicted. Whoever walked on meanwhile goes on from there; if that is
    // not possible the next CORRECT says so. Only if somebody moved them one is put there.
    const isWhereLeft = wasAway && this.before!.apart(x, z, now_ms) < SAME_M;
    const isNear = this.hasLocal && Math.hypot(this.localX - x, this.localZ - z) < AWAY_M;
    this.before = null;
    this.isPlaced = true;
    this.sender!.reset();
    if (isWhereLeft && isNear) return null;
    return { x, y: c.y / 100, z, yaw: (c.yaw / 65536) * 2 * Math.PI, reason: c.reason };
  }

  /** No CORRECT came: one is where the others see one. */
  overdue(me: Seen, now_ms: number): Corrected | null {
    if (this.isPlaced || now_ms - this.readyAt < PLACE_MS) return null;
    return this.correct({ reason: 0, x: me.cmX, z: me.cmZ, y: me.cmY, yaw: me.yaw256 << 8, time_ms: 0 }, now_ms);
  }
}
