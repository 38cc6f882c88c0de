/**
 * Which labels may be seen without lying over one another: they ask for their places one after the other, the nearest
 * first, and who finds theirs taken is not shown. Boxes are of the picture's plane: middle, width, height.
 *
 * What it is not: how labels fade in and out (`labels.ts`). Allocates nothing after the start.
 */

/** Who has a place keeps it until they are covered by this much; who has none gets one at a little distance. */
const KEEPS = 0.86;
const COMES = 1.1;

export class FreeSpace {
  readonly #boxes: Float32Array;
  #count = 0;

  constructor(most: number) {
    this.#boxes = new Float32Array(most * 4);
  }

  clear(): void {
    this.#count = 0;
  }

  /** It is shown in any case. */
  hold(x: number, y: number, width: number, height: number): void {
    const o = this.#count++ * 4;
    this.#boxes[o] = x;
    this.#boxes[o + 1] = y;
    this.#boxes[o + 2] = width;
    this.#boxes[o + 3] = height;
  }

  /** @param isShown it was there in the picture before */
  take(x: number, y: number, width: number, height: number, isShown: boolean): boolean {
    const boxes = this.#boxes;
    const near = (isShown ? KEEPS : COMES) / 2;
    for (let i = 0; i < this.#count; i++) {
      const o = i * 4;
      if (Math.abs(boxes[o]! - x) < (boxes[o + 2]! + width) * near && Math.abs(boxes[o + 1]! - y) < (boxes[o + 3]! + height) * near) return false;
    }
    this.hold(x, y, width, height);
    return true;
  }
}
