/** <shop-orders>: what was bought, where it is, and the ways out of an order. */
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "./panel";
import { CANCELLABLE, numberOf, type Order, type OrderRow, UNPAID } from "./answers";
import { complaint, stateWord, t } from "./words";
import { idOf, rowOf, titled } from "./pictures";
import { locale, money } from "./money";
import type { Shop } from "./shop";
import { ShopError } from "./desk";

const LOOK_AGAIN_MS = 6000;
const MOST_LOOKS = 40;
const ENDED: ReadonlySet<string> = new Set(["cancelled", "failed", "expired", "refunded"]);

export class ShopOrders extends Panel {
  static override properties = { shop: { attribute: false }, shown: { state: true }, asks: { state: true }, problem: { state: true }, isBusy: { state: true } };
  declare shop: Shop | undefined;
  /** The order that is unfolded. */
  declare shown: string;
  /** The order that is about to be cancelled. */
  declare asks: string;
  declare problem: { id: string; error: ShopError } | null;
  declare isBusy: boolean;
  private wasAsked = false;
  private timer: ReturnType<typeof setInterval> | undefined;
  private looks = 0;

  constructor() {
    super();
    this.shown = this.asks = "";
    this.problem = null;
    this.isBusy = false;
  }

  static override styles = [base, css`
    .orders { display: grid; }
    .orders > li { border-block-end: 1px solid var(--line, #ddd7cb); }
    .head { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 16px; width: 100%; padding: 18px 0; border: 0; background: none; text-align: start; align-items: baseline; }
    .head .figure { justify-self: end; }
    .head .things { grid-column: 1 / -1; overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; }
    .head .when { font-size: 19px; font-weight: 600; letter-spacing: -0.005em; }
    .badge { display: inline-flex; align-items: center; gap: 7px; font-size: 15px; }
    .badge::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--good, #3f7d5c); }
    .badge.waits::before { background: var(--few, #b5722e); }
    .badge.ended { color: var(--quiet, #5d5f57); }
    .badge.ended::before { background: none; box-shadow: inset 0 0 0 1.5px currentColor; }
    .body { display: grid; gap: 18px; padding-block: 0 24px; animation: open 200ms ease-out; }
    @keyframes open { from { opacity: 0; transform: translateY(-4px); } }
    .lines { display: grid; gap: 10px; }
    .lines li { display: grid; grid-template-columns: 52px minmax(0, 1fr) auto; gap: 14px; align-items: center; }
    .lines .picture { width: 52px; padding: 0; border: 0; border-radius: 8px; }
    .steps { display: grid; gap: 0; }
    .steps li { position: relative; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 12px; padding: 4px 0 12px 24px; padding-inline: 24px 0; font-size: 15px; }
    .steps li::before { content: ""; position: absolute; inset-inline-start: 3px; inset-block-start: 11px; width: 9px; height: 9px; border-radius: 50%; background: var(--accent, #1f4d3a); }
    .steps li:not(:last-child)::after { content: ""; position: absolute; inset-inline-start: 7px; inset-block: 22px -8px; border-inline-start: 1px solid var(--accent, #1f4d3a); }
    address { font-style: normal; font-size: 15px; }
    .buttons { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; }
    .sure { display: grid; gap: 10px; }
    .bone.row { height: 68px; margin-block: 12px; }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.shop];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => this.look(), LOOK_AGAIN_MS);
  }

  override disconnectedCallback(): void {
    clearInterval(this.timer);
    this.wasAsked = false;
    super.disconnectedCallback();
  }

  /** An order that waits for its payment or its refund moves on by itself. */
  private look(): void {
    if (!this.shop?.hasUnsettled || document.visibilityState !== "visible" || ++this.looks > MOST_LOOKS) return;
    void this.shop.loadOrders();
    const row = this.shop.orders?.find(({ id }) => id === this.shown);
    if (row && (UNPAID.has(row.state) || row.state === "refunding")) void this.shop.loadOrder(row.id).catch(() => undefined);
  }

  override willUpdate(): void {
    super.willUpdate();
    if (this.shop && !this.wasAsked) {
      this.wasAsked = true;
      this.looks = 0;
      void this.shop.loadOrders();
    }
    const { shop, shown } = this;
    if (shop && shown && !shop.order(shown) && shop.orders?.some(({ id }) => id === shown) && this.problem?.id !== shown) {
      shop.loadOrder(shown).catch((error: unknown) => (this.problem = { id: shown, error: asShopError(error) }));
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { shop } = this;
    if (!shop) return nothing;
    const { orders, ordersState } = shop;
    if (!orders && ordersState === "failed") return html`<div class="state" role="alert"><h3>${t("failed_title")}</h3><p>${t("e_lost")}</p><button class="act" @click=${() => shop.loadOrders()}>${t("again")}</button></div>`;
    if (!orders) return html`<div role="status" aria-label=${t("orders_loading")}><span class="bone row"></span><span class="bone row"></span></div>`;
    if (!orders.length) return html`<div class="state"><svg class="icon mark" viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS.box}></path></svg><h3>${t("no_orders_title")}</h3><p>${t("no_orders_text")}</p><button class="act" @click=${() => this.open({ panel: "store" })}>${t("look_around")}</button></div>`;
    return html`<ul class="orders" aria-label=${t("orders")}>${orders.map((row) => this.row(shop, row))}</ul>`;
  }

  private row(shop: Shop, row: OrderRow): TemplateResult {
    const isOpen = this.shown === row.id;
    const when = new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", hour: "numeric", minute: "2-digit" }).format(row.created_ms);
    const kind = ENDED.has(row.state) ? "ended" : UNPAID.has(row.state) || row.state === "refunding" ? "waits" : "";
    return html`<li>
      <button class="head" aria-expanded=${isOpen} @click=${() => (this.shown = isOpen ? "" : row.id)}>
        <span class="when">${when}</span><span class="figure">${money(row.total_minor, row.currency)}</span>
        <span class="badge ${kind}">${stateWord(row.state)}</span><span class="quiet small figure">${row.units === 1 ? t("units_one") : t("units", { n: row.units })}</span>
        ${row.things?.length ? html`<span class="things quiet small name">${row.things.join(" · ")}</span>` : nothing}
      </button>
      ${isOpen ? this.body(shop, row, shop.order(row.id)) : nothing}</li>`;
  }

  private body(shop: Shop, row: OrderRow, order: Order | undefined): TemplateResult {
    const problem = this.problem?.id === row.id ? html`<p class="note bad" role="alert">${icon(ICONS.warn)}${complaint(this.problem.error)}</p>` : nothing;
    if (!order) return html`<div class="body">${problem || html`<span class="bone row"></span>`}</div>`;
    const clock = new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
    const { contact } = order;
    const isPaid = !UNPAID.has(order.state);
    return html`<div class="body">
      <ul class="lines">${order.lines.map((line) => {
        const product = idOf(order.tenant, line.product);
        const { name, kind } = titled(line);
        const found = rowOf(product, () => this.requestUpdate());
        return html`<li><button class="picture" aria-label=${t("view", { name })} @click=${() => this.open({ product, sku: line.sku })}>${found?.poster ? html`<img src=${found.poster} alt="">` : nothing}</button>
          <span><span class="name">${name}</span>${line.quantity > 1 ? html` <span class="quiet">× ${line.quantity}</span>` : nothing}<br><span class="quiet small name">${kind}</span></span>
          <span class="figure">${money(line.price_minor * line.quantity, order.currency)}</span></li>`;
      })}</ul>
      <ol class="steps" aria-label=${t("history")}>${order.history.map((one) => html`<li><span>${stateWord(one.state)}</span><span class="quiet figure">${clock.format(one.at_ms)}</span></li>`)}</ol>
      ${contact.name || contact.city ? html`<address><span class="quiet">${t("ship_to")}</span><br><span class="name">${[contact.name, contact.street, [contact.postcode, contact.city].filter(Boolean).join(" ")].filter(Boolean).map((text) => html`${text}<br>`)}</span></address>` : nothing}
      <p class="quiet small">${t("order_no", { id: numberOf(order) })}</p>
      ${problem}
      ${this.asks === order.id ? html`<div class="note sure" role="group" aria-label=${t("cancel_sure")}><strong>${t("cancel_sure")}</strong>${isPaid ? html`<span>${t("cancel_paid", { sum: money(order.total_minor, order.currency) })}</span>` : nothing}
          <div class="buttons"><button class="act" id="sure" aria-disabled=${this.isBusy} @click=${() => this.cancel(shop, order.id)}>${this.isBusy ? html`<span class="wheel"></span>` : nothing}${t("cancel_yes")}</button>
          <button class="plain" @click=${() => (this.asks = "")}>${t("cancel_no")}</button></div></div>`
        : html`<div class="buttons">
          ${UNPAID.has(order.state) ? html`<button class="act" @click=${() => this.payNow(shop, order)}>${t("pay_now")}</button>` : nothing}
          ${CANCELLABLE.has(order.state) ? html`<button class="plain" @click=${() => { this.asks = order.id; void this.focusOn("#sure"); }}>${t("cancel")}</button>` : nothing}</div>`}
    </div>`;
  }

  private payNow(shop: Shop, order: Order): void {
    shop.checkout.take(order);
    this.open({ panel: "checkout" });
  }

  private async cancel(shop: Shop, id: string): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = null;
    try {
      await shop.cancel(id);
      this.announce(t("cancelled"));
    } catch (error) {
      this.problem = { id, error: asShopError(error) };
      void shop.loadOrder(id).catch(() => undefined);
    } finally {
      this.isBusy = false;
      this.asks = "";
    }
  }
}

const asShopError = (error: unknown): ShopError => (error instanceof ShopError ? error : new ShopError("shop.failed", String(error)));

customElements.define("shop-orders", ShopOrders);
