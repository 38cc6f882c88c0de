/**
 * The light of a room, baked: direct light from the windows and lamps with soft shadows, and two bounces of it.
 *
 * Three layers that a mood mixes later: the sky through the windows, the sun, the lamps. Kilolux throughout, the sky for
 * a luminance of 1,000 cd/m², the sun for 1,000 lux. Pure arithmetic over typed arrays: it runs in `bake.worker.ts`, in
 * the tests, and on a server. What it is not: materials or tone (see `materials.ts`, `moods.ts`).
 *
 * Source: Cohen & Wallace 1993 for the gather; direct light is in `direct.ts`.
 */
import type { BakeInput } from "./bake-input";
import { dilate, nearestOwned, smoothCharts, spread } from "./charts";
import { lightAt, OFF_M } from "./direct";
import { half } from "./half";
import { hash } from "./noise";
import { LAYERS, rasterise, type Points } from "./texels";
import { Tracer } from "./tracer";

export interface Baked {
  readonly width: number;
  readonly height: number;
  /** Half floats, RGBA: the sky's light, and the sun's in alpha. */
  readonly sky: Uint16Array<ArrayBuffer>;
  /** Half floats, RGBA: the lamps' light, and openness (1: nothing near) in alpha. */
  readonly lamps: Uint16Array<ArrayBuffer>;
  readonly rays: number;
}

/**
 * @param told how far it is, 0…1
 * @param sketched given a first, coarse light after a twentieth of the time
 */
export function bake(input: BakeInput, told: (done: number) => void = () => undefined, sketched?: (baked: Baked) => void): Baked {
  const { width, height, index } = input;
  const tracer = new Tracer(input.position, index.subarray(0, input.solid * 3));
  const points = rasterise(input);
  if (sketched) sketched(sketch(input, tracer, points));
  const direct = new Float32Array(width * height * LAYERS);
  let rays = 0;
  for (let row = 0; row < height; row++) {
    if (row % 32 === 0) told((0.55 * row) / height);
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      if (points.owner[at]! < 0) continue;
      rays += lightAt(input, tracer, points, at, (column % 3) + 3 * (row % 3), direct);
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
  const made = mapsOf(input, points, direct, indirect, open, rays);
  told(1);
  return made;
}

const SKETCH_STEP = 4;

/** The same light at a sixteenth of the places, one bounce: soft and a little blotchy, but of the right kind. */
function sketch(input: BakeInput, tracer: Tracer, points: Points): Baked {
  const { width, height, rects } = input;
  const [direct, indirect, open] = [new Float32Array(width * height * LAYERS), new Float32Array(width * height * LAYERS), new Float32Array(width * height)];
  const exact = new Float32Array(width * height * LAYERS);
  let rays = 0;
  for (let r = 0; r < rects.length; r += 4) {
    const [rx, ry, rw, rh] = [rects[r]!, rects[r + 1]!, rects[r + 2]!, rects[r + 3]!];
    const columns = Math.max(1, Math.ceil(rw / SKETCH_STEP));
    const rows = Math.max(1, Math.ceil(rh / SKETCH_STEP));
    const nodes = new Float32Array((columns + 1) * (rows + 1) * (LAYERS + 1));
    const isKnown = new Uint8Array((columns + 1) * (rows + 1));
    for (let j = 0; j <= rows; j++) {
      for (let i = 0; i <= columns; i++) {
        const at = nearestOwned(points.owner, width, rx, ry, rw, rh, rx + Math.min(rw - 1, i * SKETCH_STEP), ry + Math.min(rh - 1, j * SKETCH_STEP), SKETCH_STEP);
        if (at < 0) continue;
        const node = j * (columns + 1) + i;
        isKnown[node] = 1;
        exact.fill(0, at * LAYERS, (at + 1) * LAYERS);
        rays += lightAt(input, tracer, points, at, 4, exact);
        for (let k = 0; k < LAYERS; k++) nodes[node * (LAYERS + 1) + k] = exact[at * LAYERS + k]!;
      }
    }
    spread(points.owner, width, rx, ry, rw, rh, SKETCH_STEP, columns, rows, nodes, isKnown, direct, open);
  }
  rays += gather(input, tracer, points, direct, exact.fill(0), indirect, open, 8, 24);
  return mapsOf(input, points, direct, indirect, open, rays);
}

/** Both maps of the layers, and of how open each place is. */
function mapsOf(input: BakeInput, points: Points, direct: Float32Array, indirect: Float32Array, open: Float32Array, rays: number): Baked {
  const { width, height } = input;
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
  dilate(points.owner.slice(), width, height, sky, lamps);
  return { width, height, sky, lamps, rays };
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
        const px = points.position[at * 3]! + nx * OFF_M;
        const py = points.position[at * 3 + 1]! + ny * OFF_M;
        const pz = points.position[at * 3 + 2]! + nz * OFF_M;
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
