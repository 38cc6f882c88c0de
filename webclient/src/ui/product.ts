/**
 * One product. Beside the scene a panel: the product itself is in the shopper's hands there. Without a scene a page, with a
 * stage to look at it. Both are made of the same pieces: what it is and costs, its colours, size, story, origin.
 */
import type { Product, Row, Variant } from "../api";
import type { Showroom } from "../app/showroom";
import { t as say } from "../app/words";
import type { Advised } from "../fit";
import { buying, PLACED, type Buying } from "./buy";
import { announce, h, icon, paint } from "./dom";
import { length, unitFor, type Unit } from "./format";
import { ICONS } from "./icons";
import { downloads, levelTable, origin, scanSection } from "./origin";
import { Stage } from "./stage";
import { spoken, t, type Word } from "./words";

export interface Page {
  readonly element: HTMLElement;
  open(): void;
  dispose(): void;
}

/** What shows the product: a stage on the page, or the hands in the scene. */
export interface Shown {
  wear(variant: string): void | Promise<void>;
  unit: Unit;
}

const UNIT_WORDS: Readonly<Record<Unit, Word>> = { mm: "units_mm", cm: "units_cm", in: "units_in" };

export interface PageOptions {
  /** Whether the machine may be asked for 3D here. */
  readonly is3d: boolean;
  /** The variant that was asked for, by name. */
  readonly variant: string | null;
}

export function productPage(product: Product, all: readonly Row[], showroom: Showroom, options: PageOptions): Page {
  const levels = levelTable(product);
  const stage = new Stage(product, { level: (index) => levels.mark(index) });
  const variant = options.variant ?? showroom.variantOf(product.id);
  const parts = pieces(product, all, showroom, stage, variant);
  const element = h("article", { class: "product", "data-id": product.id },
    h("a", { class: "back", href: "#/list" }, icon(ICONS.back), t("back")),
    h("div", { class: "lead-in" },
      stage.element,
      h("div", { class: "sheet" }, h("h1", { tabindex: -1 }, product.name), ...parts.elements)),
    scanSection(product),
    h("div", { class: "cards" },
      h("section", { class: "panel", "aria-labelledby": "h-curious" }, h("h2", { id: "h-curious" }, t("curious")), levels.element, downloads(product)),
      h("section", { class: "panel", "aria-labelledby": "h-origin" }, h("h2", { id: "h-origin" }, t("origin")), origin(product))),
  );
  return {
    element,
    open: () => {
      if (variant) void stage.wear(variant);
      void stage.open(options.is3d);
    },
    dispose: () => {
      parts.dispose();
      stage.dispose();
    },
  };
}

/** Beside the scene. `extra` is what the scene itself can do with the product: references, taking apart, hot spots. */
export function productPanel(product: Product, all: readonly Row[], showroom: Showroom, shown: Shown, extra: readonly Node[], variant: string | null): Page {
  const parts = pieces(product, all, showroom, shown, variant, extra);
  const scan = scanSection(product);
  const element = h("article", { class: "sheet", "data-id": product.id },
    ...parts.elements,
    scan && h("details", { class: "fold" }, h("summary", {}, t("scan_title")), scan),
    h("details", { class: "fold", open: !scan }, h("summary", {}, say("provenance")), origin(product), downloads(product)),
    h("details", { class: "fold" }, h("summary", {}, t("curious")), levelTable(product).element));
  return { element, open: () => undefined, dispose: () => parts.dispose() };
}

interface Pieces {
  readonly elements: readonly (HTMLElement | null)[];
  dispose(): void;
}

function pieces(product: Product, all: readonly Row[], showroom: Showroom, shown: Shown, wished: string | null, extra: readonly Node[] = []): Pieces {
  const wishedNow = wished ?? showroom.variantOf(product.id);
  const first = product.variants.find(({ name }) => name === wishedNow) ?? product.variants[0];
  const buy: Buying = buying(product, all, showroom, first);
  const fit = advice(product, buy);
  const dots = product.variants.length > 1 ? colours(product.variants, first, (variant) => {
    buy.wear(variant);
    fit?.requestUpdate?.();
    const worn = shown.wear(variant.name);
    showroom.choose(product.id, variant.name); // now that it is seen: who looks along reads it off what is shown
    return worn;
  }) : null;
  // Who shows the product to this shopper may choose another colour.
  const end = showroom.on("variant", () => {
    const name = showroom.variantOf(product.id);
    if (name) dots?.choose(name);
  });
  if (dots) buy.choices?.prepend(dots.element);
  return {
    elements: [
      buy.element,
      h("p", { class: "about" }, product.description),
      buy.choices ? null : (dots?.element ?? null),
      sizes(product, showroom, shown),
      fit,
      extra.length ? h("div", { class: "extra" }, ...extra) : null,
      details(product),
      PLACED.has(product.category) ? null : inRoom(product),
    ],
    dispose: () => {
      end();
      buy.dispose();
      const { view } = showroom;
      if (view.name !== "product" || view.id !== product.id) showroom.unchoose(product.id);
    },
  };
}

