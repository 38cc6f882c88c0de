/** What is shown for a moment to those who look, as the announcer tells it to those who listen. */
import { t } from "../app/words";
import { h, icon } from "./dom";
import { ICONS } from "./icons";

const SHOWN_MS = 4200;

export class Notices {
  readonly element = h("div", { class: "notices", "aria-hidden": "true" });
  readonly #onNotice = (event: Event): void => this.show((event as CustomEvent<string>).detail);

  constructor() {
    document.addEventListener("notice", this.#onNotice);
  }

  show(text: string): void {
    const made = h("p", { class: "glass notice" }, text);
    this.element.replaceChildren(made);
    setTimeout(() => made.remove(), SHOWN_MS);
  }

  dispose(): void {
    document.removeEventListener("notice", this.#onNotice);
  }
}

/** A sentence that stays until it is answered, with ways on. Not a dialog: the store goes on beside it. */
export function question(text: string, ways: readonly { readonly word: string; readonly act: () => void }[]): HTMLElement {
  const made = h("section", { class: "glass ask", role: "region", "aria-label": t("notice") }, h("p", {}, text),
    h("div", { class: "row" }, ...ways.map(({ word, act }, index) => h("button", { type: "button", class: index === 0 ? "act small" : "pill", click: () => {
      made.remove();
      act();
    } }, word))),
    h("button", { type: "button", class: "round", "aria-label": t("close"), click: () => made.remove() }, icon(ICONS.close)));
  return made;
}
