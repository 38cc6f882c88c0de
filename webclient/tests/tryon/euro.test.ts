import { describe, expect, it } from "vitest";
import { EuroRotation, EuroVector, turn, turnBetween } from "../../src/tryon/euro";

const CALM = { rest_hz: 0.6, beta: 8, speed_hz: 1.5 };
const DT = 1 / 30;

function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
}

const about = (axis: readonly number[], angle: number): Float64Array => {
  const rotation = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  turn(rotation, Float64Array.from(axis, (one) => one * angle));
  return rotation;
};

describe("a calm value", () => {
  it("takes the first as it is, and loses most of the noise at rest", () => {
    const random = chance(1);
    const euro = new EuroVector(1, CALM);
    expect(euro.next([5], DT)[0]).toBe(5);
    let [raw, calm] = [0, 0];
    for (let i = 0; i < 600; i++) {
      const noise = random() * 0.01;
      const value = euro.next([5 + noise], DT)[0]!;
      if (i < 60) continue;
      raw += noise ** 2;
      calm += (value - 5) ** 2;
    }
    expect(Math.sqrt(calm / raw)).toBeLessThan(0.45);
  });

  it("lags a quick way by less than a frame", () => {
    const euro = new EuroVector(1, CALM);
    let at = 0;
    let value = 0;
    for (let i = 0; i < 60; i++) {
      at += 2 * DT * 10;
      value = euro.next([at], DT)[0]!;
    }
    expect(at - value).toBeLessThan(2 * DT * 10);
  });
});

describe("a calm rotation", () => {
  it("stays a rotation, and comes to where it is held", () => {
    const euro = new EuroRotation(CALM);
    euro.next(about([0, 1, 0], 0), DT);
    const to = about([0.6, 0, 0.8], 2.5);
    for (let i = 0; i < 120; i++) euro.next(to, DT);
    const way = new Float64Array(3);
    turnBetween(euro.value, to, way);
    expect(Math.hypot(...way)).toBeLessThan(1e-3);
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        const dot = [0, 1, 2].reduce((sum, k) => sum + euro.value[a * 3 + k]! * euro.value[b * 3 + k]!, 0);
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 9);
      }
    }
  });

  it("goes the way that the difference says", () => {
    const [from, to, way] = [about([0, 1, 0], 0.3), about([0, 1, 0], 0.8), new Float64Array(3)];
    turnBetween(from, to, way);
    expect([...way]).toEqual([expect.closeTo(0, 9), expect.closeTo(0.5, 9), expect.closeTo(0, 9)]);
    turn(from, way);
    expect([...from]).toEqual([...to].map((one) => expect.closeTo(one, 9)));
  });
});
