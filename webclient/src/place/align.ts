/**
 * Finding a remembered room again: the turn and shift that lay one floor outline on another, when a device measures the
 * same room in another space than last time and keeps no anchors.
 *
 * Every edge of the one is tried on every edge of about the same length of the other. A rectangle fits twice: then what
 * stands in the room decides, and if nothing does, the answer is not sure of itself.
 */
import { wrapped } from "../angle";
import type { Point, Polygon } from "./polygon";
import { area, middle, toEdge } from "./polygon";

export interface Aligned {
  readonly yaw_rad: number;
  readonly x_m: number;
  readonly z_m: number;
  /** How far the outlines are apart, metres, on average. */
  readonly off_m: number;
  /** Another way to lay it down fits nearly as well. */
  readonly isSure: boolean;
}

const LENGTH_OFF_M = 0.35;
const MOST_OFF_M = 0.25;
/** Other placings less than this apart are the same one. */
const SAME_RAD = 0.3;

export function placed([x, z]: Point, { yaw_rad, x_m, z_m }: Pick<Aligned, "yaw_rad" | "x_m" | "z_m">): Point {
  const [c, s] = [Math.cos(yaw_rad), Math.sin(yaw_rad)];
  return [x * c + z * s + x_m, z * c - x * s + z_m];
}

/** @param things middles of what stands in each room, as far as it was told apart */
export function align(from: Polygon, to: Polygon, things: readonly Point[] = [], thingsNow: readonly Point[] = []): Aligned | null {
  const [one, other] = [sameWay(from), sameWay(to)];
  const found: { yaw_rad: number; x_m: number; z_m: number; off_m: number }[] = [];
  for (let i = 0; i < one.length; i++) {
    const [a, b] = [one[i]!, one[(i + 1) % one.length]!];
    for (let j = 0; j < other.length; j++) {
      const [c, d] = [other[j]!, other[(j + 1) % other.length]!];
      if (Math.abs(Math.hypot(b[0] - a[0], b[1] - a[1]) - Math.hypot(d[0] - c[0], d[1] - c[1])) > LENGTH_OFF_M) continue;
      const yaw_rad = Math.atan2(b[1] - a[1], b[0] - a[0]) - Math.atan2(d[1] - c[1], d[0] - c[0]);
      const turned = placed([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], { yaw_rad, x_m: 0, z_m: 0 });
      const way = { yaw_rad, x_m: (c[0] + d[0]) / 2 - turned[0], z_m: (c[1] + d[1]) / 2 - turned[1] };
      const laid = one.map((p) => placed(p, way));
      const outlines = (mean(laid, (p) => toEdge(other, p)) + mean(other, (p) => toEdge(laid, p))) / 2;
      const inside = things.length && thingsNow.length ? mean(things, (p) => Math.min(1, nearest(placed(p, way), thingsNow))) * 0.5 : 0;
      found.push({ ...way, off_m: outlines + inside });
    }
  }
  found.sort((p, q) => p.off_m - q.off_m);
  const [best] = found;
  if (!best || best.off_m > MOST_OFF_M) return null;
  const rival = found.find(({ yaw_rad }) => Math.abs(wrapped(yaw_rad - best.yaw_rad)) > SAME_RAD);
  return { ...best, isSure: !rival || rival.off_m > best.off_m + 0.05 };
}

const sameWay = (polygon: Polygon): Polygon => {
  const about = area(polygon) < 0 ? [...polygon].reverse() : polygon;
  return about.length ? about : [middle(polygon)];
};
const mean = (points: readonly Point[], of: (point: Point) => number): number => points.reduce((sum, p) => sum + of(p), 0) / Math.max(1, points.length);
const nearest = (p: Point, all: readonly Point[]): number => Math.min(...all.map((q) => Math.hypot(p[0] - q[0], p[1] - q[1])));
