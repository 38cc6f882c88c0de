/** The till: where it shall go, the payment, and thanks. The shop's own checkout decides; this shows its steps. */
import type { Contact, Order } from "../../shop/answers";
import type { Fault, Field, Step } from "../../shop/checkout";
import { money } from "../../shop/money";
import { clean } from "../ui/text";
import { BODY, column, gap, icon, LEAD, press, row, scroll, SMALL, text, TITLE, type Box } from "../ui/box";
import { t } from "../words";
import { ICONS } from "./icons";
import { keyboard, type KeyboardActs, type KeyboardModel } from "./keyboard";

/** In the order they are asked for in VR; a note can be left out. */
export const ASKED: readonly Field[] = ["name", "email", "street", "postcode", "city", "country"];

export interface TillModel {
  readonly step: Step;
  readonly contact: Contact;
  readonly faults: Readonly<Partial<Record<Field, Fault>>>;
  readonly field: Field | null;
  readonly keys: KeyboardModel;
  readonly order: Order | null;
  readonly total: string;
  readonly isBusy: boolean;
  readonly isDeclined: boolean;
  readonly problem: string;
}

export interface TillActs extends KeyboardActs {
  edit(field: Field | null): void;
  place(): void;
  pay(): void;
  back(): void;
  done(): void;
}

export function till(model: TillModel, acts: TillActs): Box {
  if (model.step === "done") return model.isDeclined ? declined(acts) : thanks(model, acts);
  if (model.step === "pay" || model.step === "confirming") return payment(model, acts);
  return model.field ? typing(model, model.field, acts) : details(model, acts);
}

function head(words: string, back: () => void): Box {
  return row([press("till:back", icon(ICONS.back), back, { width: 60, look: "quiet", label: t("back") }), text(words, { size: LEAD + 4, weight: 600, grow: 1 })], { gap: 8 });
}

function details(model: TillModel, acts: TillActs): Box {
  return column([
    head(t("delivery"), acts.back),
    scroll("fields", column(ASKED.map((field) => {
      const value = clean(model.contact[field], 60);
      const fault = model.faults[field];
      return press(`field:${field}`, row([
        text(t(field === "note" ? "note" : field), { size: SMALL, ink: "quiet", width: 262, lines: 1 }),
        text(value || (fault ? t(fault === "missing" ? "fill" : "wrong") : "—"), { size: BODY, weight: value ? 600 : 400, ink: fault ? "danger" : value ? "ink" : "quiet", lines: 1, grow: 1 }),
      ], { gap: 12 }), () => acts.edit(field), { look: "row", label: `${t(field === "note" ? "note" : field)}: ${value}` });
    }), { gap: 2 }), { grow: 1 }),
    model.problem ? text(model.problem, { size: SMALL, ink: "danger", lines: 2 }) : text(t("held"), { size: SMALL, ink: "quiet" }),
    press("order", model.isBusy ? t("adding") : t("order", { sum: model.total }), acts.place, { look: "primary", grow: 1, height: 64, isOff: model.isBusy }),
  ], { gap: 12, grow: 1 });
}

function typing(model: TillModel, field: Field, acts: TillActs): Box {
  const value = model.contact[field];
  return column([
    head(t(field), () => acts.edit(null)),
    column([text(`${clean(value, 80)}▏`, { size: LEAD, weight: 600, lines: 1 })], { fill: "panel", pad: 18, radius: 18 }),
    gap(),
    keyboard(model.keys, acts),
  ], { gap: 14, grow: 1 });
}

function payment(model: TillModel, acts: TillActs): Box {
  const { order } = model;
  const sum = order ? money(order.total_minor, order.currency) : "";
  const isWaiting = model.step === "confirming" || model.isBusy;
  return column([
    text(t("pay_title"), { size: LEAD + 4, weight: 600 }),
    scroll("bought", column((order?.lines ?? []).map((line) => row([
      text(`${line.quantity} × ${clean(line.title, 80)}`, { size: 29, lines: 1, grow: 1 }),
      text(money(line.price_minor * line.quantity, order?.currency ?? "EUR"), { size: 29 }),
    ])), { gap: 10 }), { grow: 1 }),
    row([text(t("total"), { ink: "quiet" }), gap(), text(sum, { size: 46, weight: 600 })]),
    model.problem ? text(model.problem, { size: SMALL, ink: "danger", lines: 2 }) : text(clean([t("pay_note"), ...(order?.tax_notes ?? [])].join(" "), 200), { size: SMALL, ink: "quiet", lines: 2 }),
    press("pay", isWaiting ? t("paying") : t("pay", { sum }), acts.pay, { look: "primary", grow: 1, height: 68, isOff: isWaiting }),
  ], { gap: 16, grow: 1 });
}

function thanks({ order }: TillModel, acts: TillActs): Box {
  return column([
    gap(),
    row([icon(ICONS.check, "accent", 76)], { justify: "center" }),
    row([text(t("done"), { size: TITLE, weight: 600, align: "center" })], { justify: "center" }),
    text(t("done_text", { id: order?.id.slice(-6).toUpperCase() ?? "", city: clean(order?.contact.city ?? "", 40) }), { align: "center", grow: 1, ink: "quiet" }),
    gap(),
    press("done", t("done_more"), acts.done, { look: "primary", grow: 1, height: 64 }),
  ], { gap: 18, grow: 1 });
}

function declined(acts: TillActs): Box {
  return column([gap(), text(t("declined"), { size: LEAD }), gap(), press("done", t("back"), acts.done, { look: "primary", grow: 1 })], { gap: 18, grow: 1 });
}
