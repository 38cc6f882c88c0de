/** Before and after under one handle: a range input over two pictures, so that keys, touch and readers know it. */
import { h, icon } from "./dom";
import { t } from "./words";

export function compare(before: string, after: string): HTMLElement {
  const range = h("input", { type: "range", min: 0, max: 100, value: 50, step: 1, "aria-label": t("scan_slider") });
  const box = h(
    "div",
    { class: "compare" },
    h("img", { class: "after", src: after, alt: t("scan_after"), width: 960, height: 960, loading: "lazy", decoding: "async" }),
    h("img", { class: "before", src: before, alt: t("scan_before"), width: 960, height: 960, loading: "lazy", decoding: "async" }),
    h("span", { class: "tag start", "aria-hidden": "true" }, t("scan_before")),
    h("span", { class: "tag end", "aria-hidden": "true" }, t("scan_after")),
    h("div", { class: "handle", "aria-hidden": "true" }, h("i", {}, icon("M9 7l-5 5 5 5M15 7l5 5-5 5"))),
    range,
  );
  const move = (): void => box.style.setProperty("--at", `${range.value}%`);
  range.addEventListener("input", move);
  move();
  return box;
}
