/** The page of all products. */
import type { Row } from "../api";
import { h, icon, paint } from "./dom";
import { comparable, price } from "./format";
import { spoken, t, type Word } from "./words";

const MOST_SWATCHES = 5;
type Kind = "wear" | "carry" | "home";
const KINDS: Readonly<Record<string, Kind>> = {
  glasses: "wear", sunglasses: "wear", watch: "wear", ring: "wear", cap: "wear", hat: "wear", jacket: "wear", "t-shirt": "wear", top: "wear",
  sneaker: "wear", shoe: "wear", headphones: "carry", bottle: "carry", bag: "carry",
};
export const kindOf = (row: Row): Kind => KINDS[row.category] ?? "home";

let chosen: Kind | "all" = "all";

export function catalogueView(rows: readonly Row[]): HTMLElement {
  const list = h("ul", { class: "grid", role: "list" });
  const count = h("p", { class: "count", "aria-live": "polite" });
  const kinds = (["wear", "carry", "home"] as const).filter((kind) => rows.some((row) => kindOf(row) === kind));
  if (chosen !== "all" && !kinds.includes(chosen)) chosen = "all";
  const buttons = (["all", ...kinds] as const).map((kind) =>
    h("button", { type: "button", class: "chip", "aria-pressed": String(kind === chosen), click: () => {
      chosen = kind;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === buttons[(["all", ...kinds] as const).indexOf(kind)]));
      fill();
    } }, t(kind satisfies Word)),
  );
  const fill = (): void => {
    const shown = rows.filter((row) => chosen === "all" || kindOf(row) === chosen);
    list.replaceChildren(...arranged(shown).map((row, index) => card(row, rows, index === 0 && shown.length > 4, index < 5)));
    count.textContent = t("products", { n: shown.length });
  };
  fill();
  return h("div", {},
    h("header", { class: "intro" },
      h("h1", { tabindex: -1 }, t("tagline")),
      h("p", { class: "lead" }, t("lead", { n: rows.length }))),
    kinds.length > 1 && h("div", { class: "filters", role: "group", "aria-label": t("tagline") }, ...buttons, count),
    rows.length ? list : emptyView());
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

function card(row: Row, all: readonly Row[], isHero: boolean, isEarly: boolean): HTMLElement {
  const swatches = row.variants.filter((variant) => variant.swatch);
  const dots = h("span", { class: "dots", role: "img", "aria-label": t("colours", { n: swatches.length }) });
  for (const variant of swatches.slice(0, MOST_SWATCHES)) {
    const dot = h("i");
    paint(dot, variant.swatch);
    dots.append(dot);
  }
  if (swatches.length > MOST_SWATCHES) dots.append(`+${swatches.length - MOST_SWATCHES}`);
  const cost = price(comparable(all.map((other) => other.price_minor), row.price_minor), spoken(), navigator.language);
  return h("li", { class: isHero ? "card hero" : "card" },
    h("a", { href: `#/${row.id}`, "data-product": row.id },
      h("span", { class: "picture" },
        row.poster && h("img", { src: row.poster, alt: "", width: 1024, height: 1024, loading: isEarly ? "eager" : "lazy", decoding: "async" }),
        row.has_scan && h("span", { class: "tag from-scan" }, icon("M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M7 12h10"), t("from_scan"))),
      h("span", { class: "line" }, h("span", { class: "name" }, row.name), cost && h("span", { class: "price" }, cost)),
      h("span", { class: "about" }, row.description),
      swatches.length > 0 && dots));
}

export function emptyView(): HTMLElement {
  return h("div", { class: "state" }, h("h2", {}, t("empty_title")), h("p", {}, t("empty_text")));
}

/** What is seen while the catalogue is on its way. */
export function skeletonView(): HTMLElement {
  const cards = Array.from({ length: 8 }, (_, index) =>
    h("li", { class: index === 0 ? "card hero" : "card" }, h("span", { class: "picture bone" }), h("span", { class: "bone line" })));
  return h("div", { "aria-hidden": "true" }, h("header", { class: "intro" }, h("span", { class: "bone title" })), h("ul", { class: "grid" }, ...cards));
}
