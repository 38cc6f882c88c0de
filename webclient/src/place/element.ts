/**
 * <place-room>: the shopper's room over the whole window, by camera session or by photo, with everything that can be
 * done in it; by keys too. Fires "closed".
 *
 * What it is not: the session (`ar.ts`), the photo (`photo.ts`), or what fits (`fit.ts`).
 */
import type { PropertyValues } from "lit";
import { base, html, icon, ICONS, nothing, Panel, swatch, type TemplateResult } from "../shop/panel";
import type { Row, Variant } from "../api";
import { area } from "./polygon";
import { Ar } from "./ar";
import { Anchoring } from "./anchoring";
import type { Home } from "./home";
import type { Layout } from "./layout";
import { nativeViewer, thisDevice, type Native } from "./native";
import { Photo, type Known } from "./photo";
import { sizeWords } from "./sentences";
import { AskViewers, show, type Viewers } from "./viewers";
import { styles } from "./style";
import type { Piece } from "./piece";
import { t } from "./words";

type State = "start" | "opening" | "ar" | "photo";
const TURN_RAD = Math.PI / 12;
/** Worse than this a shopper is told how to do better. */
const POOR = 0.04;
const KNOWN: readonly Known[] = ["a4", "letter", "card", "tile", "door"];
const DOORS_CM: readonly [number, number] = [30, 400];
const TURN_LEFT = "M5 9a8 8 0 1 1-1 5M5 4v5h5";
const TURN_RIGHT = "M19 9a8 8 0 1 0 1 5M19 4v5h-5";
const RULER = "M3 8h18v8H3zM7 8v3M11 8v4M15 8v3M19 8v4";

export class PlaceRoom extends Panel {
  static override properties = { home: { attribute: false }, state: { state: true }, trouble: { state: true }, isChoosing: { state: true } };
  declare home: Home;
  declare private state: State;
  declare private trouble: string;
  declare private isChoosing: boolean;
  /** The product whose panel this was opened from. */
  product = "";
  variant: string | null = null;
  /** A friend's. */
  shown: Layout | null = null;
  ar: Ar | null = null;
  photo: Photo | null = null;
  #hasAr = false;
  #native: Native = { kind: "none" };
  #name = "";
  #viewers: Viewers | null = null;
  readonly #ended = new AbortController();

  constructor() {
    super();
    this.state = "start";
    this.trouble = "";
    this.isChoosing = false;
  }

