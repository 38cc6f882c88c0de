/**
 * <fit-advice>: asks for the measure that matters, names a size with its reason, and shows where it sits how.
 *
 * Fires "size" when the named size changes. What it is not: the reckoning (`fit.ts`) or the keeping (`own.ts`).
 */
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "../shop/panel";
import { t as take } from "../shop/size-words";
import { chosen } from "../shop/sizes";
import { unitFor } from "../ui/format";
import { spoken } from "../ui/words";
import { chartOf, isSold, measuresOf, type SizeChart } from "./chart";
import { recommend, type How, type Verdict, type Wish } from "./fit";
import { figure, figureFor } from "./figure";
import { fitMap, type Spot } from "./map";
import { fromRing, merged, possible, typed, type MeasureKey, type Measures } from "./measures";
import { own } from "./own";
import { howTo, nameOf, t } from "./words";

/** What the element says: a size, and under which SKUs it is sold (none: in every one). */
export interface Advised {
  readonly size: string | null;
  readonly skus: readonly string[];
}

type Unit = "mm" | "cm" | "in";
const PER_UNIT: Readonly<Record<Unit, number>> = { mm: 1, cm: 10, in: 25.4 };
/** These are told in millimetres everywhere. */
const SMALL: ReadonlySet<MeasureKey> = new Set(["finger_girth", "head_width", "pupillary_distance", "nose_width"]);
/** A wish makes sense where there is cloth. */
const CLOTH: ReadonlySet<MeasureKey> = new Set(["chest", "waist", "hip", "neck", "shoulder_width"]);
const WISHES: readonly Wish[] = ["close", "regular", "loose"];
const OTHERS_SHOWN = 1;
/** So many sizes are shown to either side. */
const NEAR = 2;

export class FitAdvice extends Panel {
  static override properties = {
    manifest: { attribute: false }, product: {}, canTake: { attribute: false }, measures: { attribute: false }, unit: {}, wish: { state: true }, shown: { state: true }, wrong: { state: true }, isAsking: { state: true },
  };
  /** The product's manifest, as the server gives it. */
  declare manifest: object;
  /** The product whose size can be chosen here; empty: it is only named. */
  declare product: string;
  /** Whether a size can be had in the colour that is chosen. */
  declare canTake: (size: string) => boolean;
  /** What the mirror knows of this shopper; may change with every frame. */
  declare measures: Measures;
  /** Empty: by the reader's locale. */
  declare unit: "" | "cm" | "in";
  declare private wish: Wish;
  /** The size that the map shows, if another than the named one. */
  declare private shown: string | null;
  declare private wrong: MeasureKey | "ring" | null;
  declare private isAsking: boolean;
  #last: string | null | undefined;

  constructor() {
    super();
    this.manifest = {};
    this.measures = {};
    this.unit = this.product = "";
    this.canTake = () => true;
    this.wish = "regular";
    this.shown = this.wrong = null;
    this.isAsking = false;
  }

  protected models(): readonly EventTarget[] {
    return [own, chosen];
  }

  /** What is advised now; null without a chart. */
  get verdict(): Verdict | null {
    const chart = chartOf(this.manifest);
    return chart && recommend(chart, merged(own.all, this.measures), this.wish);
  }

  override updated(): void {
    const [chart, verdict] = [chartOf(this.manifest), this.verdict];
    const size = verdict?.size ?? null;
    if (size === this.#last || (this.#last === undefined && size === null)) return;
    this.#last = size;
    const skus = chart?.sizes.find(({ label }) => label === size)?.skus ?? [];
    this.dispatchEvent(new CustomEvent<Advised>("size", { detail: { size, skus }, bubbles: true, composed: true }));
  }

  #unitOf(key: MeasureKey): Unit {
    return SMALL.has(key) ? "mm" : this.unit || (unitFor("auto", navigator.language) === "in" ? "in" : "cm");
  }

