/** The settings: language, units and money, seeing and hearing, how the store is shown, comfort in a headset. */
import { RUNGS, type Rung } from "../app/rung";
import type { Choices } from "../app/preferences";
import type { Showroom } from "../app/showroom";
import { t } from "../app/words";
import { keep, recall, type HeadsetSettings } from "../xr/settings";
import { h, icon } from "./dom";
import { ICONS } from "./icons";
import { isLanguage, LANGUAGES, speak, spoken, t as product } from "./words";
import type { PanelContent } from "./panel";

/** The usual lights have words; a merchant's own have the merchant's. */
const MOODS: ReadonlySet<string> = new Set(["day", "evening", "show"]);

type Names<T> = { [K in keyof Choices]: Choices[K] extends T ? K : never }[keyof Choices];

/** Where the settings lead on to. */
export interface SettingsWays {
  refigure(): void;
  show(panel: "orders" | "wishes" | "code"): void;
}

/** @param headset its own settings, while it is there; what is kept of them otherwise */
export function settings(showroom: Showroom, ways: SettingsWays, headset: HeadsetSettings | null): PanelContent {
  const { preferences } = showroom;
  const pick = <K extends keyof Choices>(label: string, name: K, choices: readonly (readonly [Choices[K], string])[]): HTMLElement =>
    select(label, choices.map(([value, word]) => [String(value), word]), String(preferences.get(name)), (chosen) => {
      const found = choices.find(([value]) => String(value) === chosen);
      if (found) preferences.set(name, found[0]);
    });
  const toggle = (label: string, name: Names<boolean>): HTMLElement => {
    const box = h("input", { type: "checkbox", role: "switch", checked: preferences.get(name), change: () => preferences.set(name, box.checked) });
    return h("label", { class: "switch" }, h("span", {}, label), box);
  };
  const rungs: readonly (readonly [Rung | "auto", string])[] = [["auto", t("rung_auto")], ...RUNGS.map((rung) => [rung, t(`rung_${rung}`)] as const)];
  const now = h("p", { class: "quiet", role: "status" });
  const told = (): void => {
    now.textContent = t("shown_as", { rung: t(`rung_${showroom.choice.rung}`), why: t(`why_${showroom.choice.why}`) });
  };
  told();
  const end = showroom.on("rung", told);
  const currencies = [...new Set(showroom.rows.flatMap((row) => Object.keys(row.price_minor ?? {})))].sort();
  const moods = Object.keys(showroom.plan?.moods ?? {});
  const title = new Intl.DisplayNames([spoken()], { type: "currency" });
  const element = h("div", { class: "settings" },
    group(t("page"),
      select(t("language"), Object.entries(LANGUAGES), spoken(), (chosen) => {
        if (isLanguage(chosen)) speak(chosen, true);
      }, (option) => {
        option.lang = option.value;
      }),
      pick(t("unit"), "unit", [["auto", t("unit_auto")], ["mm", product("units_mm")], ["cm", product("units_cm")], ["in", product("units_in")]]),
      currencies.length > 1 && pick(t("currency"), "currency", [["auto", t("currency_auto")], ...currencies.map((one) => [one, `${title.of(one) ?? one} (${one})`] as const)])),
    group(t("graphics"),
      pick(t("rung"), "rung", rungs), now,
      moods.length > 1 && select(t("mood"), moods.map((mood) => [mood, MOODS.has(mood) ? t(`mood_${mood as "day"}`) : mood]), preferences.get("mood") || (showroom.plan?.mood ?? ""), (mood) => preferences.set("mood", mood))),
    group(t("access"),
      pick(t("text"), "text", [[1, t("text_1")], [1.15, t("text_2")], [1.3, t("text_3")], [1.5, t("text_4")]]),
      pick(t("contrast"), "contrast", [["auto", t("contrast_auto")], ["more", t("contrast_more")]]),
      pick(t("motion"), "motion", [["auto", t("motion_auto")], ["less", t("motion_less")]]),
      toggle(t("captions"), "captions"), toggle(t("sound"), "sound"), toggle(t("names"), "names"), toggle(t("letters"), "letters")),
    comfort(headset),
    h("div", { class: "row" },
      h("button", { type: "button", class: "pill", click: () => ways.refigure() }, icon(ICONS.person), t("figure")),
      ...(["orders", "wishes", "code"] as const).map((name) => h("button", { type: "button", class: "pill", click: () => ways.show(name) }, t(name === "code" ? "cart_code" : name)))));
  return { element, dispose: end };
}

/** The headset keeps its own settings; here they can be changed before it is put on. */
function comfort(worn: HeadsetSettings | null): HTMLElement {
  const kept = worn ?? recall();
  const flag = (label: string, name: "vignette" | "isSeated"): HTMLElement => {
    const box = h("input", { type: "checkbox", role: "switch", checked: kept[name], change: () => {
      kept[name] = box.checked;
      keep(kept);
    } });
    return h("label", { class: "switch" }, h("span", {}, label), box);
  };
  return group(t("comfort"),
    select(t("walk_by"), [["teleport", t("teleport")], ["glide", t("glide")]], kept.locomotion, (value) => {
      kept.locomotion = value === "glide" ? "glide" : "teleport";
      keep(kept);
    }),
    select(t("turn_by"), [["snap", t("snap")], ["smooth", t("smooth")]], kept.turn, (value) => {
      kept.turn = value === "smooth" ? "smooth" : "snap";
      keep(kept);
    }),
    flag(t("vignette"), "vignette"), flag(t("seated"), "isSeated"));
}

function group(title: string, ...rows: readonly (HTMLElement | false)[]): HTMLElement {
  return h("fieldset", { class: "group" }, h("legend", {}, title), ...rows);
}

function select(label: string, choices: readonly (readonly [string, string])[], chosen: string, act: (value: string) => void, dress?: (option: HTMLOptionElement) => void): HTMLElement {
  const made = h("select", { change: () => act(made.value) }, ...choices.map(([value, word]) => {
    const option = h("option", { value, selected: value === chosen }, word);
    dress?.(option);
    return option;
  }));
  return h("label", { class: "pick" }, h("span", {}, label), made);
}
