/**
 * Where a photo was taken from, and with which lens, from four marks on a rectangle of known size: then its floor is
 * metric, and a piece drawn on it has its true size.
 *
 * The rectangle lies on the floor or stands on it (a door). Start: the plane's homography taken apart for several lenses;
 * then Levenberg–Marquardt over lens, turn and place with a prior on the lens, as a small rectangle says little of it.
 * Source: Zhang 2000, "A flexible new technique for camera calibration"; Hartley & Zisserman, 2nd ed., sections 8.1, 6.2.
 * No lens distortion: phones correct it. The principal point is the middle: a photo that was cut is off by that much.
 */
import type { Point } from "./polygon";

export type Corners = readonly [Point, Point, Point, Point];

export interface Reference {
  readonly width_m: number;
  /** Along the floor away from the viewer, or up. */
  readonly length_m: number;
  readonly isUpright: boolean;
}

export interface PhotoCamera {
  readonly width_px: number;
  readonly height_px: number;
  readonly focal_px: number;
  /** Camera from room, row-major; the camera looks along +z with y down, as pictures do. */
  readonly rotation: readonly number[];
  readonly translation: readonly [number, number, number];
  /** Root mean square of what the marks are off, pixels. */
  readonly off_px: number;
  /** Covariance of (log focal, turn, place), for `precision`. */
  readonly covariance: readonly (readonly number[])[];
}

/** Known sizes. ISO 216; ANSI A; ISO/IEC 7810 ID-1. */
export const SIZES = {
  a4: { width_m: 0.21, length_m: 0.297 },
  letter: { width_m: 0.2159, length_m: 0.2794 },
  card: { width_m: 0.0856, length_m: 0.05398 },
} as const;

/** A finger puts a mark about so well. */
const MARK_PX = 1.5;
/** Main cameras of phones have 24–28 mm in the terms of film: 26/36 of the long side. */
const USUAL = 0.72;
const LENS_SPREAD = 0.18;
/** A file that names its lens is off by so much: cropping for steadiness, rounding to whole millimetres. */
const NAMED_SPREAD = 0.04;
const MOST_OFF_PX = 40;

type Params = readonly number[];

function turned(r: readonly number[], [x, y, z]: readonly number[]): [number, number, number] {
  return [r[0]! * x! + r[1]! * y! + r[2]! * z!, r[3]! * x! + r[4]! * y! + r[5]! * z!, r[6]! * x! + r[7]! * y! + r[8]! * z!];
}

/** Rodrigues. */
function rotationOf([a, b, c]: readonly [number, number, number]): number[] {
  const angle = Math.hypot(a, b, c);
  if (angle < 1e-12) return [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const [x, y, z] = [a / angle, b / angle, c / angle];
  const [k, s] = [1 - Math.cos(angle), Math.sin(angle)];
  return [1 - k * (y * y + z * z), k * x * y - s * z, k * x * z + s * y, k * x * y + s * z, 1 - k * (x * x + z * z), k * y * z - s * x, k * x * z - s * y, k * y * z + s * x, 1 - k * (x * x + y * y)];
}

const times = (a: readonly number[], b: readonly number[]): number[] => Array.from({ length: 9 }, (_, i) => [0, 1, 2].reduce((sum, k) => sum + a[Math.floor(i / 3) * 3 + k]! * b[k * 3 + (i % 3)]!, 0));

/** Solves a·x = b by elimination with pivots; null if it cannot. */
export function solve(a: number[][], b: number[]): number[] | null {
  const n = b.length;
  const m = a.map((row, i) => [...row, b[i]!]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(m[r]![i]!) > Math.abs(m[pivot]![i]!)) pivot = r;
    if (Math.abs(m[pivot]![i]!) < 1e-12) return null;
    [m[i], m[pivot]] = [m[pivot]!, m[i]!];
    for (let r = 0; r < n; r++) {
      if (r === i) continue;
      const k = m[r]![i]! / m[i]![i]!;
      for (let c = i; c <= n; c++) m[r]![c]! -= k * m[i]![c]!;
    }
  }
  return m.map((row, i) => row[n]! / row[i]!);
}

function homography(from: readonly Point[], to: readonly Point[]): number[] | null {
  const rows: number[][] = [];
  const right: number[] = [];
  from.forEach(([u, v], i) => {
    const [x, y] = to[i]!;
    rows.push([u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]);
    right.push(x, y);
  });
  const h = solve(rows, right);
  return h && [...h, 1];
}

const corner3 = ({ width_m: w, length_m: l, isUpright }: Reference): readonly (readonly [number, number, number])[] =>
  isUpright ? [[0, 0, 0], [w, 0, 0], [w, l, 0], [0, l, 0]] : [[0, 0, 0], [w, 0, 0], [w, 0, -l], [0, 0, -l]];

/**
 * @param marks near left, near right, far right, far left (of a door: lower left, lower right, upper right, upper left), pixels
 * @param named_px the focal length that the file names, if it does
 * @returns null if the marks cannot be that rectangle
 */
