/**
 * A product cut out of its poster: the seamless backdrop becomes clear, its contact shadow becomes shade.
 *
 * The backdrop is a smooth sheet through the picture's rim; what is joined to the rim and has the sheet's colour, as
 * bright or darker, is backdrop. What it is not: a matte of hair or glass. Source: flood fill; least squares for the sheet.
 */

/** Terms of the sheet: 1, x, y, x², xy, y². */
const TERMS = 6;
const RIM = 0.035;
/** How far a colour may be off the sheet's at equal brightness, 0…1; more in a shadow, which what it falls from tints. */
const HUE = 0.022;
/** How much darker than the sheet a shadow may be, and how much brighter a sheen. */
const DARKEST = 0.34;
const BRIGHTEST = 1.1;
/** What is enclosed, as a handle's eye, is backdrop if it is this near to the sheet. */
const SAME = { hue: 0.016, dim: 0.09, least: 0.0006 } as const;
/** A step between neighbours larger than this is an edge. */
const STEP = 0.028;
const SHADE = [22, 16, 12] as const;

/** @param pixels RGBA, sRGB; changed in place */
export function cutOut(pixels: Uint8ClampedArray, width: number, height: number): void {
  const sheet = [0, 1, 2].map((channel) => fit(pixels, width, height, channel));
  const n = width * height;
  const isBack = new Uint8Array(n);
  const light = new Float32Array(n);
  const back = new Float32Array(n);
  const off = new Float32Array(n);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const [u, v] = [(x / (width - 1)) * 2 - 1, (y / (height - 1)) * 2 - 1];
      const [r, g, b] = [0, 1, 2].map((k) => pixels[i * 4 + k]! / 255) as [number, number, number];
      const [sr, sg, sb] = sheet.map((terms) => at(terms, u, v)) as [number, number, number];
      light[i] = 0.3 * r + 0.59 * g + 0.11 * b;
      back[i] = Math.max(0.05, 0.3 * sr + 0.59 * sg + 0.11 * sb);
      const dim = light[i]! / back[i]!;
      off[i] = Math.max(Math.abs(r - sr * dim), Math.abs(g - sg * dim), Math.abs(b - sb * dim));
    }
  }
  const like = (i: number): boolean => off[i]! < HUE * (light[i]! < back[i]! * 0.9 ? 1.7 : 1) && light[i]! > back[i]! * DARKEST && light[i]! < back[i]! * BRIGHTEST;
  const wave: number[] = [];
  let joined: number[] = [];
  let fits = like;
  const take = (i: number): void => {
    if (isBack[i] || !fits(i)) return;
    isBack[i] = 1;
    wave.push(i);
    joined.push(i);
  };
  const flood = (): void => {
    for (let i = wave.pop(); i !== undefined; i = wave.pop()) {
      const x = i % width;
      const step = (j: number): void => {
        if (Math.abs(light[j]! - light[i]!) < STEP) take(j);
      };
      if (x > 0) step(i - 1);
      if (x < width - 1) step(i + 1);
      if (i >= width) step(i - width);
      if (i < n - width) step(i + width);
    }
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) take(y * width + x);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) take(y * width + x);
  flood();
  fits = (i): boolean => off[i]! < SAME.hue && Math.abs(light[i]! / back[i]! - 1) < SAME.dim;
  for (let i = 0; i < n; i++) {
    joined = [];
    take(i);
    flood();
    // A few like pixels are a glint on the product.
    if (joined.length < n * SAME.least) for (const j of joined) isBack[j] = 0;
  }
  // One pixel in from the edge, then softened: no rim of backdrop is left.
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      let sum = 0;
      let weight = 0;
      for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++) {
        for (let k = Math.max(0, x - 1); k <= Math.min(width - 1, x + 1); k++) {
          sum += isBack[j * width + k] ? 0 : 1;
          weight++;
        }
      }
      const alpha = isBack[i] ? 0 : Math.min(1, Math.max(0, (sum / weight - 0.45) / 0.5));
      const edge = Math.min(x, y, width - 1 - x, height - 1 - y) / (0.05 * width);
      const shade = isBack[i] ? Math.max(0, 1 - light[i]! / back[i]! - 0.03) * 0.9 * Math.min(1, Math.max(0, edge)) : 0;
      if (isBack[i] || alpha === 0) for (let k = 0; k < 3; k++) pixels[i * 4 + k] = SHADE[k]!;
      pixels[i * 4 + 3] = Math.round(255 * Math.max(alpha, shade));
    }
  }
}

const at = (t: readonly number[], u: number, v: number): number => t[0]! + t[1]! * u + t[2]! * v + t[3]! * u * u + t[4]! * u * v + t[5]! * v * v;

/** Least squares over the rim, by normal equations. */
function fit(pixels: Uint8ClampedArray, width: number, height: number, channel: number): number[] {
  const m = Array.from({ length: TERMS }, () => new Float64Array(TERMS + 1));
  const deep = Math.max(1, Math.round(Math.min(width, height) * RIM));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (x >= deep && y >= deep && x < width - deep && y < height - deep) continue;
      const [u, v] = [(x / (width - 1)) * 2 - 1, (y / (height - 1)) * 2 - 1];
      const row = [1, u, v, u * u, u * v, v * v];
      const value = pixels[(y * width + x) * 4 + channel]! / 255;
      for (let i = 0; i < TERMS; i++) {
        for (let j = 0; j < TERMS; j++) m[i]![j]! += row[i]! * row[j]!;
        m[i]![TERMS]! += row[i]! * value;
      }
    }
  }
  for (let i = 0; i < TERMS; i++) {
    let best = i;
    for (let j = i + 1; j < TERMS; j++) if (Math.abs(m[j]![i]!) > Math.abs(m[best]![i]!)) best = j;
    [m[i], m[best]] = [m[best]!, m[i]!];
    const pivot = m[i]![i]! || 1e-9;
    for (let j = 0; j < TERMS; j++) {
      if (j === i) continue;
      const factor = m[j]![i]! / pivot;
      for (let k = i; k <= TERMS; k++) m[j]![k]! -= factor * m[i]![k]!;
    }
  }
  return m.map((row, i) => row[TERMS]! / (row[i]! || 1e-9));
}
