/**
 * Shapes with bevels: flat panes with holes, boxes, and outlines swept along a profile.
 *
 * Nothing real is razor sharp: a bevel's corners keep the normals of the faces they join, so that four triangles an edge
 * look round.
 */
import { ShapeUtils, Vector2 } from "three";
import { along, turned, vertex, type Frame, type Shell } from "./shell";
import type { Vec2, Vec3 } from "./plan";

/** A closed line, counter-clockwise, with the direction that leads out of it at each point. */
export interface Outline {
  readonly points: readonly Vec2[];
  readonly out: readonly Vec2[];
}

/** A point of a profile: how far out of the outline, how high, and where it faces (out, up). */
export interface Step {
  readonly out: number;
  readonly up: number;
  readonly face: Vec2;
}

export interface Look {
  readonly material: string;
  /** Lightmap texels a metre, against walls. */
  readonly weight?: number;
  /** The material is laid turned by this angle. */
  readonly grain_deg?: number;
  /** Shifts the material, metres, so that neighbours differ. */
  readonly shift?: Vec2;
}

function laid(look: Look, a: number, b: number): Vec2 {
  const angle = ((look.grain_deg ?? 0) * Math.PI) / 180;
  const [sx, sy] = look.shift ?? [0, 0];
  return [a * Math.cos(angle) + b * Math.sin(angle) + sx, b * Math.cos(angle) - a * Math.sin(angle) + sy];
}

/** A flat pane in a frame's plane, facing along its normal. */
export function pane(shell: Shell, look: Look, frame: Frame, outline: readonly Vec2[], holes: readonly (readonly Vec2[])[] = []): void {
  const soup = shell.soup(look.material);
  const xs = outline.map((p) => p[0]);
  const ys = outline.map((p) => p[1]);
  const x0 = Math.min(...xs);
  const y0 = Math.min(...ys);
  const chart = shell.chart(Math.max(...xs) - x0, Math.max(...ys) - y0, look.weight);
  const contour = outline.map((p) => new Vector2(...p));
  const cut = holes.map((hole) => hole.map((p) => new Vector2(...p)));
  const first = soup.chart.length;
  for (const [a, b] of [outline, ...holes].flat()) {
    const [u, v] = laid(look, a, b);
    vertex(soup, along(frame, a, b), frame.n, u, v, chart, a - x0, b - y0);
  }
  for (const [a, b, c] of ShapeUtils.triangulateShape(contour, cut) as [number, number, number][]) {
    // Earcut keeps the contour's way round; holes and degenerate input may not.
    const [p, q, r] = [a, b, c].map((k) => [outline, ...holes].flat()[k] ?? [0, 0]) as [Vec2, Vec2, Vec2];
    const area = (q[0] - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (q[1] - p[1]);
    soup.index.push(first + a, ...(area > 0 ? [first + b, first + c] : [first + c, first + b]));
  }
}

/** An outline swept along a profile: from the first step to the last, out of the frame's plane along its normal. */
export function sweep(shell: Shell, look: Look, frame: Frame, outline: Outline, profile: readonly Step[], isInside = false): void {
  const soup = shell.soup(look.material);
  const n = outline.points.length;
  const lengths = [0];
  for (let i = 1; i <= n; i++) {
    const [a, b] = outline.points[i - 1] ?? [0, 0];
    const [c, d] = outline.points[i % n] ?? [0, 0];
    lengths.push((lengths[i - 1] ?? 0) + Math.hypot(c - a, d - b));
  }
  const climbs = [0];
  for (let j = 1; j < profile.length; j++) {
    const [p, q] = [profile[j - 1], profile[j]];
    climbs.push((climbs[j - 1] ?? 0) + (p && q ? Math.hypot(q.out - p.out, q.up - p.up) : 0));
  }
  const chart = shell.chart(lengths[n] ?? 0, climbs[profile.length - 1] ?? 0, look.weight);
  const first = soup.chart.length;
  const sign = isInside ? -1 : 1;
  for (let i = 0; i <= n; i++) {
    const [a, b] = outline.points[i % n] ?? [0, 0];
    const [oa, ob] = outline.out[i % n] ?? [0, 0];
    for (const [j, step] of profile.entries()) {
      const face = turned(frame, oa * step.face[0] * sign, ob * step.face[0] * sign, step.face[1]);
      const [s, t] = [lengths[i] ?? 0, climbs[j] ?? 0];
      const [u, v] = laid(look, s, t);
      vertex(soup, along(frame, a + oa * step.out, b + ob * step.out, step.up), face, u, v, chart, s, t);
    }
  }
  const rows = profile.length;
  const isDown = (profile[rows - 1]?.up ?? 0) < (profile[0]?.up ?? 0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j + 1 < rows; j++) {
      const k = first + i * rows + j;
      const [p, q, r, s] = [k, k + rows, k + rows + 1, k + 1];
      if (isInside !== isDown) soup.index.push(p, r, q, p, s, r);
      else soup.index.push(p, q, r, p, r, s);
    }
  }
}

