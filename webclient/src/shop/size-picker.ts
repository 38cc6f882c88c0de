/**
 * <shop-sizes>: one size out of those that are sold, as a group of radio buttons; the shopper's own in one tap.
 *
 * What cannot be had in the chosen colour is struck through and cannot be chosen; which ones and why is also said in a
 * line beneath, so that it is read to whoever does not see the stroke. The choice is kept in `chosen`, for the page, the
 * mirror and the headset alike. What it is not: the advice (`fit/`), which only names a size here (`advised`).
 */
import type { Row, Variant } from "../api";
import { base, css, html, icon, nothing, Panel, type TemplateResult } from "./panel";
import { canBeChosen, chosen, sizesNow, type Asked, type SizeNow } from "./sizes";
import { lost, t } from "./size-words";

const RULER = "M4 15.500 15.500 4l4.500 4.500L8.500 20zM8 11.500l2 2M11 8.500l2 2M14 5.500l2 2";

export class ShopSizes extends Panel {
  static override properties = { row: { attribute: false }, variant: { attribute: false }, asked: { attribute: false }, advised: {}, isWanted: { state: true } };
  declare row: Row | undefined;
  /** The chosen colour. */
  declare variant: Variant | undefined;
  declare asked: Asked;
  /** The size that fits, if the advice knows one. */
  declare advised: string | null;
  /** The shopper wanted to buy and has chosen none yet. */
  declare private isWanted: boolean;

  constructor() {
    super();
    this.asked = () => undefined;
    this.advised = null;
    this.isWanted = false;
  }

  static override styles = [base, css`
    :host { display: block; }
    legend { font-size: 15px; color: var(--quiet, #5d5f57); }
    legend b { color: var(--ink, #22241f); font-weight: 600; }
    .row { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 8px; }
    .size { position: relative; display: inline-grid; }
    .size input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
    .size span { display: grid; place-items: center; min-width: 48px; min-height: 44px; padding: 4px 14px; border-radius: 12px; border: 1px solid var(--line, #ddd7cb); font-variant-numeric: tabular-nums; transition: background 200ms ease-out, border-color 200ms ease-out, color 200ms ease-out; }
    .size:hover span { border-color: var(--accent, #1f4d3a); }
    .size input:checked + span { background: var(--accent, #1f4d3a); border-color: var(--accent, #1f4d3a); color: var(--accent-ink, #fff); font-weight: 600; }
    .size input:focus-visible + span { outline: 3px solid var(--accent, #1f4d3a); outline-offset: 3px; }
    .size.advised:not(:has(:checked)) span { border-color: var(--accent, #1f4d3a); border-width: 2px; padding: 3px 13px; }
    .size.gone input { cursor: not-allowed; }
    .size.gone span { color: var(--quiet, #5d5f57); border-style: dashed; border-color: var(--line, #ddd7cb); background: none; text-decoration: line-through; text-decoration-thickness: 1.5px; }
    .size.gone input:checked + span { color: var(--ink, #22241f); border: 2px solid var(--quiet, #5d5f57); padding: 3px 13px; background: none; font-weight: 600; }
    .under { display: grid; justify-items: start; gap: 8px; margin-block-start: 10px; }
    .under:empty { display: none; }
    .yours { border-color: var(--accent, #1f4d3a); font-weight: 600; }
    .yours .icon { color: var(--accent, #1f4d3a); }
    .please { color: var(--bad, #96341f); font-weight: 600; }
    @media (forced-colors: active) { .size input:checked + span { outline: 3px solid Highlight; } }
  `];

  protected models(): readonly EventTarget[] {
    return [chosen];
  }

  /** Lead the shopper here: they wanted to buy, and a size is needed. */
  async want(): Promise<void> {
    this.isWanted = true;
    this.announce(t("please"));
    await this.focusOn("input:not(:disabled)");
    this.scrollIntoView({ block: "nearest" });
  }

  /** What can be said of the choice now; null: nothing chosen. */
  get now(): SizeNow | null {
    const label = this.row ? chosen.of(this.row.id) : null;
    return this.#all().find((one) => one.label === label) ?? null;
  }

  #all(): readonly SizeNow[] {
    return this.row ? sizesNow(this.row, this.variant, this.asked) : [];
  }

  #colour(): string {
    const { variant, row } = this;
    return row && row.variants.length > 1 ? (variant?.label || variant?.name || "") : "";
  }

  #choose(label: string): void {
    if (!this.row) return;
    this.isWanted = false;
    chosen.choose(this.row.id, label);
    this.announce(t("picked", { size: label }));
    this.dispatchEvent(new CustomEvent("size-chosen", { detail: label, bubbles: true, composed: true }));
  }

  override render(): TemplateResult | typeof nothing {
    const all = this.#all();
    if (!this.row || !all.length) return nothing;
    const mine = chosen.of(this.row.id);
    const advised = all.find(({ label }) => label === this.advised);
    const gone = lost(all, this.#colour());
    return html`<fieldset role="radiogroup" aria-describedby=${gone ? "lost" : nothing} aria-required="true">
      <legend>${mine === null ? t("choose") : html`${t("size")} <b><bdi>${mine}</bdi></b>`}</legend>
      <div class="row">${all.map((one) => this.#size(one, one.label === mine))}</div>
      <div class="under">
        ${this.isWanted && mine === null ? html`<p class="small please">${t("please")}</p>` : nothing}
        ${advised && advised.label !== mine ? this.#yours(advised) : nothing}
        ${gone ? html`<p id="lost" class="small quiet">${gone}</p>` : nothing}
      </div>
    </fieldset>`;
  }

  #size(one: SizeNow, isMine: boolean): TemplateResult {
    const can = canBeChosen(one);
    const state = this.#state(one);
    // The chosen one stays reachable by Tab when it is gone in another colour: a group whose chosen one is disabled is not.
    return html`<label class="size${can ? "" : " gone"}${one.label === this.advised ? " advised" : ""}" title=${state || nothing}>
      <input type="radio" name="size" value=${one.label} .checked=${isMine} ?disabled=${!can && !isMine} aria-disabled=${can ? nothing : "true"}
        aria-label=${state ? `${one.label}, ${state}` : one.label} @change=${() => this.#choose(one.label)}>
      <span aria-hidden="true"><bdi>${one.label}</bdi></span></label>`;
  }

  #state({ kind, left }: SizeNow): string {
    const colour = this.#colour();
    switch (kind) {
      case "out": return t("out");
      case "off": return t("off");
      case "unmade": return colour ? t("unmade", { colour }) : t("unmade_plain");
      case "few": return left === 1 ? t("one") : t("few", { n: left });
      default: return "";
    }
  }

  #yours(one: SizeNow): TemplateResult {
    const [size, colour] = [one.label, this.#colour()];
    if (!canBeChosen(one)) return html`<p class="small">${colour ? t("yours_out", { size, colour }) : t("yours_out_plain", { size })}</p>`;
    return html`<button class="plain yours" @click=${() => this.#choose(size)}>${icon(RULER)}${t("yours", { size })}</button>`;
  }
}

customElements.define("shop-sizes", ShopSizes);

declare global {
  interface HTMLElementTagNameMap {
    "shop-sizes": ShopSizes;
  }
}
