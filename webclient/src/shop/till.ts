/**
 * <shop-checkout>: address, payment, thanks. The steps and what survives a reload are the model's (`checkout.ts`).
 *
 * A form with faults names them in a summary that takes the focus, and beside each field.
 */
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "./panel";
import { complaint, rehearsalWord, stateWord, t } from "./words";
import { Countdown } from "./countdown";
import { countries, homeCountry } from "./countries";
import { type Fault, type Field, faults, FIELDS } from "./checkout";
import { left, locale, money } from "./money";
import { rowOf, idOf, titled } from "./pictures";
import { numberOf, type Order, type Rehearsal } from "./answers";
import type { Shop } from "./shop";
import { spoken } from "../ui/words";

const AUTOCOMPLETE: Readonly<Record<Field, AutoFill>> = {
  name: "name", email: "email", street: "street-address", postcode: "postal-code", city: "address-level2", country: "country", note: "off",
};
const OPTIONAL: ReadonlySet<Field> = new Set(["postcode", "note"]);
const PRACTICE: readonly Rehearsal[] = ["paid", "declined", "late", "double", "twice_charged", "missing"];

export class ShopCheckout extends Panel {
  static override properties = { shop: { attribute: false }, wrong: { state: true }, answer: { state: true } };
  declare shop: Shop | undefined;
  declare wrong: Partial<Record<Field, Fault>>;
  declare answer: Rehearsal;
  private shown = "";
  private hasBegun = false;

  constructor() {
    super();
    this.wrong = {};
    this.answer = "paid";
    new Countdown(this, () => (this.shop?.checkout.step === "details" && this.shop.heldUntil_ms !== null ? this.shop.heldUntil_ms - this.shop.desk.now_ms() : null), [
      { at_ms: 120_000, say: () => this.announce(t("hold_soon")) },
      { at_ms: 30_000, say: () => this.announce(t("hold_very_soon")) },
      { at_ms: 0, say: () => (this.announce(t("hold_over")), void this.shop?.refresh()) },
    ]);
  }

