/**
 * The light of a room, baked: direct light from the windows and lamps with soft shadows, and two bounces of it.
 *
 * Three layers that a mood mixes later: the sky through the windows, the sun, the lamps. Kilolux throughout, the sky for
 * a luminance of 1,000 cd/m², the sun for 1,000 lux. Pure arithmetic over typed arrays: it runs in `bake.worker.ts`, in
 * the tests, and on a server. What it is not: materials or tone (see `materials.ts`, `moods.ts`).
 *
 * Sources: Kulla & Fajardo 2012 (equi-angular sampling) for strips; Cohen & Wallace 1993 for the gather.
 */
import { hash } from "./noise";
import type { Vec3 } from "./plan";
import { Tracer } from "./tracer";

export interface BakePortal {
  readonly o: Vec3;
  readonly x: Vec3;
  readonly y: Vec3;
  readonly n: Vec3;
  readonly width_m: number;
  readonly height_m: number;
}

export interface BakeLamp {
  readonly kind: "spot" | "strip" | "panel";
  readonly o: Vec3;
  /** Where it shines, of unit length. */
  readonly n: Vec3;
  /** A strip's or a panel's long way, of unit length. */
  readonly along: Vec3;
  readonly size_m: readonly [number, number];
  readonly lumen: number;
  readonly beam_deg: number;
  /** Linear, its luminance 1. */
  readonly colour: Vec3;
}

export interface BakeInput {
  readonly width: number;
  readonly height: number;
  readonly position: Float32Array<ArrayBuffer>;
  readonly normal: Float32Array<ArrayBuffer>;
  /** Where each vertex lies in the lightmap, texels. */
  readonly texel: Float32Array<ArrayBuffer>;
  readonly index: Uint32Array<ArrayBuffer>;
  /** Linear RGB a triangle. */
  readonly albedo: Float32Array<ArrayBuffer>;
  /** How many of the first triangles throw shadows; slender things come last and do not. */
  readonly solid: number;
  /** x, y, w, h a chart, texels. */
  readonly rects: Int32Array<ArrayBuffer>;
  readonly portals: readonly BakePortal[];
  readonly lamps: readonly BakeLamp[];
  /** Towards the sun. */
  readonly sun: Vec3;
  /** 1: as shipped; less is noisier and quicker. */
  readonly quality: number;
}

export interface Baked {
  readonly width: number;
  readonly height: number;
  /** Half floats, RGBA: the sky's light, and the sun's in alpha. */
  readonly sky: Uint16Array<ArrayBuffer>;
  /** Half floats, RGBA: the lamps' light, and openness (1: nothing near) in alpha. */
  readonly lamps: Uint16Array<ArrayBuffer>;
  readonly rays: number;
}

/** sky RGB, sun, lamps RGB */
const LAYERS = 7;
const OFF = 0.002;
const SUN_SIZE = 0.012;

export function bake(input: BakeInput, told: (done: number) => void = () => undefined): Baked {
  const { width, height, index } = input;
  const tracer = new Tracer(input.position, index.subarray(0, input.solid * 3));
  const points = rasterise(input);
  const direct = new Float32Array(width * height * LAYERS);
  let rays = 0;
  for (let row = 0; row < height; row++) {
    if (row % 32 === 0) told((0.55 * row) / height);
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      if (points.owner[at]! < 0) continue;
      rays += light(input, tracer, points, at, (column % 3) + 3 * (row % 3), direct);
    }
  }
  smoothCharts(input, points.owner, direct, LAYERS);
  const open = new Float32Array(width * height);
  let indirect = new Float32Array(width * height * LAYERS);
  for (const [bounce, step, count] of [[0, 6, 48], [1, 3, 128]] as const) {
    const next = new Float32Array(width * height * LAYERS);
    rays += gather(input, tracer, points, direct, indirect, next, open, step, Math.max(8, Math.round(count * input.quality)));
    indirect = next;
    told(0.7 + 0.2 * bounce);
  }
  for (let pass = 0; pass < 4; pass++) smoothCharts(input, points.owner, indirect, LAYERS);
  smoothCharts(input, points.owner, open, 1);
  const sky = new Uint16Array(width * height * 4);
  const lamps = new Uint16Array(width * height * 4);
  // The light that bounces a third time and on is a fraction of the second's.
  const tail = 1.25;
  const value = (at: number, k: number): number => direct[at * LAYERS + k]! + tail * indirect[at * LAYERS + k]!;
  for (let at = 0; at < width * height; at++) {
    for (let k = 0; k < 4; k++) sky[at * 4 + k] = half(value(at, k));
    for (let k = 0; k < 3; k++) lamps[at * 4 + k] = half(value(at, 4 + k));
    lamps[at * 4 + 3] = half(open[at]!);
  }
  dilate(points.owner, width, height, sky, lamps);
  told(1);
  return { width, height, sky, lamps, rays };
}

