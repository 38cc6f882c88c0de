/**
 * Brings the shop to the page: its model once the page is idle, its elements when a panel wants them.
 *
 * The model is the shop's own (`shop/`); here is what the page reads of it (`Trade`) and which element is in which panel.
 */
import type { Showroom } from "./showroom";
import type { Panels } from "../ui/panel";
import type { Shop } from "../shop/shop";
import { choose, exchange } from "../ui/exchange";
import { comparable, currencyFor, type Prices } from "../ui/format";
import { loadAhead } from "./ahead";
import type { Trade } from "./trade";
import { t } from "./words";

const PANELS = {
  cart: { word: "cart", tag: "shop-cart" },
  checkout: { word: "buy_title", tag: "shop-checkout" },
  orders: { word: "orders", tag: "shop-orders" },
  wishes: { word: "wishes", tag: "shop-wishes" },
  code: { word: "cart_code", tag: "shop-code" },
} as const;

/** The model, made when it is first wanted; the same from then on. */
export class Shopping {
  #shop: Promise<Shop> | null = null;
  readonly #showroom: Showroom;
  readonly #panels: Panels;

  constructor(showroom: Showroom, panels: Panels) {
    this.#showroom = showroom;
    this.#panels = panels;
    // The mirror lies over the page and knows no shop: what is bought there is asked for here.
    document.addEventListener("shop", (event) => Object.assign(event, { shop: this.shop() }));
    for (const [name, { word, tag }] of Object.entries(PANELS)) {
      panels.add(name, { title: () => t(word), make: async () => {
        const [shop] = await Promise.all([this.shop(), import("../shop")]);
        const element = document.createElement(tag) as HTMLElement & { shop?: Shop };
        element.shop = shop;
        return { element };
      } });
    }
  }

  shop(): Promise<Shop> {
    this.#shop ??= this.#open();
    return this.#shop;
  }

  /** The one the shopper chose, else the one that all prices of the page are in. */
  #currency(): string {
    const { preferences, rows } = this.#showroom;
    const chosen = preferences.get("currency");
    if (chosen !== "auto") return chosen;
    const shared = comparable(rows.map((row) => row.price_minor), rows[0]?.price_minor ?? null);
    return (shared && currencyFor(shared, navigator.language)) ?? "";
  }

  async #open(): Promise<Shop> {
    const { Shop } = await import("../shop/shop");
    const shop = new Shop();
    const showroom = this.#showroom;
    const currency = this.#currency();
    if (currency) shop.chooseCurrency(currency);
    const trade = new Desk(shop, () => showroom.changed("added"));
    let isTold = false;
    shop.addEventListener("change", () => {
      if (isTold) return;
      isTold = true;
      // Many things change in one go; the page hears of it once.
      queueMicrotask(() => {
        isTold = false;
        // The cart has a choice of its own: the page goes with it.
        if (shop.units && shop.currency !== this.#currency()) choose(shop.currency);
        showroom.changed("trade");
      });
    });
    exchange((chosen) => shop.chooseCurrency(chosen));
    showroom.trade = trade;
    showroom.changed("trade");
    void shop.refresh().then(() => loadAhead());
    this.#receive(shop);
    return shop;
  }

  /** Who comes by a friend's wish-list sees it first; at the door, as soon as they are in. */
  #receive({ wishes }: Shop): void {
    wishes.take(location.href);
    if (!wishes.shared.length) return;
    const url = new URL(location.href);
    url.searchParams.delete("wishes");
    history.replaceState(history.state, "", url);
    const show = (): void => {
      end();
      void this.#panels.show("wishes");
    };
    const end = this.#showroom.on(["meeting", "view"], show);
    if (this.#showroom.visitor.isKnown || this.#showroom.meeting) show();
  }
}

/** The shop's model under the names that the page has for it; everything is asked for at the moment it is read. */
class Desk extends EventTarget implements Trade {
  readonly shop: Shop;
  readonly #added: () => void;

  constructor(shop: Shop, added: () => void) {
    super();
    this.shop = shop;
    this.#added = added;
  }

  get units(): number {
    return this.shop.units;
  }

  price(sku: string): Prices | null {
    return this.shop.offer(sku)?.prices ?? null;
  }

  available(sku: string): number | null {
    return this.shop.stock(sku);
  }

  ask(product: string): void {
    this.shop.offersOf(product).catch(() => undefined); // what the catalogue said stays
  }

  async add(sku: string, quantity: number): Promise<void> {
    await this.shop.add(sku, quantity);
    this.#added();
  }

  isWished(product: string): boolean {
    return this.shop.wishes.has(product);
  }

  wish(product: string, on: boolean): void {
    if (this.shop.wishes.has(product) !== on) this.shop.wishes.toggle(product);
  }
}
