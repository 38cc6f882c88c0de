/** The panel beside a product in one's hands: what it is and costs, and what one can do with it there. Loaded with the first. */
import type { Product } from "../api";
import { length, type Unit } from "../ui/format";
import type { PanelContent } from "../ui/panel";
import { productPanel, type Shown } from "../ui/product";
import { spoken, t as word } from "../ui/words";
import { part } from "./front";
import type { Scene } from "./scene";
import type { Showroom } from "./showroom";

/** @param scene where one has hands to hold it in */
export async function heldPanel(showroom: Showroom, scene: Scene | null, product: Product): Promise<PanelContent> {
  const inspect = scene ? await scene.inspect() : null;
  const held = inspect ? (await import("../ui/hands")).hands(inspect, product) : null;
  if (held) part("beside").append(held.spots);
  const shown: Shown = {
    wear: (variant) => showroom.place?.wear(variant),
    set unit(unit: Unit) {
      if (!inspect) return;
      inspect.format = (metres) => `${length(metres, unit, spoken())} ${word(`units_${unit}`)}`;
      if (inspect.showsDimensions) inspect.showsDimensions = true; // drawn again, in the new unit
    },
  };
  const page = productPanel(product, showroom.rows, showroom, shown, held?.elements ?? [], null);
  return { element: page.element, dispose: () => {
    page.dispose();
    held?.dispose();
  } };
}
