/**
 * One row a person, in a texture that all of the crowd's shaders read: who is drawn where, in which frame, in which
 * colours. A frame uploads it once, whatever the number of draws.
 *
 * Columns: 0 x y z yaw · 1 motion: two rows of the clips' texture and how much of the second, or minus (one plus a row of
 * the poses' texture); presence · 2 tints of skin, hair, top, bottom as 0xRRGGBB · 3 key light's way, scale ·
 * 4 key light's colour, brightness of the place · 5 blink, open mouth, half width and half depth of the shadow
 */
import { DataTexture, FloatType, NearestFilter, RGBAFormat } from "three";

export const COLUMNS = 6;

export class PeopleTable {
  readonly texture: DataTexture;
  readonly data: Float32Array<ArrayBuffer>;
  readonly #free: number[] = [];

  constructor(readonly capacity: number) {
    this.data = new Float32Array(COLUMNS * 4 * capacity);
    this.texture = new DataTexture(this.data, COLUMNS, capacity, RGBAFormat, FloatType);
    this.texture.minFilter = this.texture.magFilter = NearestFilter;
    this.texture.needsUpdate = true;
    for (let i = capacity - 1; i >= 0; i--) this.#free.push(i);
  }

  /** A row that nobody has, or -1. */
  take(): number {
    return this.#free.pop() ?? -1;
  }

  giveBack(row: number): void {
    this.data.fill(0, row * COLUMNS * 4, (row + 1) * COLUMNS * 4);
    this.#free.push(row);
  }

  set(row: number, column: number, x: number, y: number, z: number, w: number): void {
    const o = (row * COLUMNS + column) * 4;
    this.data[o] = x;
    this.data[o + 1] = y;
    this.data[o + 2] = z;
    this.data[o + 3] = w;
  }

  upload(): void {
    this.texture.needsUpdate = true;
  }

  dispose(): void {
    this.texture.dispose();
  }
}
