import { describe, expect, it } from "vitest";
import { share, wishedLevel, type Candidate } from "../../src/world/ladder";
import { readStore, SCHEMA, UnreadableStore } from "../../src/world/manifest";
import { blend, fromKelvin, weigh } from "../../src/world/moods";
import { paint, RECIPES } from "../../src/world/surfaces";
import type { SurfaceKind } from "../../src/world/plan";
import { json, random, STORES, TEMPLATES } from "./stores";

describe("the ladder of detail", () => {
  const next = random(23);
  const many = (n: number): Candidate[] => Array.from({ length: n }, () => {
    const far = next() * 2e6;
    return { distance_m: next() * 12, size_m: 0.05 + next(), bytes: [far, far * (1 + next() * 4), far * (5 + next() * 20)], draws: [1 + Math.floor(next() * 3), 1 + Math.floor(next() * 9), 1 + Math.floor(next() * 14)] };
  });

  it("never spends more than it has, whatever is in the room", () => {
    for (let turn = 0; turn < 300; turn++) {
      const candidates = many(1 + Math.floor(next() * 60));
      const budget = { bytes: next() * 2e8, draws: candidates.length + Math.floor(next() * 200) };
      const levels = share(candidates, budget);
      expect(candidates.reduce((sum, c, i) => sum + (levels[i] ? c.bytes[levels[i]! - 1]! : 0), 0)).toBeLessThanOrEqual(budget.bytes);
      expect(candidates.reduce((sum, c, i) => sum + (levels[i] ? c.draws[levels[i]! - 1]! : 1), 0)).toBeLessThanOrEqual(budget.draws);
    }
  });

  it("gives everyone their wish when there is room", () => {
    const candidates = many(24);
    expect(share(candidates, { bytes: Infinity, draws: Infinity })).toEqual(candidates.map((c) => wishedLevel(c.distance_m, c.size_m, 3)));
  });

  it("takes from the far ones first", () => {
    const like = (distance_m: number): Candidate => ({ distance_m, size_m: 1, bytes: [1, 10], draws: [1, 5] });
    expect(share([like(1.6), like(1.2), like(2)], { bytes: 21, draws: 99 })).toEqual([2, 2, 1]);
    expect(share([like(1.6), like(1.2), like(2)], { bytes: 99, draws: 11 })).toEqual([2, 2, 1]);
    expect(share([like(1.6), like(1.2), like(2)], { bytes: 99, draws: 3 })).toEqual([1, 1, 1]);
  });

  it("asks for more the nearer one is, and never for what there is not", () => {
    let before = 9;
    for (let d = 0.3; d < 60; d *= 1.3) {
      const level = wishedLevel(d, 0.4, 3);
      expect(level).toBeLessThanOrEqual(Math.min(3, before));
      before = level;
    }
    expect(wishedLevel(0.1, 1, 0)).toBe(0);
  });
});

