import { describe, expect, it } from "vitest";
import { assemble, sunward, type Assembly, type Piece } from "../../src/world/assemble";
import { pack } from "../../src/world/atlas";
import { bakeKey } from "../../src/world/bakestore";
import { Shell, standing } from "../../src/world/shell";
import { block, box, circle } from "../../src/world/solids";
import { held } from "../../src/world/walk";
import { random, STORES } from "./stores";

/** The volume within a closed shell of triangles that face outward (Gauss), and how many edges have no partner. */
function measure(shell: Shell): { volume: number; open: number } {
  let volume = 0;
  const edges = new Map<string, number>();
  for (const { position: p, index } of shell.soups.values()) {
    for (let t = 0; t < index.length; t += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => [0, 1, 2].map((i) => p[index[t + k]! * 3 + i]!)) as [number[], number[], number[]];
      volume += (a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) + a[1]! * (b[2]! * c[0]! - b[0]! * c[2]!) + a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!)) / 6;
      const name = (q: number[]): string => q.map((x) => Math.round(x * 1e5)).join(",");
      for (const [q, r] of [[a, b], [b, c], [c, a]] as const) {
        const [there, back] = [`${name(q)}|${name(r)}`, `${name(r)}|${name(q)}`];
        const waiting = edges.get(back) ?? 0;
        if (waiting) edges.set(back, waiting - 1);
        else edges.set(there, (edges.get(there) ?? 0) + 1);
      }
    }
  }
  return { volume, open: [...edges.values()].reduce((sum, n) => sum + n, 0) };
}

describe("a bevelled box", () => {
  for (const yaw of [0, 37, 180]) {
    it(`is closed and faces outward at ${yaw}°`, () => {
      const shell = new Shell();
      box(shell, { material: "m" }, standing([1, 0.2, -3], yaw), [0.3, 0.1, 0], [0.5, 0.3, 0.8], 0.01);
      const { volume, open } = measure(shell);
      expect(open).toBe(0);
      expect(volume).toBeLessThan(0.12);
      expect(volume).toBeGreaterThan(0.1195);
    });
  }
});

describe("a round block", () => {
  it("holds what a cylinder holds, less its bevel", () => {
    const shell = new Shell();
    block(shell, { material: "m" }, standing([0, 0, 0]), circle(0.5, 96), 0.4, 0.004);
    // Its foot is open: what is missing at y = 0 adds no volume.
    expect(measure(shell).volume / (Math.PI * 0.25 * 0.4)).toBeCloseTo(1, 2);
  });
});

describe("the lightmap's charts", () => {
  it("lie apart and within it, whatever their sizes", () => {
    const next = random(11);
    for (let turn = 0; turn < 6; turn++) {
      const charts = Array.from({ length: 120 }, () => ({ w_m: next() ** 3 * 9 + 0.01, h_m: next() ** 3 * 4 + 0.01, weight: 0.5 + next() }));
      const { rects, width, height } = pack(charts, 256, 256);
      const taken = new Uint8Array(width * height);
      for (const { x, y, w, h } of rects) {
        expect(x >= 1 && y >= 1 && x + w < width + 1 && y + h < height + 1).toBe(true);
        for (let j = y - 1; j < Math.min(height, y + h + 1); j++) for (let i = x - 1; i < Math.min(width, x + w + 1); i++) taken[j * width + i]!++;
      }
      expect(Math.max(...taken)).toBe(1); // gutters included
    }
  });

  it("are refused in a sentence when they cannot fit", () => {
    expect(() => pack(Array.from({ length: 5000 }, () => ({ w_m: 1, h_m: 1, weight: 1 })), 64, 64)).toThrow(/5000 charts do not fit/);
  });
});

for (const [name, plan] of STORES) {
  describe(`the store ${name}`, () => {
    const store: Assembly = assemble(plan, { texels: 512 });

    it("is whole: every triangle has a face, a side it shows, and a place in the lightmap", () => {
      for (const piece of store.pieces) {
        expect(wrong(piece), piece.material).toBe(0);
        expect(piece.uv1.every((x) => x >= 0 && x <= 1)).toBe(true);
        expect(Math.max(...piece.index)).toBeLessThan(piece.position.length / 3);
      }
    });

    it("takes few draw calls and triangles", () => {
      expect(store.pieces.length).toBeLessThanOrEqual(10);
      expect(store.triangles).toBeLessThan(30_000);
    });

    it("lets newcomers stand where they appear", () => {
      for (const { id, position: [x, , z] } of plan.spawn) {
        const at = { x, z };
        held(at, store.barriers);
        expect(Math.hypot(at.x - x, at.z - z), id).toBeLessThan(0.05);
      }
    });

    it("keeps a walker in its rooms, at any speed and in any direction", () => {
      const next = random(5);
      const spawn = plan.spawn[0]?.position ?? [0, 0, 0];
      const at = { x: spawn[0], z: spawn[2] };
      let way = 0;
      for (let step = 0; step < 6000; step++) {
        if (step % 40 === 0) way = next() * 2 * Math.PI;
        at.x += Math.sin(way) * 0.14; // the longest step that `Walk` takes
        at.z += Math.cos(way) * 0.14;
        held(at, store.barriers);
        const isInside = store.insides.some(({ min, max }) => at.x > min[0] - 0.5 && at.x < max[0] + 0.5 && at.z > min[2] - 0.5 && at.z < max[2] + 0.5);
        if (!isInside) expect.fail(`out at ${at.x.toFixed(2)}, ${at.z.toFixed(2)} after ${step} steps`);
      }
    });
  });
}

/** Triangles without area count for nothing; one whose corners face the other way is wrong. */
function wrong({ position: p, normal: n, index }: Piece): number {
  let count = 0;
  for (let t = 0; t < index.length; t += 3) {
    const [a, b, c] = [index[t]! * 3, index[t + 1]! * 3, index[t + 2]! * 3];
    const e = [0, 1, 2].map((k) => p[b + k]! - p[a + k]!) as [number, number, number];
    const f = [0, 1, 2].map((k) => p[c + k]! - p[a + k]!) as [number, number, number];
    const face = [e[1] * f[2] - e[2] * f[1], e[2] * f[0] - e[0] * f[2], e[0] * f[1] - e[1] * f[0]];
    if (Math.hypot(...face) < 1e-9) continue;
    const shown = [0, 1, 2].map((k) => n[a + k]! + n[b + k]! + n[c + k]!);
    if (face[0]! * shown[0]! + face[1]! * shown[1]! + face[2]! * shown[2]! <= 0) count++;
  }
  return count;
}

describe("kept light", () => {
  const plan = STORES[0]![1];
  const room = plan.rooms[0]!;

  it("is for this very place, whatever is for sale in it", () => {
    const key = bakeKey(plan, 512, 1);
    expect(bakeKey({ ...plan, name: "Another", rooms: [{ ...room, slots: room.slots.map((slot) => ({ ...slot, product: "another" })) }] }, 512, 1)).toBe(key);
    expect(bakeKey({ ...plan, rooms: [{ ...room, height_m: 3.9 }] }, 512, 1)).not.toBe(key);
    expect(bakeKey(plan, 384, 1)).not.toBe(key);
  });
});

describe("the sun", () => {
  it("stands where azimuth and elevation say", () => {
    expect(sunward(0, 0).map((x) => Math.round(x * 1e6) / 1e6)).toEqual([0, 0, 1]);
    expect(sunward(90, 30)[0]).toBeCloseTo(Math.cos(Math.PI / 6), 6);
    expect(Math.hypot(...sunward(-118, 34))).toBeCloseTo(1, 9);
  });
});
