/**
 * Where a point of the camera's picture is on the screen: the picture covers its view, is cut at two sides, and mirrored.
 *
 * What it is not: the lens (`camera.ts`), which says where a point of the room is in the picture.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export class Cover {
  readonly #view: Size;
  readonly #picture: Size;
  readonly #zoom: number;

  constructor(view: Size, picture: Size) {
    this.#view = view;
    this.#picture = picture;
    this.#zoom = Math.max(view.width / picture.width, view.height / picture.height) || 1;
  }

  /** Screen pixels for one of the picture. */
  get zoom(): number {
    return this.#zoom;
  }

  /** From the picture's pixels to the view's. */
  shown(u: number, v: number): readonly [x: number, y: number] {
    return [this.#view.width / 2 - (u - this.#picture.width / 2) * this.#zoom, this.#view.height / 2 + (v - this.#picture.height / 2) * this.#zoom];
  }

  /** From the view's pixels to the picture's. */
  seen(x: number, y: number): readonly [u: number, v: number] {
    return [this.#picture.width / 2 - (x - this.#view.width / 2) / this.#zoom, this.#picture.height / 2 + (y - this.#view.height / 2) / this.#zoom];
  }
}
