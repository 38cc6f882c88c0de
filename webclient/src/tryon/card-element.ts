/**
 * <tryon-card>: hold a card to the face, hold still, see two marks on its short sides, move them, use what comes out.
 *
 * It lies over the mirror's picture and covers it. Fires "closed" with whether the measure was used. What it is not: the
 * geometry (`card.ts`), or finding the card by itself (`card-find.ts`).
 */
import type { PropertyValues } from "lit";
import { base, css, html, nothing, Panel, type TemplateResult } from "../shop/panel";
import { spoken } from "../ui/words";
import type { Booth } from "./booth";
import { lensOf, type Lens } from "./camera";
import { END_PX, firstEnds, scaleByCard, type Ends, type Measured } from "./card";
import { findCard, type Grey } from "./card-find";
import { Cover } from "./cover";
import type { Head } from "./face";
import { t } from "./words";

type Step = "ask" | "count" | "nobody" | "place";

const COUNT_S = 3;
const NUDGE_PX = 0.5;
const STRIDE_PX = 8;
const LOUPE = { size_px: 112, zoom: 3 } as const;
const NUDGES: Readonly<Record<string, readonly [x: number, y: number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class TryonCard extends Panel {
  static override properties = { booth: { attribute: false }, worn: { attribute: false }, step: { state: true }, left_s: { state: true }, ends: { state: true }, active: { state: true } };
  declare booth: Booth;
  /** Ids of what is worn: it is not drawn while one measures. */
  declare worn: ReadonlySet<string>;
  declare private step: Step;
  declare private left_s: number;
  declare private ends: Ends | null;
  declare private active: 0 | 1 | null;
  #head: Head | null = null;
  #lens: Lens | null = null;
  #isFound = false;
  #isMoved = false;
  /** Which mark is the left one: it stays so, or the keyboard would hold another one in the middle of moving. */
  #order: readonly (0 | 1)[] = [1, 0];
  #tick = 0;
  readonly #sized = new ResizeObserver(() => this.requestUpdate());

  constructor() {
    super();
    this.step = "ask";
    this.left_s = COUNT_S;
    this.ends = this.active = null;
    this.worn = new Set();
  }

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.booth];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sized.observe(this);
    this.#bare(true);
  }

  override disconnectedCallback(): void {
    this.#sized.disconnect();
    clearInterval(this.#tick);
    this.#bare(false);
    super.disconnectedCallback();
  }

  #bare(isBare: boolean): void {
    const { mirror } = this.booth;
    if (mirror) mirror.split = isBare ? { at: 1, hidden: [this.worn, NOTHING] } : null;
    this.booth.again();
  }

  #count(): void {
    clearInterval(this.#tick);
    this.booth.freeze(false);
    this.ends = null;
    [this.step, this.left_s] = ["count", COUNT_S];
    this.announce(t("card_in", { n: COUNT_S }));
    this.#tick = window.setInterval(() => {
      if (--this.left_s > 0) return this.announce(t("card_in", { n: this.left_s }));
      clearInterval(this.#tick);
      this.#take();
    }, 1000);
  }

  #take(): void {
    const { booth } = this;
    const [head] = booth.heads;
    const face = booth.mirror?.face;
    if (!head || !face) {
      this.step = "nobody";
      return;
    }
    booth.freeze(true);
    const { width, height } = booth.canvas;
    const lens = lensOf(width, height);
    [this.#head, this.#lens] = [head, lens];
    const grey = greyOf(booth.canvas);
    const found = grey && findCard(grey, lens, head, face);
    this.#isFound = found !== null;
    this.#isMoved = false;
    this.ends = found ?? firstEnds(lens, head, face);
    this.#order = this.ends[0][0] > this.ends[1][0] ? [0, 1] : [1, 0];
    this.step = "place";
    this.announce(t(found ? "card_found" : "card_place"));
    void this.focusOn(found ? ".act" : ".grip");
  }

  /** What the marks say; null if there can be no card between them. */
  get measured(): Measured | null {
    const face = this.booth.mirror?.face;
    if (!this.#head || !this.#lens || !this.ends || !face) return null;
    return scaleByCard(this.#lens, this.#head, face, this.ends, this.#isFound && !this.#isMoved ? END_PX.found : END_PX.hand);
  }

  #use(): void {
    const { measured } = this;
    if (!measured || !this.#head) return;
    this.booth.measured(this.#head, measured.scale, measured.spread);
    this.announce(t("card_done"));
    this.#close(true);
  }

  #close(isUsed: boolean): void {
    clearInterval(this.#tick);
    this.booth.freeze(false);
    this.dispatchEvent(new CustomEvent<boolean>("closed", { detail: isUsed }));
  }

  #cover(): Cover {
    const { width, height } = this.booth.canvas;
    return new Cover({ width: this.clientWidth, height: this.clientHeight }, { width, height });
  }

  #move(which: 0 | 1, x: number, y: number): void {
    if (!this.ends) return;
    const { width, height } = this.booth.canvas;
    const [u, v] = this.#cover().seen(x, y);
    const to = [Math.min(width, Math.max(0, u)), Math.min(height, Math.max(0, v))] as const;
    this.ends = which === 0 ? [to, this.ends[1]] : [this.ends[0], to];
    this.#isMoved = true;
  }

  #drag(which: 0 | 1, event: PointerEvent): void {
    const grip = event.currentTarget as HTMLElement;
    this.active = which;
    if (event.type === "pointerdown") grip.setPointerCapture(event.pointerId);
    else if (!grip.hasPointerCapture(event.pointerId)) return;
    const box = this.getBoundingClientRect();
    this.#move(which, event.clientX - box.left, event.clientY - box.top);
  }

  #nudge(which: 0 | 1, event: KeyboardEvent): void {
    const nudge = NUDGES[event.key];
    const end = this.ends?.[which];
    if (!nudge || !end) return;
    event.preventDefault();
    const px = (event.shiftKey ? STRIDE_PX : NUDGE_PX) * this.#cover().zoom;
    const [x, y] = this.#cover().shown(...end);
    this.#move(which, x + nudge[0] * px, y + nudge[1] * px);
  }

  override render(): TemplateResult {
    const { step } = this;
    return html`<section aria-label=${t("card_title")} @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#close(false);
    }}>
      ${step === "place" ? this.#placing() : nothing}
      ${step === "count" ? html`<p class="count" role="status">${t("card_in", { n: this.left_s })}</p>` : nothing}
      <div class="sheet">${step === "place" ? this.#result() : this.#asked()}</div>
    </section>`;
  }

  #asked(): TemplateResult {
    return html`<h2 tabindex="-1">${t("card_title")}</h2>
      ${this.step === "nobody" ? html`<p role="alert">${t("card_nobody")}</p>` : html`<p>${t("card_lead")}</p>`}
      <div class="row"><button class="act" ?disabled=${this.step === "count"} @click=${() => this.#count()}>${t("card_take")}</button>
        <button class="plain" @click=${() => this.#close(false)}>${t("card_cancel")}</button></div>`;
  }

  /** The marks are listed as they lie on the screen: the picture's right one is the mirror's left one. */
  #placing(): TemplateResult {
    return html`<svg aria-hidden="true"><line></line></svg>
      ${this.#order.map((which, i) => html`<button class="grip" data-end=${which} aria-label="${t(i ? "card_right" : "card_left")}: ${t("card_at", this.#said(which))}"
        @pointerdown=${(event: PointerEvent) => this.#drag(which, event)} @pointermove=${(event: PointerEvent) => this.#drag(which, event)}
        @keydown=${(event: KeyboardEvent) => this.#nudge(which, event)} @focus=${() => (this.active = which)} @blur=${() => (this.active = null)}></button>`)}
      <canvas class="loupe" aria-hidden="true" width=${LOUPE.size_px * 2} height=${LOUPE.size_px * 2} ?hidden=${this.active === null}></canvas>`;
  }

  #said(which: 0 | 1): Record<string, number> {
    const end = this.ends?.[which];
    const [x, y] = end ? this.#cover().shown(...end) : [0, 0];
    return { x: Math.round(x), y: Math.round(y) };
  }

  #result(): TemplateResult {
    const { measured } = this;
    const head = this.#head;
    const number = new Intl.NumberFormat(spoken(), { maximumFractionDigits: 1 });
    const distance_m = measured && head && head.pupils.distance_m > 0 ? (head.pupils.distance_m / head.scale) * measured.scale : 0;
    return html`<p>${t(this.#isFound ? "card_found" : "card_place")}</p>
      <p class="found" role="status">${measured ? t("card_result", { mm: number.format(distance_m * 1000), spread: number.format(distance_m * 1000 * measured.spread) }) : t("card_wrong")}</p>
      <div class="row"><button class="act" ?disabled=${!measured} @click=${() => this.#use()}>${t("card_use")}</button>
        <button class="plain" @click=${() => this.#count()}>${t("card_again")}</button>
        <button class="plain" @click=${() => this.#close(false)}>${t("card_cancel")}</button></div>`;
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has("step") && this.step === "ask") this.renderRoot.querySelector<HTMLElement>("h2")?.focus();
    if (!this.ends || this.step !== "place") return;
    const cover = this.#cover();
    const line = this.renderRoot.querySelector("line");
    for (const which of [0, 1] as const) {
      const [x, y] = cover.shown(...this.ends[which]);
      line?.setAttribute(`x${which + 1}`, x.toFixed(1));
      line?.setAttribute(`y${which + 1}`, y.toFixed(1));
      const grip = this.renderRoot.querySelector<HTMLElement>(`[data-end="${which}"]`);
      if (grip) grip.style.translate = `${x.toFixed(1)}px ${y.toFixed(1)}px`;
    }
    this.#magnify(cover);
  }

  /** What is under the finger, larger: it cannot be seen otherwise. */
  #magnify(cover: Cover): void {
    const loupe = this.renderRoot.querySelector<HTMLCanvasElement>(".loupe");
    const context = loupe?.getContext("2d");
    if (!loupe || !context || this.active === null || !this.ends) return;
    const [u, v] = this.ends[this.active];
    const [x, y] = cover.shown(u, v);
    loupe.style.translate = `${(x - LOUPE.size_px / 2).toFixed(1)}px ${(y > 170 ? y - LOUPE.size_px - 40 : y + 40).toFixed(1)}px`;
    const side = loupe.width;
    const zoom = LOUPE.zoom * cover.zoom;
    context.setTransform(-zoom, 0, 0, zoom, side / 2 + u * zoom, side / 2 - v * zoom);
    context.clearRect(u - side, v - side, 2 * side, 2 * side);
    context.drawImage(this.booth.canvas, 0, 0);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.strokeStyle = "#f6f2ea";
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(side / 2, side * 0.2);
    context.lineTo(side / 2, side * 0.8);
    context.stroke();
  }

  static override styles = [base, css`
    :host { position: absolute; inset: 0; container-type: size; --accent: #f6f2ea; --accent-ink: #22241f; }
    section { position: absolute; inset: 0; }
    h2 { font-size: 22px; }
    svg { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
    line { stroke: #f6f2ea; stroke-width: 1.5; stroke-dasharray: 5 5; filter: drop-shadow(0 0 2px rgb(0 0 0 / 0.7)); }
    .grip { position: absolute; inset: 0 auto auto 0; width: 48px; height: 96px; margin: -48px 0 0 -24px; padding: 0; border: 0; background: none; cursor: grab; touch-action: none; }
    .grip::before { content: ""; position: absolute; inset-block: 12px; inset-inline-start: 22.5px; width: 3px; border-radius: 2px; background: #f6f2ea; box-shadow: 0 0 0 1px rgb(24 23 20 / 0.7); }
    .grip::after { content: ""; position: absolute; inset-block-end: 0; inset-inline-start: 14px; width: 20px; height: 20px; border-radius: 50%; background: #f6f2ea; box-shadow: 0 1px 6px rgb(0 0 0 / 0.6); }
    .grip:active { cursor: grabbing; }
    .loupe { position: absolute; inset: 0 auto auto 0; width: 112px; height: 112px; border-radius: 50%; border: 2px solid #f6f2ea; box-shadow: 0 4px 18px rgb(0 0 0 / 0.5); background: #181714; pointer-events: none; }
    .loupe[hidden] { display: none; }
    .count { position: absolute; inset: 0; display: grid; place-items: center; font-size: 96px; font-weight: 600; text-shadow: 0 2px 24px rgb(0 0 0 / 0.7); pointer-events: none; }
    .sheet { position: absolute; inset-block-end: 24px; inset-inline: 0; margin-inline: auto; display: grid; gap: 14px; width: min(34rem, calc(100% - 32px)); padding: 22px 24px; border-radius: 16px; background: rgb(24 23 20 / 0.78); backdrop-filter: blur(18px); }
    .sheet p { text-wrap: pretty; }
    .found { font-weight: 600; }
    .row { display: flex; flex-wrap: wrap; gap: 10px; }
  `];
}

const NOTHING: ReadonlySet<string> = new Set();

function greyOf(canvas: HTMLCanvasElement): Grey | null {
  const { width, height } = canvas;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (data[i * 4]! * 54 + data[i * 4 + 1]! * 183 + data[i * 4 + 2]! * 19) >> 8;
  return { width, height, pixels };
}

customElements.define("tryon-card", TryonCard);

declare global {
  interface HTMLElementTagNameMap {
    "tryon-card": TryonCard;
  }
}
