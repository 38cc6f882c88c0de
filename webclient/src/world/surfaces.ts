/**
 * Procedural surfaces: albedo with roughness in its alpha, and a normal map, tiling, made at load.
 *
 * Nothing real is one colour or equally rough all over, so every surface varies both, gently. Pure pixel arithmetic: it
 * runs in `surfaces.worker.ts` and in the tests. What it is not: materials (see `materials.ts`).
 */
import type { SurfaceKind } from "./plan";
import { fbm, hash, noise } from "./noise";

/** What a point of a surface is: a factor on the colour, roughness 0…1, height in millimetres. */
interface Grain {
  tone: number;
  warmth: number;
  rough: number;
  height_mm: number;
}

interface Recipe {
  /** Side of the tile, metres. */
  readonly tile_m: number;
  /** Pixels a side at full detail. */
  readonly pixels: number;
  /** How strongly heights turn normals. */
  readonly relief: number;
  readonly metalness: number;
  readonly at: (u: number, v: number, out: Grain) => void;
}

export interface Pixels {
  readonly size: number;
  readonly colour: Uint8Array<ArrayBuffer>;
  readonly normal: Uint8Array<ArrayBuffer>;
}

const clamp = (x: number, low = 0, high = 1): number => Math.min(high, Math.max(low, x));
const smooth = (low: number, high: number, x: number): number => {
  const t = clamp((x - low) / (high - low));
  return t * t * (3 - 2 * t);
};

/** Lime brushed on crosswise by hand: clouds, and strokes that end. */
function limewash(u: number, v: number, out: Grain): void {
  const warp = fbm(u, v, 3, 3, 3, 5) * 0.05;
  const cloud = fbm(u + warp, v - warp, 3, 3, 5, 1);
  const across = noise((u + warp) * 10, (v + u) * 70, 10, 70, 3) * smooth(-0.1, 0.6, fbm(u, v, 5, 5, 2, 8));
  const down = noise((u + v) * 70, (v + warp) * 10, 70, 10, 4) * smooth(-0.1, 0.6, fbm(u, v, 5, 5, 2, 9));
  const grit = fbm(u, v, 128, 128, 2, 6);
  out.tone = 1 + cloud * 0.05 + (across + down) * 0.022;
  out.warmth = cloud * 0.012;
  out.rough = 0.86 + cloud * 0.06 - (across + down) * 0.03;
  out.height_mm = cloud * 1.4 + (across + down) * 0.16 + grit * 0.09;
}

function plaster(u: number, v: number, out: Grain): void {
  const cloud = fbm(u, v, 3, 3, 4, 21);
  out.tone = 1 + cloud * 0.018;
  out.warmth = 0;
  out.rough = 0.9 + cloud * 0.05;
  out.height_mm = cloud * 0.4 + fbm(u, v, 96, 96, 2, 22) * 0.05;
}

const PLANKS = 5; // a plank is five times as long as wide, so the pattern returns after ten widths
const PERIODS = 2;
const ACROSS = 2 * PLANKS * PERIODS;

/** Oak blocks laid in herringbone; `u`, `v` are turned by 45° where it is laid. */
function oakFloor(u: number, v: number, out: Grain): void {
  const x = u * ACROSS;
  const y = v * ACROSS;
  const i = Math.floor(x);
  const j = Math.floor(y);
  const m = (((i - j) % (2 * PLANKS)) + 2 * PLANKS) % (2 * PLANKS);
  const isAlong = m < PLANKS;
  const i0 = isAlong ? i - m : i;
  const j0 = isAlong ? j : j - (2 * PLANKS - 1 - m);
  const wrapped = (k: number): number => ((k % ACROSS) + ACROSS) % ACROSS;
  const seed = wrapped(i0) * 131 + wrapped(j0) * 7 + (isAlong ? 1 : 0);
  const along = isAlong ? x - i0 : y - j0; // 0…PLANKS
  const across = isAlong ? y - j0 : x - i0; // 0…1
  wood(along / PLANKS, across, seed, out);
  const edge = Math.min(across, 1 - across, along, PLANKS - along); // in plank widths, 12 cm each
  const joint = 1 - smooth(0.004, 0.02, edge);
  out.tone *= (0.9 + 0.2 * hash(seed, 3, 2)) * (1 - 0.5 * joint);
  out.warmth += (hash(seed, 5, 2) - 0.5) * 0.045;
  out.rough += (hash(seed, 9, 2) - 0.5) * 0.08 + joint * 0.3;
  out.height_mm -= 0.9 * (1 - smooth(0.0, 0.028, edge));
}

