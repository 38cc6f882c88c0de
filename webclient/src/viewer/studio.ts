/**
 * The photographer's studio that posters are taken in, for the viewer: so that the picture becomes the model without a
 * jump in light.
 *
 * The lamps are those of the pipeline's poster light (showroom_pipeline/light.py), in the same closed form, sampled into
 * an equirectangular map and prefiltered by three. No environment file is downloaded.
 */
import {
  DataTexture, EquirectangularReflectionMapping, FloatType, LinearFilter, LinearSRGBColorSpace, PMREMGenerator,
  RGBAFormat, Vector3, type Texture, type WebGLRenderer,
} from "three";

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
const WIDTH = 256;
const HEIGHT = 128;

const clamp = (x: number): number => Math.min(1, Math.max(0, x));
const smooth = (x: number): number => x * x * (3 - 2 * x);

/** The radiance along every direction of an equirectangular map, RGBA, three's orientation. */
export function radiance(width = WIDTH, height = HEIGHT): Float32Array {
  const out = new Float32Array(width * height * 4);
  const up = new Vector3(0, 1, 0);
  const lamps = BOXES.map((box) => {
    const axis = new Vector3(...box.toward).normalize();
    const right = new Vector3().crossVectors(up, axis).normalize();
    return {
      axis, right, over: new Vector3().crossVectors(axis, right), box,
      width: Math.tan((box.halfWidthDeg * Math.PI) / 180), height: Math.tan((box.halfHeightDeg * Math.PI) / 180),
    };
  });
  const way = new Vector3();
  for (let row = 0; row < height; row++) {
    const elevation = ((row + 0.5) / height - 0.5) * Math.PI; // the first row is the floor, as three samples it
    for (let column = 0; column < width; column++) {
      const around = ((column + 0.5) / width - 0.5) * 2 * Math.PI;
      way.set(Math.cos(elevation) * Math.cos(around), Math.sin(elevation), Math.cos(elevation) * Math.sin(around));
      const horizon = smooth(clamp(way.y / 0.7 + 0.5));
      const at = (row * width + column) * 4;
      for (let channel = 0; channel < 3; channel++) {
        out[at + channel] = (1 - horizon) * (FLOOR[channel] ?? 0) + horizon * (SKY[channel] ?? 0);
      }
      out[at + 3] = 1;
      for (const lamp of lamps) {
        const depth = way.dot(lamp.axis);
        if (depth <= 0.02) continue;
        const across = way.dot(lamp.right) / depth / lamp.width;
        const along = way.dot(lamp.over) / depth / lamp.height;
        const outside = Math.sqrt(Math.hypot(across * across, along * along)); // a squircle: soft boxes are round
        const mask = smooth(clamp((1 + EDGE - outside) / (2 * EDGE))) * lamp.box.radiance;
        if (mask <= 0) continue;
        for (let channel = 0; channel < 3; channel++) {
          out[at + channel] = (out[at + channel] ?? 0) + mask * (lamp.box.tint[channel] ?? 0);
        }
      }
    }
  }
  return out;
}

/** The studio's light, prefiltered; the caller disposes of it. */
export function environment(renderer: WebGLRenderer): Texture {
  const map = new DataTexture(radiance(), WIDTH, HEIGHT, RGBAFormat, FloatType);
  map.mapping = EquirectangularReflectionMapping;
  map.colorSpace = LinearSRGBColorSpace;
  map.minFilter = LinearFilter;
  map.magFilter = LinearFilter;
  map.needsUpdate = true;
  const filter = new PMREMGenerator(renderer);
  const made = filter.fromEquirectangular(map).texture;
  filter.dispose();
  map.dispose();
  return made;
}
