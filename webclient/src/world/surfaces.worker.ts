/** Paints surfaces off the main thread: one message in, one out, buffers handed over. */
import type { SurfaceKind } from "./plan";
import { paint } from "./surfaces";

export interface Wanted {
  readonly key: string;
  readonly kind: SurfaceKind | "veneer";
  readonly colour: string;
  readonly detail: number;
}

addEventListener("message", (event: MessageEvent<Wanted>) => {
  const { key, kind, colour, detail } = event.data;
  const pixels = paint(kind, colour, detail);
  postMessage({ key, pixels }, { transfer: [pixels.colour.buffer, pixels.normal.buffer] });
});
