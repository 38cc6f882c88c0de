/**
 * The door: who one is to the others, if one likes to say. It lies over the store that is filling up behind it and never
 * keeps anybody from seeing it; a name is suggested, so that walking in takes one key.
 */
import type { Showroom } from "../app/showroom";
import { keepVisitor, type Visitor } from "../app/visitor";
import { t } from "../app/words";
import type { Look } from "../avatar/look";
import { h, icon } from "./dom";
import { ICONS } from "./icons";

const MOST_LETTERS = 24;

export interface DoorEvents {
  /** They walk in; the nickname and look are in `showroom.visitor`. */
  entered(): void;
  /** Loaded when asked for; null where figures are not there. */
  chooser(look: Look): Promise<{ element: HTMLElement; look(): Look } | null>;
}

/** @param fault why the last name could not be used; empty at first */
export function door(showroom: Showroom, hasFriend: boolean, fault: string, events: DoorEvents): HTMLElement {
  const { visitor } = showroom;
  const name = nameField(visitor, "nickname", fault ? "nickname-fault" : null);
  const go = (): void => {
    introduce(visitor, name.value);
    events.entered();
  };
  const figure = h("button", { type: "button", class: "pill", click: () => void choose(visitor.look, events.chooser).then((look) => {
    if (look) visitor.look = look;
  }) }, icon(ICONS.person), t("figure"));
  const title = showroom.plan?.name ?? "Showroom";
  return h("form", { class: "glass door", "aria-label": t("door_label"), submit: (event) => {
    event.preventDefault();
    go();
  } },
    h("h1", { tabindex: -1, "data-store-name": true }, title),
    h("p", { class: "lead" }, hasFriend ? t("friend_waits") : t("door_lead")),
    h("label", { class: "field", for: "nickname" }, h("span", {}, t("nickname")), name),
    fault ? h("p", { class: "fault", id: "nickname-fault" }, fault) : null,
    h("div", { class: "row" },
      h("button", { type: "submit", class: "act" }, t("go_in")),
      figure),
    h("div", { class: "row links" },
      h("button", { type: "button", class: "text-link", click: () => events.entered() }, t("look_around")),
      h("a", { class: "text-link", href: "#/list" }, t("as_list"))));
}

/** The door where there is none to stand before, as on the list: a name, if one likes, and in. */
export function wayIn(showroom: Showroom, entered: () => void): HTMLElement {
  const { visitor } = showroom;
  const name = nameField(visitor, "nickname-here", null);
  return h("form", { class: "state", "aria-label": t("door_label"), submit: (event) => {
    event.preventDefault();
    introduce(visitor, name.value);
    entered();
  } },
    h("p", {}, t("alone")),
    h("label", { class: "field", for: "nickname-here" }, h("span", {}, t("nickname")), name),
    h("button", { type: "submit", class: "act" }, t("go_in")));
}

const nameField = (visitor: Visitor, id: string, faultId: string | null): HTMLInputElement =>
  h("input", { id, name: "nickname", type: "text", maxlength: MOST_LETTERS, autocomplete: "nickname", spellcheck: "false", dir: "auto", value: visitor.nickname, "aria-describedby": faultId, "aria-invalid": faultId ? "true" : null });

function introduce(visitor: Visitor, name: string): void {
  visitor.nickname = name.trim().slice(0, MOST_LETTERS) || visitor.nickname;
  visitor.isKnown = true;
  keepVisitor(visitor);
}

/** The chooser in a dialog of its own; closes with the look, or null if it was left. */
export async function choose(look: Look, make: DoorEvents["chooser"]): Promise<Look | null> {
  const made = await make(look);
  if (!made) return null;
  return new Promise((done) => {
    const dialog = h("dialog", { class: "modal wide", "aria-label": t("figure"), close: () => {
      dialog.remove();
      done(dialog.returnValue === "done" ? made.look() : null);
    } },
      h("header", { class: "panel-head" }, h("h2", { tabindex: -1, autofocus: true }, t("figure")),
        h("button", { type: "button", class: "round", "aria-label": t("close"), click: () => dialog.close() }, icon(ICONS.close))),
      h("div", { class: "modal-body" }, made.element),
      h("footer", { class: "modal-foot" }, h("button", { type: "button", class: "act", click: () => dialog.close("done") }, t("figure_done"))));
    document.body.append(dialog);
    dialog.showModal();
  });
}