/** One board: `s` along the grain, `t` across, each 0…1 of a 60 × 12 cm board. */
function wood(s: number, t: number, seed: number, out: Grain): void {
  const big = 4096;
  const lean = hash(seed, 1) * 40;
  const wave = noise(s * 3 + lean, t * 2 + lean, big, big, seed) * 0.16 + noise(s * 9, t * 4 + lean, big, big, seed + 1) * 0.03;
  const ring = (t + wave) * (5 + 6 * hash(seed, 2)) + lean;
  const late = Math.abs(ring - Math.floor(ring) - 0.5) * 2;
  const rings = smooth(0.45, 1, late) * (0.4 + 0.6 * hash(Math.floor(ring + 0.5), seed));
  const pores = noise(s * 34 + lean, t * 75 + wave * 40, big, big, seed + 2);
  const fibre = noise(s * 12 + lean, t * 120, big, big, seed + 3);
  const pore = smooth(0.35, 0.95, pores);
  out.tone = 1 - rings * 0.13 - pore * 0.12 + fibre * 0.035;
  out.warmth = rings * 0.02;
  out.rough = 0.44 + pore * 0.2 + rings * 0.05 + fibre * 0.03;
  out.height_mm = -pore * 0.14 - rings * 0.03;
}

/** Veneer on joinery: the grain runs along u; three leaves across the tile. */
function oakVeneer(u: number, v: number, out: Grain): void {
  const wave = fbm(u, v, 2, 3, 3, 41) * 0.5;
  const ring = v * 26 + wave * 3.4;
  const late = Math.abs(ring - Math.floor(ring) - 0.5) * 2;
  const rings = smooth(0.3, 1, late) * (0.35 + 0.65 * hash(((Math.floor(ring + 0.5) % 26) + 26) % 26, 4));
  const pores = smooth(0.3, 0.95, noise(u * 48, v * 420 + 0, 48, 420, 42));
  const fibre = noise(u * 16, v * 512, 16, 512, 43);
  const cloud = fbm(u, v, 2, 6, 3, 44);
  out.tone = 1 - rings * 0.12 - pores * 0.11 + fibre * 0.04 + cloud * 0.05;
  out.warmth = rings * 0.02 + cloud * 0.01;
  out.rough = 0.5 + pores * 0.18 + cloud * 0.05;
  out.height_mm = -pores * 0.1;
}

const CHIPS = 46;

function terrazzo(u: number, v: number, out: Grain): void {
  const x = u * CHIPS;
  const y = v * CHIPS;
  let best = 9;
  let id = 0;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const i = Math.floor(x) + dx;
      const j = Math.floor(y) + dy;
      const wi = ((i % CHIPS) + CHIPS) % CHIPS;
      const wj = ((j % CHIPS) + CHIPS) % CHIPS;
      const angle = hash(wi, wj, 4) * Math.PI;
      const px = x - i - 0.2 - 0.6 * hash(wi, wj, 1);
      const py = y - j - 0.2 - 0.6 * hash(wi, wj, 2);
      const size = 0.16 + 0.44 * hash(wi, wj, 3) ** 2;
      const a = Math.abs(px * Math.cos(angle) + py * Math.sin(angle)) / size;
      const b = Math.abs(py * Math.cos(angle) - px * Math.sin(angle)) / (size * 0.7);
      const d = Math.max(a, b, (a + b) * 0.66);
      if (d < best) [best, id] = [d, wi * 97 + wj];
    }
  }
  const chip = 1 - smooth(0.92, 1.02, best);
  const kind = hash(id, 11);
  const shade = kind < 0.45 ? 0.86 : kind < 0.75 ? 1.12 : kind < 0.9 ? 0.6 : 0.72;
  const grit = fbm(u, v, 160, 160, 2, 61);
  out.tone = (1 - chip) * (1 + grit * 0.05 + fbm(u, v, 4, 4, 3, 62) * 0.03) + chip * shade;
  out.warmth = chip * (kind > 0.9 ? 0.1 : 0.015);
  out.rough = 0.34 + 0.06 * grit - chip * 0.06 + fbm(u, v, 6, 6, 3, 63) * 0.05;
  out.height_mm = grit * 0.02;
}

/** Honed limestone: faint beds, pits and fossils. */
function stone(u: number, v: number, out: Grain): void {
  const bed = fbm(u, v, 2, 9, 4, 71);
  const cloud = fbm(u, v, 6, 6, 4, 72);
  const pit = smooth(0.5, 0.8, fbm(u, v, 90, 140, 2, 73));
  out.tone = 1 + bed * 0.06 + cloud * 0.04 - pit * 0.2;
  out.warmth = bed * 0.012;
  out.rough = 0.62 + cloud * 0.07 + pit * 0.2;
  out.height_mm = cloud * 0.1 - pit * 0.7;
}

