/**
 * <tryon-mirror>: asks, opens the booth, and dresses who stands before it. Everything by keyboard; troubles say a way on.
 *
 * Fires "closed" and, as what is worn changes, "wearing". What it is not: tracking or drawing (`booth.ts`, `mirror.ts`),
 * what is worn (`wardrobe.ts`), or its look (`look.ts`).
 */
import type { PropertyValues } from "lit";
import type { Advised } from "../fit";
import { chartOf } from "../fit/chart";
import { typed, type Measures } from "../fit/measures";
import { own } from "../fit/own";
import { base, html, icon, ICONS, nothing, Panel, swatch, type TemplateResult } from "../shop/panel";
import { chosen, sizesOf } from "../shop/sizes";
import { Booth } from "./booth";
import { AskFriends, Friends } from "./friends";
import { comparing, rivals, Seam } from "./compare";
import { consent, opening, troubled, type Answers } from "./consent";
import { Snapshot } from "./keeping";
import { look } from "./look";
import { heightOf } from "./height";
import { measures, pupilsOf, seenOf, Tall, type Pupils } from "./measures";
import { Camera } from "./source";
import { Wardrobe, type Wearable } from "./wardrobe";
import { t } from "./words";

/** Nobody reads a number that dances. */
const MEASURE_EVERY = 15;
const DRAWN = {
  hold: "M9 6v12M15 6v12", go: "M8 5.5v13l11-6.500z", shoot: "M4 8h3.500L9 6h6l1.500 2H20v11H4zM12 10.500a3 3 0 1 0 0 6 3 3 0 0 0 0-6z", halves: "M12 4v16M5 6.500h4v11H5zM15 6.500h4v11h-4z",
  erase: "M5 7h14M10 7V5h4v2M7 7l1 13h8l1-13", ruler: "M4 15.500 15.500 4l4.500 4.500L8.500 20zM8 11.500l2 2M11 8.500l2 2M14 5.500l2 2",
} as const;

/** What is worn before the mirror, for whoever shows it to others. */
export interface Wearing {
  readonly items: readonly { readonly product: string; readonly sku: string | null }[];
  readonly isSharing: boolean;
}

export class TryonMirror extends Panel {
  static override properties = {
    product: {}, variant: {}, cameras: { state: true }, pupils: { state: true }, shot: { state: true }, isComparing: { state: true }, aside: { state: true }, seen: { state: true }, isMeasuring: { state: true }, isErased: { state: true }, advised: { state: true }, heard: { state: true },
  };
  declare product: string;
  declare variant: string;
  declare private cameras: readonly { readonly id: string; readonly label: string }[];
  declare private pupils: Pupils | null;
  declare private shot: Snapshot | null;
  declare private isComparing: boolean;
  declare private aside: "fit" | "friends" | null;
  declare private seen: Measures;
  declare private isMeasuring: boolean;
  declare private isErased: boolean;
  declare private advised: string | null;
  declare private heard: string;
  readonly booth = new Booth();
  readonly wardrobe = new Wardrobe(this.booth);
  readonly #seam = new Seam(this.booth);
  #friends: Friends | null = null;
  readonly #tall = new Tall();
  readonly #sized = new ResizeObserver(() => this.#parted());
  #frames = 0;
  #said = "";
  #state = "";

