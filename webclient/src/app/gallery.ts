/**
 * The rung of turntables: the store's products as pictures along a lit wall, walked with arrow keys, a finger or the wheel;
 * what one takes up turns, from pictures of all its sides. No 3D is asked of the machine.
 */
import "./gallery.css";
import { product as productOf, type Row } from "../api";
import { supply } from "./trade";
import { h, icon } from "../ui/dom";
import { comparable, price } from "../ui/format";
import { ICONS } from "../ui/icons";
import { turntable } from "../ui/turntable";
import { spoken } from "../ui/words";
import type { Place, Showroom } from "./showroom";
import { t } from "./words";

export class Gallery implements Place {
  readonly stand = null;
  readonly #showroom: Showroom;
  readonly #element: HTMLElement;
  readonly #track = h("ol", { class: "wall", role: "list" });
  readonly #frames = new Map<string, { element: HTMLLIElement; picture: HTMLElement; link: HTMLAnchorElement; live(): void }>();
  readonly #at = h("p", { class: "at", role: "status" });
  readonly #ends: (() => void)[] = [];
  readonly #seen: IntersectionObserver;
  #ended = new AbortController();
  #order: readonly string[] = [];
  #index = 0;

  constructor(host: HTMLElement, showroom: Showroom) {
    this.#showroom = showroom;
    const step = (by: number): (() => void) => () => this.#go(this.#index + by, true);
    this.#element = h("section", { class: "gallery", "aria-label": t("gallery_label", { name: showroom.plan?.name ?? "" }), keydown: (event) => this.#key(event as KeyboardEvent) },
      this.#track,
      h("div", { class: "steps" },
        h("button", { type: "button", class: "round", "aria-label": t("earlier"), click: step(-1) }, icon(ICONS.back)), this.#at,
        h("button", { type: "button", class: "round", "aria-label": t("later"), click: step(1) }, icon(ICONS.forth))));
    host.append(this.#element);
    this.#seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) this.#arrived((target as HTMLElement).dataset["id"] ?? "");
    }, { root: this.#track, rootMargin: "0px -49% 0px -49%" });
    this.#fill();
    this.#ends.push(showroom.on("rows", () => this.#fill()), showroom.on("trade", () => {
      for (const frame of this.#frames.values()) frame.live();
    }));
  }

  /** What stands in the store, in the order of its slots, the hero first; then nothing else: a store is a choice. */
  #fill(): void {
    const { rows, plan, slots } = this.#showroom;
    const hero = plan?.rooms.flatMap((room) => room.slots).find((slot) => slot.isHero)?.product ?? null;
    const here = [...new Set([hero, ...slots])].flatMap((id) => rows.find((row) => row.id === id) ?? []);
    const shown = here.length ? here : rows;
    this.#order = shown.map((row) => row.id);
    this.#frames.clear();
    this.#seen.disconnect();
    this.#track.replaceChildren(...shown.map((row, i) => this.#frame(row, i)));
    for (const { element } of this.#frames.values()) this.#seen.observe(element);
    this.#say();
  }

  #frame(row: Row, i: number): HTMLLIElement {
    const picture = h("span", { class: "canvas" }, row.poster && h("img", { src: row.poster, alt: "", width: 1024, height: 1024, loading: i < 3 ? "eager" : "lazy", decoding: "async" }));
    const cost = h("span", { class: "price" });
    const stock = h("span", { class: "stock" });
    const link = h("a", { href: `#/p/${encodeURIComponent(row.id)}`, class: "label" }, h("span", { class: "name" }, row.name), cost, stock);
    const element = h("li", { class: "frame", "data-id": row.id, click: (event) => {
      if (!(event.target as Element).closest("a, .turntable")) link.click();
    } }, h("span", { class: "lamp" }), picture, link);
    const live = (): void => {
      const prices = this.#showroom.rows.map((other) => other.price_minor);
      cost.textContent = price(comparable(prices, row.price_minor), spoken(), navigator.language);
      const { kind, left } = supply(row, this.#showroom.trade);
      stock.dataset["kind"] = kind;
      stock.textContent = kind === "few" ? t("few", { n: left }) : kind === "out" ? t("sold_out") : "";
    };
    live();
    // Only for the keyboard: what glides away under a pressed button is not clicked.
    link.addEventListener("focus", () => link.matches(":focus-visible") && this.#go(this.#order.indexOf(row.id), false));
    this.#frames.set(row.id, { element, picture, link, live });
    return element;
  }

  #key(event: KeyboardEvent): void {
    if ((event.target as Element).closest(".turntable")) return;
    const rtl = document.documentElement.dir === "rtl" ? -1 : 1;
    const to = { ArrowRight: this.#index + rtl, ArrowDown: this.#index + 1, ArrowLeft: this.#index - rtl, ArrowUp: this.#index - 1, Home: 0, End: this.#order.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#go(to, true);
  }

  #go(index: number, withFocus: boolean): void {
    const i = Math.max(0, Math.min(this.#order.length - 1, index));
    const frame = this.#frames.get(this.#order[i] ?? "");
    if (!frame) return;
    this.#index = i;
    frame.element.scrollIntoView({ behavior: this.#showroom.preferences.isStill ? "instant" : "smooth", inline: "center", block: "nearest" });
    if (withFocus && document.activeElement !== frame.link) frame.link.focus({ preventScroll: true });
    this.#say();
  }

  #arrived(id: string): void {
    const i = this.#order.indexOf(id);
    if (i < 0) return;
    this.#index = i;
    this.#showroom.look(id);
    this.#say();
  }

  #say(): void {
    this.#at.textContent = this.#order.length ? t("of", { i: this.#index + 1, n: this.#order.length }) : "";
  }

  async open(id: string, _variant: string | null): Promise<void> {
    this.close();
    const frame = this.#frames.get(id);
    if (!frame) return;
    this.#go(this.#order.indexOf(id), false);
    frame.element.classList.add("is-open");
    const { signal } = this.#ended;
    try {
      const { files, name } = await productOf(id, signal);
      const [sheet, grid] = [files["turntable.webp"], files["turntable.json"]];
      if (!sheet || !grid) return;
      const turning = await turntable(sheet, grid, name, signal);
      if (!signal.aborted) frame.picture.append(turning);
    } catch (error) {
      if (!signal.aborted) console.warn(error); // the picture stays
    }
  }

  close(): void {
    this.#ended.abort();
    this.#ended = new AbortController();
    for (const { element, picture } of this.#frames.values()) {
      element.classList.remove("is-open");
      picture.querySelector(".turntable")?.remove();
    }
  }

  wear(_variant: string): void {
    // The pictures show one variant; the panel names the others.
  }

  gaze(id: string): void {
    this.#go(this.#order.indexOf(id), false);
  }

  async walkTo(id: string): Promise<boolean> {
    this.#go(this.#order.indexOf(id), true);
    return this.#frames.has(id);
  }

  async walkToPoint(): Promise<void> {
    // There is no floor here.
  }

  mood(name: string): void {
    this.#element.dataset["mood"] = name;
  }

  focus(): void {
    this.#frames.get(this.#order[this.#index] ?? "")?.link.focus({ preventScroll: true });
  }

  inset(left_px: number, right_px: number, bottom_px: number): void {
    this.#element.style.left = `${left_px}px`;
    this.#element.style.right = `${right_px}px`;
    this.#element.style.insetBlockEnd = `${bottom_px}px`;
    this.#go(this.#index, false);
  }

  dispose(): void {
    this.#ended.abort();
    this.#seen.disconnect();
    for (const end of this.#ends) end();
    this.#element.remove();
  }
}
