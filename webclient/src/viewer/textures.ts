/** KTX2 textures, transcoded in workers that are started from an address, not from a blob (see vite.config.ts). */
import { KTX2Loader } from "three/examples/jsm/loaders/KTX2Loader.js";

const WORKER = "/basis/worker.js";
const TRANSCODER = "/basis/transcoder.wasm";

/** What three's loader keeps and its types leave out. */
interface Inside {
  transcoderPending: Promise<void> | null;
  transcoderBinary: ArrayBuffer | null;
  workerConfig: object | null;
  workerPool: { setWorkerCreator(make: () => Worker): void };
}

export class TextureLoader extends KTX2Loader {
  /** Replaces three's own: the same protocol with the worker, another way to start it. */
  override init(): Promise<void> {
    const inside = this as unknown as Inside;
    inside.transcoderPending ??= fetch(TRANSCODER).then(async (answer) => {
      if (!answer.ok) throw new Error(`${TRANSCODER}: ${answer.status}`);
      const binary = await answer.arrayBuffer();
      inside.transcoderBinary = binary;
      const started = (): Worker => {
        const worker = new Worker(WORKER);
        const transcoderBinary = binary.slice(0);
        worker.postMessage({ type: "init", config: inside.workerConfig, transcoderBinary }, [transcoderBinary]);
        return worker;
      };
      // The first one starts before there is a texture, once it is known what this machine takes.
      let first = inside.workerConfig ? started() : null;
      inside.workerPool.setWorkerCreator(() => {
        const worker = first ?? started();
        first = null;
        return worker;
      });
    });
    return inside.transcoderPending;
  }
}
