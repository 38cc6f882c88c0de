/** The menu's frame: a rail of places at its side, and one of them beside it; `plain` without its title, `bare` without the rail. */
import { column, gap, icon, LEAD, press, row, SMALL, text, type Box } from "../ui/box";
import { t } from "../words";
import { ICONS } from "./icons";

export const TABS = ["near", "cart", "people", "map", "settings"] as const;
export type Tab = (typeof TABS)[number];

/** Units: the panel's inside is 43° by 30°. */
export const MENU_WIDTH = 860;
export const MENU_HEIGHT = 620;
const RAIL = 196;
export const CONTENT = MENU_WIDTH - 60 - RAIL - 28;

export function menu(tab: Tab, units: number, content: Box, acts: { open(tab: Tab): void; leave(): void; close(): void }, frame: "full" | "plain" | "bare" = "full"): Box {
  if (frame === "bare") return column([content], { width: MENU_WIDTH - 60, height: MENU_HEIGHT - 60 });
  const item = (id: Tab): Box => press(`tab:${id}`, row([
    icon(ICONS[id], id === tab ? "on-accent" : "ink", 32),
    text(t(id), { size: 28, weight: id === tab ? 600 : 400, lines: 1, grow: 1 }),
    id === "cart" && units > 0 ? text(String(units), { size: SMALL, weight: 600 }) : null,
  ], { gap: 10 }), () => acts.open(id), { look: "tab", isOn: id === tab, label: t(id), height: 58 });
  const rail = column([
    ...TABS.map(item),
    gap(),
    press("leave", row([icon(ICONS.leave, "ink", 32), text(t("leave"), { size: 28, lines: 1, grow: 1 })], { gap: 10 }), acts.leave, { look: "tab", label: t("leave") }),
  ], { gap: 6, width: RAIL, height: MENU_HEIGHT - 60 });
  const body = column([
    frame === "plain" ? null : row([text(t(tab), { size: LEAD + 4, weight: 600, grow: 1 }), press("close", icon(ICONS.close), acts.close, { width: 60, look: "quiet", label: t("close") })]),
    content,
  ], { gap: 14, width: CONTENT, height: MENU_HEIGHT - 60 });
  return row([rail, body], { gap: 28, align: "start" });
}
