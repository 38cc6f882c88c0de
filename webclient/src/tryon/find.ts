/**
 * Where in a frame to look for a face: the whole of it, or a part of it enlarged.
 *
 * The face detector sees a frame 128 pixels wide, and misses whoever stands further off than 0.7 m; the landmark model
 * that follows a face does not mind, once it knows where. So while nobody is found, one frame after the other is looked
 * at in another enlargement; once somebody is, the view opens again by small steps, in which the face hardly
 * moves in it, so that the tracker never loses sight. What it is not: a tracker.
 */

/** A part of a frame, `1 / zoom` as wide and high: its upper left corner, as shares. */
export interface View {
  x: number;
  y: number;
  zoom: number;
}

/** Centres and enlargements, one a frame: mostly in the middle and upper half, where heads are. */
const SEARCH: readonly (readonly [x: number, y: number, zoom: number])[] = [
  [0.5, 0.5, 1], [0.5, 0.4, 2], [0.25, 0.4, 2], [0.75, 0.4, 2], [0.5, 0.5, 1], [0.5, 0.36, 3.2], [0.3, 0.36, 3.2], [0.7, 0.36, 3.2], [0.5, 0.68, 2],
];
/** How much the view opens from one frame to the next at most, and how far the face may move in it, against its width. */
const STEP = 1.22;
const DRIFT = 0.2;

export class Finder {
  readonly view: View = { x: 0, y: 0, zoom: 1 };
  #turn = 0;

  /** What was found in the view; landmarks `(n, 3)` as shares of it become, in place, shares of the frame. */
  found(faces: readonly Float32Array[]): void {
    const { view } = this;
    const [first] = faces;
    if (!first) return this.#goOn();
    if (view.zoom === 1) {
      this.#turn = 0;
      return;
    }
    let [x, y, left, right] = [0, 0, 1, 0];
    for (let i = 0; i < first.length; i += 3) {
      x += (first[i]! * 3) / first.length;
      y += (first[i + 1]! * 3) / first.length;
      left = Math.min(left, first[i]!);
      right = Math.max(right, first[i]!);
    }
    for (const face of faces) {
      for (let i = 0; i < face.length; i += 3) {
        face[i] = view.x + face[i]! / view.zoom;
        face[i + 1] = view.y + face[i + 1]! / view.zoom;
        face[i + 2]! /= view.zoom;
      }
    }
    this.#turn = 0;
    // Fully open, a face is seen where it is in the frame: it goes there on a straight line as the view opens.
    const [atX, atY] = [view.x + x / view.zoom, view.y + y / view.zoom];
    const way = Math.hypot(x - atX, y - atY) / (view.zoom - 1);
    const zoom = Math.max(1, view.zoom - Math.min(view.zoom * (1 - 1 / STEP), (DRIFT * (right - left)) / Math.max(way, 1e-6)));
    const share = (zoom - 1) / (view.zoom - 1);
    this.#set(atX - (atX + (x - atX) * share) / zoom, atY - (atY + (y - atY) * share) / zoom, zoom);
  }

  #goOn(): void {
    this.#turn = (this.#turn + 1) % SEARCH.length;
    const [x, y, zoom] = SEARCH[this.#turn]!;
    this.#set(x - 0.5 / zoom, y - 0.5 / zoom, zoom);
  }

  #set(x: number, y: number, zoom: number): void {
    const room = 1 - 1 / zoom;
    this.view.x = Math.min(room, Math.max(0, x));
    this.view.y = Math.min(room, Math.max(0, y));
    this.view.zoom = zoom;
  }
}