interface Points {
  /** The triangle a texel lies on, or -1. */
  readonly owner: Int32Array;
  readonly position: Float32Array;
  readonly normal: Float32Array;
}

/** What each texel's middle shows; texels that a triangle only grazes take its nearest point. */
function rasterise(input: BakeInput): Points {
  const { width, height, texel, index } = input;
  const owner = new Int32Array(width * height).fill(-1);
  const miss = new Float32Array(width * height).fill(1);
  const position = new Float32Array(width * height * 3);
  const normal = new Float32Array(width * height * 3);
  for (let t = 0; t < index.length / 3; t++) {
    const [a, b, c] = [index[t * 3]!, index[t * 3 + 1]!, index[t * 3 + 2]!];
    const [ax, ay, bx, by, cx, cy] = [texel[a * 2]!, texel[a * 2 + 1]!, texel[b * 2]!, texel[b * 2 + 1]!, texel[c * 2]!, texel[c * 2 + 1]!];
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (Math.abs(area) < 1e-9) continue;
    const x1 = Math.min(width - 1, Math.ceil(Math.max(ax, bx, cx)));
    const y1 = Math.min(height - 1, Math.ceil(Math.max(ay, by, cy)));
    for (let y = Math.max(0, Math.floor(Math.min(ay, by, cy)) - 1); y <= y1; y++) {
      for (let x = Math.max(0, Math.floor(Math.min(ax, bx, cx)) - 1); x <= x1; x++) {
        let v = ((x + 0.5 - ax) * (cy - ay) - (cx - ax) * (y + 0.5 - ay)) / area;
        let w = ((bx - ax) * (y + 0.5 - ay) - (x + 0.5 - ax) * (by - ay)) / area;
        let u = 1 - v - w;
        let off = 0;
        if (u < 0 || v < 0 || w < 0) {
          u = Math.max(u, 0);
          v = Math.max(v, 0);
          w = Math.max(w, 0);
          const sum = u + v + w;
          u /= sum;
          v /= sum;
          w /= sum;
          off = Math.hypot(u * ax + v * bx + w * cx - x - 0.5, u * ay + v * by + w * cy - y - 0.5);
          if (off > 0.75) continue;
        }
        const at = y * width + x;
        if (owner[at]! >= 0 && off >= miss[at]!) continue;
        owner[at] = t;
        miss[at] = off;
        let length = 0;
        for (let k = 0; k < 3; k++) {
          position[at * 3 + k] = u * input.position[a * 3 + k]! + v * input.position[b * 3 + k]! + w * input.position[c * 3 + k]!;
          const n = u * input.normal[a * 3 + k]! + v * input.normal[b * 3 + k]! + w * input.normal[c * 3 + k]!;
          normal[at * 3 + k] = n;
          length += n * n;
        }
        length = Math.sqrt(length) || 1;
        for (let k = 0; k < 3; k++) normal[at * 3 + k]! /= length;
      }
    }
  }
  return { owner, position, normal };
}

/** The sky's luminance along a direction, as a part of its mean; the ground outside gives back a third. */
const skyAt = (up: number): number => (up > 0 ? 0.75 + 0.6 * up : 0.32);

function leavesByPortal(portals: readonly BakePortal[], px: number, py: number, pz: number, dx: number, dy: number, dz: number): boolean {
  for (let i = 0; i < portals.length; i++) {
    const { o, x, y, n, width_m, height_m } = portals[i]!;
    const leaving = dx * n[0] + dy * n[1] + dz * n[2];
    if (leaving > -1e-6) continue;
    const t = ((o[0] - px) * n[0] + (o[1] - py) * n[1] + (o[2] - pz) * n[2]) / leaving;
    if (t < 0) continue;
    const [hx, hy, hz] = [px + dx * t - o[0], py + dy * t - o[1], pz + dz * t - o[2]];
    if (Math.abs(hx * x[0] + hy * x[1] + hz * x[2]) < width_m / 2 && Math.abs(hx * y[0] + hy * y[1] + hz * y[2]) < height_m / 2) return true;
  }
  return false;
}

