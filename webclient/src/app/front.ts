/**
 * What lies over the store at first and at its top: a picture while it is built, where a thumb walks, the store's name and
 * the others one can go to, the state of the link, the door.
 */
import type { Look } from "../avatar/look";
import { choose, door } from "../ui/door";
import { h, icon } from "../ui/dom";
import { ICONS } from "../ui/icons";
import type { Asked } from "./address";
import type { Showroom } from "./showroom";
import { t } from "./words";

/** Set by the build: see `vite.config.ts`. */
declare const __SPLASHES__: readonly string[];

export const part = (id: string): HTMLElement => document.getElementById(id) ?? document.body;

export class Front {
  readonly #showroom: Showroom;
  readonly #asked: Asked;
  readonly #entered: () => void;

  /** @param entered one walks in, with or without a name of one's own */
  constructor(showroom: Showroom, asked: Asked, entered: () => void) {
    this.#showroom = showroom;
    this.#asked = asked;
    this.#entered = entered;
    showroom.on("meeting", () => this.#link());
  }

  /** A picture of the store while it is being built, where there is one; else the drawing that is there already. */
  splash(): void {
    const { plan, preferences } = this.#showroom;
    const id = this.#asked.store ?? plan?.id;
    if (!id || part("splash").querySelector("img")) return;
    const wanted = `${id}-${preferences.get("mood") || (plan?.mood ?? "day")}`;
    const name = __SPLASHES__.find((one) => one === wanted) ?? __SPLASHES__.find((one) => one.startsWith(`${id}-`));
    if (name) part("splash").append(h("img", { src: `/splash/${name}.webp`, alt: "", decoding: "async", fetchpriority: "high" }));
  }

  /** Where a thumb walks, until one has. */
  hint(): void {
    const ring = h("div", { class: "walk-hint", "aria-hidden": "true" }, t("joystick"));
    part("foot").before(ring);
    part("place").addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "touch" || event.clientX > innerWidth * 0.4 || event.clientY < innerHeight * 0.5) return;
      document.body.toggleAttribute("data-walked", true);
      ring.remove();
    });
  }

  /** @param isSpokenAnew in another language than before */
  draw(isSpokenAnew = false): void {
    const showroom = this.#showroom;
    const skip = document.querySelector<HTMLElement>("[data-skip]");
    if (skip) skip.textContent = t("skip_list");
    const name = showroom.plan?.name ?? "Showroom";
    const stores = showroom.stores.length > 1 ? h("label", { class: "pick-store" }, h("span", { class: "unseen" }, t("stores")), this.#storeChoice()) : h("span", { class: "store-name" }, name);
    part("top").replaceChildren(
      h("a", { class: "mark", href: "#/", "aria-label": "Showroom" }, icon(ICONS.mark), h("span", {}, "Showroom")),
      stores);
    this.#link();
    const title = part("door").querySelector("[data-store-name]");
    if (title && !isSpokenAnew) title.textContent = name;
    else if (document.body.hasAttribute("data-opening") || title) this.door();
    document.title = name === "Showroom" ? name : `${name} · Showroom`;
  }

  /** A lost link shows quietly beside the store's name, and goes when it is healed. */
  #link(): void {
    const { meeting } = this.#showroom;
    const had = part("top").querySelector(".quiet-link");
    const word = meeting?.link === "waiting" ? t("link_waiting") : meeting?.link === "connecting" ? t("link_connecting") : null;
    if (!word) had?.remove();
    else if (had) had.textContent = word;
    else part("top").append(h("p", { class: "quiet-link" }, word));
  }

  #storeChoice(): HTMLSelectElement {
    const made = h("select", { "aria-label": t("stores"), change: () => {
      const url = new URL(location.href);
      url.searchParams.set("store", made.value);
      for (const gone of ["room", "with", "party"]) url.searchParams.delete(gone);
      url.hash = "#/";
      location.assign(url);
    } }, ...this.#showroom.stores.map(({ id, name }) => h("option", { value: id, selected: id === this.#showroom.plan?.id }, name)));
    return made;
  }

  /** @param fault why the last name could not be used; empty at first */
  door(fault = ""): void {
    if (this.#showroom.visitor.isKnown) return;
    part("door").replaceChildren(door(this.#showroom, this.#asked.friend !== null, fault, {
      entered: () => this.enter(),
      chooser: (look) => this.#chooser(look),
    }));
  }

  /** The door opens. */
  enter(): void {
    part("door").replaceChildren();
    this.#showroom.place?.focus();
    this.#entered();
  }

  /** Another figure than this one; null if one stays as one is. */
  figure(look: Look): Promise<Look | null> {
    return choose(look, (now) => this.#chooser(now));
  }

  async #chooser(look: Look): Promise<{ element: HTMLElement; look(): Look } | null> {
    try {
      await import("../avatar/chooser");
    } catch (error) {
      console.warn(error);
      return null;
    }
    const element = document.createElement("figure-chooser") as HTMLElement & { value: Look };
    element.value = look;
    return { element, look: () => element.value };
  }
}
