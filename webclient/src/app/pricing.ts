/** What the cards beside products say: names and prices in the page's language and currency, written anew when they change. */
import type { Row } from "../api";
import { comparable, price } from "../ui/format";
import { spoken } from "../ui/words";
import type { PriceCards } from "../world/cards";
import type { Stock } from "../world/stock";
import type { Showroom } from "./showroom";

/** The cards are lettered, not set: the face has to be there before. */
const FACES = ['600 42px "Source Sans 3"', '400 36px "Source Sans 3"'] as const;

export class Pricing {
  readonly #showroom: Showroom;
  readonly #stock: Pick<Stock, "stands">;
  readonly #cards: Pick<PriceCards, "write">;
  readonly #ended = new AbortController();
  #written = "";
  #isReady = false;

  constructor(showroom: Showroom, stock: Pick<Stock, "stands">, cards: Pick<PriceCards, "write">) {
    this.#showroom = showroom;
    this.#stock = stock;
    this.#cards = cards;
    const { signal } = this.#ended;
    for (const name of ["trade", "rows"]) showroom.addEventListener(name, () => this.write(), { signal });
    document.addEventListener("language", () => this.write(), { signal });
  }

  /** Once products are on their slots. */
  async open(): Promise<void> {
    await Promise.all(FACES.map((face) => document.fonts.load(face))).catch(() => undefined);
    this.#isReady = true;
    this.write();
  }

  write(): void {
    const { stands } = this.#stock;
    if (!this.#isReady || this.#ended.signal.aborted || !stands.length) return;
    const { rows } = this.#showroom;
    const prices = rows.map((row) => row.price_minor);
    const words = (row: Row): { name: string; price: string } => {
      const now = this.#showroom.row(row.id) ?? row;
      return { name: now.name, price: price(comparable(prices, now.price_minor), spoken(), navigator.language) };
    };
    // The shop tells of much that no card says.
    const written = stands.map(({ row }) => Object.values(words(row)).join(" ")).join("\n");
    if (written === this.#written) return;
    this.#written = written;
    this.#cards.write(stands, words);
  }

  dispose(): void {
    this.#ended.abort();
  }
}