/** Bouclé: loops of a thick yarn. */
function textile(u: number, v: number, out: Grain): void {
  const curl = fbm(u, v, 12, 12, 2, 81) * 0.02;
  const loops = Math.abs(noise((u + curl) * 120, (v - curl) * 120, 120, 120, 82));
  const fine = noise(u * 300, v * 300, 300, 300, 83);
  const cloud = fbm(u, v, 6, 6, 3, 84);
  out.tone = 0.9 + loops * 0.2 + fine * 0.04 + cloud * 0.04;
  out.warmth = cloud * 0.01;
  out.rough = 0.92 + loops * 0.06;
  out.height_mm = loops * 2.2 + fine * 0.3;
}

/** Metal brushed along u. */
function brushed(u: number, v: number, out: Grain): void {
  const line = noise(u * 6, v * 500, 6, 500, 91) * 0.6 + noise(u * 20, v * 900, 20, 900, 92) * 0.4;
  const cloud = fbm(u, v, 4, 4, 3, 93);
  out.tone = 1 + line * 0.05 + cloud * 0.05;
  out.warmth = 0;
  out.rough = 0.34 + line * 0.06 + cloud * 0.07;
  out.height_mm = line * 0.01;
}

export const RECIPES: Readonly<Record<SurfaceKind | "veneer", Recipe>> = {
  limewash: { tile_m: 3.2, pixels: 1024, relief: 1, metalness: 0, at: limewash },
  plaster: { tile_m: 2.4, pixels: 256, relief: 1, metalness: 0, at: plaster },
  oak: { tile_m: 2.4, pixels: 1024, relief: 1, metalness: 0, at: oakFloor },
  veneer: { tile_m: 1.6, pixels: 1024, relief: 1, metalness: 0, at: oakVeneer },
  terrazzo: { tile_m: 1.6, pixels: 1024, relief: 1, metalness: 0, at: terrazzo },
  stone: { tile_m: 1.2, pixels: 512, relief: 1, metalness: 0, at: stone },
  textile: { tile_m: 0.6, pixels: 512, relief: 0.8, metalness: 0, at: textile },
  brass: { tile_m: 0.5, pixels: 256, relief: 1, metalness: 1, at: brushed },
  steel: { tile_m: 0.5, pixels: 256, relief: 1, metalness: 1, at: brushed },
};

const toLinear = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const toSrgb = (c: number): number => (c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055);

/** Linear RGB of an sRGB hex colour. */
export function linear(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [toLinear(((n >> 16) & 255) / 255), toLinear(((n >> 8) & 255) / 255), toLinear((n & 255) / 255)];
}

/**
 * Paint one tile.
 *
 * @param detail 1: full; 0.5: half as many pixels a side (phones)
 */
export function paint(kind: SurfaceKind | "veneer", colour: string, detail = 1): Pixels {
  const recipe = RECIPES[kind];
  const size = Math.max(64, Math.round(recipe.pixels * detail));
  const [red, green, blue] = linear(colour);
  const heights = new Float32Array(size * size);
  const pixels = new Uint8Array(size * size * 4);
  const grain: Grain = { tone: 1, warmth: 0, rough: 0.5, height_mm: 0 };
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at++) {
      recipe.at((column + 0.5) / size, (row + 0.5) / size, grain);
      heights[at] = grain.height_mm;
      pixels[at * 4] = 255 * toSrgb(clamp(red * (grain.tone + grain.warmth))) + 0.5;
      pixels[at * 4 + 1] = 255 * toSrgb(clamp(green * grain.tone)) + 0.5;
      pixels[at * 4 + 2] = 255 * toSrgb(clamp(blue * (grain.tone - grain.warmth))) + 0.5;
      pixels[at * 4 + 3] = 255 * clamp(grain.rough, 0.05, 1) + 0.5;
    }
  }
  return { size, colour: pixels, normal: normals(heights, size, recipe) };
}

function normals(heights: Float32Array, size: number, recipe: Recipe): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size * size * 4);
  const slope = (recipe.relief * size) / (2 * recipe.tile_m * 1000);
  const last = size - 1;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const h = (r: number, c: number): number => heights[(r & last) * size + (c & last)] ?? 0; // sizes are powers of two
      const x = (h(row, column - 1) - h(row, column + 1)) * slope;
      const y = (h(row - 1, column) - h(row + 1, column)) * slope;
      const scale = 1 / Math.hypot(x, y, 1);
      const at = (row * size + column) * 4;
      out[at] = 127.5 + 127.5 * x * scale;
      out[at + 1] = 127.5 + 127.5 * y * scale;
      out[at + 2] = 127.5 + 127.5 * scale;
      out[at + 3] = 255;
    }
  }
  return out;
}