/** Direct light on one texel; nine neighbours share a pattern of samples, which `smoothCharts` joins. Returns rays cast. */
function light(input: BakeInput, tracer: Tracer, points: Points, at: number, pattern: number, out: Float32Array): number {
  const [nx, ny, nz] = [points.normal[at * 3]!, points.normal[at * 3 + 1]!, points.normal[at * 3 + 2]!];
  const px = points.position[at * 3]! + nx * OFF;
  const py = points.position[at * 3 + 1]! + ny * OFF;
  const pz = points.position[at * 3 + 2]! + nz * OFF;
  let rays = 0;
  for (let i = 0; i < input.portals.length; i++) {
    const portal = input.portals[i]!;
    const { o, x, y, n } = portal;
    if ((px - o[0]) * n[0] + (py - o[1]) * n[1] + (pz - o[2]) * n[2] < 0.01) continue;
    // A window far off is small: four samples do.
    const distance2 = (px - o[0]) ** 2 + (py - o[1]) ** 2 + (pz - o[2]) ** 2;
    const side = distance2 < portal.width_m * portal.height_m * 1.6 ? 3 : 2;
    let sum = 0;
    for (let j = 0; j < side * side; j++) {
      const a = ((j % side) + hash(pattern, j * 2, i)) / side - 0.5;
      const b = (Math.floor(j / side) + hash(pattern, j * 2 + 1, i)) / side - 0.5;
      const tx = o[0] + x[0] * a * portal.width_m + y[0] * b * portal.height_m - px;
      const ty = o[1] + x[1] * a * portal.width_m + y[1] * b * portal.height_m - py;
      const tz = o[2] + x[2] * a * portal.width_m + y[2] * b * portal.height_m - pz;
      const d2 = tx * tx + ty * ty + tz * tz;
      const d = Math.sqrt(d2);
      const facing = (tx * nx + ty * ny + tz * nz) / d;
      const leaving = -(tx * n[0] + ty * n[1] + tz * n[2]) / d;
      if (facing <= 0 || leaving <= 0) continue;
      rays++;
      if (tracer.isBlocked(px, py, pz, tx / d, ty / d, tz / d, d - 0.01)) continue;
      sum += (skyAt(ty / d) * facing * leaving) / Math.max(d2, 0.01);
    }
    const e = (sum * portal.width_m * portal.height_m) / (side * side);
    for (let k = 0; k < 3; k++) out[at * LAYERS + k]! += e;
  }
  const [sx, sy, sz] = input.sun;
  const toSun = nx * sx + ny * sy + nz * sz;
  if (toSun > 0) {
    let seen = 0;
    for (let j = 0; j < 2; j++) {
      const dx = sx + (hash(pattern, j, 71) - 0.5) * 2 * SUN_SIZE;
      const dy = sy + (hash(pattern, j, 72) - 0.5) * 2 * SUN_SIZE;
      const dz = sz + (hash(pattern, j, 73) - 0.5) * 2 * SUN_SIZE;
      const d = Math.hypot(dx, dy, dz);
      if (!leavesByPortal(input.portals, px, py, pz, dx, dy, dz)) continue; // walls have no outer face to stop it
      rays++;
      if (!tracer.isBlocked(px, py, pz, dx / d, dy / d, dz / d, 1e9)) seen++;
    }
    out[at * LAYERS + 3]! += (toSun * seen) / 2;
  }
  for (let i = 0; i < input.lamps.length; i++) {
    const lamp = input.lamps[i]!;
    const { o, n } = lamp;
    let e = 0;
    if (lamp.kind === "spot") {
      const inner = Math.cos((lamp.beam_deg * Math.PI) / 360);
      const jitter = 0.03;
      const tx = o[0] + (hash(pattern, i, 81) - 0.5) * jitter - px;
      const ty = o[1] + (hash(pattern, i, 82) - 0.5) * jitter - py;
      const tz = o[2] + (hash(pattern, i, 83) - 0.5) * jitter - pz;
      const d2 = tx * tx + ty * ty + tz * tz;
      const d = Math.sqrt(d2);
      const facing = (tx * nx + ty * ny + tz * nz) / d;
      const toward = -(tx * n[0] + ty * n[1] + tz * n[2]) / d;
      if (facing <= 0 || toward <= 0) continue;
      // Half as bright at the beam's edge, as a lamp maker measures it, with a soft skirt.
      const angle = Math.acos(Math.min(1, toward)) / ((lamp.beam_deg * Math.PI) / 360);
      const shape = Math.exp(-0.693 * angle ** 2.6);
      if (shape < 0.004) continue;
      rays++;
      if (tracer.isBlocked(px, py, pz, tx / d, ty / d, tz / d, d - 0.16)) continue;
      e = ((lamp.lumen / 1000 / (2 * Math.PI * (1 - inner))) * 0.8 * shape * facing) / d2;
    } else if (lamp.kind === "strip") {
      const { along: l } = lamp;
      const t0 = (px - o[0]) * l[0] + (py - o[1]) * l[1] + (pz - o[2]) * l[2];
      const hx = px - o[0] - l[0] * t0;
      const hy = py - o[1] - l[1] * t0;
      const hz = pz - o[2] - l[2] * t0;
      if (hx * n[0] + hy * n[1] + hz * n[2] < 0) continue;
      const h = Math.max(0.02, Math.hypot(hx, hy, hz));
      const [from, to] = [Math.atan((-lamp.size_m[0] / 2 - t0) / h), Math.atan((lamp.size_m[0] / 2 - t0) / h)];
      const count = Math.max(2, Math.round(4 * input.quality));
      let sum = 0;
      for (let j = 0; j < count; j++) {
        const t = t0 + h * Math.tan(from + ((to - from) * (j + hash(pattern, j, 90 + i))) / count);
        const tx = o[0] + l[0] * t - px;
        const ty = o[1] + l[1] * t - py;
        const tz = o[2] + l[2] * t - pz;
        const d = Math.sqrt(tx * tx + ty * ty + tz * tz);
        const facing = (tx * nx + ty * ny + tz * nz) / d;
        const leaving = -(tx * n[0] + ty * n[1] + tz * n[2]) / d;
        if (facing <= 0 || leaving <= 0) continue;
        rays++;
        if (tracer.isBlocked(px, py, pz, tx / d, ty / d, tz / d, d - 0.012)) continue;
        sum += facing * leaving;
      }
      e = ((lamp.lumen / 1000 / (lamp.size_m[0] * Math.PI * h)) * (to - from) * sum) / count;
    } else {
      const { along: l } = lamp;
      const wide: Vec3 = [n[1] * l[2] - n[2] * l[1], n[2] * l[0] - n[0] * l[2], n[0] * l[1] - n[1] * l[0]];
      let sum = 0;
      for (let j = 0; j < 4; j++) {
        const a = (((j & 1) + hash(pattern, j, 110 + i)) / 2 - 0.5) * lamp.size_m[0];
        const b = (((j >> 1) + hash(pattern, j, 140 + i)) / 2 - 0.5) * lamp.size_m[1];
        const tx = o[0] + l[0] * a + wide[0] * b - px;
        const ty = o[1] + l[1] * a + wide[1] * b - py;
        const tz = o[2] + l[2] * a + wide[2] * b - pz;
        const d2 = tx * tx + ty * ty + tz * tz;
        const d = Math.sqrt(d2);
        const facing = (tx * nx + ty * ny + tz * nz) / d;
        const leaving = -(tx * n[0] + ty * n[1] + tz * n[2]) / d;
        if (facing <= 0 || leaving <= 0) continue;
        rays++;
        if (tracer.isBlocked(px, py, pz, tx / d, ty / d, tz / d, d - 0.02)) continue;
        sum += (facing * leaving) / Math.max(d2, 0.0025);
      }
      e = ((lamp.lumen / 1000 / Math.PI) * sum) / 4;
    }
    for (let k = 0; k < 3; k++) out[at * LAYERS + 4 + k]! += e * lamp.colour[k]!;
  }
  return rays;
}

