/**
 * The camera that every tracker and every picture of a try-on assumes: a pinhole at the origin, looking along -Z, Y up, metres.
 *
 * Nothing is mirrored here; the finished picture is, at the very end. What it is not: three's camera (which is set from
 * this one) or the browser's (`source.ts`).
 */

export interface Lens {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Focal length, pixels; pixels are square. */
  readonly focal: number;
}

/** MediaPipe's own assumption and a fair one for laptops and phones held upright. */
export const VERTICAL_DEG = 63;

/** @param vertical_deg the whole angle, top to bottom, of a picture that is wider than high; phones turn the same sensor */
export function lensOf(width: number, height: number, vertical_deg = VERTICAL_DEG): Lens {
  return { width, height, focal: height / 2 / Math.tan((vertical_deg * Math.PI) / 360) };
}

/** Where a point of the camera's space (in front of it: z < 0) is seen, in pixels from the upper left. */
export function project(lens: Lens, x: number, y: number, z: number, into: Float64Array, at = 0): void {
  into[at] = lens.width / 2 + (lens.focal * x) / -z;
  into[at + 1] = lens.height / 2 - (lens.focal * y) / -z;
}

/** The direction in which a pixel lies, with z = -1. */
export function ray(lens: Lens, u: number, v: number, into: Float64Array, at = 0): void {
  into[at] = (u - lens.width / 2) / lens.focal;
  into[at + 1] = (lens.height / 2 - v) / lens.focal;
  into[at + 2] = -1;
}