interface Colours {
  readonly element: HTMLElement;
  /** As if this one had been pressed, if it is another than now. */
  choose(name: string): void;
}

function colours(variants: readonly Variant[], first: Variant | undefined, wear: (variant: Variant) => void | Promise<void>): Colours {
  const said = h("span", { class: "value" }, first?.label || first?.name || "");
  const labelOf = (variant: Variant): string => variant.label || variant.name;
  const put = (variant: Variant): void => {
    said.textContent = labelOf(variant);
    void Promise.resolve(wear(variant)).then(() => announce(t("picked", { name: labelOf(variant) })));
  };
  const inputs = variants.map((variant) =>
    h("input", { type: "radio", name: "colour", value: variant.name, checked: variant === first, "aria-label": labelOf(variant), change: () => put(variant) }));
  const dots = variants.map((variant, i) => {
    const dot = h("label", { class: "swatch", title: labelOf(variant) }, inputs[i] ?? null, h("i"));
    paint(dot, variant.swatch);
    return dot;
  });
  return {
    element: h("fieldset", { class: "colours" }, h("legend", {}, t("colour"), " ", said), h("div", { class: "row" }, ...dots)),
    choose: (name) => {
      const i = variants.findIndex((variant) => variant.name === name);
      const [input, variant] = [inputs[i], variants[i]];
      if (!input || !variant || input.checked) return;
      input.checked = true;
      put(variant);
    },
  };
}

function sizes(product: Product, showroom: Showroom, shown: Shown): HTMLElement {
  const words: readonly Word[] = ["width", "height", "depth"];
  const values = product.dimensions_m.map(() => h("dd"));
  let unit = unitFor(showroom.preferences.get("unit"), navigator.language);
  const show = (): void => {
    product.dimensions_m.forEach((metres, index) => {
      const value = values[index];
      if (value) value.textContent = `${length(metres, unit, spoken())} ${t(UNIT_WORDS[unit])}`;
    });
    shown.unit = unit;
  };
  const units = (Object.keys(UNIT_WORDS) as Unit[]).map((one) =>
    h("label", {}, h("input", { type: "radio", name: "unit", value: one, checked: one === unit, change: () => {
      unit = one;
      showroom.preferences.set("unit", one);
      show();
    } }), h("span", {}, t(UNIT_WORDS[one]))));
  show();
  return h("section", { class: "sizes", "aria-label": t("size") },
    h("dl", {}, ...values.map((value, index) => h("div", {}, h("dt", {}, t(words[index] ?? "width")), value))),
    h("fieldset", { class: "units" }, h("legend", { class: "unseen" }, t("unit")), ...units));
}

/** Which size: loaded after the product is there, for products that come with a size chart. */
function advice(product: Product, buy: Buying): (HTMLElement & { requestUpdate?(): void }) | null {
  if (!("size_chart" in product.manifest)) return null;
  const element = Object.assign(document.createElement("fit-advice"), { manifest: product.manifest, product: buy.choices ? product.id : "", canTake: (size: string) => buy.canTake(size) });
  element.addEventListener("size", (event) => buy.advise((event as CustomEvent<Advised>).detail.size));
  void import("../fit").catch(() => element.remove());
  return element;
}

function details(product: Product): HTMLElement | null {
  const spots = product.manifest.hot_spots ?? [];
  if (!spots.length) return null;
  return h("ul", { class: "details", "aria-label": t("details") }, ...spots.map((spot) => h("li", {}, spot.label)));
}

/** Apple opens the USDZ in Quick Look, Android the plain or phone GLB in Scene Viewer; others learn how to. */
function inRoom(product: Product): HTMLElement | null {
  const { files, manifest } = product;
  const usdz = files["product.usdz"];
  const inside = (): (Node | string)[] => [icon("M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5"), t("in_room")];
  const link = document.createElement("a");
  if (usdz && link.relList.supports?.("ar")) {
    // Safari wants a picture as the link's only child.
    return h("a", { class: "act ar", rel: "ar", href: usdz, "aria-label": t("in_room") }, h("img", { src: product.poster ?? "", alt: t("in_room"), width: 48, height: 48 }));
  }
  const model = ["plain", "webp", "mobile"].map((name) => files[manifest.deliveries[name]?.file ?? ""]).find(Boolean);
  if (model && /android/i.test(navigator.userAgent)) {
    const file = encodeURIComponent(new URL(model, location.href).href);
    const back = encodeURIComponent(location.href);
    const href = `intent://arvr.google.com/scene-viewer/1.0?file=${file}&mode=ar_preferred&title=${encodeURIComponent(product.name)}#Intent;scheme=https;package=com.google.android.googlequicksearchbox;action=android.intent.action.VIEW;S.browser_fallback_url=${back};end;`;
    return h("a", { class: "act", href }, ...inside());
  }
  return usdz || model ? h("p", { class: "quiet" }, icon("M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2"), t("in_room_hint")) : null;
}
