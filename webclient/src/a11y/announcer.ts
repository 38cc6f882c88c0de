/**
 * Says things to whoever listens instead of looking, through a polite live region.
 *
 * A crowd must not drown the shopper: polite words wait for a pause and are said together; of one kind (arrivals, chat,
 * stock) only so many a while are said in full, the rest as a number. After google/model-viewer's `status-announcer.ts`.
 */

export type Topic = "page" | "arrivals" | "chat" | "stock" | "cart" | "gaze";

/** Words of one topic that may be said in full within `WHILE_MS`. */
const MOST: Readonly<Record<Topic, number>> = { page: 12, arrivals: 3, chat: 5, stock: 3, cart: 8, gaze: 4 };
const WHILE_MS = 10_000;
const PAUSE_MS = 350;
/** A live region says the same text again only if it was empty in between. */
const CLEAR_MS = 6000;

export interface AnnouncerOptions {
  readonly polite: HTMLElement;
  readonly now?: () => number;
  /** How "and 3 more" is said. */
  readonly more: (topic: Topic, n: number) => string;
}

export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #now: () => number;
  readonly #said = new Map<Topic, number[]>();
  readonly #left = new Map<Topic, number>();
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #clear: ReturnType<typeof setTimeout> | undefined;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  say(text: string, topic: Topic = "page"): void {
    if (!text) return;
    const now = this.#now();
    const times = (this.#said.get(topic) ?? []).filter((time) => now - time < WHILE_MS);
    this.#said.set(topic, times);
    if (times.length >= MOST[topic]) this.#left.set(topic, (this.#left.get(topic) ?? 0) + 1);
    else {
      times.push(now);
      if (this.#waiting.at(-1) !== text) this.#waiting.push(text);
    }
    this.#timer ??= setTimeout(() => this.#flush(), PAUSE_MS);
  }

  #flush(): void {
    this.#timer = undefined;
    const more = [...this.#left].map(([topic, n]) => this.#options.more(topic, n));
    this.#left.clear();
    this.#options.polite.textContent = [...this.#waiting, ...more].join(". ");
    this.#waiting = [];
    clearTimeout(this.#clear);
    this.#clear = setTimeout(() => (this.#options.polite.textContent = ""), CLEAR_MS);
  }
}
