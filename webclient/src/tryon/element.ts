/**
 * <tryon-mirror>: asks, opens the booth, and dresses who stands before it. Everything by keyboard; troubles say a way on.
 *
 * Fires "closed". What it is not: tracking or drawing (`booth.ts`, `mirror.ts`).
 */
import type { PropertyValues } from "lit";
import { catalogue, product as productOf, type Product, type Row, type Variant } from "../api";
import { base, css, html, icon, ICONS, nothing, Panel, swatch, type TemplateResult } from "../shop/panel";
import { load } from "../viewer/loader";
import { Variants } from "../viewer/variants";
import { Booth } from "./booth";
import { wornAs, type Anchor } from "./wear";
import { Camera } from "./source";
import { spoken } from "../ui/words";
import { t } from "./words";

interface Wearable {
  readonly row: Row;
  variant: Variant | null;
  isOn: boolean;
  isLoading: boolean;
}

/** Nobody reads a number that dances. */
const MEASURE_EVERY = 30;

export class TryonMirror extends Panel {
  static override properties = { product: {}, variant: {}, cameras: { state: true }, measured: { state: true } };
  declare product: string;
  declare variant: string;
  declare private cameras: readonly { readonly id: string; readonly label: string }[];
  declare private measured: { readonly mm: string; readonly spread: string } | null;
  readonly booth = new Booth();
  #wearables: Wearable[] = [];
  #shown: Wearable | null = null;
  readonly #details = new Map<string, Promise<Product>>();
  readonly #ended = new AbortController();
  #frames = 0;

  constructor() {
    super();
    this.product = this.variant = "";
    this.cameras = [];
    this.measured = null;
    this.booth.addEventListener("frame", () => this.#measure());
    this.booth.addEventListener("change", () => void this.#followed());
  }

  protected models(): readonly EventTarget[] {
    return [this.booth];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#stock();
  }

  override disconnectedCallback(): void {
    this.booth.close();
    this.#ended.abort();
    super.disconnectedCallback();
  }

  async #stock(): Promise<void> {
    const rows = (await catalogue()).filter((row) => wornAs(row.category));
    this.#wearables = rows.map((row) => ({ row, variant: row.variants[0] ?? null, isOn: row.id === this.product, isLoading: false }));
    this.#shown = this.#wearables.find(({ isOn }) => isOn) ?? null;
    if (this.#shown && this.variant) this.#shown.variant = this.#shown.row.variants.find(({ name }) => name === this.variant) ?? this.#shown.variant;
    this.requestUpdate();
  }

  async #followed(): Promise<void> {
    const { state } = this.booth;
    if (state !== "live" || this.cameras.length) return;
    this.cameras = await Camera.all();
    for (const one of this.#wearables) if (one.isOn) await this.#wear(one);
  }

  async #wear(one: Wearable): Promise<void> {
    const { mirror } = this.booth;
    if (!mirror) return;
    one.isLoading = true;
    this.requestUpdate();
    try {
      const { signal } = this.#ended;
      let asked = this.#details.get(one.row.id);
      if (!asked) this.#details.set(one.row.id, (asked = productOf(one.row.id, signal)));
      const { manifest, files } = await asked;
      const delivery = manifest.deliveries["desktop"] ?? manifest.deliveries["mobile"] ?? Object.values(manifest.deliveries)[0];
      const level = delivery?.levels?.[1] ?? delivery;
      const address = level && files[level.file];
      if (!address) throw new Error(`${one.row.id} has no model`);
      const gltf = await load(address, mirror.renderer, signal);
      await new Variants(gltf).wear(one.variant?.name ?? null);
      const worn = wornAs(one.row.category);
      const { anchors } = manifest as { anchors?: readonly Anchor[] };
      if (one.isOn && worn) this.booth.put({ id: one.row.id, worn, anchors: anchors ?? [], model: gltf.scene });
      this.announce(`${t("worn")}: ${one.row.name}`);
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      one.isOn = false;
      console.warn(error);
      this.announce(t("network"));
    } finally {
      one.isLoading = false;
      this.requestUpdate();
    }
  }

  #toggle(one: Wearable): void {
    one.isOn = !one.isOn;
    // Two pairs of spectacles are one too many.
    for (const other of this.#wearables) {
      if (one.isOn && other !== one && other.isOn && wornAs(other.row.category) === wornAs(one.row.category)) {
        other.isOn = false;
        this.booth.remove(other.row.id);
      }
    }
    this.#shown = one.isOn ? one : (this.#wearables.find(({ isOn }) => isOn) ?? null);
    if (one.isOn) void this.#wear(one);
    else this.booth.remove(one.row.id);
    this.requestUpdate();
  }

