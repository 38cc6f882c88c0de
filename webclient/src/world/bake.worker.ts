/** Bakes off the main thread: one plan of light in, progress, a sketch and one pair of lightmaps out. */
import { bake } from "./bake";
import type { BakeInput } from "./bake-input";

addEventListener("message", (event: MessageEvent<BakeInput>) => {
  const baked = bake(event.data, (done) => postMessage({ done }), (sketch) => postMessage({ sketch }, { transfer: [sketch.sky.buffer, sketch.lamps.buffer] }));
  postMessage({ baked }, { transfer: [baked.sky.buffer, baked.lamps.buffer] });
});
