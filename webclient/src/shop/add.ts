/**
 * <shop-add>: colour, size, quantity, and into the cart. Fires "variant" (detail: SKU) when a colour is chosen, so that
 * the product in the shopper's hands can change with it.
 */
import { complaint, t } from "./words";
import { base, css, html, icon, ICONS, nothing, Panel, swatch, type TemplateResult } from "./panel";
import { money } from "./money";
import { placeOf, type Shop } from "./shop";
import { rowOf, swatchOf, titled } from "./pictures";
import { stockWord } from "./price";
import { ShopError } from "./desk";
import type { Row } from "../api";
import type { Offer } from "./answers";
import { chosen, sizesOf, skuOf, variantOf, type Asked } from "./sizes";
import type { ShopSizes } from "./size-picker";
import "./price";
import "./size-picker";

export class ShopAdd extends Panel {
  static override properties = { shop: { attribute: false }, product: {}, sku: {}, quantity: { state: true }, problem: { state: true }, wasAdded: { state: true } };
  declare shop: Shop | undefined;
  declare product: string;
  /** The chosen variant. Set it to follow a choice that was made elsewhere. */
  declare sku: string;
  declare quantity: number;
  declare problem: ShopError | null;
  declare wasAdded: boolean;
  private asked = "";

  constructor() {
    super();
    this.product = this.sku = "";
    this.quantity = 1;
    this.problem = null;
    this.wasAdded = false;
  }