  #number(mm: number, unit: Unit, digits = unit === "mm" ? 0 : 1): string {
    return new Intl.NumberFormat(spoken(), { maximumFractionDigits: digits }).format(mm / PER_UNIT[unit]);
  }

  #length(mm: number, key: MeasureKey): string {
    const unit = this.#unitOf(key);
    // Half centimetres matter in a shoe, not in a chest that is 6 cm off.
    return `${this.#number(Math.abs(mm), unit, Math.abs(mm) >= 3 * PER_UNIT[unit] && unit !== "in" ? 0 : 1)} ${t(unit)}`;
  }

  #range([low, high]: readonly [number, number], key: MeasureKey): string {
    const unit = this.#unitOf(key);
    return `${this.#number(low, unit)}–${this.#number(high, unit)} ${t(unit)}`;
  }

  /** The verdict in a sentence. */
  #reason(chart: SizeChart, { reason }: Verdict): string {
    const { key, measure, size, other, range_mm, part } = reason;
    const unit = this.#unitOf(key);
    const measured = measure ? `${this.#number(measure.mm, unit)} ± ${this.#number(measure.spread_mm, unit)} ${t(unit)}` : "";
    const gaps = { measure: nameOf(key), value: measured, size, range: range_mm ? this.#range(range_mm, key) : "", low: range_mm ? this.#length(range_mm[0], key) : "", high: range_mm ? this.#length(range_mm[1], key) : "" };
    const isOne = chart.sizes.length === 1;
    switch (reason.word) {
      case "inside":
        if (isOne) return t("inside_one", gaps);
        return t("inside", { ...gaps, part: t(part ?? "middle"), other: other ? t(other.how === "tight" ? "other_tight" : "other_loose", { size: other.size, off: this.#length(other.off_mm, key) }) : "" });
      case "wished":
        return t(this.wish === "close" ? "wished_close" : "wished_loose", gaps);
      case "between":
        return t("between", { ...gaps, other: other?.size ?? "" });
      case "sharper":
        return t(isOne ? "sharper_one" : "sharper", gaps);
      default:
        return t(reason.word, gaps);
    }
  }

  #how(how: How, off_mm: number, key: MeasureKey): string {
    return how === "good" ? t("good") : t(how === "tight" ? "tight_by" : "loose_by", { off: this.#length(off_mm, key) });
  }

  #type(key: MeasureKey, input: HTMLInputElement, isDone: boolean): void {
    const text = input.value.trim();
    const mm = parsed(text) * PER_UNIT[this.#unitOf(key)];
    const measure = typed(key, mm);
    if (measure || !text) {
      own.set(key, text ? measure : null);
      this.wrong = null;
      this.shown = null;
    } else if (isDone) {
      own.set(key, null);
      this.wrong = key;
    }
  }

  #ring(input: HTMLInputElement, isDone: boolean): void {
    const text = input.value.trim();
    const measure = fromRing(parsed(text));
    if (measure) own.set("finger_girth", measure);
    this.wrong = !measure && text && isDone ? "ring" : null;
  }

  override render(): TemplateResult | typeof nothing {
    const [chart, verdict] = [chartOf(this.manifest), this.verdict];
    if (!chart || !verdict) return nothing;
    const keys = measuresOf(chart);
    const firsts = keys.slice(0, Math.max(chart.decides.length, chart.rule === "all" ? keys.length : OTHERS_SHOWN));
    const rest = keys.filter((key) => !firsts.includes(key));
    const reason = this.#reason(chart, verdict);
    const size = chart.sizes.find(({ label }) => label === verdict.size);
    const hasAny = verdict.perSize.some(({ fits }) => fits.length);
    return html`<section aria-labelledby="title">
      <header><h3 id="title">${t("title")}</h3>${chart.system ? html`<p class="small quiet">${t("system", { system: chart.system })}</p>` : nothing}</header>
      <div class="verdict" role="status">
        ${verdict.size || verdict.between ? html`<p class=${verdict.between ? "label two" : "label"}><bdi>${verdict.size ?? verdict.between?.join(" / ")}</bdi></p>` : nothing}
        <p class="reason">${hasAny || verdict.asks === null ? reason : t("lead")}</p>
        ${size && this.product && isSold(chart, size) && this.canTake(size.label) ? this.#take(size.label) : nothing}
        ${size && !isSold(chart, size) ? html`<p class="small quiet">${t("not_sold", { size: size.label })}</p>` : nothing}
      </div>
      <div class="ask">
        ${firsts.map((key) => this.#field(key, key === verdict.asks))}
        ${keys.includes("finger_girth") ? this.#ringField() : nothing}
      </div>
      ${rest.length ? html`<details><summary>${t("more")}</summary><div class="ask">${rest.map((key) => this.#field(key, false))}</div></details>` : nothing}
      ${keys.some((key) => CLOTH.has(key)) ? this.#wishes() : nothing}
      ${hasAny ? this.#sizes(chart, verdict) : nothing}
      ${this.#privacy()}
    </section>`;
  }

  #take(size: string): TemplateResult {
    if (chosen.of(this.product) === size) return html`<p class="taken">${icon(ICONS.check)}${take("taken", { size })}</p>`;
    return html`<button class="plain take" @click=${() => {
      chosen.choose(this.product, size);
      this.announce(take("taken", { size }));
    }}>${take("take", { size })}</button>`;
  }

  #field(key: MeasureKey, isWanted: boolean): TemplateResult {
    const unit = this.#unitOf(key);
    const mine = own.all[key];
    const seen = mine ? undefined : this.measures[key];
    const isWrong = this.wrong === key;
    const [low, high] = possible(key);
    return html`<div class=${isWanted ? "field wanted" : "field"}>
      <label for=${key}>${nameOf(key)}</label>
      <span class="box"><input id=${key} inputmode="decimal" autocomplete="off" maxlength="7" aria-describedby=${`${key}-how`} aria-invalid=${isWrong ? "true" : "false"}
        .value=${this.#shownValue(key)} placeholder=${seen ? this.#number(seen.mm, unit) : ""}
        @input=${(event: Event) => this.#type(key, event.target as HTMLInputElement, false)} @change=${(event: Event) => this.#type(key, event.target as HTMLInputElement, true)}><span class="unit">${t(unit)}</span></span>
      <p id=${`${key}-how`} class=${isWrong ? "small how bad" : "small how quiet"}>${isWrong ? t("impossible", { low: `${this.#number(low, unit, 0)}`, high: `${this.#number(high, unit, 0)} ${t(unit)}` })
        : seen ? `${t("seen")}: ${this.#number(seen.mm, unit)} ± ${this.#number(seen.spread_mm, unit)} ${t(unit)}` : howTo(key)}</p>
    </div>`;
  }

  /** What is being typed stays as it is typed. */
  #shownValue(key: MeasureKey): string {
    const input = this.renderRoot.querySelector?.<HTMLInputElement>(`#${key}`);
    const mine = own.all[key];
    if (input && (this.shadowRoot?.activeElement === input || this.wrong === key)) return input.value;
    return mine ? this.#number(mine.mm, this.#unitOf(key)) : "";
  }

  #ringField(): TemplateResult {
    return html`<div class="field"><label for="ring">${t("ring")}</label>
      <span class="box"><input id="ring" inputmode="decimal" autocomplete="off" maxlength="6" aria-invalid=${this.wrong === "ring" ? "true" : "false"} aria-describedby="ring-how"
        @input=${(event: Event) => this.#ring(event.target as HTMLInputElement, false)} @change=${(event: Event) => this.#ring(event.target as HTMLInputElement, true)}><span class="unit">${t("mm")}</span></span>
      <p id="ring-how" class="small how bad">${this.wrong === "ring" ? t("impossible", { low: "10", high: `28 ${t("mm")}` }) : nothing}</p></div>`;
  }

  #wishes(): TemplateResult {
    return html`<fieldset class="wish"><legend>${t("wish")}</legend><div class="row">${WISHES.map((wish) => html`
      <label><input type="radio" name="wish" .checked=${wish === this.wish} @change=${() => (this.wish = wish)}><span>${t(wish === "loose" ? "loose_wish" : wish)}</span></label>`)}</div></fieldset>`;
  }

  #sizes(chart: SizeChart, verdict: Verdict): TemplateResult {
    const likeliest = verdict.perSize.reduce((best, one) => (one.chance > best.chance ? one : best));
    const end = verdict.reason.word === "smaller" || verdict.reason.word === "larger" ? verdict.reason.size : null;
    const size = this.shown ?? verdict.size ?? end ?? likeliest.size;
    const map = fitMap(verdict, size);
    const words = (spot: Spot): readonly [string, string] => [capital(nameOf(spot.key)), this.#how(spot.how, spot.off_mm, spot.key)];
    const list = [...map.values()].map(({ key, how, off_mm }) => `${nameOf(key)} ${this.#how(how, off_mm, key)}`).join(", ");
    // Of many sizes those near by: nobody wonders about the others.
    const first = Math.max(0, Math.min(chart.sizes.findIndex(({ label }) => label === (verdict.size ?? end ?? likeliest.size)) - NEAR, chart.sizes.length - 2 * NEAR - 1));
    const near = verdict.perSize.slice(first, first + 2 * NEAR + 1);
    return html`<div class="sits">
      <div role="img" aria-label=${t("map", { size, list })}>${figure(figureFor(map.keys()), map, words)}</div>
      ${chart.sizes.length > 1 ? html`<div class="each"><h4>${t("each")}</h4><ul>${near.map((one) => html`<li><button class="size" aria-pressed=${one.size === size} @click=${() => (this.shown = one.size)}>
        <bdi class="tag">${one.size}</bdi><span class="sit">${one.fits.map(({ key, how, off_mm }) => html`<span class=${how}><i></i>${one.fits.length > 1 ? `${nameOf(key)} ` : nothing}${this.#how(how, off_mm, key)}</span>`)}</span></button></li>`)}</ul></div>` : nothing}
    </div>`;
  }

  #privacy(): TemplateResult {
    if (own.isEmpty && !own.isKept) return html`<p class="small quiet private">${icon(ICONS.lock)}${t("private")}</p>`;
    return html`<div class="private small">
      <p class="quiet">${icon(ICONS.lock)}${t(own.isKept ? "kept" : this.isAsking ? "keep_sure" : "private")}</p>
      <div class="row">
        ${own.isKept ? nothing : this.isAsking ? html`<button class="plain" @click=${() => this.#keep(true)}>${t("keep_yes")}</button><button class="plain" @click=${() => this.#keep(false)}>${t("keep_no")}</button>`
          : html`<button class="text" id="keep" @click=${() => this.#ask()}>${t("keep")}</button>`}
        <button class="text" @click=${() => this.#erase()}>${t("erase")}</button>
      </div></div>`;
  }

  #ask(): void {
    this.isAsking = true;
    void this.focusOn(".private .plain");
  }

  #keep(isWanted: boolean): void {
    this.isAsking = false;
    if (isWanted) own.keep();
    void this.focusOn(isWanted ? ".private .text" : "#keep");
  }

  #erase(): void {
    own.erase();
    this.isAsking = false;
    this.shown = this.wrong = null;
    for (const input of this.renderRoot.querySelectorAll<HTMLInputElement>("input:not([type])")) input.value = "";
    this.announce(t("erased"));
    void this.focusOn("input");
  }

  static override styles = [base, css`
    section { display: grid; gap: 20px; padding-block: 24px; border-block-start: 1px solid var(--line, #ddd7cb); }
    header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 4px 16px; }
    .verdict { display: grid; grid-template-columns: auto 1fr; align-items: center; gap: 4px 20px; }
    .verdict .label { grid-row: span 2; font-size: clamp(44px, 14cqi, 64px); line-height: 1; font-weight: 600; letter-spacing: -0.03em; }
    .take, .taken { grid-column: -2; justify-self: start; }
    .taken { display: flex; align-items: center; gap: 8px; min-height: 44px; font-weight: 600; }
    .verdict .label.two { font-size: 34px; }
    .verdict .reason { text-wrap: pretty; grid-column: -2; }
    .verdict .reason:first-child, .verdict .reason:only-child { grid-column: 1 / -1; }
    .ask { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: 16px 24px; }
    .field { display: grid; align-content: start; gap: 4px; }
    .field label { font-weight: 600; }
    .field label::first-letter { text-transform: uppercase; }
    .box { position: relative; display: block; }
    .box input { width: 100%; min-height: 48px; padding-inline: 14px 52px; border: 1px solid var(--line, #cfc8ba); border-radius: 12px; background: var(--field, rgb(255 255 255 / 0.7)); font-variant-numeric: tabular-nums; font-size: 18px; }
    .wanted .box input { border-color: var(--accent, #1f4d3a); box-shadow: 0 0 0 1px var(--accent, #1f4d3a); }
    .box input::placeholder { color: var(--quiet, #5d5f57); opacity: 0.75; }
    .box input[aria-invalid="true"] { border-color: var(--bad, #96341f); }
    .unit { position: absolute; inset-block: 0; inset-inline-end: 14px; display: grid; place-items: center; color: var(--quiet, #5d5f57); pointer-events: none; }
    .how { text-wrap: pretty; }
    .bad { color: var(--bad, #7e2a17); }
    summary { min-height: 44px; display: inline-flex; align-items: center; cursor: pointer; text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 4px; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
    summary::-webkit-details-marker { display: none; }
    details[open] summary { margin-block-end: 8px; }
    .wish legend { font-weight: 600; margin-block-end: 8px; }
    .row { display: flex; flex-wrap: wrap; gap: 8px; }
    .wish .row { gap: 0; width: fit-content; border: 1px solid var(--line, #cfc8ba); border-radius: 999px; overflow: hidden; }
    .wish label { position: relative; display: grid; }
    .wish input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
    .wish span { display: grid; place-items: center; min-height: 44px; padding-inline: 18px; transition: background 200ms ease-out, color 200ms ease-out; }
    .wish input:checked + span { background: var(--accent, #1f4d3a); color: var(--accent-ink, #fff); }
    .wish input:focus-visible + span { outline: 3px solid var(--accent, #1f4d3a); outline-offset: -5px; border-radius: 999px; }
    .wish input:checked:focus-visible + span { outline-color: var(--accent-ink, #fff); }
    .sits { display: grid; grid-template-columns: minmax(0, 300px) minmax(0, 1fr); gap: 24px; align-items: center; }
    .figure { display: block; width: 100%; max-height: 420px; color: var(--ink, #22241f); }
    .line, .hair-line { fill: none; }
    .skin { fill: color-mix(in srgb, var(--ink, #22241f) 6%, var(--paper, #faf8f3)); }
    .line, .hair-line { stroke: currentColor; stroke-opacity: 0.55; stroke-width: 1.2; stroke-linejoin: round; stroke-linecap: round; }
    .hair-line { stroke-width: 2.2; }
    .bones path { fill: none; stroke: color-mix(in srgb, var(--ink, #22241f) 14%, var(--paper, #faf8f3)); stroke-width: 17; stroke-linecap: round; }
    .skin.plain { fill: color-mix(in srgb, var(--ink, #22241f) 14%, var(--paper, #faf8f3)); }
    .measure { fill: none; stroke-width: 2; }
    .hair { fill: none; stroke: currentColor; stroke-opacity: 0.35; stroke-width: 0.8; }
    .knot { fill: currentColor; fill-opacity: 0.6; }
    .label { font-size: 13px; }
    svg .label { fill: currentColor; font-weight: 600; }
    svg .state { font-weight: 400; fill-opacity: 0.75; }
    h4 { margin: 0 0 8px; font-size: 15px; font-weight: 600; }
    .each ul { display: grid; gap: 2px; }
    .size { display: grid; grid-template-columns: 3.2rem 1fr; align-items: center; gap: 8px; width: 100%; min-height: 44px; padding: 6px 12px; border: 0; border-radius: 12px; background: none; text-align: start; }
    .size:hover { background: color-mix(in srgb, var(--ink, #22241f) 5%, transparent); }
    .size[aria-pressed="true"] { background: color-mix(in srgb, var(--ink, #22241f) 8%, transparent); }
    .tag { font-weight: 600; }
    .sit { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 15px; }
    .sit span { display: inline-flex; align-items: center; gap: 6px; }
    .sit i { width: 12px; height: 12px; border-radius: 3px; flex: none; }
    .good i { background: #5d8a6b; border-radius: 50%; }
    .tight i { background: repeating-linear-gradient(45deg, #b4552d 0 2px, #e9c3b2 2px 4px); }
    .loose i { background: radial-gradient(#fff 1.2px, transparent 1.6px) 0 0 / 4px 4px, #5f7fa8; }
    .private, .private p { display: flex; align-items: center; gap: 10px; }
    div.private { flex-wrap: wrap; justify-content: space-between; gap: 4px 20px; }
    .private .row { gap: 8px 20px; }
    @container (max-width: 600px) { .sits { grid-template-columns: 1fr; } .figure { max-width: 300px; } }
    @media (forced-colors: active) { .sit i { forced-color-adjust: none; } }
  `];
}

const capital = (text: string): string => text.slice(0, 1).toLocaleUpperCase(spoken()) + text.slice(1);

/** As people write numbers: a comma or a point. */
const parsed = (text: string): number => (/^\d+([.,]\d*)?$/.test(text) ? Number(text.replace(",", ".")) : NaN);

customElements.define("fit-advice", FitAdvice);

declare global {
  interface HTMLElementTagNameMap {
    "fit-advice": FitAdvice;
  }
}