export function circle(radius: number, sides = 40, at: Vec2 = [0, 0]): Outline {
  const out: Vec2[] = [];
  for (let i = 0; i < sides; i++) out.push([Math.cos((i / sides) * 2 * Math.PI), Math.sin((i / sides) * 2 * Math.PI)]);
  return { out, points: out.map(([x, y]) => [at[0] + x * radius, at[1] + y * radius]) };
}

/** A rectangle with round corners. */
export function rounded(w: number, h: number, radius: number, steps = 4): Outline {
  const r = Math.min(radius, w / 2, h / 2);
  const points: Vec2[] = [];
  const out: Vec2[] = [];
  for (const [k, [cx, cy]] of ([[w / 2 - r, -h / 2 + r], [w / 2 - r, h / 2 - r], [-w / 2 + r, h / 2 - r], [-w / 2 + r, -h / 2 + r]] as Vec2[]).entries()) {
    for (let i = 0; i <= steps; i++) {
      const angle = ((k - 1 + i / steps) * Math.PI) / 2;
      out.push([Math.cos(angle), Math.sin(angle)]);
      points.push([cx + r * Math.cos(angle), cy + r * Math.sin(angle)]);
    }
  }
  return { points, out };
}

/** Upright with a rounded rim: from the foot to `height`, then in by the bevel's radius. */
export function rim(height: number, bevel: number, steps = 3, foot = 0): Step[] {
  const out: Step[] = [{ out: 0, up: foot, face: [1, 0] }];
  for (let i = 0; i <= steps; i++) {
    const angle = ((i / steps) * Math.PI) / 2;
    out.push({ out: bevel * (Math.cos(angle) - 1), up: height - bevel + bevel * Math.sin(angle), face: [Math.cos(angle), Math.sin(angle)] });
  }
  return out;
}

/** A body with a flat top: an outline, swept up with a rounded rim, and its lid. */
export function block(shell: Shell, look: Look, frame: Frame, outline: Outline, height: number, bevel: number, steps = 3): void {
  sweep(shell, look, frame, outline, rim(height, bevel, steps));
  const lid = outline.points.map(([a, b], i): Vec2 => {
    const [oa, ob] = outline.out[i] ?? [0, 0];
    return [a - oa * bevel, b - ob * bevel];
  });
  pane(shell, look, { ...frame, o: along(frame, 0, 0, height) }, lid);
}

const SIDES: readonly { readonly x: 0 | 1 | 2; readonly y: 0 | 1 | 2; readonly n: 0 | 1 | 2; readonly sx: number; readonly sn: number }[] = [
  { x: 0, y: 1, n: 2, sx: 1, sn: 1 }, { x: 0, y: 1, n: 2, sx: -1, sn: -1 },
  { x: 2, y: 1, n: 0, sx: -1, sn: 1 }, { x: 2, y: 1, n: 0, sx: 1, sn: -1 },
  { x: 0, y: 2, n: 1, sx: 1, sn: 1 }, { x: 0, y: 2, n: 1, sx: -1, sn: -1 },
];

/**
 * A box with bevelled edges, its foot on the frame's plane: size along the frame's x, y and n.
 *
 * @param hidden sides left out: "+x", "-x", "+y", "-y", "+n", "-n"
 */
