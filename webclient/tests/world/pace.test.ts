import { describe, expect, it } from "vitest";
import { Pace, type Fence } from "../../src/world/pace";

const TICK_MS = 1000 / 60;

/** A machine that draws one picture after the other, each so long, and lets the page run two ahead, as browsers do. */
class Machine implements Fence {
  now = 0;
  busy_ms = 0;
  #ends: number[] = [];
  #fence = -Infinity;
  readonly took: (picture: number) => number;
  pictures = 0;

  constructor(took: (picture: number) => number) {
    this.took = took;
  }

  draw(): void {
    const from = Math.max(this.now, this.#ends.at(-1) ?? 0);
    const ms = this.took(this.pictures++);
    this.busy_ms += ms;
    this.#ends.push(from + ms);
  }

  set(): void {
    this.#fence = this.#ends.at(-1) ?? -Infinity;
  }

  get isPassed(): boolean {
    return this.now >= this.#fence;
  }

  /** Until the next animation frame: later than a tick where two pictures are still under way. */
  tick(): void {
    this.now += TICK_MS;
    const free = this.#ends.at(-2) ?? 0;
    if (free > this.now) this.now = Math.ceil(free / TICK_MS) * TICK_MS;
  }
}

function run(took: (picture: number) => number, seconds: number): { machine: Machine; busy: number; perSecond: number } {
  const machine = new Machine(took);
  const pace = new Pace(machine);
  while (machine.now < seconds * 1000) {
    if (pace.isDue(machine.now)) {
      machine.draw();
      pace.drawn(machine.now);
    }
    machine.tick();
  }
  return { machine, busy: machine.busy_ms / machine.now, perSecond: machine.pictures / seconds };
}

describe("the pace of drawing", () => {
  it("leaves every animation frame to a graphics chip, also to one that is a picture behind", () => {
    for (const ms of [2, 12, 16, 30]) {
      const most = 1000 / Math.max(TICK_MS, ms);
      expect(run(() => ms, 10).perSecond, `${ms} ms`).toBeGreaterThan(most * 0.9);
    }
  });
  it("leaves a third of a slow machine to others, and still draws", () => {
    for (const ms of [100, 300, 700]) {
      const { busy, perSecond } = run(() => ms, 60);
      expect(busy, `${ms} ms`).toBeLessThan(0.7);
      expect(perSecond, `${ms} ms`).toBeGreaterThan(500 / (ms + TICK_MS));
    }
  });
  it("does not slow down after one hard picture", () => {
    expect(run((picture) => (picture === 30 ? 500 : 8), 10).perSecond).toBeGreaterThan(50);
  });
  it("draws at once after the context was lost in the middle of a slow picture", () => {
    const machine = new Machine(() => 5000);
    const pace = new Pace(machine);
    machine.draw();
    pace.drawn(0);
    expect(pace.isDue(100)).toBe(false);
    pace.forget();
    expect(pace.isDue(101)).toBe(true);
  });
});
