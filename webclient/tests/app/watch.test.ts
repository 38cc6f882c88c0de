import { describe, expect, it } from "vitest";
import { Watch } from "../../src/app/watch";

const OPTIONS = { slow_ms: 50, window: 10, patience: 2 };

/** Pictures that took so long each; how often the watch spoke. */
function watched(times: readonly number[]): number {
  let told = 0;
  let now = 0;
  const watch = new Watch(() => told++, OPTIONS);
  watch.picture(now);
  for (const time of times) watch.picture((now += time));
  return told;
}
const of = (n: number, ms: number): number[] => Array<number>(n).fill(ms);

describe("the watch over a running store", () => {
  it("speaks after so many bad windows in a row, and not before", () => {
    expect(watched(of(19, 80))).toBe(0);
    expect(watched(of(20, 80))).toBe(1);
  });
  it("is not moved by hiccups, or by bad windows with good ones between", () => {
    expect(watched(of(100, 20).map((ms, i) => (i % 4 === 0 ? 400 : ms)))).toBe(0);
    expect(watched([...of(10, 80), ...of(10, 20), ...of(10, 80), ...of(10, 20)])).toBe(0);
  });
  it("takes a page that was away for no reason", () => {
    expect(watched(of(40, 5000))).toBe(0);
  });
});
