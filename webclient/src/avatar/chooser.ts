/**
 * `<figure-chooser>`: choose a figure and shape it, with a live picture. Fires "change"; `value` is the look.
 *
 * Every choice is a radio or a slider with a name. A body of one's own is read on this device alone; it is sent to the
 * store when its owner wants others to see it, and the look wears it from then on.
 */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Brought } from "./bring";
import { MOST_BYTES, MOST_TRIANGLES } from "./limits";
import { PLAIN, type Look } from "./look";
import { CLOTHES_COLOURS, HAIR_COLOURS, SKINS, surprise } from "./palette";
import type { Framing, Portrait } from "./portrait";
import { t } from "./words";

type ShapeName = keyof Look["shape"];
type Word = Parameters<typeof t>[0];

const BODIES = { ada: "Ada", noor: "Noor", mei: "Mei", ben: "Ben", kofi: "Kofi", luis: "Luis" } as const;
const HAIRS = ["bob", "curls", "long", "crop", "bun", "none"] as const;
const OUTFITS = ["linen", "knit", "dress", "denim", "suit", "active"] as const;
const SHAPES: readonly (readonly [ShapeName, Word, Word])[] = [["tall", "shorter", "taller"], ["wide", "slimmer", "wider"], ["strong", "softer", "stronger"], ["old", "younger", "older"]];
const TURN_RAD = 0.3;
const hex = (colour: number): string => `#${colour.toString(16).padStart(6, "0")}`;

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly colour?: number;
}

export class FigureChooser extends LitElement {
  static override readonly properties = { figures: {}, state: { state: true }, problem: { state: true }, ownName: { state: true }, isReading: { state: true }, isSending: { state: true }, isShared: { state: true } };
  declare figures: string;
  declare state: "loading" | "ready" | "failed";
  declare problem: string;
  declare ownName: string;
  declare isReading: boolean;
  declare isSending: boolean;
  declare isShared: boolean;
  #look: Look = PLAIN;
  #portrait: Portrait | null = null;
  #own: Brought | null = null;
  #file: File | null = null;
  #dragX: number | null = null;
  readonly #spoken = (): void => this.requestUpdate();

  constructor() {
    super();
    this.figures = "/figures/";
    this.state = "loading";
    this.problem = "";
    this.ownName = "";
    this.isReading = false;
    this.isSending = false;
    this.isShared = false;
  }

  get value(): Look {
    return this.#look;
  }

  set value(look: Look) {
    this.#look = look;
    this.#portrait?.show(look);
    this.requestUpdate();
  }

  /** The file one brought along, or null. */
  get file(): File | null {
    return this.#file;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("language", this.#spoken);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("language", this.#spoken);
    this.#portrait?.dispose();
    this.#portrait = null;
    this.#own?.dispose();
    this.#own = null;
  }

  protected override firstUpdated(): void {
    void this.#open();
  }

  protected override updated(): void {
    // A strict page allows no style attributes in markup; setting a property is none.
    for (const dot of this.renderRoot.querySelectorAll<HTMLElement>("i[data-colour]")) dot.style.setProperty("--colour", dot.dataset["colour"] ?? "");
    if (this.isConnected && !this.#portrait && this.hasUpdated && this.state === "ready") void this.#open();
  }

  async #open(): Promise<void> {
    const canvas = this.renderRoot.querySelector("canvas");
    if (!canvas) return;
    try {
      const { Portrait } = await import("./portrait");
      if (!this.isConnected || this.#portrait) return;
      this.#portrait = new Portrait(canvas, this.figures, (what) => (this.state = what));
      this.#portrait.show(this.#look);
    } catch (error) {
      console.warn(error); // without 3D one still chooses
      this.state = "failed";
    }
  }

  #change(part: Partial<Look>, framing?: Framing): void {
    const { own: _own, ...plain } = this.#look;
    this.#look = { ...plain, ...part };
    this.#portrait?.show(this.#look);
    if (framing) this.#portrait?.frame(framing);
    this.requestUpdate();
    this.dispatchEvent(new Event("change"));
  }

  #tint(at: 0 | 1 | 2 | 3, colour: number, framing: Framing): void {
    const tint: [number, number, number, number] = [...this.#look.tint];
    tint[at] = colour;
    this.#change({ tint }, framing);
  }

