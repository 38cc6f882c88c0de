/** The keys and gestures, in a dialog of their own. */
import { t } from "../app/words";
import { ACTIONS } from "./bar";
import { h, icon } from "./dom";
import { ICONS } from "./icons";

const WORDS = { list: "key_list", search: "key_search", map: "key_map", people: "key_people", emotes: "key_emotes", cart: "key_cart", settings: "settings", help: "key_help" } as const;

export function showHelp(): void {
  const rows: readonly (readonly [readonly string[], string])[] = [
    [["W", "A", "S", "D", "← ↑ ↓ →"], t("key_walk")],
    [[t("key_drag")], t("key_look")],
    [["Enter"], t("key_pick")],
    [["Esc"], t("key_close")],
    ...ACTIONS.map(({ name, key }) => [[key.toUpperCase()], t(WORDS[name])] as const),
  ];
  const touch = [t("touch_walk"), t("touch_look"), t("touch_pick")];
  const dialog = h("dialog", { class: "modal glass", "aria-labelledby": "h-help", close: () => dialog.remove(), click: (event) => {
    if (event.target === dialog) dialog.close();
  } },
    h("header", { class: "panel-head" }, h("h2", { id: "h-help", tabindex: -1, autofocus: true }, t("help_title")),
      h("button", { type: "button", class: "round", "aria-label": t("close"), click: () => dialog.close() }, icon(ICONS.close))),
    h("div", { class: "modal-body" },
      h("dl", { class: "keys" }, ...rows.map(([keys, what]) => h("div", {}, h("dt", {}, ...keys.map((key) => h("kbd", {}, key))), h("dd", {}, what)))),
      h("h3", {}, t("help_touch")),
      h("ul", { class: "details" }, ...touch.map((line) => h("li", {}, line)))));
  document.body.append(dialog);
  dialog.showModal();
}