  protected models(): readonly EventTarget[] {
    return [this.home];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.home.addEventListener("said", (event) => {
      const words = (event as CustomEvent<string>).detail;
      this.announce(words);
    }, { signal: this.#ended.signal });
    const asked = new AskViewers();
    this.dispatchEvent(asked);
    this.#viewers = asked.viewers;
    this.#viewers?.viewing.addEventListener("change", () => this.requestUpdate(), { signal: this.#ended.signal });
    this.home.addEventListener("change", () => {
      if (this.#viewers?.viewing.isFurnishing && this.home.arrangement.pieces.length) void show(this.#viewers, this.home.layout);
    }, { signal: this.#ended.signal });
    void this.#ready();
  }

  override disconnectedCallback(): void {
    this.#ended.abort();
    if (this.#viewers?.viewing.isFurnishing) this.#viewers.viewing.stop();
    void this.ar?.leave();
    this.photo?.dispose();
    super.disconnectedCallback();
  }

  async #ready(): Promise<void> {
    const [hasAr] = await Promise.all([Ar.isSupported(), this.home.wares.open().catch(() => undefined)]);
    this.#hasAr = hasAr;
    if (this.product) {
      await this.home.take(this.product, this.variant).catch((error: unknown) => console.warn(error));
      this.#name = this.home.next?.ware.name ?? "";
      const row = this.home.next?.row;
      if (row && !hasAr) this.#native = nativeViewer(row, thisDevice());
    }
    if (this.#ended.signal.aborted) return;
    this.requestUpdate();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("h2")?.focus();
  }

  /** @returns once the room is seen */
  async enter(): Promise<void> {
    this.state = "opening";
    this.trouble = "";
    try {
      const overlay = this.renderRoot.querySelector<HTMLElement>("section");
      if (!overlay) return;
      const ar = await Ar.enter(this.home, overlay);
      this.ar = ar;
      this.state = "ar";
      ar.addEventListener("end", () => {
        this.ar = null;
        this.state = "start";
        this.announce(t("ended"));
      }, { once: true });
      if (this.shown) await this.home.lay(this.shown);
    } catch (error) {
      console.warn(error);
      this.state = "start";
      this.trouble = t("refused");
    }
  }

  async showPhoto(file: Blob): Promise<void> {
    this.trouble = "";
    this.photo?.dispose();
    this.photo = null;
    try {
      const photo = await Photo.open(this.home, file);
      this.photo = photo;
      for (const kind of ["step", "marks"] as const) photo.addEventListener(kind, () => this.requestUpdate());
      this.state = "photo";
    } catch (error) {
      console.warn(error);
      this.trouble = t("no_photo");
      this.state = "start";
    }
    this.requestUpdate();
  }

  #chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = "";
    if (file) void this.showPhoto(file);
  }

  async #scaled(): Promise<void> {
    const { photo, home } = this;
    if (!photo?.scaled()) {
      this.trouble = t("ref_bad");
      this.announce(this.trouble);
      return;
    }
    this.trouble = "";
    const layout = this.shown;
    if (layout && !home.arrangement.pieces.length) await home.lay(layout);
    else if (home.next) photo.put();
    await this.updateComplete;
    photo.element.querySelector<HTMLElement>(".drawn")?.focus({ preventScroll: true });
  }

  async #take(row: Row): Promise<void> {
    this.isChoosing = false;
    await this.home.take(row.id, null);
    if (this.state === "photo") this.photo?.put();
  }

  /** The shopper's yes, and their no. */
  async #letSee(): Promise<void> {
    const viewers = this.#viewers;
    if (!viewers) return;
    if (viewers.viewing.isFurnishing) {
      viewers.viewing.stop();
      return this.announce(t("see_off"));
    }
    this.trouble = "";
    try {
      const shown = await show(viewers, this.home.layout);
      if (shown === "shown") return this.announce(t("see_on"));
      this.trouble = t(`see_${shown}`);
    } catch (error) {
      console.warn(error);
      this.trouble = t("see_refused");
    }
  }

  #close(): void {
    void this.ar?.leave();
    this.dispatchEvent(new Event("closed"));
  }

  #forget(): void {
    const anchor = this.home.forget();
    if (anchor && this.ar) void Anchoring.forget(this.ar.session, anchor);
    this.requestUpdate();
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (this.isChoosing) this.isChoosing = false;
    else if (this.photo && this.photo.step !== "mark" && this.state === "photo") this.state = "start";
    else this.#close();
  }

