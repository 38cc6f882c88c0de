import { describe, expect, it } from "vitest";
import { ARC_POINTS, newLanding, throwArc } from "../../src/xr/arc";
import { Ground, isInside } from "../../src/xr/ground";
import { assemble } from "../../src/world/assemble";
import { held } from "../../src/world/walk";
import { Vector3 } from "three";
import { STORES } from "../world/stores";

const HEADINGS = Array.from({ length: 24 }, (_, i) => (i * Math.PI) / 12);

describe.each(STORES)("the ground of %s", (_, plan) => {
  const { barriers } = assemble(plan, { texels: 128, quality: 0.1 });
  const ground = new Ground(plan, barriers);
  const spawn = plan.spawn[0]!;
  const from = { x: spawn.position[0], z: spawn.position[2] };

  it("never lets an arc land where a walking body would be pushed away, nor behind anything", () => {
    const points = new Float32Array(ARC_POINTS * 3);
    const landing = newLanding();
    let landed = 0;
    for (const heading of HEADINGS) {
      for (const pitch of [-1, -0.6, -0.3, 0, 0.3, 0.7]) {
        const toward = new Vector3(Math.sin(heading) * Math.cos(pitch), Math.sin(pitch), Math.cos(heading) * Math.cos(pitch));
        throwArc(new Vector3(from.x, 1.3, from.z), toward, (x, z) => ground.height(x, z), points, landing);
        if (!landing.isFloor) continue;
        const at = { x: landing.x, z: landing.z };
        if (!ground.settle(at, from, 8)) continue;
        landed++;
        const pushed = { ...at };
        held(pushed, barriers);
        expect(Math.hypot(pushed.x - at.x, pushed.z - at.z)).toBeLessThan(0.011);
        expect(plan.rooms.some((room) => isInside(at.x, at.z, room.floor))).toBe(true);
        expect(ground.isClear(from.x, from.z, at.x, at.z)).toBe(true);
        expect(Math.hypot(at.x - from.x, at.z - from.z)).toBeLessThanOrEqual(8);
      }
    }
    expect(landed).toBeGreaterThan(20);
  });

  it("refuses the middle of every plinth and seat, and what lies outside", () => {
    for (const room of plan.rooms) {
      for (const { position, size_m } of [...room.plinths, ...room.seats]) {
        if (Math.min(size_m[0], size_m[2]) / 2 < 0.15) continue; // one may stand a step beside a thin one
        expect(ground.isClear(from.x, from.z, position[0], position[2]) && ground.isFree(position[0], position[2])).toBe(false);
      }
    }
    expect(ground.height(500, 500)).toBeNull();
    expect(ground.settle({ x: 500, z: 500 }, from, 1e6)).toBe(false);
  });

  it("stands on a stage as high as the stage is", () => {
    for (const room of plan.rooms) for (const stage of room.stages) expect(ground.height(stage.position[0], stage.position[2])).toBeCloseTo(stage.position[1] + stage.height_m);
  });
});

describe("the arc", () => {
  const flat = (): number => 0;
  const thrown = (toward: Vector3): { points: Float32Array; landing: ReturnType<typeof newLanding> } => {
    const points = new Float32Array(ARC_POINTS * 3);
    const landing = newLanding();
    throwArc(new Vector3(0, 1.3, 0), toward.normalize(), flat, points, landing);
    return { points, landing };
  };

  it("starts at the hand, lands on the floor, and never rises again once it falls", () => {
    for (const y of [-0.9, -0.5, 0, 0.4, 0.8]) {
      const { points, landing } = thrown(new Vector3(0, y, 1));
      expect([...points.subarray(0, 3)]).toEqual([0, expect.closeTo(1.3), 0]);
      expect(landing.isFloor).toBe(true);
      expect(points[(landing.points - 1) * 3 + 1]).toBeCloseTo(0);
      const heights = Array.from({ length: landing.points }, (_, i) => points[i * 3 + 1]!);
      const top = heights.indexOf(Math.max(...heights));
      expect(heights.slice(top)).toEqual(heights.slice(top).sort((a, b) => b - a));
    }
  });

  it("reaches further the higher the hand points, up to half way up", () => {
    const reach = [-0.8, -0.4, 0, 0.4].map((y) => thrown(new Vector3(0, y, 1)).landing.z);
    expect(reach).toEqual([...reach].sort((a, b) => a - b));
    expect(reach.at(-1)).toBeGreaterThan(4);
  });

  it("finds no floor where there is none", () => {
    const landing = newLanding();
    throwArc(new Vector3(0, 1.3, 0), new Vector3(0, 0, 1), () => null, new Float32Array(ARC_POINTS * 3), landing);
    expect(landing.isFloor).toBe(false);
  });
});
