import { describe, expect, it } from "vitest";
import { bake, type Baked } from "../../src/world/bake";
import type { BakeInput, BakeLamp, BakePortal } from "../../src/world/bake-input";
import { half, unhalf } from "../../src/world/half";
import type { Vec3 } from "../../src/world/plan";
import { random } from "./stores";

const SIDE = 24;

/** A square floor of 2 m around the origin, and what else stands there; the floor's chart comes first. */
function floor(more: Partial<BakeInput> = {}, extra: readonly number[] = []): BakeInput {
  const flat = [-1, 0, -1, 1, 0, -1, 1, 0, 1, -1, 0, 1];
  const position = new Float32Array([...flat, ...extra]);
  const n = position.length / 3;
  const texel = new Float32Array(n * 2);
  texel.set([1.5, 1.5, SIDE - 1.5, 1.5, SIDE - 1.5, SIDE - 1.5, 1.5, SIDE - 1.5]);
  const index = [0, 2, 1, 0, 3, 2];
  for (let i = 4; i + 3 < n + 0.5; i += 4) index.push(i, i + 1, i + 2, i, i + 2, i + 3);
  return {
    width: SIDE, height: SIDE, position, texel, normal: new Float32Array(Array.from({ length: n }, () => [0, 1, 0]).flat()), index: new Uint32Array(index),
    albedo: new Float32Array(index.length), solid: index.length / 3, rects: new Int32Array([1, 1, SIDE - 2, SIDE - 2]), portals: [], lamps: [], sun: [0, 1, 0], quality: 1, ...more,
  };
}

const at = (map: Uint16Array, x: number, y: number, k: number): number => unhalf(map[(y * SIDE + x) * 4 + k]!);
const lamp = (more: Partial<BakeLamp>): BakeLamp => ({ kind: "spot", o: [0, 3, 0], n: [0, -1, 0], along: [1, 0, 0], size_m: [0.1, 0.1], lumen: 1000, beam_deg: 30, colour: [1, 1, 1], ...more });
const above = (height: number, size: number): BakePortal => ({ o: [0, height, 0], x: [1, 0, 0], y: [0, 0, 1], n: [0, -1, 0], width_m: size, height_m: size });
/** A square lid at a height: four corners more. */
const lid = (y: number, half_m: number): number[] => [-half_m, y, -half_m, half_m, y, -half_m, half_m, y, half_m, -half_m, y, half_m];