export function box(shell: Shell, look: Look, frame: Frame, at: Vec3, size: Vec3, bevel = 0.004, hidden: readonly string[] = []): void {
  const soup = shell.soup(look.material);
  const half: Vec3 = [size[0] / 2, size[1] / 2, size[2] / 2];
  const cut = Math.min(bevel, ...half.map((h) => h * 0.45));
  const middle: Vec3 = [at[0], at[1], at[2] + half[2]];
  const world = (p: Vec3): Vec3 => along(frame, middle[0] + p[0], middle[1] + p[1], middle[2] + p[2]);
  const facing = (axis: number, sign: number): Vec3 => turned(frame, ...([0, 1, 2].map((k) => (k === axis ? sign : 0)) as unknown as Vec3));
  const shows = (axis: number, sign: number): boolean => !hidden.includes((sign > 0 ? "+" : "-") + "xyn"[axis]);
  const shift = look.shift ?? [hashed(at, 1), hashed(at, 2)];
  for (const side of SIDES) {
    if (!shows(side.n, side.sn)) continue;
    const [w, h] = [size[side.x], size[side.y]];
    const chart = shell.chart(w, h, look.weight);
    const normal = facing(side.n, side.sn);
    const isUpright = h > w; // the grain runs along the longer side
    /** A corner of this side: its own face, or the neighbour's side of a bevel (`spread` in x or y). */
    const corner = (i: number, j: number, spread: "" | "x" | "y"): number => {
      const p: [number, number, number] = [0, 0, 0];
      p[side.x] = side.sx * i * (half[side.x] - (spread === "x" ? 0 : cut));
      p[side.y] = j * (half[side.y] - (spread === "y" ? 0 : cut));
      p[side.n] = side.sn * (half[side.n] - (spread ? cut : 0));
      const face = spread === "x" ? facing(side.x, side.sx * i) : spread === "y" ? facing(side.y, j) : normal;
      const s = w / 2 + i * (w / 2 - (spread === "x" ? 0 : cut));
      const t = h / 2 + j * (h / 2 - (spread === "y" ? 0 : cut));
      const [u, v] = isUpright ? [t, w - s] : [s, t];
      return vertex(soup, world(p), face, u + shift[0], v + shift[1], chart, s, t);
    };
    // x × y of the side against its normal: the left-handed ones are wound the other way.
    const isFlipped = triple(side.x, side.y, side.n) * side.sx * side.sn < 0;
    const quad = (a: number, b: number, c: number, d: number): void => {
      if (isFlipped) soup.index.push(a, c, b, a, d, c);
      else soup.index.push(a, b, c, a, c, d);
    };
    const [ll, lr, ur, ul] = [corner(-1, -1, ""), corner(1, -1, ""), corner(1, 1, ""), corner(-1, 1, "")];
    quad(ll, lr, ur, ul);
    if (!cut) continue;
    // A bevel belongs to the side whose axis comes first; the other side's corner is that side's own position.
    if (side.n < side.y || !shows(side.y, 1)) quad(ul, ur, corner(1, 1, "y"), corner(-1, 1, "y"));
    if (side.n < side.y || !shows(side.y, -1)) quad(corner(-1, -1, "y"), corner(1, -1, "y"), lr, ll);
    if (side.n < side.x || !shows(side.x, side.sx)) quad(lr, corner(1, -1, "x"), corner(1, 1, "x"), ur);
    if (side.n < side.x || !shows(side.x, -side.sx)) quad(corner(-1, -1, "x"), ll, ul, corner(-1, 1, "x"));
    if (side.n !== 0) continue;
    for (const [i, j, a] of [[-1, -1, ll], [1, -1, lr], [1, 1, ur], [-1, 1, ul]] as const) {
      const [b, c] = [corner(i, j, "x"), corner(i, j, "y")];
      if (i * j > 0 === !isFlipped) soup.index.push(a, b, c);
      else soup.index.push(a, c, b);
    }
  }
}

const triple = (x: number, y: number, n: number): number => ((y - x + 3) % 3 === 1 && (n - y + 3) % 3 === 1 ? 1 : -1);
const hashed = (at: Vec3, k: number): number => {
  const s = Math.sin(at[0] * 12.9898 * k + at[1] * 78.233 + at[2] * 37.719) * 43758.5453;
  return (s - Math.floor(s)) * 1.7;
};