export function cameraOf(marks: Corners, reference: Reference, width_px: number, height_px: number, named_px: number | null = null): PhotoCamera | null {
  const [cx, cy] = [width_px / 2, height_px / 2];
  const long = Math.max(width_px, height_px);
  const world = corner3(reference);
  const flat = world.map(([x, y, z]): Point => [x, reference.isUpright ? y : -z]);
  const h = homography(flat, marks);
  if (!h || !isConvex(marks)) return null;
  const prior = { log: Math.log(named_px ?? USUAL * long), spread: named_px ? NAMED_SPREAD : LENS_SPREAD };
  let best: { params: number[]; base: number[]; cost: number } | null = null;
  for (const share of [0.5, 0.72, 1, 1.6]) {
    const start = taken(h, named_px ?? share * long, cx, cy, reference.isUpright);
    if (!start) continue;
    const found = refined(start, marks, world, cx, cy, prior);
    if (found && (!best || found.cost < best.cost)) best = found;
    if (named_px) break;
  }
  if (!best) return null;
  const { params, base } = best;
  const residuals = residualsOf(params, base, marks, world, cx, cy, prior);
  const off_px = Math.sqrt(residuals.slice(0, 8).reduce((sum, r) => sum + (r * MARK_PX) ** 2, 0) / 4);
  const rotation = times(rotationOf([params[1]!, params[2]!, params[3]!]), base);
  // The camera is above the floor and before the rectangle.
  const eye = eyeOf(rotation, [params[4]!, params[5]!, params[6]!]);
  if (off_px > Math.max(MOST_OFF_PX, long * 0.02) || eye[1] < 0.05 || (reference.isUpright && eye[2] < 0)) return null;
  const jacobian = slopes(params, base, marks, world, cx, cy, prior);
  const normal = normalOf(jacobian);
  const covariance = Array.from({ length: 7 }, (_, i) => solve(normal, Array.from({ length: 7 }, (_, j) => (i === j ? 1 : 0))) ?? []);
  return { width_px, height_px, focal_px: Math.exp(params[0]!), rotation, translation: [params[4]!, params[5]!, params[6]!], off_px, covariance };
}

function isConvex(marks: Corners): boolean {
  const signs = marks.map((a, i) => {
    const [b, c] = [marks[(i + 1) % 4]!, marks[(i + 2) % 4]!];
    return Math.sign((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]));
  });
  // Near left to near right to far right: against the clock where y runs down.
  return signs.every((sign) => sign === -1);
}

function taken(h: readonly number[], focal: number, cx: number, cy: number, isUpright: boolean): { base: number[]; params: number[] } | null {
  const column = (i: number): [number, number, number] => [(h[i]! - cx * h[6 + i]!) / focal, (h[3 + i]! - cy * h[6 + i]!) / focal, h[6 + i]!];
  const [a, b, c] = [column(0), column(1), column(2)];
  const scale = (Math.hypot(...a) + Math.hypot(...b)) / 2;
  if (!(scale > 0) || c[2] <= 0) return null;
  const u = a.map((x) => x / Math.hypot(...a));
  const dot = u.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const v0 = b.map((x, i) => x - dot * u[i]!);
  const v = v0.map((x) => x / Math.hypot(...v0));
  const n = [u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!];
  // Columns are the room's x, y, z: the second of the plane's axes is up, or away along -z.
  const [y, z] = isUpright ? [v, n] : [n, v.map((x) => -x)];
  const base = [u[0]!, y[0]!, z[0]!, u[1]!, y[1]!, z[1]!, u[2]!, y[2]!, z[2]!];
  return { base, params: [Math.log(focal), 0, 0, 0, c[0] / scale, c[1] / scale, c[2] / scale] };
}

interface Prior {
  readonly log: number;
  readonly spread: number;
}

function residualsOf(params: Params, base: readonly number[], marks: Corners, world: readonly (readonly number[])[], cx: number, cy: number, prior: Prior): number[] {
  const focal = Math.exp(params[0]!);
  const r = times(rotationOf([params[1]!, params[2]!, params[3]!]), base);
  const out: number[] = [];
  world.forEach((p, i) => {
    const [x, y, z] = turned(r, p);
    const depth = Math.max(1e-6, z + params[6]!);
    out.push(((focal * (x + params[4]!)) / depth + cx - marks[i]![0]) / MARK_PX, ((focal * (y + params[5]!)) / depth + cy - marks[i]![1]) / MARK_PX);
  });
  out.push((params[0]! - prior.log) / prior.spread);
  return out;
}

function slopes(params: Params, base: readonly number[], marks: Corners, world: readonly (readonly number[])[], cx: number, cy: number, prior: Prior): number[][] {
  const step = 1e-6;
  const ahead = params.map((_, k) => residualsOf(params.map((p, i) => (i === k ? p + step : p)), base, marks, world, cx, cy, prior));
  const behind = params.map((_, k) => residualsOf(params.map((p, i) => (i === k ? p - step : p)), base, marks, world, cx, cy, prior));
  return ahead[0]!.map((_, row) => params.map((_, k) => (ahead[k]![row]! - behind[k]![row]!) / (2 * step)));
}