describe("the store manifest", () => {
  for (const name of TEMPLATES) {
    it(`is read whole: ${name}`, () => {
      const raw = json(name) as { rooms: { slots: unknown[]; walls: { openings?: unknown[] }[]; spawns: unknown[] }[]; mood: string };
      const plan = readStore(raw);
      const count = (pick: (room: (typeof raw.rooms)[number]) => number): number => raw.rooms.reduce((sum, room) => sum + pick(room), 0);
      expect(plan.rooms.reduce((sum, room) => sum + room.slots.length, 0)).toBe(count((room) => room.slots.length));
      expect(plan.rooms.reduce((sum, room) => sum + room.walls.reduce((n, wall) => n + wall.openings.length, 0), 0)).toBe(count((room) => room.walls.reduce((n, wall) => n + (wall.openings?.length ?? 0), 0)));
      expect(plan.spawn.length).toBe(count((room) => room.spawns.length));
      expect(plan.moods).toHaveProperty(plan.mood);
      expect(JSON.stringify(plan)).not.toMatch(/null,null|NaN/);
    });
  }

  it("of a newer kind is refused with a way out", () => {
    expect(() => readStore({ ...json("boutique"), schema: "showroom.store/2" })).toThrow(/this page reads .* Load the page again/i);
    expect(SCHEMA).toBe("showroom.store/1");
  });

  it("that is nonsense ends in one kind of error", () => {
    const raw = json("boutique");
    for (const bad of [null, 7, "x", [], {}, { schema: SCHEMA }, { ...raw, rooms: [] }, { ...raw, rooms: [{}] }, { ...raw, materials: 3 }, { ...raw, moods: null }]) {
      expect(() => readStore(bad)).toThrow(UnreadableStore);
    }
  });

  it("with odd fields is read with its defaults", () => {
    const raw = json("boutique") as { rooms: Record<string, unknown>[]; materials: Record<string, unknown> };
    const plan = readStore({ ...raw, materials: { ...raw.materials, odd: { surface: "__proto__", colour: "red" } }, rooms: raw.rooms.map((room) => ({ ...room, lamps: [{ id: 3, lumen: "much" }, null, 5], slots: "none" })) });
    expect(plan.rooms[0]?.lamps).toHaveLength(1);
    expect(plan.rooms[0]?.slots).toHaveLength(0);
    expect(plan.materials["odd"]).toEqual({ surface: "plaster", colour: "#e6ddcf" });
  });
});

describe("the colour of light", () => {
  it("is as bright at every temperature, and warmer below white, cooler above", () => {
    for (const kelvin of [1500, 2700, 3000, 4000, 5000, 6500, 9000, 14000, 40000]) {
      const [r, g, b] = fromKelvin(kelvin, 5000);
      expect(0.2126 * r + 0.7152 * g + 0.0722 * b).toBeCloseTo(1, 9);
      if (kelvin < 5000) expect(r).toBeGreaterThan(b);
      if (kelvin > 5000) expect(b).toBeGreaterThan(r);
    }
    for (const part of fromKelvin(5000, 5000)) expect(part).toBeCloseTo(1, 9);
  });

  it("goes from one mood to the next without a jump", () => {
    const { day, evening } = STORES[0]![1].moods;
    const [a, b] = [weigh(day!, null), weigh(evening!, null)];
    expect(blend(a, b, 0)).toEqual(a);
    for (let k = 0; k < 3; k++) expect(blend(a, b, 1).lamps[k]).toBeCloseTo(b.lamps[k]!, 9);
    expect(Math.max(...a.sky)).toBeGreaterThan(20 * Math.max(...b.sky));
  });
});

describe("a surface", () => {
  for (const kind of Object.keys(RECIPES) as (SurfaceKind | "veneer")[]) {
    it(`tiles without a seam, and is neither flat nor of one roughness: ${kind}`, () => {
      const { size, colour, normal } = paint(kind, "#b0a090", 0.25);
      const step = (data: Uint8Array, from: number, to: number, k: number): number => Math.abs(data[from * 4 + k]! - data[to * 4 + k]!);
      let [seam, inside] = [0, 0];
      const middle = size / 2;
      for (let i = 0; i < size; i++) {
        seam += step(colour, i * size, i * size + size - 1, 1) + step(colour, i, (size - 1) * size + i, 1);
        inside += step(colour, i * size + middle, i * size + middle - 1, 1) + step(colour, middle * size + i, (middle - 1) * size + i, 1);
      }
      expect(seam).toBeLessThan(2 * inside + size * 6);
      const rough = colour.filter((_, i) => i % 4 === 3);
      expect(Math.min(...rough)).toBeGreaterThan(12);
      expect(Math.max(...rough) - Math.min(...rough)).toBeGreaterThan(4);
      expect(normal.length).toBe(colour.length);
      expect(normal.every((x, i) => i % 4 !== 2 || x > 127)).toBe(true); // out of the surface
    });
  }
});
