/**
 * The store as a list: every product, person and action as plain HTML, always in step with the scene.
 *
 * In the scene it is a drawer beside it, on small screens and on the list's own rung it is the page. Focus in the list is
 * a gaze in the scene, and what one stands before is marked here.
 */
import type { Row } from "../api";
import { isThreeD } from "../app/rung";
import type { Showroom } from "../app/showroom";
import { supply } from "../app/trade";
import { t as say } from "../app/words";
import { ACTIONS, type Action } from "./bar";
import { h, icon, paint } from "./dom";
import { comparable, price } from "./format";
import { ICONS } from "./icons";
import { PeopleList } from "./people";
import { spoken, t, type Word } from "./words";

const MOST_SWATCHES = 5;
type Kind = "wear" | "carry" | "home";
const KINDS: Readonly<Record<string, Kind>> = {
  glasses: "wear", sunglasses: "wear", watch: "wear", ring: "wear", cap: "wear", hat: "wear", jacket: "wear", "t-shirt": "wear", top: "wear",
  sneaker: "wear", shoe: "wear", headphones: "carry", bottle: "carry", bag: "carry",
};
export const kindOf = (row: Row): Kind => KINDS[row.category] ?? "home";

export interface ListEvents {
  act(name: Action): void;
  takeMe(id: string): void;
}

export class Catalogue {
  readonly element = h("div", { class: "catalogue" });
  readonly #showroom: Showroom;
  readonly #events: ListEvents;
  readonly #list = h("ul", { class: "grid", role: "list", id: "list-start", tabindex: -1 });
  readonly #count = h("p", { class: "count", role: "status" });
  readonly #people: PeopleList;
  readonly #cards = new Map<string, { element: HTMLElement; live(): void }>();
  readonly #ends: (() => void)[] = [];
  #chosen: Kind | "all" = "all";

