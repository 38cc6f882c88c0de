/**
 * Where everybody is drawn: from the columns of where they were (`motion.ts`), for the moment that `playback.ts` says.
 *
 * What it is not: who is around (`crowd.ts`). Nothing is allocated by `update`, which runs once a picture.
 */

import type { FloorInfo } from "./messages";
import { absorb, COLUMNS, Columns, fitted, LANES, step, wear, Weights } from "./motion";
import { Playback } from "./playback";
import type { Seen } from "./seen";

const TAU = Math.PI * 2;
/** Further ahead than this nobody is taken to have stood still. */
const HELD_MS = 5000;

export class Glide {
  readonly playback = new Playback();
  private readonly columns = new Columns();
  private readonly weights = new Weights();
  private readonly before = new Weights();
  private readonly fit = new Float64Array(2 * LANES);
  private corner_mm: readonly [number, number] = [0, 0];
  private interval_ms = 50;
  private version = -1;
  private moment = Number.NaN;
  private updatedAt = 0;
  /** Seconds since the last picture, and its time: handed over in here, since numbers as arguments may end on the heap. */
  private readonly clock = new Float64Array(2);

  /**
   * @param all everybody, those beyond too
   * @param near those whose places come with frames
   */
  constructor(private readonly all: readonly Seen[], private readonly near: ReadonlyMap<number, Seen>) {}

  /** A new connection: another clock. */
  reopen({ corner_mm }: FloorInfo, interval_ms: number): void {
    this.corner_mm = corner_mm;
    this.interval_ms = interval_ms;
    this.columns.clear();
    this.playback.reset();
    this.moment = Number.NaN;
  }

  /** Whether the moment that is drawn is past all that is known. */
  get isPast(): boolean {
    return this.moment > this.columns.newest;
  }

  // ── what frames say

  /** Everybody's place at the stamp of a frame. */
  take(stamp: number, jumpers: readonly Seen[]): void {
    const { columns } = this;
    if (columns.count === 0 || stamp < columns.newest - this.interval_ms) {
      columns.clear();
      columns.add(stamp);
      for (const seen of this.near.values()) this.fill(seen, false);
    } else {
      if (stamp > columns.newest) columns.add(stamp);
      else columns.version++;
      this.record();
    }
    for (const seen of jumpers) this.fill(seen, true);
    for (const seen of this.near.values()) if (seen.isUnplaced) this.fill(seen, false);
  }

  /** Nothing changed up to a moment of the server's: columns in which everybody stands. */
  hold(until: number): void {
    for (let k = 4; k >= 1; k--) {
      const stamp = until - k * this.interval_ms;
      if (stamp <= this.columns.newest + 1) continue;
      this.columns.add(stamp);
      this.record();
    }
  }

  /** It is so late at the server, and all frames from before are here. */
  quiet(now: number): void {
    if (this.columns.count === 0) return;
    const stamp = now - this.interval_ms;
    if (stamp > this.columns.newest + this.interval_ms && stamp < this.columns.newest + HELD_MS) this.hold(stamp + this.interval_ms);
  }

  private record(): void {
    const { head, stamps } = this.columns;
    const last = (head - 1 + COLUMNS) % COLUMNS;
    const passed_ms = Math.max(stamps[head]! - stamps[last]!, 1);
    for (let i = 0; i < this.all.length; i++) {
      const seen = this.all[i]!;
      if (seen.isFar || seen.isUnplaced) continue;
      seen.record(head * LANES, last * LANES, passed_ms, this.metresX(seen), seen.cmY / 100, this.metresZ(seen), seen.unwrapYaw());
    }
  }

  private fill(seen: Seen, isJump: boolean): void {
    seen.fill(this.metresX(seen), seen.cmY / 100, this.metresZ(seen), seen.unwrapYaw());
    seen.isUnplaced = false;
    if (isJump) seen.isFresh = true;
  }

  private metresX(seen: Seen): number {
    return seen.cmX / 100 + this.corner_mm[0] / 1000;
  }

  private metresZ(seen: Seen): number {
    return seen.cmZ / 100 + this.corner_mm[1] / 1000;
  }

  // ── once a picture

  /** Everybody's place and speed for this frame of the screen, in place. */
  update(now_ms: number): void {
    const passed_s = Math.max(0, Math.min((now_ms - this.updatedAt) / 1000, 0.25));
    this.updatedAt = now_ms;
    const moment = this.playback.at(now_ms);
    const { columns, weights, before } = this;
    const hasNews = this.version !== columns.version;
    if (hasNews) before.set(columns, this.moment);
    this.version = columns.version;
    if (!Number.isNaN(moment)) weights.set(columns, moment);
    const isKnown = columns.count > 0 && !Number.isNaN(moment);
    step(passed_s);
    this.clock[0] = passed_s;
    this.clock[1] = now_ms;
    for (let i = 0; i < this.all.length; i++) {
      const seen = this.all[i]!;
      if (seen.isFar) this.drift(seen);
      else if (isKnown) this.draw(seen, hasNews && !Number.isNaN(this.moment));
      else seen.vx = seen.vz = 0;
      if (seen.head !== null) seen.holdLimbs(this.clock);
      if (seen.body !== null) seen.moveBody(this.clock);
    }
    this.moment = moment;
  }

  private draw(seen: Seen, hasNews: boolean): void {
    const { target, error } = seen;
    if (seen.isFresh) error.fill(0);
    else if (hasNews) {
      fitted(seen.history, this.before, this.fit);
      absorb(error, target, this.fit);
    }
    seen.isFresh = false;
    wear(error);
    fitted(seen.history, this.weights, target);
    seen.x = target[0]! + error[0]!;
    seen.y = target[1]! + error[1]!;
    seen.z = target[2]! + error[2]!;
    const yaw = target[3]! + error[3]!;
    seen.yaw = yaw - TAU * Math.round(yaw / TAU);
    seen.vx = target[4]! + error[4]!;
    seen.vz = target[6]! + error[6]!;
    seen.takeState();
  }

  /** Those beyond glide to where the last FAR has them. */
  private drift(seen: Seen): void {
    const passed_s = this.clock[0]!;
    const share = 1 - Math.exp(-1.6 * passed_s);
    const dx = (seen.farX - seen.x) * share;
    const dz = (seen.farZ - seen.z) * share;
    seen.x += dx;
    seen.z += dz;
    seen.vx = passed_s > 0 ? dx / passed_s : 0;
    seen.vz = passed_s > 0 ? dz / passed_s : 0;
    if (dx * dx + dz * dz > 1e-5) seen.yaw = Math.atan2(dx, dz);
  }
}
