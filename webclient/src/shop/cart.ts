/** <shop-cart>: what one means to buy, what of it is held and for how long, and the way to the till. */
import { base, css, html, icon, ICONS, nothing, Panel, swatch, type TemplateResult } from "./panel";
import { complaint, t } from "./words";
import { Countdown } from "./countdown";
import { left, money } from "./money";
import { placeOf, type Shop } from "./shop";
import { idOf, rowOf, swatchOf, titled } from "./pictures";
import { chosen, variantOf } from "./sizes";
import type { Cart, CartLine } from "./answers";

const MINUTE_MS = 60_000;

export class ShopCart extends Panel {
  static override properties = { shop: { attribute: false } };
  declare shop: Shop | undefined;
  private wasAsked = false;

  constructor() {
    super();
    new Countdown(this, () => (this.shop?.heldUntil_ms ?? null) === null ? null : (this.shop?.heldUntil_ms ?? 0) - (this.shop?.desk.now_ms() ?? 0), [
      { at_ms: 2 * MINUTE_MS, say: () => this.announce(t("hold_soon")) },
      { at_ms: MINUTE_MS / 2, say: () => this.announce(t("hold_very_soon")) },
      { at_ms: 0, say: () => (this.announce(t("hold_over")), void this.shop?.refresh()) },
    ]);
  }

