/** What is shown for a moment to those who look, as the announcer tells it to those who listen: notices, and captions of talk. */
import { t } from "../app/words";
import { h, icon } from "./dom";
import { ICONS } from "./icons";

const SHOWN_MS = 4200;
const CAPTION_MS = 7000;
const MOST_CAPTIONS = 3;

export class Notices {
  readonly element = h("div", { class: "notices", "aria-hidden": "true" });
  readonly captions = h("div", { class: "captions", "aria-hidden": "true" });
  readonly #onNotice = (event: Event): void => this.show((event as CustomEvent<string>).detail);

  constructor() {
    document.addEventListener("notice", this.#onNotice);
  }

  show(text: string): void {
    const made = h("p", { class: "glass notice" }, text);
    this.element.replaceChildren(made);
    setTimeout(() => made.remove(), SHOWN_MS);
  }

  /** Words that were spoken or written in the room; whose they are stands before them. */
  caption(name: string, text: string): void {
    const made = h("p", { class: "caption" }, h("b", {}, h("bdi", {}, name)), " ", h("bdi", {}, text));
    this.captions.append(made);
    while (this.captions.childElementCount > MOST_CAPTIONS) this.captions.firstElementChild?.remove();
    setTimeout(() => made.remove(), CAPTION_MS);
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
