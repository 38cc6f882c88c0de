/** Packs the charts of a shell into one lightmap: shelves of like height, gutters between, density to fit. */
import type { Chart } from "./shell";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Atlas {
  readonly width: number;
  readonly height: number;
  /** Texels a metre for a chart of weight 1. */
  readonly density: number;
  readonly rects: readonly Rect[];
}

const GUTTER = 1;
const LEAST = 2;
const FINEST = 24;

/** The finest density, texels a metre, at which everything fits in `width` × `height`. */
export function pack(charts: readonly Chart[], width: number, height: number): Atlas {
  const area = charts.reduce((sum, c) => sum + c.w_m * c.h_m * c.weight ** 2, 0);
  for (let density = Math.min(FINEST, Math.sqrt((width * height) / Math.max(area, 1e-6)) * 1.1); ; density *= 0.965) {
    const rects = tryPack(charts, width, height, density);
    if (rects) return { width, height, density, rects };
    if (density < 0.25) throw new RangeError(`${charts.length} charts do not fit in ${width} × ${height} texels`);
  }
}

function tryPack(charts: readonly Chart[], width: number, height: number, density: number): Rect[] | null {
  const sizes = charts.map((c, i) => ({
    i,
    w: Math.max(LEAST, Math.ceil(c.w_m * density * c.weight)) + 2 * GUTTER,
    h: Math.max(LEAST, Math.ceil(c.h_m * density * c.weight)) + 2 * GUTTER,
  }));
  sizes.sort((a, b) => b.h - a.h || b.w - a.w || a.i - b.i);
  const rects: Rect[] = new Array<Rect>(charts.length);
  let [x, y, tall] = [0, 0, 0];
  for (const { i, w, h } of sizes) {
    if (w > width) return null;
    if (x + w > width) [x, y, tall] = [0, y + tall, 0];
    tall = Math.max(tall, h);
    if (y + tall > height) return null;
    rects[i] = { x: x + GUTTER, y: y + GUTTER, w: w - 2 * GUTTER, h: h - 2 * GUTTER };
    x += w;
  }
  return rects;
}
