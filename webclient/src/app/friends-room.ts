/** A room that somebody furnishes, opened over the page for who looks along, and kept in step. Its part loads when needed. */
import type { VisitHandle } from "../place";
import type { Visiting } from "../together";
import type { Showroom } from "./showroom";

export class FriendsRoom extends EventTarget implements Visiting {
  readonly #showroom: Showroom;
  readonly #nameOf: (who: number) => string;
  #opened: Promise<VisitHandle> | null = null;
  #plan = "";

  constructor(showroom: Showroom, nameOf: (who: number) => string) {
    super();
    this.#showroom = showroom;
    this.#nameOf = nameOf;
  }

  show(plan: string, who: number): void {
    this.#plan = plan;
    this.#opened ??= this.#open(who);
    void this.#opened.then(async ({ element }) => {
      const { read } = await import("../place");
      element.layout = read(this.#plan);
    }).catch((error: unknown) => {
      console.warn(error);
      this.#opened = null;
      this.dispatchEvent(new Event("closed"));
    });
  }

  close(): void {
    const opened = this.#opened;
    this.#opened = null;
    void opened?.then(({ close }) => close()).catch(() => undefined);
  }

  async #open(who: number): Promise<VisitHandle> {
    const { read, visitPlace } = await import("../place");
    return visitPlace({
      layout: read(this.#plan), whose: this.#nameOf(who), unit: this.#showroom.preferences.get("unit"), trade: () => this.#showroom.trade,
      closed: () => {
        if (!this.#opened) return; // not the shopper's doing
        this.#opened = null;
        this.dispatchEvent(new Event("closed"));
      },
    });
  }
}