const normalOf = (jacobian: readonly (readonly number[])[]): number[][] =>
  Array.from({ length: 7 }, (_, i) => Array.from({ length: 7 }, (_, j) => jacobian.reduce((sum, row) => sum + row[i]! * row[j]!, 0)));

function refined(start: { base: number[]; params: number[] }, marks: Corners, world: readonly (readonly number[])[], cx: number, cy: number, prior: Prior): { params: number[]; base: number[]; cost: number } | null {
  const { base } = start;
  let { params } = start;
  let residuals = residualsOf(params, base, marks, world, cx, cy, prior);
  let cost = residuals.reduce((sum, r) => sum + r * r, 0);
  let damping = 1e-3;
  for (let turn = 0; turn < 80; turn++) {
    const jacobian = slopes(params, base, marks, world, cx, cy, prior);
    const normal = normalOf(jacobian);
    const gradient = Array.from({ length: 7 }, (_, i) => -jacobian.reduce((sum, row, k) => sum + row[i]! * residuals[k]!, 0));
    const step = solve(normal.map((row, i) => row.map((x, j) => (i === j ? x * (1 + damping) + 1e-12 : x))), gradient);
    if (!step) return null;
    const tried = params.map((p, i) => p + step[i]!);
    const after = residualsOf(tried, base, marks, world, cx, cy, prior);
    const less = after.reduce((sum, r) => sum + r * r, 0);
    if (less < cost) {
      const gain = cost - less;
      [params, residuals, cost] = [tried, after, less];
      damping = Math.max(1e-9, damping / 4);
      if (gain < 1e-10 * (1 + cost)) break;
    } else {
      damping *= 5;
      if (damping > 1e9) break;
    }
  }
  return Number.isFinite(cost) ? { params, base, cost } : null;
}

function eyeOf(r: readonly number[], t: readonly number[]): [number, number, number] {
  return [0, 1, 2].map((i) => -(r[i]! * t[0]! + r[3 + i]! * t[1]! + r[6 + i]! * t[2]!)) as [number, number, number];
}

export function project(camera: Pick<PhotoCamera, "focal_px" | "width_px" | "height_px" | "rotation" | "translation">, p: readonly [number, number, number]): Point {
  const [x, y, z] = turned(camera.rotation, p);
  const depth = z + camera.translation[2];
  return [(camera.focal_px * (x + camera.translation[0])) / depth + camera.width_px / 2, (camera.focal_px * (y + camera.translation[1])) / depth + camera.height_px / 2];
}

/** A ray through a pixel, in the room. */
export function rayThrough(camera: Pick<PhotoCamera, "focal_px" | "width_px" | "height_px" | "rotation" | "translation">, [x, y]: Point): { readonly from: readonly [number, number, number]; readonly way: readonly [number, number, number] } {
  const { rotation: r, focal_px: f } = camera;
  const d = [(x - camera.width_px / 2) / f, (y - camera.height_px / 2) / f, 1];
  const way = [0, 1, 2].map((i) => r[i]! * d[0]! + r[3 + i]! * d[1]! + r[6 + i]! * d[2]!);
  const long = Math.hypot(...way);
  return { from: eyeOf(r, camera.translation), way: way.map((w) => w / long) as [number, number, number] };
}

/** Where a pixel is on the floor; null above the horizon. */
export function floorAt(camera: Pick<PhotoCamera, "focal_px" | "width_px" | "height_px" | "rotation" | "translation">, pixel: Point): Point | null {
  const { from, way } = rayThrough(camera, pixel);
  if (way[1] > -1e-3) return null;
  const t = -from[1] / way[1];
  return t > 0 && t < 50 ? [from[0] + way[0] * t, from[2] + way[2] * t] : null;
}

/** How wrong the size of what stands at a pixel is drawn, as a share, one standard deviation. */
export function precision(camera: PhotoCamera, pixel: Point): number {
  const base: Params = [Math.log(camera.focal_px), 0, 0, 0, ...camera.translation];
  const size = (params: Params): number => {
    const one = { ...camera, focal_px: Math.exp(params[0]!), rotation: times(rotationOf([params[1]!, params[2]!, params[3]!]), camera.rotation), translation: [params[4]!, params[5]!, params[6]!] as const };
    const at = floorAt(one, pixel);
    if (!at) return NaN;
    const [foot, head] = [project(one, [at[0], 0, at[1]]), project(one, [at[0], 1, at[1]])];
    return Math.log(Math.hypot(head[0] - foot[0], head[1] - foot[1]));
  };
  const slope = base.map((_, k) => (size(base.map((p, i) => (i === k ? p + 1e-6 : p))) - size(base.map((p, i) => (i === k ? p - 1e-6 : p)))) / 2e-6);
  const variance = slope.reduce((sum, a, i) => sum + slope.reduce((inner, b, j) => inner + a * b * (camera.covariance[i]?.[j] ?? 0), 0), 0);
  return Number.isFinite(variance) ? Math.sqrt(Math.max(0, variance)) : 1;
}