  static override styles = [base, css`
    .lines { display: grid; }
    .line { display: grid; grid-template-columns: 84px minmax(0, 1fr); gap: 4px 16px; padding-block: 20px; border-block-end: 1px solid var(--line, #ddd7cb); }
    .line:first-child { padding-block-start: 4px; }
    .line:last-child { border: 0; }
    .picture { grid-row: span 2; width: 84px; padding: 0; border: 0; cursor: pointer; }
    .top { display: flex; justify-content: space-between; gap: 4px 16px; }
    .top .name { font-size: 19px; font-weight: 600; line-height: 1.25; letter-spacing: -0.005em; }
    .sum { font-size: 17px; text-align: end; }
    .variant { display: flex; align-items: center; gap: 7px; font-size: 15px; color: var(--quiet, #5d5f57); }
    s { color: var(--quiet, #5d5f57); font-size: 15px; }
    .row { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 12px; margin-inline-start: -10px; }
    .step { display: inline-flex; align-items: center; }
    .step output { min-width: 2ch; text-align: center; font-variant-numeric: tabular-nums; }
    .line .text { font-size: 15px; color: var(--quiet, #5d5f57); }
    .line .note { grid-column: 1 / -1; margin-block-start: 8px; flex-wrap: wrap; align-items: center; }
    .line .note .text { color: inherit; font-weight: 600; min-height: 32px; padding-inline: 6px; margin-inline-start: auto; }
    .held { display: flex; margin-block-start: 2px; align-items: center; gap: 6px; font-size: 15px; color: var(--accent, #1f4d3a); font-variant-numeric: tabular-nums; }
    .line[aria-busy="true"] .step, .line[aria-busy="true"] .sum { opacity: 0.5; }
    .foot { border-block-start: 1px solid var(--line, #ddd7cb); position: sticky; inset-block-end: 0; display: grid; gap: 14px; padding-block: 20px; margin-inline: calc(-1 * var(--panel-pad, 0px)); padding-inline: var(--panel-pad, 0px); background: var(--panel-foot, var(--panel, #fff)); }
    .total { display: flex; align-items: baseline; justify-content: space-between; gap: 16px; font-size: 17px; }
    .total strong { font-size: 28px; font-weight: 600; letter-spacing: -0.015em; }
    .currencies { display: inline-flex; align-items: center; gap: 6px; }
    select { min-height: 44px; border: 0; background: transparent; cursor: pointer; }
    .bone.line { display: block; height: 84px; border: 0; margin-block: 12px; padding: 0; }
    .along { justify-self: center; font-size: 15px; color: var(--quiet, #5d5f57); }
    @container (max-width: 340px) { .line { grid-template-columns: 64px minmax(0, 1fr); } .picture { width: 64px; } }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.shop];
  }

  override willUpdate(): void {
    super.willUpdate();
    if (this.shop && !this.wasAsked) {
      this.wasAsked = true;
      if (this.shop.cartState === "unknown") void this.shop.refresh();
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { shop } = this;
    if (!shop) return nothing;
    const { cart, cartState } = shop;
    if (!cart && cartState === "failed") return html`
      <div class="state" role="alert"><h3>${t("failed_title")}</h3><p>${t("failed_text")}</p><button class="act" @click=${() => shop.refresh()}>${t("again")}</button></div>`;
    if (!cart) return html`<div role="status" aria-label=${t("loading")}><span class="bone line"></span><span class="bone line"></span><span class="bone line"></span></div>`;
    if (!cart.lines.length) return html`
      <div class="state"><svg class="icon mark" viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS.bag}></path></svg>
        <h3 tabindex="-1" id="empty">${t("empty_title")}</h3><p>${t("empty_text")}</p>
        <button class="act" @click=${() => this.open({ panel: "store" })}>${t("look_around")}</button>
        <button class="text small" @click=${() => this.open({ panel: "code" })}>${icon(ICONS.headset)}${t("have_code")}</button></div>`;
    return html`
      <ul class="lines" aria-label=${t("cart")}>${cart.lines.map((line) => this.line(shop, line))}</ul>
      ${this.foot(shop, cart)}`;
  }

  private line(shop: Shop, line: CartLine): TemplateResult {
    const product = idOf(line.tenant, line.product);
    const row = rowOf(product, () => this.requestUpdate());
    const { name, kind } = titled(line);
    // Two sizes of one thing are two lines: their buttons must not have one name.
    const called = line.size ? `${name}, ${kind}` : name;
    const currency = this.currencyOf(shop, line);
    const each = line.prices[currency];
    const old = shop.repriced.get(placeOf(line))?.[currency];
    const left_ms = (line.held_until_ms ?? 0) - shop.desk.now_ms();
    const time = left(left_ms);
    return html`
      <li class="line" aria-busy=${shop.busy.has(placeOf(line))}>
        <button class="picture" tabindex="-1" aria-hidden="true" @click=${() => this.look(product, line)}>${row?.poster ? html`<img src=${row.poster} alt="" loading="lazy">` : nothing}</button>
        <div>
          <div class="top">
            <span class="name">${name}</span>
            <span class="sum figure">${old !== undefined && each !== undefined && old !== each ? html`<s>${money(old * line.quantity, currency)}</s> ` : nothing}${each === undefined ? "–" : money(each * line.quantity, currency)}</span>
          </div>
          <p class="variant">${line.variant ? html`<i class="dot" ${swatch(swatchOf(row, line.sku))}></i>` : nothing}${kind ? html`<span class="name">${kind}</span>` : nothing}${line.quantity > 1 && each !== undefined ? html`<span class="figure">${kind ? "· " : ""}${t("each", { price: money(each, currency) })}</span>` : nothing}</p>
          ${line.held && left_ms > 0 ? html`<p class="held">${icon(ICONS.clock)}${line.held < line.quantity ? t("held_some", { n: line.held, time }) : t("held", { time })}</p>` : nothing}
        </div>
        <div class="row">
          <div class="step" role="group" aria-label="${t("quantity")}, ${called}">
            <button class="round" @click=${() => this.want(line, line.quantity - 1)} ?disabled=${line.quantity <= 1} aria-label=${t("less", { name: called })}>${icon(ICONS.minus)}</button>
            <output>${line.quantity}</output>
            <button class="round" @click=${() => this.want(line, line.quantity + 1)} ?disabled=${!this.canHaveMore(shop, line)} aria-label=${t("more", { name: called })}>${icon(ICONS.plus)}</button>
          </div>
          <button class="text" @click=${() => this.takeOut(line, called)} aria-label="${t("remove")}: ${called}">${t("remove")}</button>
        </div>
        ${this.matter(shop, line)}
      </li>`;
  }

  /** The product as it is in the cart: in its colour, its size chosen. */
  private look(product: string, line: CartLine): void {
    if (line.size) chosen.choose(product, line.size);
    this.open({ product, sku: variantOf(rowOf(product), line.sku)?.sku ?? line.sku });
  }

  /** What the shopper should know of this line, with what they can do about it. */
  private matter(shop: Shop, line: CartLine): TemplateResult | typeof nothing {
    const trouble = shop.troubles.get(placeOf(line));
    const can = Math.max(line.available, 0) + line.held;
    const take = (n: number): TemplateResult | typeof nothing => (n > 0 ? html`<button class="text" @click=${() => this.want(line, n)}>${t("take_n", { n })}</button>` : nothing);
    if (!Object.keys(line.prices).length) return note(t("off_sale"));
    if (can < line.quantity) return html`<p class="note bad">${icon(ICONS.warn)}<span>${can ? t("only_left", { n: can }) : t("sold_out_now")}</span>${take(can)}</p>`;
    if (trouble) return html`<p class="note bad">${icon(ICONS.warn)}<span>${complaint(trouble)}</span>${trouble.isLost ? html`<button class="text" @click=${() => this.want(line, line.quantity)}>${t("again")}</button>` : nothing}</p>`;
    if (shop.repriced.has(placeOf(line))) return note(t("price_up"));
    return nothing;
  }

  private foot(shop: Shop, cart: Cart): TemplateResult {
    const codes = Object.keys(cart.totals_minor);
    const currency = shop.currency;
    const total = cart.totals_minor[currency];
    const isBlocked = cart.lines.some((line) => !Object.keys(line.prices).length || line.available + line.held < 1);
    return html`
      <div class="foot">
        <div class="total">
          <span>${t("total")} <span class="quiet small">${t("incl_tax")}</span></span>
          ${total === undefined ? nothing : html`<strong class="figure" aria-live="polite">${money(total, currency)}</strong>`}
        </div>
        ${total === undefined ? html`<p class="note">${t("no_currency")}</p>` : nothing}
        ${codes.length > 1 ? html`<label class="currencies small quiet">${t("currency")}
          <select @change=${(event: Event) => shop.chooseCurrency((event.target as HTMLSelectElement).value)}>${codes.map((code) => html`<option value=${code} .selected=${code === currency}>${code}</option>`)}</select></label>` : nothing}
        <button class="act wide" aria-disabled=${isBlocked} @click=${() => !isBlocked && this.checkOut(shop)}>${t("checkout")}</button>
        <button class="text along" @click=${() => this.open({ panel: "code" })}>${icon(ICONS.headset)}${t("code_title")}</button>
      </div>`;
  }

  private currencyOf(shop: Shop, line: CartLine): string {
    return shop.currency in line.prices ? shop.currency : shop.currencyOf(line.prices);
  }

  private canHaveMore(shop: Shop, line: CartLine): boolean {
    const limit = shop.offer(line.sku, line.tenant)?.limit_each ?? Infinity;
    return line.quantity < limit && line.available + line.held > line.quantity;
  }

  private checkOut(shop: Shop): void {
    this.open({ panel: "checkout" });
    void shop.checkout.begin();
  }

  private want(line: CartLine, quantity: number): void {
    // Its trouble is shown beside the line.
    void this.shop?.want(line.sku, quantity, line.tenant).catch((error: unknown) => this.announce(complaint(error as never)));
  }

  private async takeOut(line: CartLine, name: string): Promise<void> {
    try {
      await this.shop?.remove(line.sku, line.tenant);
      this.announce(t("removed", { name }));
      // The button that had the focus is gone.
      await this.focusOn(this.shop?.cart?.lines.length ? ".line .round:not(:disabled), .line .text" : "#empty");
    } catch {
      // said beside the line
    }
  }
}

const note = (text: string): TemplateResult => html`<p class="note">${icon(ICONS.warn)}<span>${text}</span></p>`;

customElements.define("shop-cart", ShopCart);