  constructor(showroom: Showroom, events: ListEvents) {
    this.#showroom = showroom;
    this.#events = events;
    this.#people = new PeopleList(showroom);
    this.#ends.push(
      showroom.on(["trade", "rows"], () => {
        if (this.#cards.size !== this.#showroom.rows.length) this.draw();
        for (const card of this.#cards.values()) card.live();
      }),
      showroom.on("gaze", () => this.#mark()),
      showroom.on(["rung", "plan", "place"], () => this.draw()),
      () => this.#people.dispose());
    this.#list.addEventListener("focusin", (event) => {
      const id = (event.target as Element).closest<HTMLElement>("[data-id]")?.dataset["id"];
      if (id) showroom.look(id);
    });
    this.draw();
  }

  /** All of it anew, in the language that is spoken; the keyboard stays on the product where it was. */
  draw(): void {
    const { rows, plan } = this.#showroom;
    const had = document.activeElement?.closest<HTMLElement>("[data-id]")?.dataset["id"];
    const kinds = (["wear", "carry", "home"] as const).filter((kind) => rows.some((row) => kindOf(row) === kind));
    if (this.#chosen !== "all" && !kinds.includes(this.#chosen)) this.#chosen = "all";
    const choices = ["all", ...kinds] as const;
    const buttons = choices.map((kind) =>
      h("button", { type: "button", class: "chip", "aria-pressed": String(kind === this.#chosen), click: () => {
        this.#chosen = kind;
        buttons.forEach((other, i) => other.setAttribute("aria-pressed", String(choices[i] === kind)));
        this.#fill();
      } }, t(kind satisfies Word)));
    this.#fill();
    this.element.replaceChildren(
      h("header", { class: "intro" },
        h("h1", { tabindex: -1 }, isThreeD(this.#showroom.choice.rung) ? (plan?.name ?? t("tagline")) : t("tagline")),
        h("p", { class: "lead" }, t("lead", { n: rows.length }))),
      h("div", { class: "filters", role: "group", "aria-label": t("tagline") }, ...(kinds.length > 1 ? buttons : []), this.#count),
      rows.length ? this.#list : emptyView(),
      h("section", { class: "also", "aria-labelledby": "h-people" }, h("h2", { id: "h-people" }, say("here")), this.#people.element),
      h("section", { class: "also", "aria-labelledby": "h-actions" }, h("h2", { id: "h-actions" }, say("actions")),
        h("ul", { class: "chips", role: "list" }, ...ACTIONS.filter(({ name }) => name !== "list" && (name !== "map" || isThreeD(this.#showroom.choice.rung))).map(({ name, icon: drawing }) =>
          h("li", {}, h("button", { type: "button", class: "chip", click: () => this.#events.act(name) }, icon(ICONS[drawing]), say(name)))))));
    this.#people.draw();
    if (had) this.focus(had);
  }

  /** @returns false if the product is not in the list */
  focus(id: string): boolean {
    const link = this.#cards.get(id)?.element.querySelector<HTMLElement>("a");
    link?.focus();
    return Boolean(link);
  }

  #fill(): void {
    const { rows } = this.#showroom;
    const shown = arranged(rows.filter((row) => this.#chosen === "all" || kindOf(row) === this.#chosen));
    this.#cards.clear();
    this.#list.replaceChildren(...shown.map((row, index) => {
      const made = this.#card(row, index === 0 && shown.length > 4, index < 5);
      this.#cards.set(row.id, made);
      return made.element;
    }));
    this.#count.textContent = t("products", { n: shown.length });
    this.#mark();
  }

  #mark(): void {
    const { gaze } = this.#showroom;
    for (const [id, { element }] of this.#cards) {
      if (id === gaze) element.setAttribute("aria-current", "location");
      else element.removeAttribute("aria-current");
    }
  }

  #card(row: Row, isHero: boolean, isEarly: boolean): { element: HTMLElement; live(): void } {
    const { rows, choice } = this.#showroom;
    const swatches = row.variants.filter((variant) => variant.swatch);
    const dots = h("span", { class: "dots", role: "img", "aria-label": t("colours", { n: swatches.length }) });
    for (const variant of swatches.slice(0, MOST_SWATCHES)) {
      const dot = h("i");
      paint(dot, variant.swatch);
      dots.append(dot);
    }
    if (swatches.length > MOST_SWATCHES) dots.append(`+${swatches.length - MOST_SWATCHES}`);
    const prices = rows.map((other) => other.price_minor);
    const cost = h("span", { class: "price" });
    const stock = h("span", { class: "stock" });
    const live = (): void => {
      cost.textContent = price(comparable(prices, row.price_minor), spoken(), navigator.language);
      const { kind, left } = supply(row, this.#showroom.trade);
      stock.dataset["kind"] = kind;
      stock.textContent = kind === "few" ? say("few", { n: left }) : kind === "out" ? say("sold_out") : kind === "in" ? say("in_stock") : say("not_sold");
    };
    live();
    const isPlaced = isThreeD(choice.rung) && Boolean(this.#showroom.plan?.rooms.some((room) => room.slots.some((slot) => slot.product === row.id)));
    const element = h("li", { class: isHero ? "card hero" : "card", "data-id": row.id },
      h("a", { href: `#/p/${encodeURIComponent(row.id)}`, "data-product": row.id },
        h("span", { class: "picture" },
          row.poster && h("img", { src: row.poster, alt: "", width: 1024, height: 1024, loading: isEarly ? "eager" : "lazy", decoding: "async" }),
          row.has_scan && h("span", { class: "tag from-scan" }, icon("M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M7 12h10"), t("from_scan"))),
        h("span", { class: "line" }, h("span", { class: "name" }, row.name), cost),
        h("span", { class: "about" }, row.description)),
      h("div", { class: "foot" }, swatches.length > 0 && dots, stock,
        isPlaced && h("button", { type: "button", class: "take", click: () => this.#events.takeMe(row.id), "aria-label": `${say("take_me")}: ${row.name}` }, icon(ICONS.walk), say("take_me"))));
    return { element, live };
  }

  dispose(): void {
    for (const end of this.#ends) end();
  }
}

/** Furniture and small things in turn, so that no two neighbours look alike; the first is the hero. */
export function arranged(rows: readonly Row[]): readonly Row[] {
  const byKind = new Map<string, Row[]>();
  for (const row of rows) byKind.set(kindOf(row), [...(byKind.get(kindOf(row)) ?? []), row]);
  const queues = (["home", "wear", "carry"] as const).map((kind) => byKind.get(kind) ?? []);
  const out: Row[] = [];
  while (queues.some((queue) => queue.length)) {
    for (const queue of queues) {
      const next = queue.shift();
      if (next) out.push(next);
    }
  }
  // The hero's place is upright: the first upright thing for the home takes it.
  const upright = out.findIndex((row) => kindOf(row) === "home" && row.dimensions_m[1] > row.dimensions_m[0]);
  if (upright > 0) out.unshift(...out.splice(upright, 1));
  return out;
}

function emptyView(): HTMLElement {
  return h("div", { class: "state" }, h("h2", {}, t("empty_title")), h("p", {}, t("empty_text")));
}

/** What is seen while the catalogue is on its way. */
export function skeletonView(): HTMLElement {
  const cards = Array.from({ length: 8 }, (_, index) =>
    h("li", { class: index === 0 ? "card hero" : "card" }, h("span", { class: "picture bone" }), h("span", { class: "bone line" })));
  return h("div", { class: "catalogue", "aria-hidden": "true" }, h("header", { class: "intro" }, h("span", { class: "bone title" })), h("ul", { class: "grid" }, ...cards));
}