  static override styles = [base, css`
    :host { display: grid; gap: 20px; }
    .back { margin-inline-start: -6px; text-decoration: none; color: var(--quiet, #5d5f57); justify-self: start; }
    form { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 16px 12px; }
    form > * { grid-column: 1 / -1; }
    .f-postcode, .f-city { grid-column: span 3; }
    .field { display: grid; gap: 6px; align-content: start; }
    .field label { font-size: 15px; }
    .field input, .field select { width: 100%; min-height: 48px; padding-inline: 14px; border: 1px solid var(--line, #cfc8ba); border-radius: 12px; background: var(--panel-solid, #fff); transition: border-color 200ms ease-out; }
    .field input:hover, .field select:hover { border-color: var(--accent, #1f4d3a); }
    .field [aria-invalid="true"] { border-color: var(--bad, #96341f); border-width: 2px; }
    .why { font-size: 14px; color: var(--quiet, #5d5f57); }
    .wrong { font-size: 15px; color: var(--bad, #7e2a17); }
    .summary { display: block; }
    .summary a { color: inherit; display: inline-flex; align-items: center; min-height: 44px; }
    .lines { display: grid; gap: 10px; }
    .lines li { display: grid; grid-template-columns: 44px minmax(0, 1fr) auto; gap: 12px; align-items: center; }
    .lines .picture { width: 44px; border-radius: 8px; }
    .sum { display: flex; align-items: baseline; justify-content: space-between; gap: 16px; padding-block-start: 14px; border-block-start: 1px solid var(--line, #ddd7cb); }
    .sum strong { font-size: 26px; font-weight: 600; letter-spacing: -0.015em; }
    .hold { justify-content: center; color: var(--accent, #1f4d3a); background: color-mix(in srgb, var(--accent, #1f4d3a) 9%, transparent); font-variant-numeric: tabular-nums; }
    .test { display: grid; gap: 6px; padding: 18px 20px; border-radius: 14px; border: 1px dashed color-mix(in srgb, var(--few, #b5722e) 70%, transparent); background: color-mix(in srgb, var(--few, #b5722e) 9%, transparent); }
    .big { font-size: clamp(34px, 11cqi, 48px); line-height: 1.05; font-weight: 600; letter-spacing: -0.025em; }
    details summary { min-height: 44px; display: flex; align-items: center; cursor: pointer; font-size: 15px; color: var(--quiet, #5d5f57); text-decoration: underline; text-underline-offset: 4px; text-decoration-thickness: 1px; }
    .answers { display: flex; flex-wrap: wrap; gap: 8px; padding-block: 4px 8px; }
    .answers label { position: relative; }
    .answers input { position: absolute; inset: 0; margin: 0; opacity: 0; width: 100%; height: 100%; cursor: pointer; }
    .answers span { display: grid; place-items: center; min-height: 44px; padding-inline: 14px; border-radius: 999px; border: 1px solid var(--line, #ddd7cb); font-size: 15px; }
    .answers input:checked + span { background: var(--accent, #1f4d3a); border-color: var(--accent, #1f4d3a); color: var(--accent-ink, #fff); }
    .answers input:focus-visible + span { outline: 3px solid var(--accent, #1f4d3a); outline-offset: 2px; }
    .waits { display: flex; align-items: center; gap: 14px; font-size: 19px; }
    .waits .wheel { width: 28px; height: 28px; }
    .tick { width: 56px; height: 56px; padding: 14px; border-radius: 50%; background: var(--accent, #1f4d3a); color: var(--accent-ink, #fff); stroke-width: 2; }
    .buttons { display: flex; flex-wrap: wrap; gap: 12px; }
    @container (max-width: 360px) { .f-postcode, .f-city { grid-column: 1 / -1; } }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.shop, this.shop?.checkout];
  }

  override willUpdate(): void {
    super.willUpdate();
    if (this.shop && !this.hasBegun) {
      this.hasBegun = true;
      if (this.shop.cartState === "unknown") void this.shop.refresh();
      void this.shop.checkout.resume();
    }
  }

  /** A new step begins at its heading. */
  override updated(): void {
    const step = this.shop?.checkout.step ?? "";
    if (step !== this.shown && this.shown) void this.focusOn("h2");
    this.shown = step;
  }

  override render(): TemplateResult | typeof nothing {
    const { shop } = this;
    if (!shop) return nothing;
    const { step, order, isBusy } = shop.checkout;
    if (order && step === "pay") return this.pay(shop, order);
    if (order && step === "confirming") return this.confirming(shop, order);
    if (order && step === "done") return this.done(shop, order);
    if (isBusy && step !== "details") return html`<p class="waits" role="status"><span class="wheel"></span>${t("loading")}</p>`;
    if (!shop.cart) return html`<span class="bone"></span>`;
    if (!shop.checkout.lines.length && !isBusy) {
      const tenant = shop.checkout.tenants[0];
      if (tenant !== undefined) void Promise.resolve().then(() => shop.checkout.begin(tenant));
      else return html`<div class="state"><h3>${t("empty_title")}</h3><p>${t("empty_text")}</p>${this.problem(shop)}
        <button class="act" @click=${() => this.open({ panel: "store" })}>${t("look_around")}</button><button class="text" @click=${() => this.open({ panel: "orders" })}>${t("see_orders")}</button></div>`;
    }
    return this.details(shop);
  }

  // ── the address

  private details(shop: Shop): TemplateResult {
    const { checkout } = shop;
    const totals = checkout.totals;
    const currency = shop.currencyOf(totals);
    const total = totals[currency];
    const until = shop.heldUntil_ms;
    const left_ms = until === null ? 0 : until - shop.desk.now_ms();
    const faulty = FIELDS.filter((field) => this.wrong[field]);
    return html`
      <button class="text back" @click=${() => (checkout.close(), this.open({ panel: "cart" }))}><span class="flips">${icon(ICONS.back)}</span>${t("back_to_cart")}</button>
      <h2 tabindex="-1">${t("details")}</h2>
      ${left_ms > 0 ? html`<p class="note hold">${icon(ICONS.clock)}${t("hold_ends", { time: left(left_ms) })}</p>`
        : checkout.isBusy ? html`<p class="note hold" role="status"><span class="wheel"></span>${t("holding")}</p>` : nothing}
      ${this.problem(shop)}
      ${this.matters(shop)}
      <form novalidate @submit=${(event: Event) => this.place(event, currency)}>
        ${faulty.length ? html`<div class="note bad summary" id="summary" tabindex="-1" role="alert"><strong>${faulty.length === 1 ? t("summary_one") : t("summary", { n: faulty.length })}</strong>
          <ul>${faulty.map((field) => html`<li><a href="#" @click=${(event: Event) => this.to(event, field)}>${this.fault(field)}</a></li>`)}</ul></div>` : nothing}
        ${FIELDS.map((field) => this.field(shop, field))}
        <ul class="lines" aria-label=${t("order_summary")}>${checkout.lines.map((line) => {
          const { name, kind } = titled(line);
          const row = rowOf(idOf(line.tenant, line.product), () => this.requestUpdate());
          return html`<li><span class="picture">${row?.poster ? html`<img src=${row.poster} alt="">` : nothing}</span>
            <span><span class="name">${name}</span>${line.quantity > 1 ? html` <span class="figure quiet">× ${line.quantity}</span>` : nothing}<br><span class="quiet small name">${kind}</span></span>
            <span class="figure">${currency in line.prices ? money((line.prices[currency] ?? 0) * line.quantity, currency) : "–"}</span></li>`;
        })}</ul>
        <p class="sum"><span>${t("total")} <span class="quiet small">${t("incl_tax")}</span></span>${total === undefined ? nothing : html`<strong class="figure">${money(total, currency)}</strong>`}</p>
        ${checkout.tenants.length > 1 ? html`<p class="small quiet">${t("other_merchants")}</p>` : nothing}
        <button class="act wide" aria-disabled=${checkout.isBusy || total === undefined}>${checkout.isBusy ? html`<span class="wheel"></span>${t("placing")}` : t("place")}</button>
      </form>`;
  }

  private field(shop: Shop, field: Field): TemplateResult {
    const wrong = this.wrong[field];
    const { contact } = shop.checkout;
    const describedBy = [wrong ? `wrong-${field}` : "", field === "email" ? "why-email" : ""].filter(Boolean).join(" ");
    const typed = (event: Event): void => {
      shop.checkout.type({ [field]: (event.target as HTMLInputElement).value });
      if (this.wrong[field]) this.wrong = { ...this.wrong, [field]: faults(shop.checkout.contact)[field] };
    };
    const label = html`<label for=${field}>${t(field)}${OPTIONAL.has(field) ? html` <span class="quiet">(${t("optional")})</span>` : nothing}</label>`;
    const below = html`${field === "email" ? html`<span class="why" id="why-email">${t("email_why")}</span>` : nothing}${wrong ? html`<span class="wrong" id="wrong-${field}">${this.fault(field)}</span>` : nothing}`;
    if (field === "country") {
      const chosen = contact.country || homeCountry();
      if (chosen && !contact.country) shop.checkout.contact = { ...contact, country: chosen };
      return html`<div class="field f-country">${label}
        <select id="country" name="country" autocomplete="country" required aria-invalid=${wrong ? "true" : "false"} aria-describedby=${describedBy || nothing} @change=${typed}>
          <option value="" ?selected=${!chosen}>${t("choose_country")}</option>
          ${countries(spoken()).map(([code, name]) => html`<option value=${code} ?selected=${code === chosen}>${name}</option>`)}</select>${below}</div>`;
    }
    return html`<div class="field f-${field}">${label}
      <input id=${field} name=${field} type=${field === "email" ? "email" : "text"} autocomplete=${AUTOCOMPLETE[field]} .value=${contact[field]} @input=${typed} ?required=${!OPTIONAL.has(field)}
        maxlength=${field === "postcode" ? 20 : 200} enterkeyhint="next" dir="auto" aria-invalid=${wrong ? "true" : "false"} aria-describedby=${describedBy || nothing}
        autocapitalize=${field === "email" ? "off" : "words"} spellcheck="false">${below}</div>`;
  }

  private fault(field: Field): string {
    const name = t(field);
    switch (this.wrong[field]) {
      case "email": return t("wrong_email");
      case "postcode": return t("wrong_postcode");
      case "country": return t("wrong_country");
      case "long": return t("wrong_long", { field: name });
      case "strange": return t("wrong_strange", { field: name });
      default: return field === "country" ? t("wrong_country") : t("wrong_missing", { field: name });
    }
  }

  private to(event: Event, field: Field): void {
    event.preventDefault();
    this.renderRoot.querySelector<HTMLElement>(`#${field}`)?.focus();
  }

