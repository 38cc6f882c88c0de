/**
 * The one product that is looked at: a page of its own on the list's rung, in one's hands and in a panel where there is a
 * place, and before the mirror if the address says so.
 *
 * What it is not: what such a page or panel holds (`ui/product.ts`, `held.ts`), or which of both it is to be (`app.ts`).
 */
import { product as productOf } from "../api";
import { h, icon } from "../ui/dom";
import { ICONS } from "../ui/icons";
import type { Panels } from "../ui/panel";
import type { Page } from "../ui/product";
import { t as word } from "../ui/words";
import { hashOf, type View } from "./address";
import { part } from "./front";
import type { Ladder } from "./ladder";
import type { Showroom } from "./showroom";
import { t } from "./words";

type ProductView = View & { name: "product" };

export class ProductViews {
  /** In one's hands; other panels beside it give way to its own again. */
  held: string | null = null;
  /** The colour in which something is tried on. */
  tried = "";
  /** Where the list stood when one left it, pixels. */
  scrolled_px = 0;
  readonly #showroom: Showroom;
  readonly #panels: Panels;
  readonly #ladder: Ladder;
  readonly #trouble: (error: unknown) => HTMLElement;
  #page: Page | null = null;
  #loading = new AbortController();

  /** @param trouble what is shown in a page's place when it cannot be had */
  constructor(showroom: Showroom, panels: Panels, ladder: Ladder, trouble: (error: unknown) => HTMLElement) {
    this.#showroom = showroom;
    this.#panels = panels;
    this.#ladder = ladder;
    this.#trouble = trouble;
  }

  get hasPage(): boolean {
    return this.#page !== null;
  }

  /** Another view: what is on its way for the last one is not wanted any more. */
  turn(): void {
    this.#loading.abort();
    this.#loading = new AbortController();
  }

  leavePage(): void {
    this.#page?.dispose();
    this.#page = null;
  }

  /** On the list's rung, a product is a page. */
  async openPage(view: ProductView): Promise<void> {
    const { signal } = this.#loading;
    const showroom = this.#showroom;
    const main = part("main");
    try {
      const [{ productPage }, found] = await Promise.all([import("../ui/product"), productOf(view.id, signal)]);
      if (signal.aborted) return;
      this.scrolled_px = this.#page ? this.scrolled_px : scrollY;
      const is3d = this.#ladder.measured?.hasWebGl2 !== false && showroom.preferences.get("rung") !== "turntable";
      const next = productPage(found, showroom.rows, showroom, { is3d, variant: null });
      this.leavePage();
      this.#page = next;
      main.replaceChildren(next.element);
      scrollTo(0, 0);
      next.element.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
      document.title = `${found.name} · Showroom`;
      next.open();
      if (view.isTried) void this.#try(view);
    } catch (error) {
      if (signal.aborted) return;
      this.leavePage();
      main.replaceChildren(this.#trouble(error));
      main.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    }
  }

  /** In the scene, it comes to one's hands, with a panel beside it. */
  async take(view: ProductView): Promise<void> {
    const { signal } = this.#loading;
    const showroom = this.#showroom;
    const name = showroom.row(view.id)?.name ?? "";
    this.held = null;
    this.#panels.close();
    this.held = view.id;
    this.#panels.add("product", { title: () => name || word("missing_title"), beside: () => [this.#way("people")], make: async () => {
      const [{ heldPanel }, found] = await Promise.all([import("./held"), productOf(view.id, signal)]);
      return heldPanel(showroom, this.#ladder.scene, found);
    } });
    void showroom.place?.open(view.id, null).catch(() => undefined);
    await this.#panels.show("product");
    document.title = `${name} · Showroom`;
    if (view.isTried && !signal.aborted) await this.#try(view);
  }

  putBack(): void {
    if (this.#panels.open === "product") this.#panels.close();
    this.#showroom.place?.close();
    document.title = this.#showroom.plan ? `${this.#showroom.plan.name} · Showroom` : "Showroom";
  }

  /** By the address: asked once, so that neither a new language nor going back asks again. */
  async #try(view: View): Promise<void> {
    history.replaceState(history.state, "", hashOf(view));
    this.tried = "";
    await this.#panels.show("mirror");
  }

  /** From one panel to another, where a sheet covers the bar. */
  #way(name: "people"): HTMLElement {
    return h("button", { type: "button", class: "way", "aria-label": t(name), title: t(name), click: () => void this.#panels.show(name) }, icon(ICONS[name]));
  }
}
