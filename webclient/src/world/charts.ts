/** Values over the charts of a lightmap: found between known ones, smoothed within a chart, and spread into the gutters. */
import type { BakeInput } from "./bake-input";
import { LAYERS } from "./texels";

export function nearestOwned(owner: Int32Array, width: number, rx: number, ry: number, rw: number, rh: number, x: number, y: number, reach: number): number {
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

export function spread(
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
export function smoothCharts(input: Pick<BakeInput, "width" | "rects">, owner: Int32Array, values: Float32Array, layers: number): void {
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
export function dilate(owner: Int32Array, width: number, height: number, ...maps: Uint16Array[]): void {
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
