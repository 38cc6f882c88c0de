/** Day, evening, and what lies between: the colours of light by temperature, and how a mood weighs the bake's layers. */
import type { Baked } from "./bake";
import { unhalf } from "./half";
import type { Mood, Vec3 } from "./plan";

/** What lamps are baked against; a mood's own white is laid over it. */
const WHITE_K = 4400;

/** Linear sRGB of a black body, its luminance 1, as an eye that has settled on `WHITE_K` sees it. */
export function fromKelvin(kelvin: number, white = WHITE_K): Vec3 {
  const [r, g, b] = blackBody(kelvin);
  const [wr, wg, wb] = blackBody(white);
  const c: Vec3 = [r / wr, g / wg, b / wb];
  const y = 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
  return [c[0] / y, c[1] / y, c[2] / y];
}

/** CIE xy of the Planckian locus (Kim et al. 2002), to linear sRGB; negative parts are cut off. */
function blackBody(kelvin: number): Vec3 {
  const t = Math.min(25000, Math.max(1667, kelvin));
  const x = t <= 4000
    ? -0.2661239e9 / t ** 3 - 0.2343589e6 / t ** 2 + 0.8776956e3 / t + 0.17991
    : -3.0258469e9 / t ** 3 + 2.1070379e6 / t ** 2 + 0.2226347e3 / t + 0.24039;
  const y = t <= 2222
    ? -1.1063814 * x ** 3 - 1.3481102 * x ** 2 + 2.18555832 * x - 0.20219683
    : t <= 4000
      ? -0.9549476 * x ** 3 - 1.37418593 * x ** 2 + 2.09137015 * x - 0.16748867
      : 3.081758 * x ** 3 - 5.8733867 * x ** 2 + 3.75112997 * x - 0.37001483;
  const [bigX, bigZ] = [x / y, (1 - x - y) / y];
  return [
    Math.max(1e-3, 3.2406 * bigX - 1.5372 - 0.4986 * bigZ),
    Math.max(1e-3, -0.9689 * bigX + 1.8758 + 0.0415 * bigZ),
    Math.max(1e-3, 0.0557 * bigX - 0.204 + 1.057 * bigZ),
  ];
}

/** What the shaders multiply the layers by; exposure is in it. */
export interface Weights {
  readonly sky: Vec3;
  readonly sun: Vec3;
  readonly lamps: Vec3;
  /** Scene units a kilonit. */
  readonly exposure: number;
}

const scaled = (c: Vec3, k: number): Vec3 => [c[0] * k, c[1] * k, c[2] * k];

/** How much brighter than white the brightest spots may come out: beyond it, they are held instead. */
const BRIGHTEST = 4;

/**
 * A mood's weights, exposed so that a white wall's brighter half lies at `mood.white`.
 *
 * @param rects the charts of the room one stands in, x, y, w, h: eyes settle on a room, not on the house
 */
export function weigh(mood: Mood, baked: Baked | null, rects?: Int32Array): Weights {
  const sky = scaled(fromKelvin(Math.min(mood.sky_kelvin, mood.white_kelvin * 1.9), mood.white_kelvin), mood.sky_nits / 1000);
  const sun = scaled(fromKelvin(mood.sun_kelvin, mood.white_kelvin), mood.sun_lux / 1000);
  const lamps = scaled(fromKelvin(WHITE_K, mood.white_kelvin), mood.lamps);
  const typical = baked ? brightHalf(baked, sky, sun, lamps, rects) : 1;
  const exposure = (mood.white * Math.PI) / (0.8 * Math.max(typical, 1e-4));
  return { sky: scaled(sky, exposure), sun: scaled(sun, exposure), lamps: scaled(lamps, exposure), exposure };
}

/** The 65th percentile of the illuminance over the lightmap, or over some charts of it, kilolux. */
function brightHalf(baked: Baked, sky: Vec3, sun: Vec3, lamps: Vec3, rects: Int32Array = Int32Array.of(0, 0, baked.width, baked.height)): number {
  const values: number[] = [];
  let count = 0;
  for (let r = 0; r < rects.length; r += 4) {
    for (let y = rects[r + 1]!; y < rects[r + 1]! + rects[r + 3]!; y++) {
      for (let x = rects[r]!; x < rects[r]! + rects[r + 2]!; x++) {
        if (count++ % 37) continue;
        const i = (y * baked.width + x) * 4;
        const value = unhalf(baked.sky[i + 1]!) * sky[1] + unhalf(baked.sky[i + 3]!) * sun[1] + unhalf(baked.lamps[i + 1]!) * lamps[1];
        if (value > 1e-5) values.push(value);
      }
    }
  }
  values.sort((a, b) => a - b);
  const at = (share: number): number => values[Math.floor(values.length * share)] ?? 1;
  return Math.max(at(0.65), at(0.97) / BRIGHTEST);
}

/** Between two weights, for a slow change of light. */
export function blend(a: Weights, b: Weights, t: number): Weights {
  const mix = (p: Vec3, q: Vec3): Vec3 => [p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t, p[2] + (q[2] - p[2]) * t];
  return { sky: mix(a.sky, b.sky), sun: mix(a.sun, b.sun), lamps: mix(a.lamps, b.lamps), exposure: a.exposure + (b.exposure - a.exposure) * t };
}