  private async place(event: Event, currency: string): Promise<void> {
    event.preventDefault();
    const { shop } = this;
    if (!shop || shop.checkout.isBusy || shop.checkout.totals[currency] === undefined) return;
    shop.acceptPrices();
    this.wrong = await shop.checkout.place(currency);
    if (Object.keys(this.wrong).length) await this.focusOn("#summary");
    else if (shop.checkout.problem) this.announce(complaint(shop.checkout.problem));
  }

  /** Lines that could not be held, before the shopper types an address for nothing. */
  private matters(shop: Shop): TemplateResult | typeof nothing {
    if (shop.checkout.isBusy) return nothing;
    const short = shop.checkout.lines.filter((line) => line.available + line.held < line.quantity || !Object.keys(line.prices).length);
    return html`${short.map((line) => {
      const can = Math.max(0, line.available) + line.held;
      const { name } = titled(line);
      return html`<p class="note bad">${icon(ICONS.warn)}<span><strong class="name">${name}</strong>: ${can ? t("only_left", { n: can }) : t("sold_out_now")}</span>
        <button class="text" @click=${() => shop.want(line.sku, can, line.tenant).then(() => shop.claimAll(), () => undefined)}>${can ? t("take_n", { n: can }) : t("remove")}</button></p>`;
    })}`;
  }

