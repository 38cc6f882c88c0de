/** Repeatable noise on a torus: textures made from it tile without a seam. */

/** A number in [0, 1) from two whole numbers and a seed (a Wang-like integer mix). */
export function hash(x: number, y: number, seed = 0): number {
  let h = Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1) ^ Math.imul(seed | 0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

const fade = (t: number): number => t * t * t * (t * (t * 6 - 15) + 10);
const wrap = (i: number, period: number): number => ((i % period) + period) % period;

/** Value noise in [-1, 1]; `x` runs round after `periodX` lattice steps, `y` after `periodY`. */
export function noise(x: number, y: number, periodX: number, periodY: number, seed = 0): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const fx = fade(x - ix);
  const fy = fade(y - iy);
  const x0 = wrap(ix, periodX);
  const x1 = wrap(ix + 1, periodX);
  const y0 = wrap(iy, periodY);
  const y1 = wrap(iy + 1, periodY);
  const top = hash(x0, y0, seed) * (1 - fx) + hash(x1, y0, seed) * fx;
  const low = hash(x0, y1, seed) * (1 - fx) + hash(x1, y1, seed) * fx;
  return (top * (1 - fy) + low * fy) * 2 - 1;
}

/** Octaves of noise, each twice as fine and half as strong; `u`, `v` in [0, 1) over the tile. */
export function fbm(u: number, v: number, stepsX: number, stepsY: number, octaves: number, seed = 0): number {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const px = stepsX << octave;
    const py = stepsY << octave;
    sum += weight * noise(u * px, v * py, px, py, seed + octave * 17);
    total += weight;
    weight *= 0.5;
  }
  return sum / total;
}
