/** The cart: its lines with their pictures, more and fewer, the sum, the way to the till and to another device. */
import type { CartLine } from "../../shop/answers";
import { money } from "../../shop/money";
import { clean } from "../ui/text";
import { column, gap, icon, image, LEAD, press, row, rule, scroll, SMALL, text, TITLE, type Box } from "../ui/box";
import { t } from "../words";
import { ICONS } from "./icons";

export interface CartModel {
  readonly lines: readonly CartLine[];
  readonly totals: Readonly<Record<string, number>>;
  readonly state: "unknown" | "loading" | "ready" | "failed";
  readonly currency: string;
  readonly code: string;
  picture(product: string): CanvasImageSource | null;
}

export interface CartActs {
  want(line: CartLine, quantity: number): void;
  checkout(): void;
  code(): void;
  again(): void;
}

export function cart(model: CartModel, acts: CartActs): Box {
  if (model.state === "failed") return column([text(t("cart_failed")), press("again", t("again"), acts.again, { look: "primary" })], { gap: 24 });
  if (!model.lines.length) {
    return column([text(model.state === "ready" ? t("cart_empty") : t("adding"), { size: LEAD, weight: 600 }), text(t("cart_hint"), { ink: "quiet" })], { gap: 12 });
  }
  const total = model.totals[model.currency];
  return column([
    scroll("cart", column(model.lines.map((line) => oneLine(line, model, acts)), { gap: 14 }), { grow: 1 }),
    rule(),
    model.code
      ? column([text(t("code_is"), { size: SMALL, ink: "quiet" }), text(`${model.code.slice(0, 4)} ${model.code.slice(4)}`, { size: TITLE, weight: 600 })], { gap: 4 })
      : row([text(t("total"), { ink: "quiet" }), gap(), text(total === undefined ? "" : money(total, model.currency), { size: 46, weight: 600 })]),
    row([
      press("code", row([icon(ICONS.phone, "ink", 30), text(t("to_phone"), { size: SMALL, weight: 600, lines: 2 })], { gap: 8 }), acts.code, { label: t("to_phone"), width: 260 }),
      press("checkout", t("checkout"), acts.checkout, { look: "primary", grow: 1, height: 64 }),
    ], { gap: 14 }),
  ], { gap: 16, grow: 1 });
}

function oneLine(line: CartLine, model: CartModel, acts: CartActs): Box {
  const name = clean(line.title || line.sku, 90);
  const each = line.prices[model.currency];
  return row([
    image(model.picture(line.product), 86),
    column([
      text(name, { size: 29, weight: 600, lines: 2 }),
      text(each === undefined ? t("not_sold") : money(each * line.quantity, model.currency), { size: 28, ink: each === undefined ? "danger" : "ink" }),
    ], { gap: 2, grow: 1 }),
    press(`fewer:${line.sku}`, icon(line.quantity > 1 ? ICONS.minus : ICONS.bin), () => acts.want(line, line.quantity - 1), { label: line.quantity > 1 ? t("fewer") : t("remove"), width: 56 }),
    text(String(line.quantity), { weight: 600, align: "center", width: 40 }),
    press(`more:${line.sku}`, icon(ICONS.plus), () => acts.want(line, line.quantity + 1), { label: t("more"), width: 56, isOff: line.quantity >= line.available + line.held }),
    gap(6),
  ], { gap: 12 });
}