describe("the bake", () => {
  it("gives a panel overhead its form factor", () => {
    const { lamps } = bake(floor({ lamps: [lamp({ kind: "panel", o: [0, 2, 0], size_m: [1, 1], lumen: 3000 })] }));
    // Two parallel squares, a point under the middle of one: Siegel & Howell, configuration 10, four times a quarter.
    const [a, b] = [0.25, 0.25];
    const quarter = (a / Math.hypot(1, a)) * Math.atan(b / Math.hypot(1, a)) + (b / Math.hypot(1, b)) * Math.atan(a / Math.hypot(1, b));
    const factor = (4 * quarter) / (2 * Math.PI);
    expect(at(lamps, SIDE / 2, SIDE / 2, 1) / (3 * factor)).toBeCloseTo(1, 1);
  });

  it("gives a strip what its length adds up to", () => {
    const strip = lamp({ kind: "strip", o: [0, 1, 0], size_m: [1.2, 0.02], lumen: 1000 });
    const { lamps } = bake(floor({ lamps: [strip], quality: 2 }));
    let sum = 0;
    const steps = 4000;
    for (let i = 0; i < steps; i++) {
      const t = ((i + 0.5) / steps - 0.5) * 1.2;
      const d2 = 1 + t * t;
      sum += 1 / d2 / d2 / steps;
    }
    expect(at(lamps, SIDE / 2, SIDE / 2, 0) / (sum / Math.PI)).toBeCloseTo(1, 1);
  });

  it("lets a spot fall off with the square of the distance", () => {
    const [near, far] = [2, 4].map((y) => at(bake(floor({ lamps: [lamp({ o: [0, y, 0] })] })).lamps, SIDE / 2, SIDE / 2, 0)) as [number, number];
    expect(near / far).toBeGreaterThan(3.7);
    expect(near / far).toBeLessThan(4.3);
  });

  it("throws a shadow, and none where nothing stands between", () => {
    const covered = bake(floor({ lamps: [lamp({ beam_deg: 120 })], portals: [above(3, 2)] }, lid(0.2, 0.35)));
    const free = bake(floor({ lamps: [lamp({ beam_deg: 120 })], portals: [above(3, 2)] }));
    expect(at(covered.lamps, SIDE / 2, SIDE / 2, 0)).toBe(0);
    expect(at(covered.sky, SIDE / 2, SIDE / 2, 0)).toBeLessThan(0.1 * at(free.sky, SIDE / 2, SIDE / 2, 0));
    expect(at(covered.lamps, 2, 2, 0)).toBeCloseTo(at(free.lamps, 2, 2, 0), 3);
  });

  it("lets the sun in by windows alone: walls have no outer face to stop it", () => {
    expect(at(bake(floor({ portals: [above(3, 4)] })).sky, SIDE / 2, SIDE / 2, 3)).toBeCloseTo(1, 1);
    expect(at(bake(floor()).sky, SIDE / 2, SIDE / 2, 3)).toBe(0);
    expect(at(bake(floor({ portals: [above(-3, 4)] })).sky, SIDE / 2, SIDE / 2, 3)).toBe(0);
  });

  it("makes no light: what comes back is less than what fell, and dark without lamps", () => {
    const dark = bake(floor({ albedo: new Float32Array(12).fill(0.9) }, lid(1, 1)));
    expect(Math.max(...dark.lamps.filter((_, i) => i % 4 < 3), ...dark.sky)).toBe(0);
  });

  it("is open under the sky and closed under a low lid", () => {
    expect(at(bake(floor()).lamps, SIDE / 2, SIDE / 2, 3)).toBeCloseTo(1, 2);
    expect(at(bake(floor({}, lid(0.1, 1))).lamps, SIDE / 2, SIDE / 2, 3)).toBeLessThan(0.35);
  });

  it("comes out the same every time", () => {
    const input = floor({ lamps: [lamp({}), lamp({ kind: "strip", size_m: [1, 0.02] })], portals: [above(2, 1)] }, lid(0.5, 0.2));
    expect(bake(input).lamps).toEqual(bake(input).lamps);
  });
});

describe("half floats", () => {
  it("come back to within one part in a thousand", () => {
    const next = random(3);
    for (let i = 0; i < 2000; i++) {
      const value = 10 ** (next() * 8 - 4);
      expect(Math.abs(unhalf(half(value)) / value - 1)).toBeLessThan(1.1e-3);
    }
  });

  it("hold to their range", () => {
    expect([0, -4, 1e9].map((value) => unhalf(half(value)))).toEqual([0, 0, 65504]);
    expect(unhalf(half(1))).toBe(1);
    const down: Vec3 = [1e-9, 6e-8, 3e-5];
    expect(down.map((value) => Math.abs(unhalf(half(value)) - value) < 7e-8)).toEqual([true, true, true]);
  });
});

describe("a sketch of the light", () => {
  it("comes first, at a fraction of the rays, and is about as bright as what follows", () => {
    const input = floor({ lamps: [lamp({ beam_deg: 90 })], portals: [above(3, 2)] }, lid(0.6, 0.2));
    const sketches: Baked[] = [];
    const full = bake(input, undefined, (one) => sketches.push(one));
    expect(sketches).toHaveLength(1);
    expect(sketches[0]!.rays).toBeLessThan(full.rays / 8);
    const mean = (map: Uint16Array): number => Array.from({ length: map.length / 4 }, (_, i) => unhalf(map[i * 4]!)).reduce((a, b) => a + b, 0);
    for (const name of ["sky", "lamps"] as const) expect(mean(sketches[0]![name]) / mean(full[name])).toBeCloseTo(1, 0);
    expect(full).toEqual(bake(input)); // the sketch leaves no trace
  });
});
