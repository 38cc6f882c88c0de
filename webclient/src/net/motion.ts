/**
 * Smooth motion out of frames: where somebody is at a moment between stamps, and how fast.
 *
 * Every frame is a column of everybody's place; the columns' stamps are the same for all, so the weights of a moment are
 * worked out once and used for everyone. The curve is a local straight-line fit with a smooth window over some frames
 * before and after the moment. Cubic Hermite curves through every point follow each rounded centimetre and each small
 * correction of the server's prediction: nine times the acceleration on a good line (`bench/motion.ts`: 44 against
 * 4.9 m/s² for 99 of 100 pictures). The fit takes the mean of them, and with frames on both sides it does not lag.
 *
 * Past the newest column one walks on in the direction of the fit, ever slower, for a quarter of a second at most. What
 * arrives later than its moment changes the fit: the difference is worn off by a critically damped spring, so that
 * neither place nor speed ever steps.
 */

export const COLUMNS = 24;
/** Numbers of a column: x, y, z in metres, yaw in radians, not wrapped. */
export const LANES = 4;

const PAST_MS = 260;
const AHEAD_MS = 200;
/** How long one walks on without news. */
const RUN_MS = 250;
const LEAST_COLUMNS = 3;

/** When the columns are. The newest is at `head`. */
export class Columns {
  readonly stamps = new Float64Array(COLUMNS);
  head = 0;
  count = 0;
  /** Counts up with every column. */
  version = 0;

  get newest(): number {
    return this.count ? this.stamps[this.head]! : Number.NaN;
  }

  clear(): void {
    this.count = 0;
    this.version++;
  }

  /** A column for another moment, later than all; who is around has to be written into it. */
  add(stamp: number): void {
    this.head = (this.head + 1) % COLUMNS;
    this.stamps[this.head] = stamp;
    if (this.count < COLUMNS) this.count++;
    this.version++;
  }
}

/** How much each column counts for the place and the speed of one moment. */
export class Weights {
  readonly place = new Float64Array(COLUMNS);
  readonly speed = new Float64Array(COLUMNS);
  /** Seconds that the speed is to be gone on with, and how much of it is left. */
  run_s = 0;
  pace = 1;

  set(columns: Columns, moment: number): void {
    const { stamps, head, count } = columns;
    const { place, speed } = this;
    place.fill(0);
    speed.fill(0);
    this.run_s = 0;
    this.pace = 1;
    if (count === 0) return;
    const oldest = stamps[(head - count + 1 + COLUMNS) % COLUMNS]!;
    const centre = Math.max(Math.min(moment, stamps[head]!), oldest);
    const late = Math.min(moment - centre, RUN_MS);
    if (late > 0) {
      this.run_s = (late - (late * late * late) / (3 * RUN_MS * RUN_MS)) / 1000;
      this.pace = 1 - (late * late) / (RUN_MS * RUN_MS);
    }
    for (let wider = 1; wider < 64; wider *= 2) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let used = 0;
      for (let k = 0; k < count; k++) {
        const i = (head - k + COLUMNS) % COLUMNS;
        const apart = stamps[i]! - centre;
        const u = apart / (apart < 0 ? PAST_MS * wider : AHEAD_MS * wider);
        if (u <= -1 || u >= 1) continue;
        const bell = (1 - u * u) * (1 - u * u);
        place[i] = bell;
        s0 += bell;
        s1 += bell * apart;
        s2 += bell * apart * apart;
        used++;
      }
      const det = s0 * s2 - s1 * s1;
      if (used >= Math.min(LEAST_COLUMNS, count) && s0 > 0) {
        for (let k = 0; k < count; k++) {
          const i = (head - k + COLUMNS) % COLUMNS;
          const bell = place[i]!;
          if (bell === 0) continue;
          const apart = stamps[i]! - centre;
          if (det > 1e-6 * s0 * s0) {
            place[i] = (bell * (s2 - s1 * apart)) / det;
            speed[i] = (bell * (s0 * apart - s1) * 1000) / det;
          } else place[i] = bell / s0;
        }
        return;
      }
      place.fill(0);
    }
    place[head] = 1;
  }
}

/** Place and speed of one history at the moment of some weights, into `out`: x, y, z, yaw, then their speeds a second. */
export function fitted(history: Float64Array, weights: Weights, out: Float64Array): void {
  const { place, speed, run_s, pace } = weights;
  for (let lane = 0; lane < LANES; lane++) {
    let p = 0;
    let v = 0;
    for (let i = 0, at = lane; i < COLUMNS; i++, at += LANES) {
      p += place[i]! * history[at]!;
      v += speed[i]! * history[at]!;
    }
    out[lane] = p + v * run_s;
    out[LANES + lane] = v * pace;
  }
}

/** Radians a second of the spring that wears differences off, for small ones; large ones take longer. */
const STIFFEST = 9;
const SOFTEST = 1.2;
/** What wearing off may add to a body's acceleration, m/s²: about what somebody does who gets out of another's way. */
const GENTLE = 4;

/** Seconds of this step, and the stiffness in use: handed over in here, since numbers as arguments may end on the heap. */
const STEP = new Float64Array(2);

/** The time that the next `wear` is for, seconds. */
export function step(dt_s: number): void {
  STEP[0] = dt_s;
}

/**
 * Wear off a difference between what is drawn and the fit (place and speed by lane): a critically damped spring, worked
 * out exactly for the step, and as soft as it takes to stay gentle. A stiff one pulls two metres in with 100 m/s².
 */
export function wear(error: Float64Array): void {
  const apart = length(error, 0); // Math.hypot puts its numbers on the heap
  const pace = length(error, LANES);
  STEP[1] = Math.max(SOFTEST, Math.min(STIFFEST, Math.sqrt(GENTLE / apart), GENTLE / (2 * pace)));
  if (apart !== 0 || pace !== 0) wearLanes(error, 0, 3);
  STEP[1] = STIFFEST;
  wearLanes(error, 3, LANES);
}

const length = (of: Float64Array, at: number): number => Math.sqrt(of[at]! * of[at]! + of[at + 1]! * of[at + 1]! + of[at + 2]! * of[at + 2]!);

function wearLanes(error: Float64Array, from: number, to: number): void {
  const dt_s = STEP[0]!;
  const stiffness = STEP[1]!;
  const decay = Math.exp(-stiffness * dt_s);
  for (let lane = from; lane < to; lane++) {
    const e = error[lane]!;
    const v = error[LANES + lane]!;
    if (e === 0 && v === 0) continue;
    const slope = v + stiffness * e;
    const next = (e + slope * dt_s) * decay;
    const pace = (v - slope * stiffness * dt_s) * decay;
    const isGone = Math.abs(next) < 1e-6 && Math.abs(pace) < 1e-6;
    error[lane] = isGone ? 0 : next;
    error[LANES + lane] = isGone ? 0 : pace;
  }
}

/** Further than this, metres, somebody is not glided through the room. */
const SNAP_M = 4;

/** Take into `error` that the fit for one moment was `before` and is `after`; too far is not glided. */
export function absorb(error: Float64Array, before: Float64Array, after: Float64Array): void {
  for (let i = 0; i < 2 * LANES; i++) error[i]! += before[i]! - after[i]!;
  if (length(error, 0) > SNAP_M) error.fill(0);
}