  async #bring(file: File | undefined): Promise<void> {
    if (!file) return;
    this.problem = "";
    this.isReading = true;
    this.ownName = file.name;
    try {
      const { bring, measure } = await import("./bring");
      if (file.size > MOST_BYTES) measure(new ArrayBuffer(file.size)); // says so before it is read
      const body = await bring(await file.arrayBuffer());
      if (!this.isConnected) return body.dispose();
      this.#own?.dispose();
      this.#own = body;
      this.#file = file;
      this.isShared = false;
      this.#portrait?.showOwn(body);
      this.#portrait?.frame("whole");
      this.dispatchEvent(new Event("change"));
    } catch (error) {
      this.problem = error instanceof Error && error.name === "UnfitAvatar" ? error.message : t("no_glb");
      this.ownName = this.#file?.name ?? "";
    } finally {
      this.isReading = false;
    }
  }

  async #publish(): Promise<void> {
    const file = this.#file;
    if (!file || this.isSending) return;
    this.problem = "";
    this.isSending = true;
    try {
      const { publish } = await import("./publish");
      const own = await publish(file);
      if (file !== this.#file) return;
      this.#look = { ...this.#look, own };
      this.isShared = true;
      this.dispatchEvent(new Event("change"));
    } catch (error) {
      this.problem = t("unpublished", { text: error instanceof Error ? error.message : "" });
    } finally {
      this.isSending = false;
    }
  }

  #takeOff(): void {
    this.#portrait?.showOwn(null);
    this.#own?.dispose();
    this.#own = null;
    this.#file = null;
    this.ownName = "";
    this.isShared = false;
    this.#change({});
  }

  protected override render(): TemplateResult {
    const look = this.#look;
    const named = (name: string): string => t(name as Word);
    return html`<div class="all">
      <div class="picture" data-state=${this.state}>
        <canvas tabindex="0" role="img" aria-label=${t("portrait")} @keydown=${(event: KeyboardEvent) => this.#key(event)}
          @pointerdown=${(event: PointerEvent) => this.#grab(event)} @pointermove=${(event: PointerEvent) => this.#drag(event)}
          @pointerup=${() => (this.#dragX = null)} @pointercancel=${() => (this.#dragX = null)}></canvas>
        <p role="status">${this.state === "loading" ? t("loading") : this.state === "failed" ? t("failed") : nothing}</p>
        <button class="pill" type="button" @click=${() => this.#surprise()}>${t("surprise")}</button>
      </div>
      <form @submit=${(event: Event) => event.preventDefault()}>
        ${this.#radios("figure", t("figure"), Object.entries(BODIES).map(([value, label]) => ({ value, label })), look.body, (body) => this.#change({ body }, "whole"))}
        ${this.#swatches("skin", t("skin"), SKINS.map((colour, i) => ({ value: hex(colour), label: named(`skin_${i}`), colour })), hex(look.tint[0]), (value) => this.#tint(0, parseInt(value.slice(1), 16), "face"))}
        ${this.#radios("hair", t("hair"), HAIRS.map((value) => ({ value, label: named(value) })), look.hair, (hair) => this.#change({ hair }, "face"))}
        ${this.#swatches("hair-colour", t("hair_colour"), coloured(HAIR_COLOURS, named), hex(look.tint[1]), (value) => this.#tint(1, parseInt(value.slice(1), 16), "face"))}
        ${this.#radios("outfit", t("outfit"), OUTFITS.map((value) => ({ value, label: named(value) })), look.outfit, (outfit) => this.#change({ outfit }, "whole"))}
        ${this.#swatches("top", t("top"), coloured(CLOTHES_COLOURS, named), hex(look.tint[2]), (value) => this.#tint(2, parseInt(value.slice(1), 16), "whole"))}
        ${this.#swatches("bottom", t("bottom"), coloured(CLOTHES_COLOURS, named), hex(look.tint[3]), (value) => this.#tint(3, parseInt(value.slice(1), 16), "whole"))}
        <fieldset><legend>${t("shape")}</legend><div class="sliders">${SHAPES.map((shape) => this.#slider(shape))}</div></fieldset>
        <label class="switch"><input type="checkbox" role="switch" .checked=${look.isSeated} @change=${(event: Event) => this.#change({ isSeated: (event.target as HTMLInputElement).checked }, "whole")}><span>${t("chair")}</span></label>
        <fieldset class="own"><legend>${t("own")}</legend>
          <p id="own-hint">${t("own_hint", { mb: MOST_BYTES / 1e6, n: MOST_TRIANGLES.toLocaleString() })}</p>
          <label class="file"><input type="file" accept=".vrm,.glb,model/gltf-binary" aria-describedby="own-hint own-state" @change=${(event: Event) => this.#chosen(event)}><span>${t("choose_file")}</span></label>
          <p id="own-state" role="status" class=${this.problem ? "problem" : ""}>${this.problem || (this.isReading ? t("reading", { name: this.ownName }) : this.isSending ? t("publishing") : this.isShared ? t("published", { name: this.ownName }) : this.ownName ? t("own_on", { name: this.ownName }) : nothing)}</p>
          ${this.#file || look.own ? html`<div class="row"><button class="quiet" type="button" @click=${() => this.#takeOff()}>${t("take_off")}</button>
            ${this.isShared || !this.#file ? nothing : html`<button class="quiet" type="button" ?disabled=${this.isSending} @click=${() => void this.#publish()}>${t("publish")}</button>`}</div>` : nothing}
        </fieldset>
      </form>
    </div>`;
  }

  #radios(name: string, label: string, choices: readonly Choice[], chosen: string, choose: (value: string) => void): TemplateResult {
    return html`<fieldset><legend>${label}</legend><div class="row" role="radiogroup" aria-label=${label}>
      ${choices.map(({ value, label: one }) => html`<label class="chip"><input type="radio" name=${name} .value=${value} .checked=${value === chosen} @change=${() => choose(value)}><span>${one}</span></label>`)}
    </div></fieldset>`;
  }

  #swatches(name: string, label: string, choices: readonly Choice[], chosen: string, choose: (value: string) => void): TemplateResult {
    const current = choices.find(({ value }) => value === chosen);
    return html`<fieldset><legend>${label}${current ? html` <b>${current.label}</b>` : nothing}</legend><div class="row tight" role="radiogroup" aria-label=${label}>
      ${choices.map(({ value, label: one }) => html`<label class="swatch" title=${one}><input type="radio" name=${name} aria-label=${one} .value=${value} .checked=${value === chosen} @change=${() => choose(value)}><i data-colour=${value}></i></label>`)}
    </div></fieldset>`;
  }

  #slider([name, low, high]: (typeof SHAPES)[number]): TemplateResult {
    const step = this.#look.shape[name];
    const says = step === 0 ? t("middle") : `${t(step < 0 ? low : high)} ${Math.abs(step)}`;
    return html`<label class="slider"><span>${t(name)}</span><input type="range" min="-4" max="4" step="1" .value=${String(step)} aria-valuetext=${says}
      @input=${(event: Event) => this.#change({ shape: { ...this.#look.shape, [name]: Number((event.target as HTMLInputElement).value) } }, name === "old" ? "face" : "whole")}></label>`;
  }

  #surprise(): void {
    const look = surprise(Object.keys(BODIES), HAIRS, OUTFITS, this.#look.isSeated, Math.random);
    this.#change(look, "whole");
    this.#portrait?.wave();
  }

  #chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    void this.#bring(input.files?.[0]);
    input.value = "";
  }

  #key(event: KeyboardEvent): void {
    const turn = event.key === "ArrowLeft" ? -TURN_RAD : event.key === "ArrowRight" ? TURN_RAD : 0;
    if (!turn) return;
    this.#portrait?.turn(turn);
    event.preventDefault();
  }

  #grab(event: PointerEvent): void {
    this.#dragX = event.clientX;
    (event.target as Element).setPointerCapture(event.pointerId);
  }

  #drag(event: PointerEvent): void {
    if (this.#dragX === null) return;
    this.#portrait?.turn((event.clientX - this.#dragX) * 0.012);
    this.#dragX = event.clientX;
  }

  static override readonly styles = css`
    :host { display: block; color: var(--ink, #22241f); font: 400 16px/1.45 "Source Sans 3", system-ui, "PingFang SC", "Noto Sans SC", sans-serif; container-type: inline-size; }
    .all { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: clamp(16px, 4cqi, 40px); align-items: start; }
    *, ::before, ::after { box-sizing: border-box; }
    .picture { position: sticky; inset-block-start: 0; height: min(72vh, 620px); min-height: 320px; border-radius: 16px; overflow: hidden; background: radial-gradient(ellipse 90% 60% at 50% 36%, #f6f2ea 0%, #e9e2d6 60%, #d9cfbf 100%); }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; touch-action: pan-y; cursor: grab; outline-offset: -5px; border-radius: 16px; }
    canvas:active { cursor: grabbing; }
    .picture p { position: absolute; inset: auto 16px 76px; margin: 0; text-align: center; color: #55574f; pointer-events: none; }
    .pill { position: absolute; inset-block-end: 16px; left: 50%; transform: translateX(-50%); min-height: 44px; padding-inline: 20px; border: 0; border-radius: 999px; background: rgb(255 255 255 / 0.78); backdrop-filter: blur(14px) saturate(1.3); color: inherit; font: inherit; cursor: pointer; white-space: nowrap; transition: background 200ms ease-out; }
    .pill:hover { background: #fff; }
    form { display: grid; gap: 20px; }
    fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
    legend { padding: 0; margin-block-end: 6px; font-size: 15px; color: var(--quiet, #62645c); }
    legend b { color: var(--ink, #22241f); font-weight: 600; margin-inline-start: 4px; }
    .row { display: flex; flex-wrap: wrap; gap: 8px; }
    .row.tight { gap: 2px; margin-inline: -5px; }
    label { cursor: pointer; }
    .chip, .swatch, .file { position: relative; }
    .chip input, .swatch input, .file input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
    .chip span { display: grid; place-items: center; min-height: 44px; padding-inline: 16px; border-radius: 999px; border: 1px solid var(--line, #e2ddd3); transition: background 200ms ease-out, color 200ms ease-out; }
    .chip:hover span { border-color: var(--accent, #1f4d3a); }
    .chip input:checked + span { background: var(--accent, #1f4d3a); border-color: var(--accent, #1f4d3a); color: var(--accent-ink, #fff); }
    .swatch { width: 44px; height: 44px; }
    .swatch i { position: absolute; inset: 6px; border-radius: 50%; background: var(--colour); box-shadow: inset 0 0 0 1px rgb(0 0 0 / 0.16); transition: box-shadow 200ms ease-out; }
    .swatch input:checked + i { box-shadow: inset 0 0 0 1px rgb(0 0 0 / 0.16), 0 0 0 3px var(--paper, #faf8f4), 0 0 0 5px var(--accent, #1f4d3a); }
    .chip input:focus-visible + span, .swatch input:focus-visible + i, .file input:focus-visible + span, .pill:focus-visible, canvas:focus-visible, .quiet:focus-visible { outline: 3px solid var(--accent, #1f4d3a); outline-offset: 3px; }
    .sliders { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 24px; }
    .slider { display: grid; grid-template-columns: 5.5em minmax(0, 1fr); align-items: center; gap: 8px; min-height: 44px; }
    .slider input { width: 100%; height: 44px; margin: 0; accent-color: var(--accent, #1f4d3a); }
    .switch { display: inline-flex; align-items: center; gap: 12px; min-height: 44px; }
    .switch input { appearance: none; flex: none; position: relative; width: 48px; height: 28px; margin: 0; border-radius: 999px; background: #b9b4a8; cursor: pointer; transition: background 200ms ease-out; }
    .switch input::after { content: ""; position: absolute; inset-block-start: 3px; inset-inline-start: 3px; width: 22px; height: 22px; border-radius: 50%; background: #fff; transition: inset-inline-start 200ms ease-out; }
    .switch input:checked { background: var(--accent, #1f4d3a); }
    .switch input:checked::after { inset-inline-start: 23px; }
    .switch input:focus-visible, .slider input:focus-visible { outline: 3px solid var(--accent, #1f4d3a); outline-offset: 3px; }
    .own { padding-block-start: 16px; border-block-start: 1px solid var(--line, #e2ddd3); }
    .own p { margin: 0 0 10px; color: var(--quiet, #62645c); font-size: 15px; }
    .own p:empty { display: none; }
    .own .problem { color: #8a3a22; margin-block-start: 10px; }
    #own-state { margin-block-start: 10px; }
    .file { display: inline-block; }
    .file span { display: grid; place-items: center; min-height: 44px; padding-inline: 20px; border-radius: 999px; border: 1px solid var(--accent, #1f4d3a); color: var(--accent, #1f4d3a); font-weight: 600; }
    .quiet { min-height: 44px; padding-inline: 12px; border: 0; background: none; color: var(--accent, #1f4d3a); font: inherit; font-weight: 600; text-decoration: underline; text-underline-offset: 4px; cursor: pointer; }
    @container (max-width: 680px) {
      .all { grid-template-columns: minmax(0, 1fr); }
      .picture { height: min(44vh, 420px); min-height: 260px; z-index: 1; }
      .sliders { grid-template-columns: minmax(0, 1fr); }
    }
    @media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
    @media (prefers-contrast: more) { .swatch i, .chip span { box-shadow: inset 0 0 0 2px #000; } }
  `;
}

const coloured = (colours: Readonly<Record<string, number>>, named: (name: string) => string): Choice[] => Object.entries(colours).map(([name, colour]) => ({ value: hex(colour), label: named(name), colour }));

if (!customElements.get("figure-chooser")) customElements.define("figure-chooser", FigureChooser);
