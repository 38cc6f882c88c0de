/** The light of the room, guessed from the camera's picture: how bright, what colour, from which side. */

export interface RoomLight {
  /** Mean of the picture, linear, 0 to 1. */
  readonly colour: Float32Array;
  /** Where it comes from: -1 left of the picture to 1 right, -1 below to 1 above. */
  side: number;
  height: number;
}

const SIDE_PX = 16;
/** Pictures are exposed so that a room comes to about this. */
const MIDDLE = 0.18;
const CALM = 0.15;

const linear = (byte: number): number => {
  const s = byte / 255;
  return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
};

export class LightMeter {
  readonly light: RoomLight = { colour: Float32Array.of(MIDDLE, MIDDLE, MIDDLE), side: 0, height: 0.5 };
  readonly #canvas = new OffscreenCanvas(SIDE_PX, SIDE_PX);
  readonly #context = this.#canvas.getContext("2d", { willReadFrequently: true });

  /** How much brighter than a usual picture, 0.25 to 2. */
  get gain(): number {
    const [r, g, b] = this.light.colour as unknown as [number, number, number];
    return Math.min(2, Math.max(0.25, Math.sqrt((0.2126 * r + 0.7152 * g + 0.0722 * b) / MIDDLE)));
  }

  look(picture: ImageBitmap): void {
    if (!this.#context) return;
    this.#context.drawImage(picture, 0, 0, SIDE_PX, SIDE_PX);
    const { data } = this.#context.getImageData(0, 0, SIDE_PX, SIDE_PX);
    const mean = [0, 0, 0];
    let [total, side, height] = [0, 0, 0];
    for (let i = 0; i < SIDE_PX * SIDE_PX; i++) {
      const rgb = [linear(data[i * 4]!), linear(data[i * 4 + 1]!), linear(data[i * 4 + 2]!)] as const;
      const bright = rgb[0] + rgb[1] + rgb[2];
      for (let k = 0; k < 3; k++) mean[k]! += rgb[k]! / (SIDE_PX * SIDE_PX);
      total += bright;
      side += bright * (((i % SIDE_PX) + 0.5) / (SIDE_PX / 2) - 1);
      height += bright * (1 - (Math.floor(i / SIDE_PX) + 0.5) / (SIDE_PX / 2));
    }
    const { light } = this;
    for (let k = 0; k < 3; k++) light.colour[k]! += CALM * (mean[k]! - light.colour[k]!);
    light.side += CALM * ((2 * side) / Math.max(total, 1e-6) - light.side);
    light.height += CALM * ((2 * height) / Math.max(total, 1e-6) - light.height);
  }
}
