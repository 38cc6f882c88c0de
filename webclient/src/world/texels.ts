/** The texels of a lightmap: what each shows of the room, and how many numbers its light is. What it is not: that light. */
import type { BakeInput } from "./bake-input";

/** Numbers a texel: sky RGB, sun, lamps RGB. */
export const LAYERS = 7;

/** What each texel of a lightmap shows. */
export interface Points {
  /** The triangle a texel lies on, or -1. */
  readonly owner: Int32Array;
  readonly position: Float32Array;
  readonly normal: Float32Array;
}

/** What each texel's middle shows; texels that a triangle only grazes take its nearest point. */
export function rasterise(input: BakeInput): Points {
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
