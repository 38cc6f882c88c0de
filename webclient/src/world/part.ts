/** What the world asks of whatever lives in it, and of what takes its picture's place for a while. */
import type { WebGLRenderer } from "three";
import type { Weights } from "./moods";

/** Something that lives in the store: avatars, products, a show. */
export interface Part {
  /** Once a frame, before it is drawn; `frame` in a headset. */
  update?(dt: number, frame?: XRFrame): void;
  /** The light changed to a mood. */
  lit?(weights: Weights): void;
  /** The graphics context came back: what was drawn into targets is gone. */
  restored?(): void;
  dispose(): void;
}

/** Draws the frame in place of the room: a product in the hand (`inspect.ts`). */
export interface View {
  draw(renderer: WebGLRenderer): void;
}
