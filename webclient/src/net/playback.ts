/**
 * Which moment of the server's time is drawn now: late enough that the frames for it are nearly always there.
 *
 * A frame's lateness is its arrival beside the quickest of late. The delay follows a high share of the latenesses of the
 * last ten seconds or so; over TCP one lost packet holds back all behind it, and then they come at once. The moment never
 * jumps for a change of delay: its clock runs a little slower or faster until it is there.
 */

const BIN_MS = 8;
const BINS = 64;
/** Of a lateness's weight, kept at each frame: half of it is gone after seven seconds at 20 Hz. */
const KEPT = 0.995;
const SHARE = 0.95;
/** How much slower or faster the clock may run. */
const SLOWER = 0.07;
const FASTER = 0.04;
/** Routes and clocks change: the quickest frame is forgotten at this pace. */
const RISE_PER_MS = 0.002;
const LEAST_MS = 60;
const MOST_MS = 440;
/** Further off than this the clock is set: a suspended tab, another server. */
const SET_MS = 1500;

export class Playback {
  /** Extra delay so that the smoothing sees a little of what comes, milliseconds. */
  ahead_ms = 130;
  /** From the quickest frame to what is drawn, milliseconds. */
  delay_ms = 180;
  private readonly bins = new Float32Array(BINS);
  private weight = 0;
  private base = 0;
  private heardAt = 0;
  private has = false;
  private behind = 0;
  private drawnAt = 0;
  private isRunning = false;

  /** Forget everything: another server's clock. */
  reset(): void {
    this.bins.fill(0);
    this.weight = 0;
    this.has = this.isRunning = false;
  }

  /** A frame stamped `stamp` (the server's milliseconds, not wrapped) arrived. */
  heard(stamp: number, arrival_ms: number): void {
    const offset = arrival_ms - stamp;
    if (!this.has || Math.abs(offset - this.base) > 60_000) {
      this.base = offset;
      this.has = true;
    } else this.base = Math.min(offset, this.base + Math.max(arrival_ms - this.heardAt, 0) * RISE_PER_MS);
    this.heardAt = arrival_ms;
    const bins = this.bins;
    for (let i = 0; i < BINS; i++) bins[i]! *= KEPT;
    bins[Math.max(0, Math.min(BINS - 1, Math.floor((offset - this.base) / BIN_MS)))]! += 1;
    this.weight = this.weight * KEPT + 1;
  }

  /** The lateness that `SHARE` of the frames stay below, milliseconds. */
  get spread_ms(): number {
    const bins = this.bins;
    let rest = this.weight * (1 - SHARE);
    for (let i = BINS - 1; i >= 0; i--) {
      rest -= bins[i]!;
      if (rest < 0) return (i + 1) * BIN_MS;
    }
    return 0;
  }

  /** The server's moment to draw now, milliseconds; not a number before the first frame. */
  at(now_ms: number): number {
    if (!this.has) return Number.NaN;
    const wanted = Math.max(LEAST_MS, Math.min(MOST_MS, this.spread_ms + this.ahead_ms));
    const behind = this.base + wanted;
    const passed = Math.max(now_ms - this.drawnAt, 0);
    const off = behind - this.behind;
    if (!this.isRunning || Math.abs(off) > SET_MS) this.behind = behind;
    else this.behind += Math.max(-FASTER * passed, Math.min(SLOWER * passed, off));
    this.isRunning = true;
    this.drawnAt = now_ms;
    this.delay_ms = this.behind - this.base;
    return now_ms - this.behind;
  }
}
