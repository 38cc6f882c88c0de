/** Search: the server's own, which forgives typing errors; what is found can be opened, or walked to if it stands here. */
import { search, type Row } from "../api";
import { isThreeD } from "../app/rung";
import type { Showroom } from "../app/showroom";
import { t } from "../app/words";
import { h, icon } from "./dom";
import { comparable, price } from "./format";
import { ICONS } from "./icons";
import type { PanelContent } from "./panel";
import { spoken } from "./words";

const WAIT_MS = 180;

export function searchPanel(showroom: Showroom, takeMe: (id: string) => void): PanelContent {
  let asked = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const said = h("p", { class: "quiet", role: "status" });
  const found = h("ul", { class: "rows", role: "list" });
  const field = h("input", { type: "search", id: "q", placeholder: t("search_hint"), autocomplete: "off", enterkeyhint: "search", maxlength: 200, input: () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), WAIT_MS);
  } });
  const show = (rows: readonly Row[], words: string): void => {
    const all = showroom.rows.map((row) => row.price_minor);
    found.replaceChildren(...rows.map((row) => result(row, all, showroom, takeMe)));
    said.textContent = words === "" ? "" : rows.length ? t("found", { n: rows.length }) : t("found_none", { q: words });
  };
  const ask = async (): Promise<void> => {
    const words = field.value.trim();
    asked.abort();
    asked = new AbortController();
    if (!words) return show(showroom.rows, "");
    try {
      show(await search(words, asked.signal), words);
    } catch {
      if (asked.signal.aborted) return;
      // The server is away: the names that are known here still can be searched.
      const plain = words.toLocaleLowerCase();
      show(showroom.rows.filter((row) => `${row.name} ${row.description} ${row.category}`.toLocaleLowerCase().includes(plain)), words);
    }
  };
  show(showroom.rows, "");
  const element = h("search", { class: "search" }, h("form", { role: "search", submit: (event) => {
    event.preventDefault();
    clearTimeout(timer);
    void ask();
  } }, h("label", { class: "field", for: "q" }, h("span", { class: "unseen" }, t("search_label")), icon(ICONS.search), field)), said, found);
  queueMicrotask(() => requestAnimationFrame(() => field.focus({ preventScroll: true })));
  return { element, dispose: () => {
    clearTimeout(timer);
    asked.abort();
  } };
}

function result(row: Row, all: readonly (Row["price_minor"])[], showroom: Showroom, takeMe: (id: string) => void): HTMLElement {
  const isHere = showroom.slots.includes(row.id);
  return h("li", { class: "result", "data-id": row.id },
    h("a", { href: `#/p/${encodeURIComponent(row.id)}` },
      h("span", { class: "thumb" }, row.poster && h("img", { src: row.poster, alt: "", width: 72, height: 72, loading: "lazy", decoding: "async" })),
      h("span", { class: "what" }, h("span", { class: "name" }, row.name), h("span", { class: "quiet" }, price(comparable(all, row.price_minor), spoken(), navigator.language)))),
    isThreeD(showroom.choice.rung) && (isHere
      ? h("button", { type: "button", class: "take", "aria-label": `${t("take_me")}: ${row.name}`, click: () => takeMe(row.id) }, icon(ICONS.walk), t("take_me"))
      : h("span", { class: "quiet small" }, t("not_here"))));
}
