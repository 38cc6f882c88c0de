import { describe, expect, it } from "vitest";
import { FreeSpace } from "../../src/avatar/free-space";

describe("names over heads", () => {
  it("never lie over one another, whatever order and place they come in", () => {
    const space = new FreeSpace(40);
    let seed = 7;
    const random = (): number => ((seed = (seed * 16807) % 2147483647) / 2147483647);
    const shown: [number, number, number, number][] = [];
    for (let i = 0; i < 40; i++) {
      const box: [number, number, number, number] = [random(), random(), 0.05 + 0.1 * random(), 0.02 + 0.02 * random()];
      if (space.take(...box, false)) shown.push(box);
    }
    expect(shown.length).toBeGreaterThan(5);
    for (const [i, a] of shown.entries()) {
      for (const b of shown.slice(i + 1)) {
        const apart = Math.max(Math.abs(a[0] - b[0]) - (a[2] + b[2]) / 2, Math.abs(a[1] - b[1]) - (a[3] + b[3]) / 2);
        expect(apart).toBeGreaterThan(0);
      }
    }
  });
  it("give way to what is said", () => {
    const space = new FreeSpace(4);
    space.hold(0, 0, 1, 0.5);
    expect(space.take(0.2, 0.1, 0.4, 0.1, true)).toBe(false);
    expect(space.take(0, 0.5, 0.4, 0.1, true)).toBe(true);
  });
  it("do not flicker where two just touch: who is there stays, who is not waits for room", () => {
    const space = new FreeSpace(4);
    expect(space.take(0, 0, 1, 1, true)).toBe(true);
    expect(space.take(0.95, 0, 1, 1, false)).toBe(false);
    expect(space.take(0.95, 0, 1, 1, true)).toBe(true);
  });
});
