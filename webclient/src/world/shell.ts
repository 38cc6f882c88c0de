/**
 * A shell of triangles under construction: one soup a material, every face with its own chart of the lightmap.
 *
 * Charts are in metres while the shell grows; `atlas.ts` packs them. What it is not: shapes (see `solids.ts`).
 */
import type { Vec3 } from "./plan";

/** A place on a surface: `x` and `y` span it, `n` looks out of it; x × y = n, all of unit length. */
export interface Frame {
  readonly o: Vec3;
  readonly x: Vec3;
  readonly y: Vec3;
  readonly n: Vec3;
}

export interface Chart {
  readonly w_m: number;
  readonly h_m: number;
  /** Texels a metre, against the other charts: 1 for walls, more where shadows are small. */
  readonly weight: number;
}

export interface Soup {
  readonly position: number[];
  readonly normal: number[];
  readonly uv: number[];
  /** Metres within the chart. */
  readonly spot: number[];
  readonly chart: number[];
  readonly index: number[];
  /** Runs of `index` that throw no shadow in the bake: first, and one past the last. */
  readonly airy: (readonly [number, number])[];
}

export class Shell {
  readonly soups = new Map<string, Soup>();
  readonly charts: Chart[] = [];

  chart(w_m: number, h_m: number, weight = 1): number {
    return this.charts.push({ w_m: Math.max(w_m, 1e-3), h_m: Math.max(h_m, 1e-3), weight }) - 1;
  }

  soup(material: string): Soup {
    let soup = this.soups.get(material);
    if (!soup) this.soups.set(material, (soup = { position: [], normal: [], uv: [], spot: [], chart: [], index: [], airy: [] }));
    return soup;
  }

  get triangles(): number {
    let total = 0;
    for (const soup of this.soups.values()) total += soup.index.length / 3;
    return total;
  }
}

/** Add a vertex; `u`, `v` in metres of the material, `s`, `t` in metres of the chart. */
export function vertex(soup: Soup, p: Vec3, n: Vec3, u: number, v: number, chart: number, s: number, t: number): number {
  soup.position.push(...p);
  soup.normal.push(...n);
  soup.uv.push(u, v);
  soup.spot.push(s, t);
  soup.chart.push(chart);
  return soup.chart.length - 1;
}

export const along = (f: Frame, a: number, b: number, c = 0): Vec3 => [
  f.o[0] + f.x[0] * a + f.y[0] * b + f.n[0] * c,
  f.o[1] + f.x[1] * a + f.y[1] * b + f.n[1] * c,
  f.o[2] + f.x[2] * a + f.y[2] * b + f.n[2] * c,
];

export const turned = (f: Frame, a: number, b: number, c = 0): Vec3 => [
  f.x[0] * a + f.y[0] * b + f.n[0] * c,
  f.x[1] * a + f.y[1] * b + f.n[1] * c,
  f.x[2] * a + f.y[2] * b + f.n[2] * c,
];

/** A frame that lies on the floor at `o`, turned by `yaw_deg`: x to its right, y away from its front, n up. */
export function standing(o: Vec3, yaw_deg = 0): Frame {
  const yaw = (yaw_deg * Math.PI) / 180;
  const c = Math.cos(yaw);
  const s = Math.sin(yaw);
  return { o, x: [c, 0, -s], y: [-s, 0, -c], n: [0, 1, 0] };
}
