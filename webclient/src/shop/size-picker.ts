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
const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export class ShopSizes extends Panel {
  static override properties = { row: { attribute: false }, variant: { attribute: false }, asked: { attribute: false }, advised: {}, isWanted: { state: true }, at: { state: true } };
  declare row: Row | undefined;
  /** The chosen colour. */
  declare variant: Variant | undefined;
  declare asked: Asked;
  /** The size that fits, if the advice knows one. */
  declare advised: string | null;
  /** The shopper wanted to buy and has chosen none yet. */
  declare private isWanted: boolean;
  /** The one with the keyboard. */
  declare private at: string | null;

  constructor() {
    super();
    this.asked = () => undefined;
    this.advised = this.at = null;
    this.isWanted = false;
  }

  static override styles = [base, css`
    :host { display: block; }
    legend { font-size: 15px; color: var(--quiet, #5d5f57); }
    legend b { color: var(--ink, #22241f); font-weight: 600; }
    .row { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 8px; }
    .size { min-width: 48px; min-height: 44px; padding: 4px 14px; border-radius: 12px; border: 1px solid var(--line, #ddd7cb); background: none; font-variant-numeric: tabular-nums; transition: background 200ms ease-out, border-color 200ms ease-out, color 200ms ease-out; }
    .size:hover, .size.advised { border-color: var(--accent, #1f4d3a); }
    .size.advised { box-shadow: inset 0 0 0 1px var(--accent, #1f4d3a); }
    .size:focus-visible { outline-offset: 3px; }
    .size[aria-checked="true"] { background: var(--accent, #1f4d3a); border-color: var(--accent, #1f4d3a); color: var(--accent-ink, #fff); font-weight: 600; }
    .size.gone { color: var(--quiet, #5d5f57); border: 1px dashed var(--line, #ddd7cb); background: none; box-shadow: none; cursor: not-allowed; text-decoration: line-through; text-decoration-thickness: 1.5px; }
    .size.gone[aria-checked="true"] { color: var(--ink, #22241f); border: 2px solid var(--quiet, #5d5f57); padding: 3px 13px; }
    .under { display: grid; justify-items: start; gap: 8px; margin-block-start: 10px; }
    .under:empty { display: none; }
    .yours { border-color: var(--accent, #1f4d3a); font-weight: 600; }
    .yours .icon { color: var(--accent, #1f4d3a); }
    .please { color: var(--bad, #96341f); font-weight: 600; }
    @media (forced-colors: active) { .size[aria-checked="true"] { outline: 3px solid Highlight; } }
  `];

  protected models(): readonly EventTarget[] {
    return [chosen];
  }

  /** Lead the shopper here: they wanted to buy, and a size is needed. */
  async want(): Promise<void> {
    this.isWanted = true;
    this.announce(t("please"));
    await this.focusOn(".size:not(.gone)");
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
    // Where Tab stops: where the keyboard is, else at the chosen one, else at the first that can be had.
    const stop = [this.at, mine].find((label) => all.some((one) => one.label === label)) ?? (all.find(canBeChosen) ?? all[0])?.label;
    const advised = all.find(({ label }) => label === this.advised);
    const gone = lost(all, this.#colour());
    return html`<fieldset role="radiogroup" aria-labelledby="what" aria-describedby=${gone ? "lost" : nothing} aria-required="true">
      <legend id="what">${mine === null ? t("choose") : html`${t("size")} <b><bdi>${mine}</bdi></b>`}</legend>
      <div class="row" @focusout=${() => (this.at = null)}>${all.map((one) => this.#size(one, one.label === mine, one.label === stop))}</div>
      <div class="under">
        ${this.isWanted && mine === null ? html`<p class="small please">${t("please")}</p>` : nothing}
        ${advised && advised.label !== mine ? this.#yours(advised) : nothing}
        ${gone ? html`<p id="lost" class="small quiet">${gone}</p>` : nothing}
      </div>
    </fieldset>`;
  }

  #size(one: SizeNow, isMine: boolean, isStop: boolean): TemplateResult {
    const can = canBeChosen(one);
    const state = this.#state(one);
    // Buttons and not inputs: a browser takes a disabled radio button away from the keyboard, and with it the news of it.
    return html`<button type="button" role="radio" class="size${can ? "" : " gone"}${one.label === this.advised ? " advised" : ""}" data-size=${one.label} tabindex=${isStop ? 0 : -1}
      aria-checked=${isMine} aria-disabled=${can ? nothing : "true"} aria-label=${state ? `${one.label}, ${state}` : one.label} title=${state || nothing}
      @click=${() => (can ? this.#choose(one.label) : this.announce(`${one.label}, ${state}`))} @focus=${() => (this.at = one.label)} @keydown=${(event: KeyboardEvent) => this.#key(event, one)}><bdi>${one.label}</bdi></button>`;
  }

  /** As in every group of radio buttons: an arrow goes on and chooses. What cannot be had is come by, and stays as it is. */
  #key(event: KeyboardEvent, from: SizeNow): void {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const all = this.#all();
    const next = all[(all.findIndex(({ label }) => label === from.label) + step + all.length) % all.length];
    if (!next) return;
    this.renderRoot.querySelector<HTMLElement>(`[data-size="${CSS.escape(next.label)}"]`)?.focus();
    if (canBeChosen(next)) this.#choose(next.label);
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
