/**
 * Panels of frosted glass beside the scene: one at a time, each with a heading that takes the focus and a way to close it.
 *
 * They are not modal: the store goes on beside them. Escape closes, and the keyboard goes back to where it was. On a phone
 * the same panel is a sheet at the bottom. What they are not: what is in them; parts give elements, made when first asked.
 */
import { remembered } from "../a11y/focus";
import { t } from "../app/words";
import { announce, h, icon } from "./dom";
import { ICONS } from "./icons";
import { t as word } from "./words";

export interface PanelContent {
  readonly element: Node;
  /** Called when it is shown no more; the element is made anew next time. */
  dispose?(): void;
}

export interface PanelPlan {
  readonly title: () => string;
  /** Keeps its place and takes half the width more. */
  readonly isWide?: boolean;
  /** What the bar would lead to from here: on a phone the sheet covers the bar. */
  readonly beside?: () => readonly HTMLElement[];
  make(): PanelContent | Promise<PanelContent>;
}

const MARGIN_PX = 16;

export class Panels {
  readonly element = h("div", { class: "panels" });
  readonly #plans = new Map<string, PanelPlan>();
  readonly #changed: (open: string | null) => void;
  #open: string | null = null;
  #shown: HTMLElement | null = null;
  #content: PanelContent | null = null;
  #giveBack: ((fallback?: HTMLElement | null) => void) | null = null;

  constructor(changed: (open: string | null) => void) {
    this.#changed = changed;
  }

  add(name: string, plan: PanelPlan): void {
    this.#plans.set(name, plan);
  }

  get open(): string | null {
    return this.#open;
  }

  /** How much of the window's width and height the open panel takes, with its margin, pixels; 0 for none. */
  get size(): { readonly width: number; readonly height: number } {
    const { offsetWidth = 0, offsetHeight = 0 } = this.#shown ?? {};
    return { width: offsetWidth && offsetWidth + MARGIN_PX, height: offsetHeight };
  }

  toggle(name: string): void {
    if (this.#open === name) this.close();
    else void this.show(name);
  }

  async show(name: string): Promise<void> {
    const plan = this.#plans.get(name);
    if (!plan || this.#open === name) return;
    const giveBack = this.#giveBack ?? remembered();
    this.#clear();
    this.#open = name;
    this.#giveBack = giveBack;
    const id = `panel-${name}`;
    const heading = h("h2", { id, tabindex: -1 }, plan.title());
    const body = h("div", { class: "panel-body" }, h("div", { class: "bone line" }), h("div", { class: "bone line" }));
    const panel = h("section", { class: `glass side${plan.isWide ? " wide" : ""}`, "aria-labelledby": id, "data-panel": name, keydown: (event) => {
      if ((event as KeyboardEvent).key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } },
      h("header", { class: "panel-head" }, heading, ...(plan.beside?.() ?? []), h("button", { type: "button", class: "round", "aria-label": t("close"), title: t("close"), click: () => this.close() }, icon(ICONS.close))),
      body);
    this.#shown = panel;
    this.element.replaceChildren(panel);
    heading.focus({ preventScroll: true });
    this.#changed(name);
    try {
      const content = await plan.make();
      if (this.#shown !== panel) return content.dispose?.();
      this.#content = content;
      body.replaceChildren(content.element);
    } catch (error) {
      console.warn(error);
      if (this.#shown !== panel) return;
      announce(word("error_text"));
      body.replaceChildren(h("div", { class: "state" }, h("p", {}, word("error_text")),
        h("button", { type: "button", class: "act", click: () => this.again(name) }, word("again"))));
    }
  }

  close(): void {
    if (!this.#open) return;
    const giveBack = this.#giveBack;
    this.#giveBack = null;
    this.#clear();
    this.#changed(null);
    giveBack?.(document.querySelector<HTMLElement>("#place canvas, #place [tabindex]"));
  }

  /** The words have changed, or there is more to show: what is open is made again, if it is one of these. */
  again(...names: readonly string[]): void {
    const open = this.#open;
    if (!open || (names.length && !names.includes(open))) return;
    this.#clear();
    void this.show(open);
  }

  #clear(): void {
    this.#open = null;
    this.#content?.dispose?.();
    this.#content = null;
    this.#shown?.remove();
    this.#shown = null;
  }
}