  private problem(shop: Shop): TemplateResult | typeof nothing {
    const { problem } = shop.checkout;
    if (!problem) return nothing;
    return html`<p class="note bad" role="alert">${icon(ICONS.warn)}<span>${complaint(problem)}${problem.code === "shop.cart_empty" ? html` <button class="text" @click=${() => this.open({ panel: "orders" })}>${t("see_orders")}</button>` : nothing}</span></p>`;
  }

  // ── the payment

  private pay(shop: Shop, order: Order): TemplateResult {
    const { checkout } = shop;
    const isTest = order.payment.provider === "test";
    const until = new Intl.DateTimeFormat(locale(), { hour: "numeric", minute: "2-digit" }).format(order.pay_before_ms);
    return html`
      <h2 tabindex="-1">${t("pay_title")}</h2>
      <p class="big figure">${money(order.total_minor, order.currency)}</p>
      <p class="quiet small">${t("order_no", { id: numberOf(order) })} · ${t("pay_before", { time: until })}</p>
      ${this.problem(shop)}
      ${isTest ? html`
        <div class="test"><h3>${t("test_title")}</h3><p class="small">${t("test_text")}</p>
          <details><summary>${t("practise")}</summary><fieldset class="answers"><legend class="unseen">${t("practise")}</legend>
            ${PRACTICE.map((one) => html`<label><input type="radio" name="answer" .checked=${one === this.answer} @change=${() => (this.answer = one)}><span>${rehearsalWord(one)}</span></label>`)}</fieldset></details></div>
        <button class="act wide" aria-disabled=${checkout.isBusy || !order.payment.intent} @click=${() => checkout.pay(this.answer)}>
          ${checkout.isBusy ? html`<span class="wheel"></span>${t("paying")}` : t("pay", { sum: money(order.total_minor, order.currency) })}</button>`
        : /^https:\/\//.test(order.payment.page) ? html`<a class="act wide" href=${order.payment.page} rel="noopener">${t("pay_there", { name: order.payment.provider })}</a>`
        : html`<p class="waits" role="status"><span class="wheel"></span>${t("loading")}</p>`}
      <button class="text small" @click=${() => (checkout.close(), this.open({ panel: "orders" }))}>${t("see_orders")}</button>`;
  }

