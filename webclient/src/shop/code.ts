/** <shop-code>: the cart goes along to another device by a code, or comes from one. */
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "./panel";
import { complaint, t } from "./words";
import { Countdown } from "./countdown";
import { left } from "./money";
import type { Shop } from "./shop";
import { ShopError } from "./desk";

export class ShopCode extends Panel {
  static override properties = { shop: { attribute: false }, code: { state: true }, isBusy: { state: true }, problem: { state: true }, typed: { state: true }, isCopied: { state: true } };
  declare shop: Shop | undefined;
  declare code: { code: string; expires_ms: number } | null;
  declare isBusy: boolean;
  declare problem: { where: "get" | "bring"; error: ShopError } | null;
  declare typed: string;
  declare isCopied: boolean;

  constructor() {
    super();
    this.code = this.problem = null;
    this.isBusy = this.isCopied = false;
    this.typed = "";
    new Countdown(this, () => (this.code ? this.code.expires_ms - (this.shop?.desk.now_ms() ?? 0) : null));
  }

  static override styles = [base, css`
    :host { display: grid; gap: 28px; }
    section { display: grid; gap: 14px; justify-items: start; }
    .code { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: clamp(32px, 11cqi, 46px); font-weight: 600; letter-spacing: 0.12em; line-height: 1.2; font-variant-numeric: tabular-nums; user-select: all; }
    .card { display: grid; gap: 8px; width: 100%; padding: 20px 24px; border-radius: 16px; background: color-mix(in srgb, var(--accent, #1f4d3a) 8%, transparent); }
    .row { display: flex; flex-wrap: wrap; gap: 12px; width: 100%; align-items: end; }
    label { display: grid; gap: 6px; flex: 1 1 200px; font-size: 15px; }
    input { min-height: 52px; padding-inline: 16px; border: 1px solid var(--line, #ddd7cb); border-radius: 12px; background: var(--panel-solid, #fff); font-size: 20px; letter-spacing: 0.1em; text-transform: uppercase; width: 100%; }
    hr { width: 100%; border: 0; border-block-start: 1px solid var(--line, #ddd7cb); margin: 0; }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.shop];
  }

  override render(): TemplateResult {
    const left_ms = this.code ? this.code.expires_ms - (this.shop?.desk.now_ms() ?? 0) : 0;
    return html`
      <section>
        <h3>${t("code_title")}</h3>
        <p class="quiet">${t("code_lead")}</p>
        ${this.code && left_ms > 0 ? html`
          <div class="card"><div class="code" dir="ltr" aria-label=${[...this.code.code].join(" ")}><span>${this.code.code.slice(0, 4)}</span><span>${this.code.code.slice(4)}</span></div>
            <span class="small quiet figure">${t("code_good", { time: left(left_ms) })}</span></div>
          <button class="plain" @click=${this.copy}>${icon(this.isCopied ? ICONS.check : ICONS.copy)}${this.isCopied ? t("copied") : t("copy")}</button>` : html`
          ${this.code ? html`<p class="small quiet">${t("code_over_now")}</p>` : nothing}
          <button class="act" aria-disabled=${this.isBusy} @click=${this.make}>${icon(ICONS.headset)}${this.code ? t("code_new") : t("make_code")}</button>`}
        ${this.problem?.where === "get" ? html`<p class="note bad" role="alert">${icon(ICONS.warn)}${complaint(this.problem.error)}</p>` : nothing}
      </section>
      <hr>
      <section>
        <h3>${t("have_code")}</h3>
        <form class="row" novalidate @submit=${this.bring}>
          <label>${t("code_field")}
            <input id="code" .value=${this.typed} @input=${(event: Event) => (this.typed = (event.target as HTMLInputElement).value)} autocomplete="one-time-code" autocapitalize="characters"
              spellcheck="false" maxlength="12" dir="ltr" enterkeyhint="go" aria-invalid=${this.problem?.where === "bring"} aria-describedby="wrong"></label>
          <button class="act" aria-disabled=${this.isBusy || this.typed.replace(/[\s-]/g, "").length < 8}>${t("bring")}</button>
        </form>
        ${this.problem?.where === "bring" ? html`<p id="wrong" class="note bad" role="alert">${icon(ICONS.warn)}${complaint(this.problem.error)}</p>` : nothing}
      </section>`;
  }

  private async make(): Promise<void> {
    if (this.isBusy || !this.shop) return;
    await this.busily("get", async (shop) => {
      this.code = await shop.code();
      this.isCopied = false;
      this.announce(t("code_spoken", { code: [...this.code.code].join(" ") }));
    });
  }

  private bring(event: Event): void {
    event.preventDefault();
    const typed = this.typed.replace(/[\s-]/g, "");
    if (this.isBusy || typed.length < 8) return;
    void this.busily("bring", async (shop) => {
      await shop.moveCart(typed);
      this.typed = "";
      this.announce(t("brought"));
      this.open({ panel: "cart" });
    });
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.code?.code ?? "");
      this.isCopied = true;
      this.announce(t("copied"));
    } catch {
      // not allowed here: the code can be read and typed
    }
  }

  private async busily(where: "get" | "bring", work: (shop: Shop) => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.problem = null;
    try {
      if (this.shop) await work(this.shop);
    } catch (error) {
      this.problem = { where, error: error instanceof ShopError ? error : new ShopError("shop.failed", String(error)) };
    } finally {
      this.isBusy = false;
    }
  }
}

customElements.define("shop-code", ShopCode);