/** One bounce: what every `step`-th texel receives from all it sees, spread between them. */
function gather(
  input: BakeInput, tracer: Tracer, points: Points, direct: Float32Array, before: Float32Array, out: Float32Array, open: Float32Array, step: number, count: number,
): number {
  const { width, rects, texel, index, albedo } = input;
  const sum = new Float32Array(LAYERS + 1);
  let rays = 0;
  for (let r = 0; r < rects.length; r += 4) {
    const [rx, ry, rw, rh] = [rects[r]!, rects[r + 1]!, rects[r + 2]!, rects[r + 3]!];
    const columns = Math.max(1, Math.ceil(rw / step));
    const rows = Math.max(1, Math.ceil(rh / step));
    const nodes = new Float32Array((columns + 1) * (rows + 1) * (LAYERS + 1));
    const isKnown = new Uint8Array((columns + 1) * (rows + 1));
    for (let j = 0; j <= rows; j++) {
      for (let i = 0; i <= columns; i++) {
        const at = nearestOwned(points.owner, width, rx, ry, rw, rh, rx + Math.min(rw - 1, i * step), ry + Math.min(rh - 1, j * step), step);
        if (at < 0) continue;
        const node = j * (columns + 1) + i;
        isKnown[node] = 1;
        const [nx, ny, nz] = [points.normal[at * 3]!, points.normal[at * 3 + 1]!, points.normal[at * 3 + 2]!];
        const px = points.position[at * 3]! + nx * OFF;
        const py = points.position[at * 3 + 1]! + ny * OFF;
        const pz = points.position[at * 3 + 2]! + nz * OFF;
        // Duff et al. 2017: a frame from a normal.
        const sign = nz >= 0 ? 1 : -1;
        const a = -1 / (sign + nz);
        const b = nx * ny * a;
        const spin = hash(i, j, r) * 2 * Math.PI;
        sum.fill(0);
        for (let k = 0; k < count; k++) {
          const radius = Math.sqrt((k + hash(k, i + j * 57, r + 1)) / count);
          const angle = spin + k * 2.399963;
          const u = radius * Math.cos(angle);
          const v = radius * Math.sin(angle);
          const w = Math.sqrt(Math.max(0, 1 - radius * radius));
          const dx = u * (1 + sign * nx * nx * a) + v * b + w * nx;
          const dy = u * sign * b + v * (sign + ny * ny * a) + w * ny;
          const dz = -u * sign * nx - v * ny + w * nz;
          rays++;
          if (!tracer.nearest(px, py, pz, dx, dy, dz)) {
            sum[LAYERS]! += 1;
            continue;
          }
          sum[LAYERS]! += Math.min(1, tracer.hitDistance / 0.7);
          if (tracer.isBack) continue;
          const t = tracer.hit * 3;
          const [p, q, s] = [index[t]!, index[t + 1]!, index[t + 2]!];
          const rest = 1 - tracer.hitU - tracer.hitV;
          const tx = Math.floor(rest * texel[p * 2]! + tracer.hitU * texel[q * 2]! + tracer.hitV * texel[s * 2]!);
          const ty = Math.floor(rest * texel[p * 2 + 1]! + tracer.hitU * texel[q * 2 + 1]! + tracer.hitV * texel[s * 2 + 1]!);
          const from = (ty * width + tx) * LAYERS;
          if (points.owner[ty * width + tx]! < 0) continue;
          for (let k = 0; k < LAYERS; k++) {
            const colour = k === 3 ? albedo[t + 1]! : albedo[t + (k > 3 ? k - 4 : k)]!;
            sum[k]! += colour * (direct[from + k]! + before[from + k]!);
          }
        }
        for (let k = 0; k <= LAYERS; k++) nodes[node * (LAYERS + 1) + k] = sum[k]! / count;
      }
    }
    spread(points.owner, width, rx, ry, rw, rh, step, columns, rows, nodes, isKnown, out, open);
  }
  return rays;
}

