/**
 * <place-visit>: a room that a friend furnishes, as a doll's house that changes as they go, with all that stands in it.
 * Fires "mine" when the shopper wants it in their own room, and "closed".
 *
 * What it is not: a room of one's own (`element.ts`).
 */
import { base, html, icon, ICONS, nothing, Panel, type TemplateResult } from "../shop/panel";
import { DollsHouse } from "./dolls-house";
import type { Home } from "./home";
import type { Layout } from "./layout";
import { sizeWords } from "./sentences";
import { styles } from "./style";
import { t } from "./words";

export class PlaceVisit extends Panel {
  static override properties = { home: { attribute: false }, whose: { attribute: false } };
  /** For its products, its words and its cart: nothing is put into it. */
  declare home: Home;
  /** Whose room it is; empty: it came by a link. */
  declare whose: string;
  #layout: Layout = { pieces: [], floor: null };
  #house: DollsHouse | null = null;
  readonly #ended = new AbortController();

  constructor() {
    super();
    this.whose = "";
  }

  get layout(): Layout {
    return this.#layout;
  }

  set layout(layout: Layout) {
    const before = this.#layout.pieces.length;
    this.#layout = layout;
    if (before && before !== layout.pieces.length) this.announce(t("shared_layout", { n: layout.pieces.length }));
    void this.#house?.see(layout);
  }

  protected models(): readonly EventTarget[] {
    return [this.home];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { home } = this;
    home.addEventListener("said", (event) => this.announce((event as CustomEvent<string>).detail), { signal: this.#ended.signal });
    this.#house = new DollsHouse({
      wares: home.wares, format: (metres) => home.speech.format(metres),
      failed: (product, error) => {
        console.warn(error);
        home.say(t("no_model", { name: home.wares.row(product)?.name ?? product }));
      },
    });
    this.#house.arrangement.addEventListener("change", () => this.requestUpdate(), { signal: this.#ended.signal });
    void home.wares.open().catch(() => undefined).then(() => this.requestUpdate());
    void this.#house.see(this.#layout);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("h2")?.focus());
  }

  override disconnectedCallback(): void {
    this.#ended.abort();
    this.#house?.dispose();
    this.#house = null;
    super.disconnectedCallback();
  }

  override render(): TemplateResult {
    const { home } = this;
    const house = this.#house;
    const pieces = house?.arrangement.pieces ?? [];
    const title = this.whose ? t("whose_room", { name: this.whose }) : t("friends_room");
    house?.canvas.setAttribute("aria-label", t("house_alt", { names: pieces.map(({ ware }) => ware.name).join(", ") || t("nothing") }));
    return html`<section class="visit" aria-label=${title} @keydown=${(event: KeyboardEvent) => this.#key(event)}>
      <div class="stage">${house?.canvas ?? nothing}</div>
      <div class="top"><button class="round" aria-label=${t("close")} title=${t("close")} @click=${() => this.dispatchEvent(new Event("closed"))}>${icon(ICONS.close)}</button></div>
      <div class="rail" role="group" aria-label=${title}>
        <h2 tabindex="-1">${title}</h2>
        ${this.whose ? html`<p class="small quiet">${t("live_room")}</p>` : nothing}
        <ul class="shelf">${pieces.map((one) => {
          const poster = home.wares.row(one.ware.product)?.poster;
          return html`<li class="ware">${poster ? html`<img src=${poster} alt="" width="64" height="64">` : html`<span></span>`}
            <span><b class="name">${one.ware.name}</b><span class="small quiet">${sizeWords(one.ware, home.speech)}</span></span>
            ${one.sku ? html`<button class="round" aria-label="${t("cart")}: ${one.ware.name}" title=${t("cart")} @click=${() => void home.sell([one.sku])}>${icon(ICONS.bag)}</button>` : nothing}</li>`;
        })}</ul>
        ${pieces.length > 1 ? html`<button class="plain" @click=${() => void home.sell(pieces.map(({ sku }) => sku))}>${t("cart_all", { n: pieces.length })}</button>` : nothing}
        ${pieces.length ? html`<button class="act wide" @click=${() => this.dispatchEvent(new Event("mine"))}>${icon(ICONS.box)}${t("into_mine")}</button>` : nothing}
      </div>
    </section>`;
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.dispatchEvent(new Event("closed"));
  }

  static override styles = [base, styles];
}

customElements.define("place-visit", PlaceVisit);