  override render(): TemplateResult {
    return html`<section class=${this.state} aria-label=${t("title")} @keydown=${(event: KeyboardEvent) => this.#key(event)} @beforexrselect=${(event: Event) => (event.target as Element).closest(".rail, .top") && event.preventDefault()}>
      ${this.state === "photo" && this.photo ? this.photo.element : nothing}
      ${this.state === "start" || this.state === "opening" ? this.#start() : this.ar?.panel ? nothing : html`${this.#top()}${this.#rail()}`}
    </section>`;
  }

  // ── before

  #start(): TemplateResult {
    const { home } = this;
    const { next } = home;
    const kept = this.shown?.pieces.length ? t("shared_layout", { n: this.shown.pieces.length }) : home.memory?.layout.pieces.length ? t("kept_layout", { n: home.memory.layout.pieces.length }) : "";
    const native = this.#native;
    return html`<div class="card">
      <button class="round leave" aria-label=${t("close")} title=${t("close")} @click=${() => this.#close()}>${icon(ICONS.close)}</button>
      ${next?.row.poster ? html`<img class="poster" src=${next.row.poster} alt="" width="120" height="120">` : nothing}
      <h2 tabindex="-1">${t("title")}</h2>
      ${next ? html`<p>${t("lead", { name: this.#name || next.ware.name, size: sizeWords(next.ware, home.speech) })}</p>` : nothing}
      ${kept ? html`<p class="note">${icon(ICONS.box)}<span>${kept}</span></p>` : nothing}
      ${this.trouble ? html`<p class="note bad" role="alert">${icon(ICONS.warn)}<span>${this.trouble}</span></p>` : nothing}
      ${this.#hasAr ? html`<button class="act wide" ?disabled=${this.state === "opening"} @click=${() => void this.enter()}>${icon(ICONS.headset)}${t("start_ar")}</button><p class="small quiet">${t("ar_lead")}</p>` : nothing}
      ${native.kind === "quick-look" ? html`<a class="act wide" rel="ar" href=${native.href} aria-label=${t("quick")}><img src=${native.poster} alt=${t("quick")} width="48" height="48"></a>` : nothing}
      ${native.kind === "scene-viewer" ? html`<a class="act wide" href=${native.href}>${icon(ICONS.box)}${t("viewer")}</a>` : nothing}
      ${native.kind === "needs-https" ? html`<p class="note">${icon(ICONS.lock)}<span>${t("viewer_http")}</span></p>` : nothing}
      <label class=${this.#hasAr || native.kind === "quick-look" || native.kind === "scene-viewer" ? "plain file" : "act wide file"}><input type="file" accept="image/jpeg,image/png,image/webp" @change=${(event: Event) => this.#chosen(event)}>${icon(ICONS.eye)}<span>${t("use_photo")}</span></label>
      <p class="small quiet">${t("photo_lead")}</p>
      ${kept && !this.shown ? html`<button class="text" @click=${() => this.#forget()}>${t("forget")}</button>` : nothing}
    </div>`;
  }

  // ── during

  #top(): TemplateResult {
    return html`<div class="top">
      ${this.state === "photo" ? html`<label class="plain file"><input type="file" accept="image/jpeg,image/png,image/webp" @change=${(event: Event) => this.#chosen(event)}><span>${t("other_photo")}</span></label>` : nothing}
      <button class="round" aria-label=${t("close")} title=${t("close")} @click=${() => this.#close()}>${icon(ICONS.close)}</button>
    </div>`;
  }

  #rail(): TemplateResult {
    const { photo, ar } = this;
    const isMarking = this.state === "photo" && photo?.step === "mark";
    const isMeasuring = photo?.step === "floor" || ar?.isMeasuring;
    return html`<div class="rail" role="group" aria-label=${t("title")}>${isMarking && photo ? this.#reference(photo) : isMeasuring ? this.#corners() : this.isChoosing ? this.#shelf() : this.#furnished()}</div>`;
  }

  #reference(photo: Photo): TemplateResult {
    const isTyped = photo.known === "tile" || photo.known === "door";
    const number = (name: "width_m" | "length_m", word: string): TemplateResult => this.#number(word, photo.typed[name], (value_m) => photo.refer(photo.known, { [name]: value_m }), name);
    return html`<h2 tabindex="-1">${t("reference")}</h2>
      <label class="field"><span class="unseen">${t("reference")}</span><select @change=${(event: Event) => {
        photo.refer((event.target as HTMLSelectElement).value as Known);
        this.requestUpdate();
      }}>${KNOWN.map((one) => html`<option value=${one} ?selected=${one === photo.known}>${t(`ref_${one}`)}</option>`)}</select></label>
      ${isTyped ? html`<div class="pair">${number("width_m", t("ref_width"))}${number("length_m", t(photo.known === "door" ? "ref_height" : "ref_length"))}</div>` : nothing}
      <p class="small quiet">${t("ref_lead")}</p>
      ${this.trouble ? html`<p class="note bad" role="alert">${icon(ICONS.warn)}<span>${this.trouble}</span></p>` : nothing}
      <button class="act wide" @click=${() => void this.#scaled()}>${t("use_scale")}</button>`;
  }

  #corners(): TemplateResult {
    const { photo, ar } = this;
    const n = photo?.step === "floor" ? photo.floorCorners.length : (ar?.walked.corners.length ?? 0);
    const undo = (): void => {
      if (photo?.step === "floor") photo.undo();
      else ar?.walked.undo();
      this.requestUpdate();
    };
    const done = (): void => {
      if (photo?.step === "floor") photo.floorShown();
      else ar?.floorShown();
      const { room } = this.home.arrangement;
      if (room) this.announce(t("measured", { area: this.#decimal(Math.abs(area(room.floor))) }));
    };
    return html`<h2 tabindex="-1">${t("measure")}</h2><p>${t("measure_lead")}</p><p class="figure" role="status">${t("corner_n", { n })}</p>
      <div class="row"><button class="plain" ?disabled=${!n} @click=${undo}>${t("corner_undo")}</button><button class="act" ?disabled=${n < 3} @click=${done}>${t("corner_done")}</button>
      <button class="text" @click=${() => (photo?.step === "floor" ? photo.measure(false) : ar?.measure(false))}>${t("back")}</button></div>`;
  }

  #shelf(): TemplateResult {
    return html`<div class="head"><button class="round" aria-label=${t("back")} @click=${() => (this.isChoosing = false)}>${icon(ICONS.back)}</button><h2 tabindex="-1">${t("add")}</h2></div>
      <ul class="shelf">${this.home.wares.rows.map((row) => html`<li><button class="ware" data-product=${row.id} @click=${() => void this.#take(row)}>
        ${row.poster ? html`<img src=${row.poster} alt="" width="64" height="64" loading="lazy">` : nothing}<span><b class="name">${row.name}</b><span class="small quiet">${row.dimensions_m.map((m) => this.home.speech.format(m)).join(" × ")}</span></span></button></li>`)}</ul>`;
  }

  #furnished(): TemplateResult {
    const { home, photo, ar } = this;
    const { arrangement, next } = home;
    const { selected, pieces, room } = arrangement;
    const stage = photo?.stage ?? ar?.stage;
    const precision = this.state === "photo" && photo ? photo.precision() : 0;
    return html`
      ${next ? html`<p class="note"><span>${t("tap", { name: next.ware.name })}</span></p>` : nothing}
      ${selected ? this.#piece(selected) : html`<h2 tabindex="-1">${t("title")}</h2>`}
      ${home.doubt ? html`<p class="note">${icon(ICONS.warn)}<span>${t("doubt")} <button class="text" @click=${() => home.turnAll()}>${t("turn_room")}</button></span></p>` : nothing}
      ${pieces.length > 1 ? html`<ul class="pieces" aria-label=${t("pieces")}>${pieces.map((one) => html`<li><button class="plain" aria-pressed=${one === selected} @click=${() => arrangement.select(one.id)}><span class="verdict" data-kind=${arrangement.verdict(one.id)?.kind ?? "unsure"}></span>${one.ware.name}</button></li>`)}</ul>` : nothing}
      <div class="row">
        <button class="plain" @click=${() => (this.isChoosing = true)}>${icon(ICONS.plus)}${t("add")}</button>
        <button class="plain" aria-pressed=${stage?.isMeasured ?? false} @click=${() => {
          if (stage) stage.isMeasured = !stage.isMeasured;
          this.requestUpdate();
        }}>${icon(RULER)}${t("measures")}</button>
        ${room && room.how !== "photo" ? nothing : html`<button class="plain" @click=${() => (photo ? photo.measure(true) : ar?.measure(true))}>${t("measure")}</button>`}
      </div>
      ${this.#viewers && this.#viewers.viewing.longestPlan > 0 ? html`<button class="plain" aria-pressed=${this.#viewers.viewing.isFurnishing} aria-describedby="see-lead" @click=${() => void this.#letSee()}>${icon(ICONS.people)}${t(this.#viewers.viewing.isFurnishing ? "seen" : "let_see")}</button>
      <p class="small quiet" id="see-lead">${t("see_lead")}</p>` : nothing}
      ${this.trouble ? html`<p class="note bad" role="alert">${icon(ICONS.warn)}<span>${this.trouble}</span></p>` : nothing}
      <details><summary>${t("door")}</summary>${this.#door()}</details>
      <div class="row foot">
        ${pieces.length ? html`<button class="text" @click=${() => void home.share()}>${icon(ICONS.share)}${t("share")}</button><button class="text" @click=${() => this.#forget()}>${t("forget")}</button>` : nothing}
      </div>
      ${precision ? html`<p class="small quiet">${t(precision > POOR ? "precision_poor" : "precision", { p: this.#decimal(Math.max(0.1, precision * 100)) })}</p>` : nothing}
      ${home.keepsNothing ? html`<p class="small quiet">${t("not_kept")}</p>` : nothing}`;
  }

  #piece(piece: Piece): TemplateResult {
    const { home } = this;
    const { arrangement } = home;
    const verdict = arrangement.verdict(piece.id);
    const row = home.wares.row(piece.ware.product);
    const turn = (by: number): void => {
      arrangement.turn(piece.id, by);
      home.tell("turned", piece.id);
    };
    return html`<div class="head"><h2 tabindex="-1">${piece.ware.name}</h2></div>
      <p class="small quiet"><b>${t("true_size")}</b> · ${sizeWords(piece.ware, home.speech)}</p>
      <p class="says"><span class="verdict" data-kind=${verdict?.kind ?? "unsure"}></span><span>${home.verdictOf(piece.id)}</span></p>
      <p class="small quiet">${home.doorOf(piece.id)}</p>
      ${row && row.variants.length > 1 ? html`<fieldset><legend class="unseen">${t("colour")}</legend>${row.variants.map((one: Variant) => html`<button class="colour" aria-pressed=${one.name === piece.variant} aria-label=${one.label ?? one.name} title=${one.label ?? one.name} @click=${() => arrangement.wear(piece.id, one.name, one.sku ?? null)}><span class="dot" ${swatch(one.swatch)}></span></button>`)}</fieldset>` : nothing}
      <div class="row tools">
        <button class="round" aria-label=${t("turn_left")} title=${t("turn_left")} @click=${() => turn(TURN_RAD)}>${icon(TURN_LEFT)}</button>
        <button class="round" aria-label=${t("turn_right")} title=${t("turn_right")} @click=${() => turn(-TURN_RAD)}>${icon(TURN_RIGHT)}</button>
        <button class="round" aria-label=${t("copy")} title=${t("copy")} @click=${() => void (arrangement.duplicate(piece.id) ?? home.say(t("full")))}>${icon(ICONS.copy)}</button>
        <button class="round" aria-label=${t("remove")} title=${t("remove")} @click=${() => home.remove(piece.id)}>${icon(ICONS.close)}</button>
        ${piece.sku ? html`<button class="act" @click=${() => void home.buy([piece.id])}>${icon(ICONS.bag)}${t("cart")}</button>` : nothing}
      </div>
      ${arrangement.pieces.length > 1 ? html`<button class="plain" @click=${() => void home.buy(arrangement.pieces.map(({ id }) => id))}>${t("cart_all", { n: arrangement.pieces.length })}</button>` : nothing}`;
  }

  #door(): TemplateResult {
    const { arrangement } = this.home;
    const door = arrangement.doorway ?? { width_m: 0, height_m: 0 };
    const set = (part: Partial<{ width_m: number; height_m: number }>): void => {
      const whole = { width_m: door.width_m || 0.8, height_m: door.height_m || 2, ...part };
      arrangement.doorway = whole;
      this.announce(arrangement.selected ? this.home.doorOf(arrangement.selected.id) : "");
    };
    return html`<div class="pair">${this.#number(t("door_width"), door.width_m, (width_m) => set({ width_m }), "door_width")}${this.#number(t("door_height"), door.height_m, (height_m) => set({ height_m }), "door_height")}</div>`;
  }

  /** A length in the shopper's unit; what is not a length a house has changes nothing. */
  #number(word: string, value_m: number, set: (value_m: number) => void, name: string): TemplateResult {
    const isInches = this.home.speech.unit === "in";
    const scale = isInches ? 1 / 0.0254 : 100;
    return html`<label class="field"><span>${word} (${t(isInches ? "in" : "cm")})</span><input type="number" name=${name} inputmode="decimal" step="any" min="1" max=${Math.round(DOORS_CM[1] * (isInches ? 1 / 2.54 : 1))} .value=${value_m ? String(Math.round(value_m * scale * 10) / 10) : ""} @change=${(event: Event) => {
      const value = (event.target as HTMLInputElement).valueAsNumber / scale;
      if (value >= 0.01 && value <= DOORS_CM[1] / 100) set(value);
      this.requestUpdate();
    }}></label>`;
  }

  #decimal(value: number): string {
    return new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: 1 }).format(value);
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    // What lies behind is the room itself.
    this.toggleAttribute("data-through", this.state === "ar");
    // What was pressed is gone; the keyboard goes on at what came instead.
    if ((changed.has("isChoosing") && changed.get("isChoosing") !== undefined) || changed.has("state")) this.renderRoot.querySelector<HTMLElement>(".rail h2, .card h2")?.focus();
  }

  static override styles = [base, styles];
}

customElements.define("place-room", PlaceRoom);