function nearestOwned(owner: Int32Array, width: number, rx: number, ry: number, rw: number, rh: number, x: number, y: number, reach: number): number {
  if (owner[y * width + x]! >= 0) return y * width + x;
  let best = -1;
  let least = reach * reach + 1;
  for (let j = Math.max(ry, y - reach); j <= Math.min(ry + rh - 1, y + reach); j++) {
    for (let i = Math.max(rx, x - reach); i <= Math.min(rx + rw - 1, x + reach); i++) {
      const d = (i - x) ** 2 + (j - y) ** 2;
      if (d < least && owner[j * width + i]! >= 0) [best, least] = [j * width + i, d];
    }
  }
  return best;
}

function spread(
  owner: Int32Array, width: number, rx: number, ry: number, rw: number, rh: number, step: number, columns: number, rows: number,
  nodes: Float32Array, isKnown: Uint8Array, out: Float32Array, open: Float32Array,
): void {
  for (let y = 0; y < rh; y++) {
    for (let x = 0; x < rw; x++) {
      const at = (ry + y) * width + rx + x;
      if (owner[at]! < 0) continue;
      const fx = Math.min(x / step, columns);
      const fy = Math.min(y / step, rows);
      const i = Math.min(columns - 1, Math.floor(fx));
      const j = Math.min(rows - 1, Math.floor(fy));
      let total = 0;
      for (let k = 0; k < LAYERS; k++) out[at * LAYERS + k] = 0;
      open[at] = 0;
      for (let c = 0; c < 4; c++) {
        const node = (j + (c >> 1)) * (columns + 1) + i + (c & 1);
        if (!isKnown[node]) continue;
        const weight = (c & 1 ? fx - i : 1 - fx + i) * (c >> 1 ? fy - j : 1 - fy + j) + 1e-6;
        total += weight;
        for (let k = 0; k < LAYERS; k++) out[at * LAYERS + k]! += weight * nodes[node * (LAYERS + 1) + k]!;
        open[at]! += weight * nodes[node * (LAYERS + 1) + LAYERS]!;
      }
      if (!total) continue;
      for (let k = 0; k < LAYERS; k++) out[at * LAYERS + k]! /= total;
      open[at]! /= total;
    }
  }
}