  #colour(one: Wearable, variant: Variant): void {
    one.variant = variant;
    void this.#wear(one);
  }

  #measure(): void {
    const [head] = this.booth.heads;
    if (!head || this.#frames++ % MEASURE_EVERY) return;
    const { distance_m, spread_m } = head.pupils;
    const number = new Intl.NumberFormat(spoken(), { maximumFractionDigits: 0 });
    this.measured = distance_m > 0 ? { mm: number.format(distance_m * 1000), spread: number.format(Math.ceil(spread_m * 1000)) } : null;
  }

  async #picture(): Promise<void> {
    const picture = await this.booth.picture();
    if (!picture) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(picture);
    link.download = "showroom.jpg";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.announce(t("saved"));
  }

  #close(): void {
    this.booth.close();
    this.dispatchEvent(new Event("closed"));
  }

  override render(): TemplateResult {
    const { state } = this.booth;
    return html`<section class=${state} aria-label=${t("title")} @keydown=${(event: KeyboardEvent) => event.key === "Escape" && this.#close()}>
      ${state === "live" || state === "frozen" ? this.#live() : state === "trouble" ? this.#troubled() : state === "opening" ? this.#opening() : this.#consent()}
    </section>`;
  }

  #consent(): TemplateResult {
    return html`<div class="card">
      <svg class="icon mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3a7 9 0 1 0 0 18 7 9 0 0 0 0-18zM9 10.5h.01M15 10.5h.01M9.5 15a4 4 0 0 0 5 0"></path></svg>
      <h2 tabindex="-1">${t("consent")}</h2>
      <p>${t("consent_lead")} ${t("consent_1")} ${t("consent_2")}</p>
      <div class="row"><button class="act" @click=${() => void this.booth.open()}>${t("yes")}</button><button class="plain" @click=${() => this.#close()}>${t("no")}</button></div>
    </div>`;
  }

  #opening(): TemplateResult {
    return html`<div class="card" role="status"><span class="wheel"></span><p>${t("opening", { n: Math.round(this.booth.part * 100) })}</p>
      <button class="plain" @click=${() => this.#close()}>${t("no")}</button></div>`;
  }

  #troubled(): TemplateResult {
    return html`<div class="card" role="alert">${icon(ICONS.warn)}<p>${t(this.booth.trouble ?? "model")}</p>
      <div class="row"><button class="act" @click=${() => void this.booth.open()}>${t("again")}</button><button class="plain" @click=${() => this.#close()}>${t("close")}</button></div></div>`;
  }

  #live(): TemplateResult {
    const isFrozen = this.booth.state === "frozen";
    const names = this.#wearables.filter(({ isOn }) => isOn).map(({ row }) => row.name).join(", ") || t("nothing");
    const shown = this.#shown;
    return html`
      <div class="glass" role="img" aria-label=${t("view", { names })}>${this.booth.canvas}</div>
      ${this.booth.advice ? html`<p class="advice" role="status">${t(this.booth.advice)}</p>` : nothing}
      <div class="tools">
        <button class="plain" aria-pressed=${isFrozen} @click=${() => this.booth.freeze(!isFrozen)}>${t(isFrozen ? "go_on" : "freeze")}</button>
        <button class="plain" @click=${() => void this.#picture()}>${t("picture")}</button>
        ${this.cameras.length > 1 ? html`<label><span class="unseen">${t("camera")}</span><select @change=${(event: Event) => void this.booth.open((event.target as HTMLSelectElement).value)}>
          ${this.cameras.map(({ id, label }, i) => html`<option value=${id} ?selected=${id === this.booth.device}>${label || `${t("camera")} ${i + 1}`}</option>`)}</select></label>` : nothing}
        <button class="round" aria-label=${t("off")} title=${t("off")} @click=${() => this.#close()}>${icon(ICONS.close)}</button>
      </div>
      <div class="rail">
        <ul>${this.#wearables.map((one) => html`<li><button class="thing" aria-pressed=${one.isOn} ?disabled=${one.isLoading} @click=${() => this.#toggle(one)}>
          ${one.row.poster ? html`<img src=${one.row.poster} alt="" width="72" height="72">` : nothing}<span class="name">${one.row.name}</span></button></li>`)}</ul>
        ${shown && shown.row.variants.length > 1 ? html`<fieldset><legend class="unseen">${t("colour")}</legend>${shown.row.variants.map((variant) => html`
          <button class="plain" aria-pressed=${variant === shown.variant} @click=${() => this.#colour(shown, variant)}><span class="dot" ${swatch(variant.swatch)}></span>${variant.label ?? variant.name}</button>`)}</fieldset>` : nothing}
        ${this.measured ? html`<p class="small quiet" title=${t("pupils_why")}>${t("real")}. ${t("pupils", this.measured)}</p>` : nothing}
      </div>`;
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    const heading = this.renderRoot.querySelector<HTMLElement>("h2");
    if (heading && !this.hasUpdatedOnce) heading.focus();
    this.hasUpdatedOnce = true;
  }
  private hasUpdatedOnce = false;

  static override styles = [base, css`
    :host { position: fixed; inset: 0; z-index: 40; background: #181714; color: #f6f2ea; container-type: size; --ink: #f6f2ea; --quiet: #cfc8bb; --line: rgb(255 255 255 / 0.3); }
    section { position: absolute; inset: 0; display: grid; }
    .card { place-self: center; display: grid; justify-items: start; gap: 20px; width: min(30rem, calc(100% - 48px)); padding: 32px; border-radius: 16px; background: rgb(255 255 255 / 0.07); backdrop-filter: blur(18px); }
    .card .mark { width: 44px; height: 44px; stroke-width: 1.2; }
    .card p { text-wrap: pretty; }
    .row { display: flex; flex-wrap: wrap; gap: 12px; }
    .act { background: #f6f2ea; color: #22241f; }
    .act:hover { background: #fff; }
    .glass { position: absolute; inset: 0; overflow: hidden; }
    .glass canvas { width: 100%; height: 100%; object-fit: cover; transform: scaleX(-1); display: block; }
    .advice { position: absolute; inset-block-start: 88px; inset-inline: 0; margin-inline: auto; width: fit-content; max-width: calc(100% - 32px); padding: 10px 18px; border-radius: 999px; background: rgb(24 23 20 / 0.72); }
    .tools { position: absolute; inset-block-start: 20px; inset-inline-end: 20px; display: flex; gap: 8px; align-items: center; }
    .tools .plain, .tools .round, .tools select { background: rgb(24 23 20 / 0.55); border: 1px solid rgb(255 255 255 / 0.18); backdrop-filter: blur(12px); }
    .tools select { min-height: 44px; border-radius: 999px; padding-inline: 12px; max-width: 12rem; }
    .rail { position: absolute; inset-block-end: 0; inset-inline: 0; display: grid; gap: 12px; justify-items: center; padding: 48px 20px 20px; background: linear-gradient(transparent, rgb(24 23 20 / 0.72)); }
    .rail ul, .rail fieldset { display: flex; gap: 8px; max-width: 100%; overflow-x: auto; padding: 4px; }
    .thing { display: grid; justify-items: center; gap: 4px; min-width: 88px; padding: 6px 8px; border: 1px solid transparent; border-radius: 14px; background: rgb(24 23 20 / 0.45); font-size: 15px; backdrop-filter: blur(12px); }
    .thing img { border-radius: 10px; display: block; }
    .thing[aria-pressed="true"] { border-color: #f6f2ea; background: rgb(246 242 234 / 0.18); }
    .rail .plain { background: rgb(24 23 20 / 0.5); white-space: nowrap; }
    .rail .plain[aria-pressed="true"] { background: #f6f2ea; color: #22241f; border-color: #f6f2ea; }
    .rail p { color: #e6dfd2; text-shadow: 0 1px 6px rgb(0 0 0 / 0.6); }
    @container (max-width: 620px) { .tools { inset-inline-start: 16px; inset-inline-end: 16px; justify-content: flex-end; } }
  `];
}

customElements.define("tryon-mirror", TryonMirror);

declare global {
  interface HTMLElementTagNameMap {
    "tryon-mirror": TryonMirror;
  }
}
