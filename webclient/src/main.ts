/** The page: which view is shown, how one becomes the other, and where the focus goes. */
import "./style.css";
import { catalogue, product } from "./api";
import { catalogueView, skeletonView } from "./ui/catalogue";
import { announce, h, icon, prefersStill } from "./ui/dom";
import { productPage, type Page } from "./ui/product";
import { chosenLanguage, isLanguage, LANGUAGES, speak, spoken, t } from "./ui/words";

const SKELETON_AFTER_MS = 150;

const main = h("main", { id: "main", tabindex: -1 });
let page: Page | undefined;
let asked = new AbortController();
let isFirst = true;
let scrolled = 0;

function frame(): void {
  const choice = h("select", { "aria-label": t("language"), change: () => {
    if (!isLanguage(choice.value)) return;
    speak(choice.value, true);
    frame();
    void route();
  } }, ...Object.entries(LANGUAGES).map(([code, name]) => h("option", { value: code, selected: code === spoken(), lang: code }, name)));
  const skip = document.querySelector("[data-skip]");
  if (skip) {
    skip.textContent = t("skip");
  }
  document.getElementById("app")?.replaceChildren(
    h("header", { class: "top" },
      h("a", { class: "mark", href: "#/", "aria-label": "Showroom" }, icon("M5 20V11a7 7 0 0 1 14 0v9M3 20h18"), "Showroom"),
      h("label", { class: "language" }, icon("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3.5 9h17M3.5 15h17M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18"), choice)),
    main,
    h("footer", {}, t("footer")));
}

/** Put a view in place: with a short cross-fade where the browser can and the shopper wants it. */
async function swap(element: HTMLElement, opened: () => void): Promise<void> {
  const change = (): void => {
    main.replaceChildren(element);
    opened();
  };
  if (isFirst || prefersStill() || !("startViewTransition" in document)) change();
  else await document.startViewTransition(change).updateCallbackDone;
}

async function route(): Promise<void> {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  const id = decodeURIComponent(location.hash.replace(/^#\/?/, ""));
  if (id === "main") return;
  const wait = setTimeout(() => {
    if (!signal.aborted && isFirst) main.replaceChildren(skeletonView());
  }, SKELETON_AFTER_MS);
  try {
    if (id) {
      const [found, rows] = await Promise.all([product(id, signal), catalogue()]);
      const next = productPage(found, rows);
      const from = main.querySelector<HTMLElement>(`[data-product="${CSS.escape(id)}"] .picture`);
      if (from) {
        scrolled = scrollY;
        from.style.setProperty("view-transition-name", "product");
      }
      await swap(next.element, () => {
        page?.dispose();
        page = next;
        scrollTo(0, 0);
        focusHeading();
      });
      next.open();
    } else {
      const rows = await catalogue();
      if (signal.aborted) return;
      document.title = "Showroom";
      const view = catalogueView(rows);
      const came = page?.element.dataset["id"];
      await swap(view, () => {
        page?.dispose();
        page = undefined;
        scrollTo(0, scrolled);
        const link = came ? view.querySelector<HTMLElement>(`[data-product="${CSS.escape(came)}"]`) : null;
        if (link) link.focus({ preventScroll: true });
        else focusHeading();
      });
    }
    isFirst = false;
  } catch (error) {
    if (signal.aborted) return;
    page?.dispose();
    page = undefined;
    main.replaceChildren(errorView(error instanceof Error && error.message.endsWith("404")));
    focusHeading();
  } finally {
    clearTimeout(wait);
  }
}

function focusHeading(): void {
  if (!isFirst) main.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
}

function errorView(isMissing: boolean): HTMLElement {
  const title = t(isMissing ? "missing_title" : "error_title");
  announce(title);
  return h("div", { class: "state" }, h("h1", { tabindex: -1 }, title), !isMissing && h("p", {}, t("error_text")),
    isMissing ? h("a", { class: "act", href: "#/" }, t("back")) : h("button", { type: "button", class: "act", click: () => void route() }, t("again")));
}

document.querySelector("[data-skip]")?.addEventListener("click", (event) => {
  event.preventDefault(); // the hash is the address of a view
  main.focus();
});
addEventListener("hashchange", () => void route());
speak(chosenLanguage());
frame();
void route();
