/** The bar: what one can do from anywhere, under the thumb on a phone, at the foot of the window elsewhere. */
import type { Showroom } from "../app/showroom";
import { isThreeD } from "../app/rung";
import { t } from "../app/words";
import { h, icon } from "./dom";
import { ICONS, type IconName } from "./icons";

/** In the order of the bar; with the letter that does the same. */
export const ACTIONS = [
  { name: "list", key: "l", icon: "list" },
  { name: "search", key: "f", icon: "search" },
  { name: "map", key: "m", icon: "map" },
  { name: "people", key: "t", icon: "people" },
  { name: "emotes", key: "r", icon: "emotes" },
  { name: "cart", key: "c", icon: "cart" },
  { name: "settings", key: ",", icon: "settings" },
  { name: "help", key: "?", icon: "help" },
] as const satisfies readonly { name: string; key: string; icon: IconName }[];
export type Action = (typeof ACTIONS)[number]["name"];

/** What a phone's narrow bar leaves to the settings. */
const ROOMY: ReadonlySet<Action> = new Set(["help", "emotes"]);

export class Bar {
  readonly element: HTMLElement;
  readonly #buttons = new Map<Action, HTMLButtonElement>();
  readonly #headset: HTMLButtonElement;
  readonly #showroom: Showroom;

  constructor(showroom: Showroom, act: (name: Action | "headset") => void) {
    this.#showroom = showroom;
    for (const { name, key, icon: drawing } of ACTIONS) {
      this.#buttons.set(name, h("button", {
        type: "button", class: ROOMY.has(name) ? "item roomy" : "item", "data-action": name, "aria-keyshortcuts": key.toUpperCase(), click: () => act(name),
      }, icon(ICONS[drawing]), h("span", { class: "word" }), h("span", { class: "badge", hidden: true, "aria-hidden": "true" })));
    }
    this.#headset = h("button", { type: "button", class: "item accent", "data-action": "headset", hidden: true, click: () => act("headset") }, icon(ICONS.headset), h("span", { class: "word" }));
    this.element = h("nav", { class: "glass bar" }, ...this.#buttons.values(), this.#headset);
    this.speak();
    showroom.on(["rung", "place"], () => this.#offer());
    showroom.on(["people", "meeting", "trade"], () => this.#count());
    this.#offer();
  }

  speak(): void {
    this.element.setAttribute("aria-label", t("bar"));
    for (const [name, button] of this.#buttons) word(button).textContent = t(name);
    word(this.#headset).textContent = t("headset");
    this.#count();
  }

  /** Which panel is open. */
  mark(open: string | null, isListOpen: boolean): void {
    for (const [name, button] of this.#buttons) {
      const isOpen = name === "list" ? isListOpen : name === open;
      button.setAttribute("aria-expanded", String(isOpen));
    }
  }

  #offer(): void {
    const { choice, place } = this.#showroom;
    this.#headset.hidden = choice.rung !== "headset" || !place;
    const map = this.#buttons.get("map");
    if (map) map.hidden = !isThreeD(choice.rung);
    const list = this.#buttons.get("list");
    if (list) list.hidden = choice.rung === "list";
  }

  #count(): void {
    const { meeting, trade } = this.#showroom;
    const people = meeting && meeting.link === "open" ? meeting.people.length + 1 : 0;
    this.#badge("people", people > 1 ? people : 0, people > 1 ? t("people_n", { n: people }) : t("people"));
    const units = trade?.units ?? 0;
    this.#badge("cart", units, units ? t("cart_n", { n: units }) : t("cart"));
  }

  #badge(name: Action, n: number, label: string): void {
    const button = this.#buttons.get(name);
    const badge = button?.querySelector<HTMLElement>(".badge");
    if (!button || !badge) return;
    badge.hidden = n === 0;
    badge.dataset["n"] = n > 99 ? "99+" : String(n); // drawn by the style: as text it would be part of what one calls the button
    button.setAttribute("aria-label", label);
  }
}

const word = (button: HTMLButtonElement): HTMLElement => button.querySelector<HTMLElement>(".word") ?? button;
