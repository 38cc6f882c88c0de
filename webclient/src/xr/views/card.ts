/** The card of the product in one's hand: name, price, colours, size, stock, and what one can do with it. */
import type { Row, Variant } from "../../api";
import { money, unitOf } from "../../shop/money";
import type { Offer } from "../../shop/answers";
import { lost, t as ofSizes } from "../../shop/size-words";
import { canBeChosen, type SizeNow } from "../../shop/sizes";
import { spoken } from "../../ui/words";
import { length } from "../../ui/format";
import { clean } from "../ui/text";
import { BODY, column, gap, icon, press, row, rule, SMALL, text, TITLE, type Box, type SwatchBox } from "../ui/box";
import { t } from "../words";
import { ICONS } from "./icons";

export interface CardModel {
  readonly row: Row;
  readonly variant: Variant | null;
  /** What the shop says of the chosen variant; null while it is not known. */
  readonly offer: Offer | null;
  /** The sizes of that colour, if one chooses among several, and the chosen one. */
  readonly sizes: readonly SizeNow[];
  readonly size: string | null;
  readonly currency: string;
  readonly isBusy: boolean;
  readonly isWished: boolean;
  readonly isMagnifying: boolean;
  readonly isSharing: boolean;
  /** Somebody near enough to hand it to. */
  readonly friend: string | null;
  /** Nobody to show it to while the connection is away. */
  readonly isOnline: boolean;
}

export interface CardActs {
  choose(variant: Variant): void;
  size(label: string): void;
  add(): void;
  wish(): void;
  putBack(): void;
  magnify(): void;
  share(): void;
  handOver(): void;
}

const FEW = 5;
const SIZES_A_ROW = 7;

function stockLine(offer: Offer | null): { words: string; isSold: boolean } {
  if (!offer) return { words: "", isSold: false };
  if (!offer.is_on_sale) return { words: t("not_sold"), isSold: true };
  if (offer.available <= 0) return { words: t("sold_out"), isSold: true };
  return { words: offer.available <= FEW ? t("few", { n: offer.available }) : t("in_stock"), isSold: false };
}

function sizeLine(size_m: readonly [number, number, number]): string {
  const unit = unitOf();
  const [w, h, d] = size_m.map((metres) => length(metres, unit, spoken()));
  return t("dims", { w: w ?? "", h: h ?? "", d: d ?? "", unit: t(unit === "in" ? "unit_in" : "unit_cm") });
}

/** One press a size; what cannot be had cannot be pressed, and is said in words. */
function sizesOf({ sizes, size }: CardModel, acts: CardActs): Box | null {
  if (!sizes.length) return null;
  const gone = clean(lost(sizes, ""), 160);
  const rows: Box[] = [];
  for (let at = 0; at < sizes.length; at += SIZES_A_ROW) {
    rows.push(row(sizes.slice(at, at + SIZES_A_ROW).map((one) => press(`size:${one.label}`, clean(one.label, 12), () => acts.size(one.label), {
      label: canBeChosen(one) ? ofSizes("size_is", { size: one.label }) : `${one.label}, ${ofSizes(one.kind === "out" ? "out" : one.kind === "off" ? "off" : "unmade_plain")}`,
      isOn: one.label === size, isOff: !canBeChosen(one), width: 76, height: 56,
    })), { gap: 8 }));
  }
  return column([
    text(size ? ofSizes("size_is", { size: clean(size, 12) }) : ofSizes("choose"), { size: SMALL, weight: 600 }), ...rows,
    gone ? text(gone, { size: SMALL, ink: "quiet", lines: 2 }) : null,
  ], { gap: 8 });
}

/** The price of a catalogue's row, before its offer has come. */
const priceOf = ({ offer, row: product, currency }: CardModel): string => {
  const prices = offer?.prices ?? product.price_minor ?? {};
  const code = currency in prices ? currency : (Object.keys(prices)[0] ?? "");
  return code ? money(prices[code] ?? 0, code) : "";
};

export function card(model: CardModel, acts: CardActs): Box {
  const { row: product, variant } = model;
  const stock = stockLine(model.offer);
  const swatch = (one: Variant): SwatchBox => ({ kind: "swatch", colour: one.swatch ?? "#cfc8ba", isOn: one.name === variant?.name });
  const words = (one: Variant): string => clean(one.label ?? one.name, 60);
  const tool = (id: string, path: string, label: string, act: () => void, isOn = false, isOff = false): Box =>
    press(id, row([icon(path, "ink", 30), text(label, { size: SMALL, weight: 600, lines: 1 })], { gap: 8 }), act, { label, isOn, isOff });
  return column([
    column([
      text(clean(product.name, 80), { size: TITLE, weight: 600, lines: 2 }),
      row([text(priceOf(model), { size: 40 }), gap(), stock.words ? text(stock.words, { size: SMALL, weight: 600, ink: stock.isSold ? "danger" : "accent" }) : null]),
    ], { gap: 2 }),
    product.description ? text(clean(product.description), { size: 28, ink: "quiet", lines: 3 }) : null,
    product.variants.length > 1 && column([
      row(product.variants.slice(0, 8).map((one) => press(`variant:${one.name}`, swatch(one), () => acts.choose(one), { label: words(one), look: "quiet", width: 60 })), { gap: 4 }),
      variant ? text(words(variant), { size: SMALL, weight: 600 }) : null,
    ], { gap: 0 }),
    sizesOf(model, acts),
    text(sizeLine(product.dimensions_m), { size: SMALL, ink: "quiet" }),
    press("add", row([icon(ICONS.cart, "on-accent"), text(model.isBusy ? t("adding") : t("add"), { weight: 600, size: BODY + 1, ink: "on-accent" })], { gap: 12 }), acts.add, {
      label: t("add"), look: "primary", grow: 1, height: 64, isOff: model.isBusy || stock.isSold,
    }),
    rule(),
    row([
      tool("wish", ICONS.heart, t("wish"), acts.wish, model.isWished),
      tool("magnify", ICONS.zoom, model.isMagnifying ? t("true_size") : t("magnify"), acts.magnify, model.isMagnifying),
      tool("back", ICONS.shelf, t("put_back"), acts.putBack),
    ], { gap: 10 }),
    model.isOnline && row([
      tool("share", ICONS.share, model.isSharing ? t("unshare") : t("share"), acts.share, model.isSharing),
      model.friend ? tool("hand", ICONS.hand, t("hand_to", { name: clean(model.friend, 16) }), acts.handOver) : null,
    ], { gap: 10 }),
  ], { gap: 16 });
}
