/** How one moves, turns and sits: every choice in one press. */
import type { HeadsetSettings } from "../settings";
import { column, gap, press, row, scroll, SMALL, text, type Box } from "../ui/box";
import { t } from "../words";
import { icon } from "../ui/box";
import { ICONS } from "./icons";

export function choices(settings: Readonly<HeadsetSettings>, change: (part: Partial<HeadsetSettings>) => void): Box {
  const line = (label: string, options: readonly Box[]): Box => row([text(label, { size: 29, grow: 1, lines: 2 }), ...options, gap(8)], { gap: 10 });
  const option = (id: string, words: string, isOn: boolean, part: Partial<HeadsetSettings>): Box => press(id, text(words, { size: SMALL + 1, weight: 600, ink: isOn ? "on-accent" : "ink" }), () => change(part), { isOn, label: words });
  const flip = (name: "vignette" | "captions" | "sounds" | "isSeated"): Box[] => [
    option(`${name}:on`, t("on"), settings[name], { [name]: true }), option(`${name}:off`, t("off"), !settings[name], { [name]: false }),
  ];
  return scroll("choices", column([
    line(t("move_by"), [option("teleport", t("teleport"), settings.locomotion === "teleport", { locomotion: "teleport" }), option("glide", t("glide"), settings.locomotion === "glide", { locomotion: "glide" })]),
    line(t("turn_by"), [
      option("snap30", t("deg30"), settings.turn === "snap" && settings.snap_deg === 30, { turn: "snap", snap_deg: 30 }),
      option("snap45", t("deg45"), settings.turn === "snap" && settings.snap_deg === 45, { turn: "snap", snap_deg: 45 }),
      option("smooth", t("smooth"), settings.turn === "smooth", { turn: "smooth" }),
    ]),
    line(t("vignette"), flip("vignette")),
    line(t("seated"), flip("isSeated")),
    settings.isSeated && line(t("height"), [
      press("lower", icon(ICONS.minus), () => change({ lift_m: Math.max(0, Math.round((settings.lift_m - 0.05) * 100) / 100) }), { width: 60, label: t("lower") }),
      press("higher", icon(ICONS.plus), () => change({ lift_m: Math.min(1, Math.round((settings.lift_m + 0.05) * 100) / 100) }), { width: 60, label: t("higher") }),
    ]),
    line(t("captions"), flip("captions")),
    line(t("sounds"), flip("sounds")),
  ], { gap: 12 }), { grow: 1 });
}
