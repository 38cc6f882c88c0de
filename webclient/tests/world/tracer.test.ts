import { describe, expect, it } from "vitest";
import { Tracer } from "../../src/world/tracer";
import { random } from "./stores";

/** Möller & Trumbore in the plainest form: the reference. */
function slow(position: Float32Array, index: Uint32Array, o: readonly number[], d: readonly number[]): number {
  let best = Infinity;
  for (let t = 0; t < index.length; t += 3) {
    const corner = (k: number): number[] => [0, 1, 2].map((i) => position[index[t + k]! * 3 + i]!);
    const [a, b, c] = [corner(0), corner(1), corner(2)];
    const minus = (p: number[], q: readonly number[]): number[] => p.map((x, i) => x - q[i]!);
    const cross = (p: readonly number[], q: readonly number[]): number[] => [p[1]! * q[2]! - p[2]! * q[1]!, p[2]! * q[0]! - p[0]! * q[2]!, p[0]! * q[1]! - p[1]! * q[0]!];
    const dot = (p: readonly number[], q: readonly number[]): number => p[0]! * q[0]! + p[1]! * q[1]! + p[2]! * q[2]!;
    const [e1, e2] = [minus(b, a), minus(c, a)];
    const p = cross(d, e2);
    const det = dot(e1, p);
    if (Math.abs(det) < 1e-12) continue;
    const s = [o[0]! - a[0]!, o[1]! - a[1]!, o[2]! - a[2]!];
    const u = dot(s, p) / det;
    const q = cross(s, e1);
    const v = dot(d, q) / det;
    const far = dot(e2, q) / det;
    if (u >= 0 && v >= 0 && u + v <= 1 && far > 1e-4) best = Math.min(best, far);
  }
  return best;
}

describe("the tracer", () => {
  const next = random(7);
  const triangles = 400;
  const position = new Float32Array(triangles * 9);
  for (let t = 0; t < triangles; t++) {
    const at = [next() * 4, next() * 4, next() * 4];
    for (let k = 0; k < 9; k++) position[t * 9 + k] = at[k % 3]! + next() * 0.6 - 0.3;
  }
  const index = Uint32Array.from({ length: triangles * 3 }, (_, i) => i);
  const tracer = new Tracer(position, index);

  it("finds what trying every triangle finds, from any side", () => {
    let hits = 0;
    for (let i = 0; i < 600; i++) {
      const o = [next() * 6 - 1, next() * 6 - 1, next() * 6 - 1];
      const d = [next() - 0.5, next() - 0.5, next() - 0.5];
      if (i % 10 === 0) d[i % 3] = 0; // along an axis' plane
      const length = Math.hypot(...d);
      const [x, y, z] = d.map((c) => c / length) as [number, number, number];
      const best = slow(position, index, o, [x, y, z]);
      const found = tracer.nearest(o[0]!, o[1]!, o[2]!, x, y, z);
      expect(found).toBe(best < Infinity);
      if (!found) continue;
      hits++;
      expect(tracer.hitDistance).toBeCloseTo(best, 3);
      expect(tracer.isBlocked(o[0]!, o[1]!, o[2]!, x, y, z, best + 1e-3)).toBe(true);
      expect(tracer.isBlocked(o[0]!, o[1]!, o[2]!, x, y, z, best - 1e-3)).toBe(false);
    }
    expect(hits).toBeGreaterThan(60);
  });

  it("says where on the triangle it hit", () => {
    expect(tracer.nearest(2, 2, -3, 0, 0, 1)).toBe(true);
    const t = tracer.hit * 9;
    for (const [k, at] of [2, 2, -3 + tracer.hitDistance].entries()) {
      const [a, b, c] = [position[t + k]!, position[t + 3 + k]!, position[t + 6 + k]!];
      expect(a + (b - a) * tracer.hitU + (c - a) * tracer.hitV).toBeCloseTo(at, 3);
    }
  });

  it("takes a heap of equal triangles without running out", () => {
    const same = new Float32Array(300 * 9);
    for (let i = 0; i < same.length; i++) same[i] = [0, 0, 0, 1, 0, 0, 0, 1, 0][i % 9]!;
    const heap = new Tracer(same, Uint32Array.from({ length: 900 }, (_, i) => i));
    expect(heap.isBlocked(0.2, 0.2, -1, 0, 0, 1, 2)).toBe(true);
  });
});
