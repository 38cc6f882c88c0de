/** The products around one, nearest first: a press brings one to the hand. */
import type { Row } from "../../api";
import { money } from "../../shop/money";
import { spoken } from "../../ui/words";
import { clean } from "../ui/text";
import { column, gap, image, press, row, scroll, SMALL, text, type Box } from "../ui/box";
import { t } from "../words";

export interface NearLine {
  readonly key: string;
  readonly row: Row;
  readonly distance_m: number;
  readonly picture: CanvasImageSource | null;
}

export function near(lines: readonly NearLine[], currencyOf: (prices: Readonly<Record<string, number>>) => string, bring: (key: string) => void): Box {
  const metres = new Intl.NumberFormat(spoken(), { maximumFractionDigits: 1 });
  if (!lines.length) return text(t("near_none"), { ink: "quiet" });
  return scroll("near", column(lines.map(({ key, row: product, distance_m, picture }) => {
    const prices = product.price_minor ?? {};
    const code = currencyOf(prices);
    return press(`bring:${key}`, row([
      image(picture, 92),
      column([
        text(clean(product.name, 80), { weight: 600, lines: 1 }),
        text(code ? money(prices[code] ?? 0, code) : "", { size: 28 }),
      ], { gap: 2, grow: 1 }),
      text(t("metres", { n: metres.format(distance_m) }), { size: SMALL, ink: "quiet" }),
      gap(4),
    ], { gap: 18 }), () => bring(key), { look: "row", label: `${t("look")}: ${clean(product.name, 80)}` });
  }), { gap: 6 }), { grow: 1 });
}
