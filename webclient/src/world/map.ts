/** The floor plan for a map: rooms, walls with their doors, furniture and slots, in metres; x to the right, z down. */
import { wallFrame } from "./architecture";
import type { StorePlan, Vec2 } from "./plan";
import { along } from "./shell";

export type Line = readonly [number, number, number, number];

export interface FloorPlan {
  /** x, z of the least corner, width, depth. */
  readonly bounds: readonly [number, number, number, number];
  readonly rooms: readonly { readonly id: string; readonly floor: readonly Vec2[]; readonly middle: Vec2 }[];
  readonly walls: readonly Line[];
  readonly windows: readonly Line[];
  readonly doors: readonly Line[];
  readonly furniture: readonly { readonly kind: "shelf" | "plinth" | "seat" | "stage" | "rug"; readonly x: number; readonly z: number; readonly w: number; readonly d: number; readonly yaw_deg: number; readonly isRound: boolean }[];
  readonly slots: readonly { readonly id: string; readonly number: number; readonly product: string | null; readonly x: number; readonly z: number; readonly isHero: boolean }[];
  readonly spawn: { readonly x: number; readonly z: number; readonly yaw_deg: number };
}

export function floorPlan(plan: StorePlan): FloorPlan {
  const walls: Line[] = [];
  const windows: Line[] = [];
  const doors: Line[] = [];
  for (const room of plan.rooms) {
    for (const [i, wall] of room.walls.entries()) {
      const [a, b] = [room.floor[i], room.floor[(i + 1) % room.floor.length]];
      if (!a || !b) continue;
      const { frame, length } = wallFrame(a, b);
      const line = (from: number, to: number): Line => {
        const [p, q] = [along(frame, from, 0), along(frame, to, 0)];
        return [p[0], p[2], q[0], q[2]];
      };
      let from = 0;
      const cuts = wall.openings.filter(({ kind }) => kind !== "niche").map((o) => ({ o, a: length - o.at_m - o.width_m / 2, b: length - o.at_m + o.width_m / 2 })).sort((p, q) => p.a - q.a);
      for (const { o, a: start, b: end } of cuts) {
        if (start > from) walls.push(line(from, start));
        (o.kind === "window" ? windows : doors).push(line(start, end));
        from = end;
      }
      if (from < length) walls.push(line(from, length));
    }
  }
  const points = plan.rooms.flatMap((room) => room.floor);
  const [x0, z0] = [Math.min(...points.map((p) => p[0])), Math.min(...points.map((p) => p[1]))];
  const spawn = plan.spawn[0];
  let number = 0;
  return {
    bounds: [x0, z0, Math.max(...points.map((p) => p[0])) - x0, Math.max(...points.map((p) => p[1])) - z0],
    rooms: plan.rooms.map(({ id, floor }) => ({ id, floor, middle: [mean(floor.map((p) => p[0])), mean(floor.map((p) => p[1]))] })),
    walls, windows, doors,
    furniture: plan.rooms.flatMap((room) => [
      ...room.rugs.map((r) => ({ kind: "rug" as const, x: r.position[0], z: r.position[2], w: r.size_m[0], d: r.size_m[1], yaw_deg: r.yaw_deg, isRound: false })),
      ...room.stages.map((s) => ({ kind: "stage" as const, x: s.position[0], z: s.position[2], w: s.radius_m * 2, d: s.radius_m * 2, yaw_deg: 0, isRound: true })),
      ...room.shelves.map((s) => ({ kind: "shelf" as const, x: s.position[0], z: s.position[2], w: s.width_m, d: s.depth_m, yaw_deg: s.yaw_deg, isRound: false })),
      ...room.plinths.map((p) => ({ kind: "plinth" as const, x: p.position[0], z: p.position[2], w: p.size_m[0], d: p.size_m[2], yaw_deg: p.yaw_deg, isRound: p.shape === "round" })),
      ...room.seats.map((s) => ({ kind: "seat" as const, x: s.position[0], z: s.position[2], w: s.size_m[0], d: s.size_m[2], yaw_deg: s.yaw_deg, isRound: s.kind === "pouf" })),
    ]),
    slots: plan.rooms.flatMap((room) => room.slots.map((slot) => ({ id: slot.id, number: ++number, product: slot.product, x: slot.position[0], z: slot.position[2], isHero: slot.isHero }))),
    spawn: { x: spawn?.position[0] ?? 0, z: spawn?.position[2] ?? 0, yaw_deg: spawn?.yaw_deg ?? 180 },
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length);
