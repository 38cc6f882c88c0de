import { describe, expect, it } from "vitest";
import { assemble } from "../../src/world/assemble";
import { curved } from "../../src/world/gamepad";
import { facing, turnBetween } from "../../src/world/guide";
import { floorPlan } from "../../src/world/map";
import { Ways, type Spot } from "../../src/world/path";
import { boxHit } from "../../src/world/pick";
import { held } from "../../src/world/walk";
import { random, STORES } from "./stores";

/** Walk a way in short steps; how far barriers push one off it at most. */
function pushed(from: Spot, corners: readonly Spot[], barriers: readonly (readonly [number, number, number, number])[]): number {
  let worst = 0;
  let at = from;
  for (const corner of corners) {
    const steps = Math.ceil(Math.hypot(corner.x - at.x, corner.z - at.z) / 0.05);
    for (let i = 1; i <= steps; i++) {
      const here = { x: at.x + ((corner.x - at.x) * i) / steps, z: at.z + ((corner.z - at.z) * i) / steps };
      const body = { ...here };
      held(body, barriers);
      worst = Math.max(worst, Math.hypot(body.x - here.x, body.z - here.z));
    }
    at = corner;
  }
  return worst;
}

for (const [name, plan] of STORES) {
  describe(`ways through ${name}`, () => {
    const { barriers, insides } = assemble(plan, { texels: 512 });
    const ways = new Ways(barriers, insides);
    const spawn = { x: plan.spawn[0]!.position[0], z: plan.spawn[0]!.position[2] };

    it("lead from the door to every product, never through a wall, and end within sight of it", () => {
      for (const slot of plan.rooms.flatMap((room) => room.slots)) {
        const yaw = (slot.yaw_deg * Math.PI) / 180;
        const corners = ways.find(spawn, { x: slot.position[0] + Math.sin(yaw) * 1.2, z: slot.position[2] + Math.cos(yaw) * 1.2 });
        expect(corners, slot.id).not.toBeNull();
        const end = corners!.at(-1)!;
        expect(Math.hypot(end.x - slot.position[0], end.z - slot.position[2]), slot.id).toBeLessThan(5);
        expect(pushed(spawn, corners!, barriers), slot.id).toBeLessThan(0.08);
      }
    });

    it("lead between any two places where one can stand", () => {
      const next = random(17);
      const [x, z, w, d] = floorPlan(plan).bounds;
      for (let turn = 0; turn < 40; turn++) {
        const [from, to] = [0, 1].map(() => ({ x: x + next() * w, z: z + next() * d })) as [Spot, Spot];
        const corners = ways.find(from, to);
        expect(corners).not.toBeNull();
        const isInside = insides.some(({ min, max }) => from.x > min[0] && from.x < max[0] && from.z > min[2] && from.z < max[2]);
        if (isInside && ways.clearance(from.x, from.z) > 0.4) expect(pushed(from, corners!, barriers)).toBeLessThan(0.12);
      }
    });

    it("are drawn on a map that holds every room, slot and door", () => {
      const map = floorPlan(plan);
      expect(map.rooms).toHaveLength(plan.rooms.length);
      const slots = plan.rooms.flatMap((room) => room.slots);
      expect(map.slots.map(({ id }) => id)).toEqual(slots.map(({ id }) => id));
      expect(map.slots.map(({ number }) => number)).toEqual(slots.map((_, i) => i + 1));
      expect(map.doors.length).toBe(plan.rooms.flatMap((r) => r.walls.flatMap((wall) => wall.openings.filter(({ kind }) => kind === "door" || kind === "arch"))).length);
      const [bx, bz, bw, bd] = map.bounds;
      for (const [ax, az, cx, cz] of [...map.walls, ...map.windows, ...map.doors]) {
        for (const [px, pz] of [[ax, az], [cx, cz]] as const) expect(px >= bx - 1e-6 && px <= bx + bw + 1e-6 && pz >= bz - 1e-6 && pz <= bz + bd + 1e-6).toBe(true);
      }
    });
  });
}

describe("a ray and a turned box", () => {
  it("meet where a fine march along the ray enters the box", () => {
    const next = random(29);
    let hits = 0;
    for (let turn = 0; turn < 300; turn++) {
      const at = [next() * 2 - 1, next(), next() * 2 - 1] as const;
      const [yaw, w, h, d] = [next() * 7, 0.2 + next(), 0.2 + next(), 0.2 + next()];
      const o = [next() * 6 - 3, next() * 3, 4] as const;
      const aim = [at[0] + (next() - 0.5) * 1.4 - o[0], at[1] + next() * h * 1.3 - o[1], at[2] - o[2]] as const;
      const length = Math.hypot(...aim);
      const v = aim.map((x) => x / length) as [number, number, number];
      let marched = Infinity;
      for (let t = 0; t < 12; t += 0.004) {
        const [px, py, pz] = [o[0] + v[0] * t - at[0], o[1] + v[1] * t - at[1], o[2] + v[2] * t - at[2]];
        // Into the box's own axes: turned back by its yaw about +Y.
        const lx = px * Math.cos(yaw) - pz * Math.sin(yaw);
        const lz = px * Math.sin(yaw) + pz * Math.cos(yaw);
        if (Math.abs(lx) < w / 2 && py > 0 && py < h && Math.abs(lz) < d / 2) {
          marched = t;
          break;
        }
      }
      const hit = boxHit(...o, ...v, at, yaw, w, h, d);
      if (marched === Infinity) continue; // a graze may be missed by the march
      hits++;
      expect(Math.abs(hit - marched)).toBeLessThan(0.01);
    }
    expect(hits).toBeGreaterThan(60);
  });
});

describe("turning the head", () => {
  it("looks at the point, the short way round", () => {
    const next = random(41);
    for (let turn = 0; turn < 100; turn++) {
      const [from, to] = [{ x: next() * 8, z: next() * 8 }, [next() * 8, 1 + next(), next() * 8] as const];
      const { yaw } = facing(from, to);
      const far = Math.hypot(to[0] - from.x, to[2] - from.z);
      expect(from.x + Math.sin(yaw) * far).toBeCloseTo(to[0], 6);
      expect(from.z + Math.cos(yaw) * far).toBeCloseTo(to[2], 6);
      const [a, b] = [next() * 40 - 20, next() * 40 - 20];
      expect(Math.abs(turnBetween(a, b))).toBeLessThanOrEqual(Math.PI + 1e-9);
      expect(Math.cos(a + turnBetween(a, b))).toBeCloseTo(Math.cos(b), 6);
    }
  });
});

describe("a stick", () => {
  it("rests near its middle, reaches its ends, and never turns back", () => {
    expect([0, 0.1, -0.13].map(curved).every((x) => x === 0)).toBe(true);
    expect(curved(1)).toBe(1);
    expect(curved(-1)).toBe(-1);
    for (let x = 0.14; x < 1; x += 0.02) expect(curved(x + 0.02)).toBeGreaterThan(curved(x));
  });
});
