/** The visit is over, and not by a lost link: why, in a sentence, and a way on. */
import { t } from "../app/words";
import { h } from "./dom";

/** Close codes of docs/protocol.md that a page explains. */
const CODES = { 4504: "version", 4507: "replaced", 4508: "kicked", 4509: "banned", 4510: "closed" } as const;
type Kind = (typeof CODES)[keyof typeof CODES] | "other";

const kindOfEnd = (code: number): Kind => CODES[code as keyof typeof CODES] ?? "other";

export interface EndedEvents {
  comeBack(): void;
  toList(): void;
}

export function ended(code: number, text: string, events: EndedEvents): HTMLDialogElement {
  const kind = kindOfEnd(code);
  const lead = kind === "other" ? t("ended_other_text", { text }) : t(`ended_${kind}_text`);
  const dialog = h("dialog", { class: "modal glass ended", "aria-labelledby": "h-ended", "data-code": code, close: () => dialog.remove() },
    h("h2", { id: "h-ended", tabindex: -1, autofocus: true }, t(`ended_${kind}`)),
    h("p", { class: "lead" }, lead),
    h("div", { class: "row" },
      kind === "version" && h("button", { type: "button", class: "act", click: () => location.reload() }, t("reload")),
      (kind === "replaced" || kind === "closed" || kind === "other") && h("button", { type: "button", class: "act", click: () => {
        dialog.close();
        events.comeBack();
      } }, t("come_back")),
      h("button", { type: "button", class: kind === "kicked" || kind === "banned" ? "act" : "pill", click: () => {
        dialog.close();
        events.toList();
      } }, t("to_list"))));
  return dialog;
}
