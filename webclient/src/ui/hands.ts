/**
 * What one can do with a product in one's hands, beside its panel: measure it, stand it beside something known, take it
 * apart; and the stories that are pinned to it. What it is not: turning and zooming, which the scene does by itself.
 */
import type { Product } from "../api";
import { t } from "../app/words";
import type { Inspect } from "../world/inspect";
import { h, icon, say } from "./dom";
import { t as word } from "./words";

const REFERENCES = ["none", "card", "bottle", "person"] as const;
const EVERY_MS = 60;
const MEASURE = "M4 15.5 15.5 4 20 8.5 8.5 20zM8 11.5l2 2M11 8.5l2 2M14 5.5l2 2";
const RESET = "M5 12a7 7 0 1 0 2.2-5.1M5 4v4h4";

export interface Hands {
  /** For the panel. */
  readonly elements: readonly HTMLElement[];
  /** Over the scene. */
  readonly spots: HTMLElement;
  dispose(): void;
}

export function hands(inspect: Inspect, product: Product): Hands {
  const measure = h("button", { type: "button", class: "pill", "aria-pressed": "false", click: () => {
    inspect.showsDimensions = !inspect.showsDimensions;
    measure.setAttribute("aria-pressed", String(inspect.showsDimensions));
  } }, icon(MEASURE), word("dimensions"));
  const reset = h("button", { type: "button", class: "pill", click: () => inspect.reset() }, icon(RESET), word("reset"));
  const beside = h("select", { "aria-label": t("reference"), change: () => {
    inspect.reference = REFERENCES.find((one) => one === beside.value) ?? "none";
  } }, ...REFERENCES.map((one) => h("option", { value: one, selected: inspect.reference === one }, t(`ref_${one}`))));
  const apart = h("input", { type: "range", min: 0, max: 100, value: 0, "aria-label": t("apart"), input: () => {
    inspect.exploded = Number(apart.value) / 100;
  } });
  const explode = h("label", { class: "pick apart", hidden: !inspect.canExplode }, h("span", {}, t("explode")), apart);
  const onDetailed = (): void => {
    explode.hidden = !inspect.canExplode;
    place();
  };
  inspect.addEventListener("detailed", onDetailed);

  const pins = new Map<string, HTMLElement>();
  const spots = h("div", { class: "spots", role: "group", "aria-label": t("spots", { name: product.name }) });
  for (const { name, label } of product.manifest.hot_spots ?? []) {
    const pin = h("button", { type: "button", class: "spot", "aria-expanded": "false", hidden: true, "aria-label": label, click: () => {
      const isOpen = pin.getAttribute("aria-expanded") === "true";
      for (const other of pins.values()) other.setAttribute("aria-expanded", "false");
      pin.setAttribute("aria-expanded", String(!isOpen));
      if (!isOpen) say(label);
    } }, h("i"), h("span", { class: "glass story", "aria-hidden": "true" }, label));
    pins.set(name, pin);
    spots.append(pin);
  }
  function place(): void {
    for (const { name, x, y, isHidden } of inspect.hotSpots()) {
      const pin = pins.get(name);
      if (!pin) continue;
      if (pin.hidden !== isHidden) pin.hidden = isHidden;
      if (!isHidden) pin.style.translate = `${x.toFixed(1)}px ${y.toFixed(1)}px`;
    }
  }
  const timer = pins.size ? setInterval(place, EVERY_MS) : undefined;
  return {
    elements: [h("div", { class: "row" }, measure, reset), h("label", { class: "pick" }, h("span", {}, t("reference")), beside), explode],
    spots,
    dispose: () => {
      clearInterval(timer);
      inspect.removeEventListener("detailed", onDetailed);
      spots.remove();
    },
  };
}