  static override styles = [base, css`
    :host { display: grid; gap: 20px; }
    .wait { height: 120px; }
    .head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 4px 16px; }
    .price { font-size: 26px; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
    legend { font-size: 15px; color: var(--quiet, #5d5f57); }
    legend b { color: var(--ink, #22241f); font-weight: 600; }
    .colours { display: flex; flex-wrap: wrap; gap: 4px; margin: 6px -6px 0; }
    .colour { position: relative; width: 44px; height: 44px; cursor: pointer; }
    .colour input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
    .colour i { position: absolute; inset: 7px; border-radius: 50%; background: var(--swatch, var(--soft, #eae6de)); box-shadow: inset 0 0 0 1px rgb(0 0 0 / 0.18); transition: box-shadow 200ms ease-out; }
    .colour input:checked + i { box-shadow: inset 0 0 0 1px rgb(0 0 0 / 0.18), 0 0 0 3px var(--panel, #fff), 0 0 0 5px var(--accent, #1f4d3a); }
    .colour input:focus-visible + i { outline: 3px solid var(--accent, #1f4d3a); outline-offset: 7px; }
    /* Sold out is told by a stroke as well as by the words beside it. */
    .colour.none i::after { content: ""; position: absolute; inset: 0; border-radius: 50%; background: linear-gradient(to top right, transparent calc(50% - 1.5px), var(--panel, #fff) calc(50% - 1.5px) calc(50% + 1.5px), transparent calc(50% + 1.5px)); }
    .buy { display: flex; flex-wrap: wrap; gap: 12px; }
    .buy .act { flex: 1 1 180px; }
    .step { display: inline-flex; align-items: center; border: 1px solid var(--line, #ddd7cb); border-radius: 999px; padding: 3px; }
    .step output { min-width: 2ch; text-align: center; font-variant-numeric: tabular-nums; }
    .after { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 4px 16px; min-height: 44px; font-size: 15px; }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.shop, chosen];
  }

  override willUpdate(changed?: Map<string, unknown>): void {
    super.willUpdate();
    if (this.shop && this.product && this.product !== this.asked) {
      this.asked = this.product;
      this.shop.offersOf(this.product).catch(() => (this.asked = ""));
      if (this.shop.cartState === "unknown") void this.shop.refresh();
    }
    if (changed?.has("product") || changed?.has("sku")) {
      this.problem = null;
      this.wasAdded = false;
      this.quantity = 1;
    }
  }

  private chosen(offers: readonly Offer[]): Offer | undefined {
    return offers.find(({ sku }) => sku === this.sku) ?? offers.find((one) => one.is_on_sale && one.available > 0) ?? offers[0];
  }

  /** One offer a colour: the chosen size's where it is made in that, else any. */
  private colours(offers: readonly Offer[], row: Row | undefined): readonly Offer[] {
    if (!row || !sizesOf(row).length) return offers;
    return row.variants.flatMap((variant) => {
      const wanted = skuOf(row, variant, chosen.of(row.id)) ?? variant.sku;
      const found = offers.find(({ sku }) => sku === wanted) ?? offers.find(({ sku }) => variantOf(row, sku) === variant);
      return found ? [found] : [];
    });
  }

  private readonly offered: Asked = (sku) => this.shop?.known(this.product).find((one) => one.sku === sku) ?? null;

  override render(): TemplateResult | typeof nothing {
    const { shop } = this;
    const offers = shop?.known(this.product) ?? [];
    const row = rowOf(this.product, () => this.requestUpdate());
    const colours = this.colours(offers, row);
    const variant = row && sizesOf(row).length ? (variantOf(row, this.sku) ?? row.variants[0]) : undefined;
    const offer = variant ? colours.find(({ sku }) => variantOf(row, sku) === variant) : this.chosen(offers);
    if (!shop || !offer) return html`<span class="bone wait"></span>`;
    const isOpen = variant !== undefined && chosen.of(this.product) === null;
    const isMade = !variant || isOpen || skuOf(row as Row, variant, chosen.of(this.product)) !== null;
    const currency = shop.currencyOf(offer.prices);
    const inCart = shop.lineOf(offer.sku, offer.tenant)?.quantity ?? 0;
    const isBusy = shop.busy.has(placeOf(offer));
    const canBuy = isOpen || (isMade && offer.is_on_sale && offer.available > 0);
    const most = Math.max(1, Math.min(offer.available, (offer.limit_each ?? 99) - inCart));
    const isAtLimit = offer.limit_each !== null && inCart >= offer.limit_each;
    return html`
      <div class="head">
        <span class="price">${currency ? money(offer.prices[currency] ?? 0, currency) : nothing}<span class="unseen"> </span></span>
        <shop-stock .shop=${shop} .product=${this.product} .sku=${offer.sku}></shop-stock>
      </div>
      ${colours.length > 1 ? html`
        <fieldset>
          <legend>${t("colour")} <b>${offer.variant}</b></legend>
          <div class="colours">${colours.map((one) => html`
            <label class="colour ${one.available && one.is_on_sale ? "" : "none"}" title=${one.variant}>
              <input type="radio" name="colour" .checked=${one.sku === offer.sku} @change=${() => this.choose(one)}
                aria-label="${one.variant}, ${one.is_on_sale ? stockWord(one.available) : t("off")}">
              <i ${swatch(swatchOf(row, one.sku))}></i>
            </label>`)}</div>
        </fieldset>` : nothing}
      ${variant ? html`<shop-sizes .row=${row} .variant=${variant} .asked=${this.offered}></shop-sizes>` : nothing}
      <div class="buy">
        <div class="step" role="group" aria-label=${t("quantity")}>
          <button class="round" @click=${() => (this.quantity = Math.max(1, this.quantity - 1))} ?disabled=${this.quantity <= 1} aria-label=${t("less", { name: offer.title })}>${icon(ICONS.minus)}</button>
          <output aria-live="polite">${Math.min(this.quantity, most)}</output>
          <button class="round" @click=${() => (this.quantity = Math.min(most, this.quantity + 1))} ?disabled=${this.quantity >= most || !canBuy} aria-label=${t("more", { name: offer.title })}>${icon(ICONS.plus)}</button>
        </div>
        <button class="act" aria-disabled=${!canBuy || isBusy || isAtLimit} @click=${() => (isOpen ? this.renderRoot.querySelector<ShopSizes>("shop-sizes")?.want() : isMade && this.add(offer, Math.min(this.quantity, most)))}>
          ${isBusy ? html`<span class="wheel"></span>${t("adding")}` : canBuy ? html`${icon(ICONS.bag)}${t("add")}` : offer.is_on_sale ? t("sold_out") : t("off")}
        </button>
      </div>
      ${this.problem ? html`<p class="note bad" role="alert">${icon(ICONS.warn)}<span>${complaint(this.problem)}</span></p>` : nothing}
      ${inCart || offer.limit_each ? html`<div class="after">
        <span class="quiet">${inCart ? t("in_cart", { n: inCart }) : nothing}${inCart && offer.limit_each ? " · " : nothing}${offer.limit_each ? t("limit", { n: offer.limit_each }) : nothing}</span>
        ${inCart ? html`<button class="text" @click=${() => this.open({ panel: "cart" })}>${t("see_cart")}</button>` : nothing}
      </div>` : nothing}`;
  }

  private choose(offer: Offer): void {
    this.sku = offer.sku;
    this.announce(`${offer.variant}, ${stockWord(offer.available)}`);
    this.dispatchEvent(new CustomEvent("variant", { detail: offer.sku, bubbles: true, composed: true }));
  }

  private async add(offer: Offer, quantity: number): Promise<void> {
    const shop = this.shop;
    if (!shop || !offer.is_on_sale || offer.available < 1 || shop.busy.has(placeOf(offer))) return;
    this.problem = null;
    try {
      await shop.add(offer.sku, quantity, offer.tenant);
      this.wasAdded = true;
      this.quantity = 1;
      this.announce(t("added", { name: titled(offer).name }));
    } catch (error) {
      this.problem = error instanceof ShopError ? error : new ShopError("shop.failed", String(error));
      this.announce(complaint(this.problem));
    }
  }
}

customElements.define("shop-add", ShopAdd);
