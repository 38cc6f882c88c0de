/** Redraws its element once a second while a moment on the server's clock lies ahead, and says what is said in passing. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

export interface Passing {
  readonly at_ms: number;
  readonly say: () => void;
}

export class Countdown implements ReactiveController {
  private timer: ReturnType<typeof setInterval> | undefined;
  private before_ms = Infinity;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly left_ms: () => number | null,
    private readonly passing: readonly Passing[] = [],
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.timer = setInterval(() => this.tick(), 1000);
  }

  hostDisconnected(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const left = this.left_ms();
    if (left === null) {
      this.before_ms = Infinity;
      return;
    }
    if (left > -2000 || this.before_ms > 0) this.host.requestUpdate();
    // A longer time than before is another lease: nothing was passed.
    for (const { at_ms, say } of this.passing) if (left <= at_ms && this.before_ms > at_ms && this.before_ms !== Infinity) say();
    this.before_ms = left;
  }
}
