/**
 * Watches how evenly the store is drawn, and says when it has been bad for so long that a lower rung serves better.
 *
 * It judges windows of pictures by their median, so that a hiccup or a page in the background is no reason.
 */

export interface WatchOptions {
  /** A window whose median picture takes longer is bad, milliseconds. */
  readonly slow_ms: number;
  /** Pictures in a window. */
  readonly window: number;
  /** Bad windows in a row until it is said. */
  readonly patience: number;
}

const PATIENT: WatchOptions = { slow_ms: 70, window: 60, patience: 4 };
/** Longer than this is a page that was away, not a slow one. */
const AWAY_MS = 1000;

export class Watch {
  readonly #options: WatchOptions;
  readonly #told: (median_ms: number) => void;
  readonly #times: Float64Array;
  #count = 0;
  #last = -1;
  #bad = 0;

  constructor(told: (median_ms: number) => void, options: WatchOptions = PATIENT) {
    this.#told = told;
    this.#options = options;
    this.#times = new Float64Array(options.window);
  }

  /** Once a picture, with its time. */
  picture(now_ms: number): void {
    const took = now_ms - this.#last;
    const isFirst = this.#last < 0;
    this.#last = now_ms;
    if (isFirst || took > AWAY_MS) return;
    this.#times[this.#count++] = took;
    if (this.#count < this.#options.window) return;
    this.#count = 0;
    this.#times.sort();
    const median = this.#times[this.#options.window >> 1] ?? 0;
    this.#bad = median > this.#options.slow_ms ? this.#bad + 1 : 0;
    if (this.#bad < this.#options.patience) return;
    this.#bad = 0;
    this.#told(median);
  }
}
