/**
 * Where a ray meets the measured room: tops, floor, walls. So that a piece lies on a table exactly as high as the table
 * was measured, and not as a lump of the scan has it.
 */
import { contains, type Point } from "./polygon";
import { standsOn, type Ware } from "./piece";
import type { Room } from "./room";

export type Triple = readonly [number, number, number];

export interface Spot {
  readonly x_m: number;
  readonly y_m: number;
  readonly z_m: number;
  /** Given by a wall; null: the piece keeps its turn. */
  readonly yaw_rad: number | null;
  readonly on: "floor" | "table" | "wall";
  readonly away_m: number;
}

/** Beyond this nobody points on purpose. */
const FAR_M = 12;

export function spotOn(room: Room, ware: Ware, from: Triple, way: Triple): Spot | null {
  const found: Spot[] = [];
  const level = (y: number): { point: Point; t: number } | null => {
    const t = (y - from[1]) / way[1];
    return t > 0.05 && t < FAR_M ? { point: [from[0] + way[0] * t, from[2] + way[2] * t], t } : null;
  };
  if (standsOn(ware, "table")) {
    for (const { shape, y_m } of room.tops) {
      const hit = level(y_m);
      if (hit && contains(shape, hit.point)) found.push({ x_m: hit.point[0], y_m, z_m: hit.point[1], yaw_rad: null, on: "table", away_m: hit.t });
    }
  }
  if (standsOn(ware, "floor")) {
    const hit = level(room.floor_m);
    // Beyond an open edge there may be floor too; a verdict says that it is not known.
    if (hit && (!room.isWhole || contains(room.floor, hit.point))) found.push({ x_m: hit.point[0], y_m: room.floor_m, z_m: hit.point[1], yaw_rad: null, on: "floor", away_m: hit.t });
  }
  if (standsOn(ware, "wall")) {
    for (const { a, b, from_m, to_m } of room.walls) {
      const [ux, uz] = [b[0] - a[0], b[1] - a[1]];
      const cross = way[0] * uz - way[2] * ux;
      if (Math.abs(cross) < 1e-6) continue;
      const t = ((a[0] - from[0]) * uz - (a[1] - from[2]) * ux) / cross;
      const s = ((a[0] - from[0]) * way[2] - (a[1] - from[2]) * way[0]) / cross;
      const y = from[1] + way[1] * t;
      if (t < 0.05 || t > FAR_M || s < 0 || s > 1 || y < from_m || y > to_m) continue;
      const long = Math.hypot(ux, uz);
      const side = Math.sign(-uz * way[0] + ux * way[2]) || 1;
      const [nx, nz] = [(uz / long) * side, (-ux / long) * side];
      const depth = ware.size_m[2] / 2;
      found.push({ x_m: from[0] + way[0] * t + nx * depth, y_m: y - ware.size_m[1] / 2, z_m: from[2] + way[2] * t + nz * depth, yaw_rad: Math.atan2(nx, nz), on: "wall", away_m: t });
    }
  }
  return found.reduce<Spot | null>((best, one) => (!best || one.away_m < best.away_m ? one : best), null);
}
