/** The people around: wave to them, or go to them. */
import { spoken } from "../../ui/words";
import { clean } from "../ui/text";
import { column, gap, icon, press, row, scroll, SMALL, text, type Box } from "../ui/box";
import { t } from "../words";
import { ICONS } from "./icons";

export interface OtherLine {
  readonly member: number;
  readonly name: string;
  readonly distance_m: number;
  readonly isParty: boolean;
}

export interface OtherActs {
  wave(member: number): void;
  goTo(member: number): void;
}

export function others(lines: readonly OtherLine[], acts: OtherActs): Box {
  const metres = new Intl.NumberFormat(spoken(), { maximumFractionDigits: 0 });
  if (!lines.length) return text(t("people_none"), { ink: "quiet" });
  return scroll("people", column(lines.map(({ member, name, distance_m, isParty }) => row([
    column([
      text(clean(name, 24) || t("someone"), { weight: 600, lines: 1, ink: isParty ? "accent" : "ink" }),
      text(t("metres", { n: metres.format(distance_m) }), { size: SMALL, ink: "quiet" }),
    ], { gap: 0, grow: 1 }),
    press(`wave:${member}`, row([icon(ICONS.hand, "ink", 30), text(t("wave"), { size: SMALL, weight: 600 })], { gap: 8 }), () => acts.wave(member), { label: `${t("wave")}: ${clean(name, 24)}` }),
    press(`go:${member}`, icon(ICONS.map, "ink", 30), () => acts.goTo(member), { label: t("go_to", { name: clean(name, 24) }), width: 60 }),
    gap(8),
  ], { gap: 10 })), { gap: 14 }), { grow: 1 });
}
