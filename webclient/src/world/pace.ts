/**
 * Leaves the machine some air: where a picture takes long to draw, a pause follows it before the next one is begun.
 *
 * Without a graphics chip a picture is a processor's work, and a page that draws without a pause takes the machine from
 * everything else: its own panels, the light that is being baked, the window beside it. What moves is moved every time;
 * only the drawing waits. What it is not: the watch that leads to a lower rung (`app/watch.ts`), or a headset's frames,
 * which are always drawn.
 *
 * How long a picture takes is told by a fence behind its commands; the time until the next animation frame is not it,
 * because a browser lets a page run two pictures ahead.
 */

/** Stands behind the commands of one picture. */
export interface Fence {
  set(): void;
  /** Whether all before it is drawn; true when none is set. */
  readonly isPassed: boolean;
}

/** Longer than any graphics chip takes, even with two pictures under way. */
const SLOW_MS = 80;
/** The pause, by what the picture took. */
const AIR = 0.5;
const LONGEST_PAUSE_MS = 400;

export class Pace {
  readonly #fence: Fence;
  #set_ms = -1;
  #rest_ms = -Infinity;
  #isSlow = false;

  constructor(fence: Fence) {
    this.#fence = fence;
  }

  /** Whether a picture may be drawn now; asked once an animation frame, with its time. */
  isDue(now_ms: number): boolean {
    if (this.#set_ms >= 0) {
      const took_ms = now_ms - this.#set_ms;
      if (!this.#fence.isPassed) return !this.#isSlow && took_ms < SLOW_MS;
      this.#set_ms = -1;
      this.#isSlow = took_ms >= SLOW_MS;
      if (this.#isSlow) this.#rest_ms = now_ms + Math.min(LONGEST_PAUSE_MS, took_ms * AIR);
    }
    return now_ms >= this.#rest_ms;
  }

  /** A picture was drawn in this animation frame. */
  drawn(now_ms: number): void {
    if (this.#set_ms >= 0) return; // the one before it is still watched
    this.#fence.set();
    this.#set_ms = now_ms;
  }

  /** The graphics context is gone, and the fence with it. */
  forget(): void {
    this.#set_ms = -1;
    this.#isSlow = false;
    this.#rest_ms = -Infinity;
  }
}

/** A fence of WebGL 2. */
export class GlFence implements Fence {
  readonly #gl: WebGL2RenderingContext;
  #sync: WebGLSync | null = null;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
  }

  set(): void {
    const gl = this.#gl;
    if (this.#sync) gl.deleteSync(this.#sync);
    this.#sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
  }

  get isPassed(): boolean {
    const gl = this.#gl;
    if (!this.#sync) return true;
    if (!gl.isContextLost() && gl.getSyncParameter(this.#sync, gl.SYNC_STATUS) !== gl.SIGNALED) return false;
    gl.deleteSync(this.#sync);
    this.#sync = null;
    return true;
  }
}
