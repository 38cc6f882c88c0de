/** The trackers as the page asks them: each loaded once, one picture looked at after another, all in a worker. */
import type { Answer, Kind, Order, Seen } from "./tracking";

type Why = Extract<Answer, { is: "failed" }>["why"];

export class Tracker {
  readonly #worker = new Worker(new URL("./tracker.worker.ts", import.meta.url), { type: "module" });
  readonly #folder: string;
  readonly #asked = new Set<Kind>();
  #isEnded = false;

  /**
   * @param folder where the trackers lie, below our own address
   * @param loading told how far it is, 0 to 1
   * @param failed told why a tracker cannot be had
   */
  constructor(folder: string, loading: (part: number) => void, failed: (why: Why) => void) {
    this.#folder = folder;
    this.#worker.addEventListener("error", () => failed("model"));
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      if (this.#isEnded) return;
      if (data.is === "loading") loading(data.part);
      else if (data.is === "failed" && data.kind) failed(data.why);
    });
  }

  /** Whether this tracker was asked for: it looks from now on, or as soon as it is there. */
  has(kind: Kind): boolean {
    return this.#asked.has(kind);
  }

  /** Load a tracker, once. @returns the model behind it, if it tells; null if it was asked for before */
  async bring(kind: Kind): Promise<ArrayBuffer | null> {
    if (this.#asked.has(kind)) return null;
    this.#asked.add(kind);
    const answer = await this.#ask({ is: "load", kinds: [kind], folder: this.#folder, people: 2 }, (heard) => (heard.is === "loaded" || heard.is === "failed") && heard.kind === kind);
    if (answer.is === "failed") throw new Error(answer.why);
    return answer.is === "loaded" ? answer.model : null;
  }

  /** @returns null if this one picture could not be looked at */
  async look(picture: ImageBitmap, kinds: readonly Kind[]): Promise<Seen | null> {
    const answer = await this.#ask({ is: "look", picture, time_ms: performance.now(), kinds }, (heard) => heard.is === "seen" || (heard.is === "failed" && heard.why === "frame"), [picture]);
    return answer.is === "seen" ? answer.seen : null;
  }

  /** Ask, and wait for the answer that is meant: others come in between. */
  #ask(order: Order, isMeant: (answer: Answer) => boolean, given: Transferable[] = []): Promise<Answer> {
    return new Promise((resolve) => {
      const heard = ({ data }: MessageEvent<Answer>): void => {
        if (!isMeant(data)) return;
        this.#worker.removeEventListener("message", heard);
        resolve(data);
      };
      this.#worker.addEventListener("message", heard);
      this.#worker.postMessage(order, given);
    });
  }

  dispose(): void {
    this.#isEnded = true;
    this.#worker.terminate();
  }
}
