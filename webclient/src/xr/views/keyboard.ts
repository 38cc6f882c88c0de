/** A keyboard to point at: letters, numbers and what addresses need. Ten columns of two and a half degrees. */
import { column, icon, press, row, text, type Box } from "../ui/box";
import { t } from "../words";
import { ICONS } from "./icons";

const LETTERS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"] as const;
const SIGNS = ["1234567890", "@.-_+/#:&", "äöüßéñç"] as const;
const KEY = 64;

export interface KeyboardModel {
  readonly isCapital: boolean;
  readonly isSigns: boolean;
  readonly isLast: boolean;
}

export interface KeyboardActs {
  type(letter: string): void;
  erase(): void;
  shift(): void;
  symbols(): void;
  next(): void;
}

export function keyboard(model: KeyboardModel, acts: KeyboardActs): Box {
  const key = (letter: string): Box => {
    const shown = model.isCapital ? letter.toLocaleUpperCase() : letter;
    return press(`key:${letter}`, text(shown, { size: 34, align: "center" }), () => acts.type(shown), { width: KEY, label: shown });
  };
  const rows = (model.isSigns ? SIGNS : LETTERS).map((letters, i) => row([
    i === 2 && !model.isSigns ? press("key:shift", text("⇧", { size: 34, weight: model.isCapital ? 600 : 400 }), acts.shift, { width: KEY + 22, label: t("shift"), isOn: model.isCapital }) : null,
    ...[...letters].map(key),
    i === 2 ? press("key:erase", icon(ICONS.erase), acts.erase, { width: KEY + 22, label: t("delete") }) : null,
  ], { gap: 8, justify: "center" }));
  return column([
    ...rows,
    row([
      press("key:signs", text(model.isSigns ? "abc" : "123 @", { size: 28, weight: 600 }), acts.symbols, { width: 118, label: model.isSigns ? t("letters") : t("symbols") }),
      press("key:space", text(t("space"), { size: 28, align: "center" }), () => acts.type(" "), { grow: 1 }),
      press("key:@", text("@", { size: 32 }), () => acts.type("@"), { width: KEY, label: "@" }),
      press("key:.", text(".", { size: 32 }), () => acts.type("."), { width: KEY, label: "." }),
      press("key:next", model.isLast ? t("ready") : t("next"), acts.next, { look: "primary", width: 150 }),
    ], { gap: 8 }),
  ], { gap: 8 });
}