  constructor() {
    super();
    this.product = this.variant = this.heard = "";
    this.cameras = [];
    this.pupils = this.shot = this.aside = this.advised = null;
    this.seen = {};
    this.isComparing = this.isMeasuring = this.isErased = false;
    this.booth.addEventListener("frame", () => this.#measure());
    this.booth.addEventListener("change", () => void this.#followed());
    this.wardrobe.addEventListener("change", () => this.#dressed());
  }

  protected models(): readonly EventTarget[] {
    return [this.booth, this.wardrobe, own, ...(this.#friends ? [this.#friends] : [])];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    own.addEventListener("change", this.#owned);
    this.#owned();
    const asked = new AskFriends();
    this.dispatchEvent(asked);
    this.#friends = asked.company ? new Friends(asked.company, this.booth) : null;
    void this.wardrobe.stock(this.product, this.variant);
    // Buying is not needed to see oneself: it comes behind, and the mirror does without.
    void import("../shop/worn").catch(() => undefined);
  }

  override disconnectedCallback(): void {
    this.#friends?.stop();
    this.booth.close();
    this.wardrobe.dispose();
    this.#sized.disconnect();
    own.removeEventListener("change", this.#owned);
    this.#drop();
    super.disconnectedCallback();
  }

  async #followed(): Promise<void> {
    const { state } = this.booth;
    if (state === "closed" || state === "trouble") {
      this.#friends?.stop();
      this.cameras = [];
      this.pupils = null;
      this.isComparing = this.isMeasuring = false;
    }
    if (state !== "live" || this.cameras.length) return;
    this.cameras = await Camera.all();
    await this.wardrobe.wearAll();
  }

  #dressed(): void {
    const { worn, rival, shown } = this.wardrobe;
    if (shown?.size && sizesOf(shown.row).length && !chosen.of(shown.row.id)) chosen.choose(shown.row.id, shown.size);
    if (this.isComparing && !this.wardrobe.shown) this.isComparing = false;
    if (!rival || this.isComparing) this.#parted();
    const items = worn.map(({ row, variant }) => ({ product: row.id, sku: variant?.sku ?? null }));
    const said = JSON.stringify(items);
    if (said === this.#said) return;
    this.#said = said;
    this.dispatchEvent(new CustomEvent<Wearing>("wearing", { detail: { items, isSharing: this.#friends?.isOn ?? false } }));
    this.#friends?.wear(items.map(({ product, sku }) => [product, sku] as const));
  }

  #parted(): void {
    if (!this.isMeasuring) this.#seam.show(this.wardrobe.pair, this.#view());
  }

  #measure(): void {
    if (this.#frames++ % MEASURE_EVERY) return;
    this.pupils = pupilsOf(this.booth) ?? this.pupils;
    if (this.aside === "fit") this.seen = seenOf(this.booth);
  }

  /** What is worn is what is bought: the size that one sees oneself in is the chosen one. */
  #resize(one: Wearable, size: string): void {
    if (sizesOf(one.row).length) chosen.choose(one.row.id, size);
    void this.wardrobe.resize(one, size);
  }

  #advise(one: Wearable, size: string | null): void {
    this.advised = size;
    if (size) this.#resize(one, size);
  }

  async #toggle(one: Wearable): Promise<void> {
    await this.wardrobe.toggle(one);
    this.announce(one.trouble ? t(one.trouble, { name: one.row.name }) : `${t(one.isOn ? "worn" : "take_off")}: ${one.row.name}`);
  }

  // ---- comparing ---------------------------------------------------------------------------------------------------

  async #compare(isComparing: boolean): Promise<void> {
    this.isComparing = isComparing;
    this.aside = null;
    const [first] = this.wardrobe.rivals();
    this.#seam.at = 0.5;
    await this.wardrobe.compare(isComparing ? (first ?? null) : null);
    await this.focusOn(isComparing ? ".seam" : ".compare");
  }

  async #keep(isRival: boolean): Promise<void> {
    this.isComparing = false;
    await (isRival ? this.wardrobe.keepRival() : this.wardrobe.compare(null));
    await this.focusOn(".compare");
  }

  // ---- a picture -----------------------------------------------------------------------------------------------------

  async #shoot(): Promise<void> {
    const picture = await this.booth.picture();
    if (!picture) return;
    this.#drop();
    this.shot = new Snapshot(picture);
    await this.focusOn(".shot h2");
  }

  #drop(): void {
    this.shot?.dispose();
    this.shot = null;
  }

  async #away(word: "saved" | "shared" | "discarded"): Promise<void> {
    this.#drop();
    this.announce(t(word));
    await this.focusOn(".shoot");
  }

