/**
 * The photographer's studio that posters are taken in, for the viewer: so that the picture becomes the model without a
 * jump in light.
 *
 * The lamps are those of the pipeline's poster light (showroom_pipeline/light.py), in the same closed form.
 */
import { Vector3, type Texture } from "three";
import { reflections, spheres } from "./reflections";

type Rgb = readonly [number, number, number];
const WARM: Rgb = [1.0, 0.93, 0.84];
const COOL: Rgb = [0.93, 0.97, 1.0];

interface SoftBox {
  readonly toward: Rgb;
  readonly halfWidthDeg: number;
  readonly halfHeightDeg: number;
  readonly radiance: number;
  readonly tint: Rgb;
}

const BOXES: readonly SoftBox[] = [
  { toward: [-0.75, 0.95, 0.55], halfWidthDeg: 30, halfHeightDeg: 26, radiance: 6.6, tint: [1.0, 0.98, 0.95] },
  { toward: [-0.95, 0.1, 0.6], halfWidthDeg: 14, halfHeightDeg: 40, radiance: 1.6, tint: WARM },
  { toward: [1.0, 0.3, 0.45], halfWidthDeg: 16, halfHeightDeg: 46, radiance: 1.9, tint: COOL },
  { toward: [0.75, 0.55, -0.95], halfWidthDeg: 12, halfHeightDeg: 40, radiance: 6.5, tint: COOL },
  { toward: [-0.95, 0.45, -0.85], halfWidthDeg: 10, halfHeightDeg: 40, radiance: 4.0, tint: WARM },
];
const EDGE = 0.35;
const SKY: Rgb = [0.34, 0.34, 0.34];
const FLOOR: Rgb = [0.52, 0.48, 0.43];

const clamp = (x: number): number => Math.min(1, Math.max(0, x));
const smooth = (x: number): number => x * x * (3 - 2 * x);

const UP = new Vector3(0, 1, 0);
const LAMPS = BOXES.map((box) => {
  const axis = new Vector3(...box.toward).normalize();
  const right = new Vector3().crossVectors(UP, axis).normalize();
  return {
    axis, right, over: new Vector3().crossVectors(axis, right), box,
    width: Math.tan((box.halfWidthDeg * Math.PI) / 180), height: Math.tan((box.halfHeightDeg * Math.PI) / 180),
  };
});

/** The studio's light from a direction; see `Light`. */
export function radiance(way: Vector3, into: Float32Array, at = 0): void {
  const horizon = smooth(clamp(way.y / 0.7 + 0.5));
  for (let channel = 0; channel < 3; channel++) into[at + channel] = (1 - horizon) * FLOOR[channel]! + horizon * SKY[channel]!;
  for (const lamp of LAMPS) {
    const depth = way.dot(lamp.axis);
    if (depth <= 0.02) continue;
    const across = way.dot(lamp.right) / depth / lamp.width;
    const along = way.dot(lamp.over) / depth / lamp.height;
    const outside = Math.sqrt(Math.sqrt(across ** 4 + along ** 4)); // a squircle: soft boxes are round
    const mask = smooth(clamp((1 + EDGE - outside) / (2 * EDGE))) * lamp.box.radiance;
    if (mask <= 0) continue;
    for (let channel = 0; channel < 3; channel++) into[at + channel]! += mask * lamp.box.tint[channel]!;
  }
}

let levels: ReturnType<typeof spheres> | undefined;

/** The studio's light for `scene.environment`; the caller disposes of it. */
export function environment(): Texture {
  levels ??= spheres(radiance);
  return reflections(levels);
}
