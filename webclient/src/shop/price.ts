/** <shop-price> and <shop-stock>: what a product or one SKU costs, and whether it can be had. Live. */
import { base, css, html, nothing, Panel, type TemplateResult } from "./panel";
import { idOf } from "./pictures";
import { money } from "./money";
import type { Shop } from "./shop";
import type { Offer } from "./answers";
import { t } from "./words";

abstract class OfOffers extends Panel {
  static override properties = { shop: { attribute: false }, product: {}, sku: {} };
  declare shop: Shop | undefined;
  declare product: string;
  declare sku: string;
  private asked = "";

  constructor() {
    super();
    this.product = this.sku = "";
  }

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.shop];
  }

  /** The offers meant: of the product, or the one SKU. */
  protected offers(): readonly Offer[] {
    const shop = this.shop;
    if (!shop) return [];
    if (this.product && this.product !== this.asked) {
      this.asked = this.product;
      shop.offersOf(this.product).catch(() => (this.asked = ""));
    }
    const known = this.product ? shop.known(this.product) : [];
    if (!this.sku) return known;
    const one = known.find(({ sku }) => sku === this.sku) ?? shop.offer(this.sku);
    return one && (!this.product || idOf(one.tenant, one.product) === this.product) ? [one] : [];
  }
}

export class ShopPrice extends OfOffers {
  static override styles = [base, css`
    :host { display: inline; container-type: normal; }
    span { font-variant-numeric: tabular-nums; white-space: nowrap; }
  `];

  override render(): TemplateResult | typeof nothing {
    const shop = this.shop;
    const offers = this.offers().filter((one) => one.is_on_sale && Object.keys(one.prices).length);
    if (!shop || !offers.length) return nothing;
    const currency = shop.currencyOf(offers[0]?.prices ?? {});
    const sums = offers.map((one) => one.prices[currency]).filter((minor) => minor !== undefined);
    const [least, most] = [Math.min(...sums), Math.max(...sums)];
    return html`<span>${money(least, currency)}${least === most ? nothing : html`–${money(most, currency)}`}</span>`;
  }
}

export class ShopStock extends OfOffers {
  static override styles = [base, css`
    :host { display: inline; container-type: normal; font-size: 15px; color: var(--quiet, #5d5f57); }
    span { display: inline-flex; align-items: center; gap: 7px; }
    span::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--good, #3f7d5c); }
    .few { color: var(--ink, #22241f); }
    .few::before { background: var(--few, #b5722e); }
    .none::before { background: none; box-shadow: inset 0 0 0 1.5px currentColor; }
  `];

  override render(): TemplateResult | typeof nothing {
    const offers = this.offers();
    if (!offers.length) return nothing;
    const left = offers.reduce((sum, one) => sum + (one.is_on_sale ? one.available : 0), 0);
    if (!offers.some((one) => one.is_on_sale)) return html`<span class="none">${t("off")}</span>`;
    return html`<span class=${left === 0 ? "none" : left <= 5 ? "few" : "many"}>${stockWord(left)}</span>`;
  }
}

export const stockWord = (left: number): string => (left === 0 ? t("sold_out") : left === 1 ? t("left_one") : left <= 5 ? t("left", { n: left }) : t("in_stock"));

customElements.define("shop-price", ShopPrice);
customElements.define("shop-stock", ShopStock);