/** Join the nine patterns of samples: the mean of 3 × 3 texels within a chart. */
function smoothCharts(input: BakeInput, owner: Int32Array, values: Float32Array, layers: number): void {
  const { width, rects } = input;
  const copy = values.slice();
  for (let r = 0; r < rects.length; r += 4) {
    const [rx, ry, rw, rh] = [rects[r]!, rects[r + 1]!, rects[r + 2]!, rects[r + 3]!];
    for (let y = ry; y < ry + rh; y++) {
      for (let x = rx; x < rx + rw; x++) {
        const at = y * width + x;
        if (owner[at]! < 0) continue;
        for (let k = 0; k < layers; k++) {
          let sum = 0;
          let n = 0;
          for (let j = Math.max(ry, y - 1); j <= Math.min(ry + rh - 1, y + 1); j++) {
            for (let i = Math.max(rx, x - 1); i <= Math.min(rx + rw - 1, x + 1); i++) {
              if (owner[j * width + i]! < 0) continue;
              sum += copy[(j * width + i) * layers + k]!;
              n++;
            }
          }
          values[at * layers + k] = sum / n;
        }
      }
    }
  }
}

/** Fill the gutters from their neighbours, so that filtering never reads darkness. */
function dilate(owner: Int32Array, width: number, height: number, ...maps: Uint16Array[]): void {
  for (let pass = 0; pass < 2; pass++) {
    const filled: [number, number][] = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        if (owner[at]! >= 0) continue;
        for (const [dx, dy] of [[-1, 0], [1, 0], [0, -1], [0, 1], [-1, -1], [1, -1], [-1, 1], [1, 1]] as const) {
          const [i, j] = [x + dx, y + dy];
          if (i < 0 || j < 0 || i >= width || j >= height || owner[j * width + i]! < 0) continue;
          filled.push([at, j * width + i]);
          break;
        }
      }
    }
    for (const [to, from] of filled) {
      owner[to] = owner[from]!;
      for (const map of maps) for (let k = 0; k < 4; k++) map[to * 4 + k] = map[from * 4 + k]!;
    }
  }
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** A half float's bits; too large becomes the largest, too small 0. */
export function half(value: number): number {
  FLOAT[0] = Math.min(65504, Math.max(0, value));
  const bits = BITS[0]!;
  const exponent = ((bits >>> 23) & 255) - 112;
  if (exponent <= 0) return exponent < -10 ? 0 : (((bits & 0x7fffff) | 0x800000) >> (14 - exponent)) & 0x3ff;
  return (exponent << 10) | ((bits & 0x7fffff) >> 13);
}

/** A half float's value. */
export function unhalf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const part = bits & 0x3ff;
  return exponent ? 2 ** (exponent - 15) * (1 + part / 1024) : (2 ** -14 * part) / 1024;
}