  private confirming(shop: Shop, order: Order): TemplateResult {
    return html`
      <h2 tabindex="-1">${t("pay_title")}</h2>
      <p class="waits" role="status"><span class="wheel"></span>${t("confirming")}</p>
      <p class="quiet">${this.answer === "missing" || this.answer === "late" ? t("still_waiting") : t("confirming_text")}</p>
      <p class="quiet small">${t("order_no", { id: numberOf(order) })}</p>
      <div class="buttons"><button class="plain" @click=${() => shop.checkout.confirm()}>${t("ask_now")}</button>
        <button class="plain" @click=${() => (shop.checkout.close(), this.open({ panel: "orders" }))}>${t("see_orders")}</button></div>`;
  }

  private done(shop: Shop, order: Order): TemplateResult {
    const { checkout } = shop;
    if (order.state === "failed" || order.state === "expired" || order.state === "cancelled") return html`
      <h2 tabindex="-1">${order.state === "failed" ? t("declined_title") : t("ended_title")}</h2>
      <p class="quiet">${order.state === "failed" ? t("declined_text") : stateWord(order.state)}</p>
      <div class="buttons"><button class="act" aria-disabled=${checkout.isBusy} @click=${() => checkout.again().then(() => this.open({ panel: "cart" }))}>${t("put_back")}</button>
        <button class="text" @click=${() => (checkout.close(), this.open({ panel: "orders" }))}>${t("see_orders")}</button></div>`;
    const rest = checkout.tenants.length > 0;
    return html`
      <svg class="icon tick" viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS.check}></path></svg>
      <h2 tabindex="-1" class="big">${t("done_title")}</h2>
      <p>${t("done_text")}</p>
      <ul class="lines">${order.lines.map((line) => {
        const { name, kind } = titled(line);
        const row = rowOf(idOf(order.tenant, line.product), () => this.requestUpdate());
        return html`<li><span class="picture">${row?.poster ? html`<img src=${row.poster} alt="">` : nothing}</span><span><span class="name">${name}</span>${line.quantity > 1 ? html` <span class="quiet">× ${line.quantity}</span>` : nothing}<br><span class="quiet small name">${kind}</span></span><span class="figure">${money(line.price_minor * line.quantity, order.currency)}</span></li>`;
      })}</ul>
      <p class="sum"><span>${t("total")}</span><strong class="figure">${money(order.total_minor, order.currency)}</strong></p>
      <p class="quiet small">${t("order_no", { id: numberOf(order) })}${order.payment.provider === "test" ? html` · ${t("test_title")}` : nothing}</p>
      <div class="buttons">
        ${rest ? html`<button class="act" @click=${() => checkout.begin()}>${t("checkout")}</button>` : html`<button class="act" @click=${() => (checkout.close(), this.open({ panel: "store" }))}>${t("go_on")}</button>`}
        <button class="plain" @click=${() => (checkout.close(), this.open({ panel: "orders" }))}>${t("see_orders")}</button></div>`;
  }
}

customElements.define("shop-checkout", ShopCheckout);
