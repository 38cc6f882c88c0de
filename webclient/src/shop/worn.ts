/**
 * <shop-worn>: buys what is worn before the mirror, in its colour and in the very size that is shown.
 *
 * What comes in sizes shows them here, and a choice is told by "size-chosen". The shop is asked for by an event, so the
 * mirror knows nothing of it; where nobody answers there is nothing to buy and nothing is shown but the sizes.
 */
import type { Row, Variant } from "../api";
import type { Offer } from "./answers";
import { ShopError } from "./desk";
import { money } from "./money";
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "./panel";
import { stockWord } from "./price";
import { placeOf, type Shop } from "./shop";
import { t as ofSizes } from "./size-words";
import { canBeChosen, sizesNow, sizesOf, skuOf, type Asked } from "./sizes";
import { complaint, t } from "./words";
import "./size-picker";

/** Asks whoever is above for the shop; answered at once or not at all. */
export class AskShop extends Event {
  shop: Promise<Shop> | null = null;

  constructor() {
    super("shop", { bubbles: true, composed: true });
  }
}

export class ShopWorn extends Panel {
  static override properties = { row: { attribute: false }, variant: { attribute: false }, size: {}, advised: {}, shop: { state: true }, problem: { state: true } };
  declare row: Row | undefined;
  declare variant: Variant | undefined;
  /** The one that is shown; null: as it was made. */
  declare size: string | null;
  declare advised: string | null;
  declare private shop: Shop | null;
  declare private problem: ShopError | null;
  #asked = "";

  constructor() {
    super();
    this.size = this.advised = null;
    this.shop = this.problem = null;
  }

  static override styles = [base, css`
    :host { display: grid; gap: 10px; justify-items: center; container-type: normal; width: min(21rem, 100%); }
    shop-sizes { width: 100%; padding: 8px 16px 12px; border-radius: 16px; background: var(--glass, rgb(24 23 20 / 0.62)); backdrop-filter: blur(12px); }
    .buy { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: 6px 14px; }
    .act { min-height: 44px; padding: 6px 20px; }
    .cost { font-variant-numeric: tabular-nums; font-weight: 600; }
    .say { display: inline-flex; align-items: center; gap: 10px; padding: 6px 16px; border-radius: 22px; background: var(--glass, rgb(24 23 20 / 0.62)); backdrop-filter: blur(12px); font-size: 15px; min-height: 44px; }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.shop ?? undefined];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const asked = new AskShop();
    this.dispatchEvent(asked);
    // Without a network there is nothing to buy, and the mirror goes on.
    asked.shop?.then((shop) => (this.shop = shop), () => undefined);
  }

  override willUpdate(changed?: Map<string, unknown>): void {
    super.willUpdate();
    const { shop, row } = this;
    if (changed?.has("row") || changed?.has("variant") || changed?.has("size")) this.problem = null;
    if (!shop || !row || this.#asked === row.id) return;
    this.#asked = row.id;
    shop.offersOf(row.id).catch(() => (this.#asked = ""));
  }

  readonly #offered: Asked = (sku) => {
    const known = this.#offers();
    return known.length ? (known.find((one) => one.sku === sku) ?? null) : undefined;
  };

  #offers(): readonly Offer[] {
    return this.shop && this.row ? this.shop.known(this.row.id) : [];
  }

  override render(): TemplateResult | typeof nothing {
    const { shop, row } = this;
    if (!row) return nothing;
    const hasSizes = sizesOf(row).length > 0;
    const sku = skuOf(row, this.variant, this.size);
    const offer = this.#offers().find((one) => one.sku === sku);
    return html`
      ${hasSizes ? html`<shop-sizes .row=${row} .variant=${this.variant} .asked=${this.#offered} .advised=${this.advised}></shop-sizes>` : nothing}
      ${shop && this.#offers().length ? this.#buy(shop, offer, hasSizes) : nothing}
      ${this.problem ? html`<p class="note bad" role="alert">${complaint(this.problem)}</p>` : nothing}`;
  }

  #buy(shop: Shop, offer: Offer | undefined, hasSizes: boolean): TemplateResult {
    const now = this.row ? sizesNow(this.row, this.variant, this.#offered).find(({ label }) => label === this.size) : undefined;
    if (!offer) return now?.kind === "unmade" ? html`<p class="say">${ofSizes("unmade_plain")}</p>` : html``;
    const inCart = shop.lineOf(offer.sku, offer.tenant)?.quantity ?? 0;
    const isAtLimit = offer.limit_each !== null && inCart >= offer.limit_each;
    const canBuy = offer.is_on_sale && offer.available > 0 && (!now || canBeChosen(now));
    const isBusy = shop.busy.has(placeOf(offer));
    const currency = shop.currencyOf(offer.prices);
    return html`<div class="buy">
      <p class="say"><span class="cost">${currency ? money(offer.prices[currency] ?? 0, currency) : nothing}</span><span>${inCart ? t("in_cart", { n: inCart }) : offer.is_on_sale ? stockWord(offer.available) : t("off")}</span></p>
      <button class="act" aria-disabled=${!canBuy || isBusy || isAtLimit} @click=${() => canBuy && !isBusy && !isAtLimit && void this.#add(shop, offer)}>
        ${canBuy ? html`${icon(ICONS.bag)}${isBusy ? t("adding") : hasSizes && this.size ? ofSizes("add", { size: this.size }) : t("add")}` : offer.is_on_sale ? t("sold_out") : t("off")}</button></div>`;
  }

  async #add(shop: Shop, offer: Offer): Promise<void> {
    this.problem = null;
    try {
      await shop.add(offer.sku, 1, offer.tenant);
      this.announce(t("added", { name: offer.title }));
    } catch (error) {
      this.problem = error instanceof ShopError ? error : new ShopError("shop.failed", String(error));
      this.announce(complaint(this.problem));
    }
  }
}

customElements.define("shop-worn", ShopWorn);

declare global {
  interface HTMLElementTagNameMap {
    "shop-worn": ShopWorn;
  }
}