  async #share(): Promise<void> {
    const { shot } = this;
    if (!shot) return;
    const isHanded = await shot.share().catch(() => {
      shot.save();
      return true;
    });
    if (isHanded) await this.#away("shared");
  }

  // ---- friends -------------------------------------------------------------------------------------------------------

  /** The shopper's own switch: nothing of them is sent before it is on, and nothing after it is off. */
  async #befriend(): Promise<void> {
    const friends = this.#friends;
    if (!friends) return;
    if (friends.isOn) friends.stop();
    else await friends.start().catch(() => undefined);
    this.announce(t(friends.isOn ? "friends_on" : "friends_off"));
  }

  // ---- measures ------------------------------------------------------------------------------------------------------

  #height(text: string): void {
    if (this.#tall.say(text)) own.set("height", this.#tall.m ? typed("height", this.#tall.m * 1000) : null);
    if (this.#tall.m) this.announce(t("height_set", { cm: Math.round(this.#tall.m * 100) }));
    this.requestUpdate();
  }

  /** A height is known wherever it was said: here, or in the advice on sizes. */
  readonly #owned = (): void => {
    const mm = own.all.height?.mm;
    this.booth.height_m = mm && heightOf(String(mm / 10)) ? mm / 1000 : null;
    if (!mm || Math.abs(mm / 1000 - (this.#tall.m ?? 0)) > 0.0005) this.#tall.know(mm ? mm / 1000 : null);
  };

  async #card(): Promise<void> {
    await import("./card-element");
    if (!this.booth.mirror) return;
    await this.wardrobe.compare(null);
    this.isComparing = false;
    this.isMeasuring = true;
  }

  async #measured(): Promise<void> {
    this.isMeasuring = false;
    this.#frames = 0;
    await this.focusOn(".fit");
  }

  // ---- the end -------------------------------------------------------------------------------------------------------

  /** Camera off; nothing that was seen, measured, said, worn or taken a picture of is left. */
  #erase(): void {
    this.booth.close();
    this.wardrobe.forget();
    this.#drop();
    this.aside = null;
    this.seen = {};
    own.erase();
    chosen.forget();
    this.isErased = true;
  }

  #close(): void {
    this.booth.close();
    this.#drop();
    this.dispatchEvent(new Event("closed"));
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.#back();
  }

  /** One step: what was opened last is closed first. */
  #back(): void {
    if (this.shot) void this.#away("discarded");
    else if (this.isComparing) void this.#compare(false);
    else if (this.aside) this.#open(null);
    else this.#close();
  }

  readonly #answers: Answers = {
    yes: () => {
      this.isErased = false;
      void this.booth.open();
    },
    no: () => this.#close(),
  };

  override render(): TemplateResult {
    const { state } = this.booth;
    return html`<dialog class="mirror ${state}" aria-label=${t("title")} @keydown=${(event: KeyboardEvent) => this.#key(event)} @announce=${({ detail }: CustomEvent<string>) => (this.heard = detail)} @cancel=${(event: Event) => {
      event.preventDefault();
      this.#back();
    }}>
      ${state === "live" || state === "frozen" ? this.#live() : state === "trouble" ? troubled(this.booth, this.#answers) : state === "opening" ? opening(this.booth, this.#answers) : consent(this.#answers, this.isErased)}
      <p class="unseen" role="status">${this.heard}</p>
    </dialog>`;
  }

  #live(): TemplateResult {
    const names = this.wardrobe.worn.map(({ row }) => row.name).join(", ") || t("nothing");
    return html`
      <div class="glass" role="img" aria-label=${t("view", { names })}>${this.booth.canvas}</div>
      ${this.isMeasuring ? html`<tryon-card .booth=${this.booth} .worn=${new Set(this.wardrobe.worn.map(({ row }) => row.id))} @closed=${() => void this.#measured()}></tryon-card>` : html`<div class=${this.aside ? "over parted" : "over"} ?inert=${this.shot !== null}>
        ${this.isComparing ? comparing(this.wardrobe, this.#seam, { move: (at) => {
          this.#seam.at = at;
          this.#parted();
        }, keep: (isRival) => void this.#keep(isRival) }) : nothing}
        ${this.booth.advice && this.booth.state === "live" ? html`<p class="advice" role="status">${t(this.booth.advice)}</p>` : nothing}
        ${this.#tools()}
        ${this.#rail()}
        ${this.aside ? this.#beside(this.aside) : nothing}</div>
        ${this.shot ? this.#review(this.shot, names) : nothing}`}`;
  }

  #tools(): TemplateResult {
    const isFrozen = this.booth.state === "frozen";
    const canCompare = this.isComparing || this.wardrobe.rivals().length > 0;
    return html`<div class="tools" role="group" aria-label=${t("tools")}>
      <button class="plain fit" title=${t("fit")} aria-expanded=${this.aside === "fit"} @click=${() => this.#open("fit")}>${icon(DRAWN.ruler)}<span>${t("fit")}</span></button>
      ${this.#friends?.isPossible ? html`<button class="plain friends" aria-expanded=${this.aside === "friends"} @click=${() => this.#open("friends")}>${icon(ICONS.people)}<span>${t(this.#friends.isOn ? "friends_see" : "friends")}</span></button>` : nothing}
      <span class="gap"></span>
      <button class="plain compare" aria-pressed=${this.isComparing} ?disabled=${!canCompare} title=${t(canCompare ? "compare" : "pick_first")} @click=${() => void this.#compare(!this.isComparing)}>${icon(DRAWN.halves)}<span>${t(this.isComparing ? "compare_end" : "compare")}</span></button>
      <button class="plain hold" title=${t(isFrozen ? "go_on" : "freeze")} aria-pressed=${isFrozen} @click=${() => this.booth.freeze(!isFrozen)}>${icon(isFrozen ? DRAWN.go : DRAWN.hold)}<span>${t(isFrozen ? "go_on" : "freeze")}</span></button>
      <button class="plain shoot" title=${t("picture")} @click=${() => void this.#shoot()}>${icon(DRAWN.shoot)}<span>${t("picture")}</span></button>
      ${this.cameras.length > 1 ? html`<label><span class="unseen">${t("camera")}</span><select @change=${(event: Event) => void this.booth.open((event.target as HTMLSelectElement).value)}>
        ${this.cameras.map(({ id, label }, i) => html`<option value=${id} ?selected=${id === this.booth.device}>${label || `${t("camera")} ${i + 1}`}</option>`)}</select></label>` : nothing}
      <button class="plain erase" title=${t("erase")} @click=${() => this.#erase()}>${icon(DRAWN.erase)}<span>${t("erase")}</span></button>
      <button class="round" aria-label=${t("off")} title=${t("off")} @click=${() => this.#close()}>${icon(ICONS.close)}</button>
    </div>`;
  }

  #open(aside: "fit" | "friends" | null): void {
    const before = this.aside;
    this.aside = aside === before ? null : aside;
    // The advice is not needed to see oneself: it comes when it is asked for.
    if (this.aside === "fit") void import("../fit");
    void this.focusOn(this.aside ? ".aside h2" : `.${before ?? "fit"}`);
  }

  #beside(aside: "fit" | "friends"): TemplateResult {
    const { shown } = this.wardrobe;
    if (aside === "friends") {
      const isOn = this.#friends?.isOn ?? false;
      return html`<aside class="aside" aria-label=${t("friends")}><h2 tabindex="-1">${t("friends")}</h2>
        <button class="switch" role="switch" aria-checked=${isOn} aria-describedby="friends-why" @click=${() => void this.#befriend()}>${t("friends")}</button><p id="friends-why" class="quiet">${t("friends_why")}</p></aside>`;
    }
    return html`<aside class="aside" aria-label=${t("fit")}><h2 tabindex="-1">${t("fit")}</h2>
      ${shown?.manifest && chartOf(shown.manifest) ? html`<fit-advice .manifest=${shown.manifest} .measures=${this.seen} @size=${({ detail }: CustomEvent<Advised>) => this.#advise(shown, detail.size)}></fit-advice>` : nothing}
      ${measures(this.pupils, this.#tall, { card: () => void this.#card(), height: (text) => this.#height(text) })}</aside>`;
  }

  #rail(): TemplateResult {
    const { all, shown, isStocked } = this.wardrobe;
    const troubled = all.find(({ trouble }) => trouble !== null);
    return html`<div class="rail">
      ${troubled?.trouble ? html`<p class="small fault" role="alert">${t(troubled.trouble, { name: troubled.row.name })}</p>` : nothing}
      ${this.isComparing ? rivals(this.wardrobe, (rival) => void this.wardrobe.compare(rival)) : html`
        ${shown && shown.row.variants.length > 1 ? html`<fieldset class="colours"><legend class="unseen">${t("colour")}</legend>${shown.row.variants.map((variant) => html`
          <button class="plain colour" title=${variant.label ?? variant.name} aria-pressed=${variant === shown.variant} @click=${() => void this.wardrobe.colour(shown, variant)}><span class="dot" ${swatch(variant.swatch)}></span><span class="name">${variant.label ?? variant.name}</span></button>`)}</fieldset>` : nothing}
        ${shown && shown.sizes.length && !sizesOf(shown.row).length ? html`<fieldset class="colours"><legend class="unseen">${t("size")}</legend>${shown.sizes.map((size) => html`
          <button class="plain" aria-pressed=${size === shown.size} @click=${() => void this.wardrobe.resize(shown, size)}>${size}</button>`)}</fieldset>` : nothing}
        ${shown ? html`<shop-worn .row=${shown.row} .variant=${shown.variant ?? undefined} .size=${shown.size} .advised=${this.advised} @size-chosen=${({ detail }: CustomEvent<string>) => this.#resize(shown, detail)}></shop-worn>` : nothing}
        <ul aria-label=${t("things")}>${all.map((one) => html`<li><button class="thing" data-thing=${one.row.id} aria-pressed=${one.isOn} aria-busy=${one.isLoading} @click=${() => void this.#toggle(one)}>
          ${one.row.poster ? html`<img src=${one.row.poster} alt="" width="82" height="64">` : html`<span class="bone"></span>`}<span class="name">${one.row.name}</span></button></li>`)}</ul>
        ${isStocked && !all.length ? html`<p class="small">${t("no_things")}</p>` : nothing}`}
    </div>`;
  }

  #review(shot: Snapshot, names: string): TemplateResult {
    return html`<div class="shot" role="dialog" aria-modal="true" aria-labelledby="shot-title"><div class="card">
      <h2 id="shot-title" tabindex="-1">${t("your_picture")}</h2>
      <img src=${shot.address} alt=${t("picture_alt", { names })}>
      <p class="small quiet">${t(shot.canShare ? "picture_lead" : "share_no")}</p>
      <div class="row">${shot.canShare ? html`<button class="act" @click=${() => void this.#share()}>${icon(ICONS.share)}${t("share")}</button>` : nothing}
        <button class=${shot.canShare ? "plain" : "act"} @click=${() => {
          shot.save();
          void this.#away("saved");
        }}>${t("save")}</button>
        <button class="plain" @click=${() => void this.#away("discarded")}>${t("discard")}</button></div></div></div>`;
  }

  /** It covers the page, so what is behind it cannot be reached meanwhile. */
  protected override firstUpdated(): void {
    const dialog = this.renderRoot.querySelector("dialog");
    if (!dialog) return;
    dialog.showModal();
    this.#sized.observe(dialog);
  }

  /** Said in here too: the page's announcer is behind the dialog. */
  protected override announce(text: string): void {
    super.announce(text);
    this.heard = text;
  }

  #view(): { readonly width: number; readonly height: number } {
    const dialog = this.renderRoot.querySelector("dialog");
    return { width: dialog?.clientWidth ?? 1, height: dialog?.clientHeight ?? 1 };
  }

  /** The keyboard goes where the next thing to do is, whenever another thing is asked. */
  override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { state } = this.booth;
    const before = this.#state;
    this.#state = state;
    const isLive = state === "live" || state === "frozen";
    if (state === before || (isLive && (before === "live" || before === "frozen"))) return;
    this.renderRoot.querySelector<HTMLElement>(isLive ? ".thing[aria-pressed=true], .thing, .fit" : state === "trouble" ? ".act" : "h2")?.focus();
  }

  static override styles = [base, look];
}

customElements.define("tryon-mirror", TryonMirror);

declare global {
  interface HTMLElementTagNameMap {
    "tryon-mirror": TryonMirror;
  }
}
