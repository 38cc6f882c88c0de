/** The poster's seamless sweep (showroom_pipeline/steps/poster.py), drawn small and scaled up: no file, no banding. */

type Rgb = readonly [number, number, number];
const WALL: Rgb = [0.845, 0.825, 0.79];
const GLOW: Rgb = [0.955, 0.945, 0.92];
const FLOOR: Rgb = [0.9, 0.885, 0.855];
const SIZE = 256;

/** Pixels of the backdrop, RGBA. */
export function backdrop(size = SIZE): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(size * size * 4);
  for (let row = 0; row < size; row++) {
    const y = (row + 0.5) / size;
    const floor = 1 / (1 + Math.exp(-(y - 0.66) / 0.07));
    for (let column = 0; column < size; column++) {
      const x = (column + 0.5) / size;
      const glow = Math.exp(-(((x - 0.46) / 0.5) ** 2) - ((y - 0.4) / 0.46) ** 2);
      const at = (row * size + column) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const wall = (WALL[channel] ?? 0) * (1 - floor) + (FLOOR[channel] ?? 0) * floor;
        out[at + channel] = (wall + ((GLOW[channel] ?? 0) - wall) * glow) * 255;
      }
      out[at + 3] = 255;
    }
  }
  return out;
}

export function backdropCanvas(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  canvas.className = "backdrop";
  canvas.setAttribute("aria-hidden", "true");
  canvas.getContext("2d")?.putImageData(new ImageData(backdrop(), SIZE, SIZE), 0, 0);
  return canvas;
}
