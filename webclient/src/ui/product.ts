/** One product: the stage, what it is and costs, how it was made. */
import type { Level, Product, Row, Variant } from "../api";
import { compare } from "./compare";
import { announce, h, icon, paint } from "./dom";
import { bytes, comparable, count, length, millimetres, price, type Unit } from "./format";
import { chooseDelivery, Stage } from "./stage";
import { spoken, t, type Word } from "./words";

export interface Page {
  readonly element: HTMLElement;
  open(): void;
  dispose(): void;
}

const UNIT_WORDS: Readonly<Record<Unit, Word>> = { mm: "units_mm", cm: "units_cm", in: "units_in" };
let unit: Unit = "cm";

export function productPage(product: Product, all: readonly Row[]): Page {
  const levels = levelTable(product);
  const stage = new Stage(product, { level: (index) => levels.mark(index) });
  const { manifest } = product;
  const cost = price(comparable(all.map((other) => other.price_minor), product.price_minor), spoken(), navigator.language);
  const element = h("article", { class: "product", "data-id": product.id },
    h("a", { class: "back", href: "#/" }, icon("M15 5l-7 7 7 7"), t("back")),
    h("div", { class: "lead-in" },
      stage.element,
      h("div", { class: "sheet" },
        h("h1", { tabindex: -1 }, product.name),
        cost && h("p", { class: "price" }, cost),
        h("p", { class: "about" }, product.description),
        product.variants.length > 1 && colours(product.variants, stage),
        sizes(product, stage),
        details(product),
        inRoom(product))),
    scanSection(product),
    h("div", { class: "cards" },
      h("section", { class: "panel", "aria-labelledby": "h-curious" }, h("h2", { id: "h-curious" }, t("curious")), levels.element, downloads(product)),
      h("section", { class: "panel", "aria-labelledby": "h-origin" }, h("h2", { id: "h-origin" }, t("origin")), origin(product))),
  );
  document.title = `${manifest.name} · Showroom`;
  return { element, open: () => void stage.open(), dispose: () => stage.dispose() };
}

function colours(variants: readonly Variant[], stage: Stage): HTMLElement {
  const said = h("span", { class: "value" }, variants[0]?.label || variants[0]?.name || "");
  const dots = variants.map((variant, index) => {
    const label = variant.label || variant.name;
    const input = h("input", { type: "radio", name: "colour", value: variant.name, checked: index === 0, "aria-label": label, change: () => {
      said.textContent = label;
      void stage.wear(variant.name).then(() => announce(t("picked", { name: label })));
    } });
    const dot = h("label", { class: "swatch", title: label }, input, h("i"));
    paint(dot, variant.swatch);
    return dot;
  });
  return h("fieldset", { class: "colours" }, h("legend", {}, t("colour"), " ", said), h("div", { class: "row" }, ...dots));
}

function sizes(product: Product, stage: Stage): HTMLElement {
  const words: readonly Word[] = ["width", "height", "depth"];
  const values = product.dimensions_m.map(() => h("dd"));
  const show = (): void => {
    product.dimensions_m.forEach((metres, index) => {
      const value = values[index];
      if (value) value.textContent = `${length(metres, unit, spoken())} ${t(UNIT_WORDS[unit])}`;
    });
    stage.unit = unit;
  };
  const units = (Object.keys(UNIT_WORDS) as Unit[]).map((one) =>
    h("label", {}, h("input", { type: "radio", name: "unit", value: one, checked: one === unit, change: () => {
      unit = one;
      show();
    } }), h("span", {}, t(UNIT_WORDS[one]))));
  show();
  return h("section", { class: "sizes", "aria-label": t("size") },
    h("dl", {}, ...values.map((value, index) => h("div", {}, h("dt", {}, t(words[index] ?? "width")), value))),
    h("fieldset", { class: "units" }, h("legend", { class: "unseen" }, t("unit")), ...units));
}

function details(product: Product): HTMLElement | null {
  const spots = product.manifest.hot_spots ?? [];
  if (!spots.length) return null;
  return h("ul", { class: "details", "aria-label": t("details") }, ...spots.map((spot) => h("li", {}, spot.label)));
}

/** Apple opens the USDZ in Quick Look, Android the plain or phone GLB in Scene Viewer; others learn how to. */
function inRoom(product: Product): HTMLElement | null {
  const { files, manifest } = product;
  const usdz = files["product.usdz"];
  const inside = (): (Node | string)[] => [icon("M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5"), t("in_room")];
  const link = document.createElement("a");
  if (usdz && link.relList.supports?.("ar")) {
    // Safari wants a picture as the link's only child.
    return h("a", { class: "act ar", rel: "ar", href: usdz, "aria-label": t("in_room") }, h("img", { src: product.poster ?? "", alt: t("in_room"), width: 48, height: 48 }));
  }
  const model = ["plain", "webp", "mobile"].map((name) => files[manifest.deliveries[name]?.file ?? ""]).find(Boolean);
  if (model && /android/i.test(navigator.userAgent)) {
    const file = encodeURIComponent(new URL(model, location.href).href);
    const back = encodeURIComponent(location.href);
    const href = `intent://arvr.google.com/scene-viewer/1.0?file=${file}&mode=ar_preferred&title=${encodeURIComponent(product.name)}#Intent;scheme=https;package=com.google.android.googlequicksearchbox;action=android.intent.action.VIEW;S.browser_fallback_url=${back};end;`;
    return h("a", { class: "act", href }, ...inside());
  }
  return usdz || model ? h("p", { class: "quiet" }, icon("M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2"), t("in_room_hint")) : null;
}

function scanSection(product: Product): HTMLElement | null {
  const { scan } = product;
  if (!scan?.before || !scan.after) return null;
  const lighter = scan.size_bytes_before / Math.max(1, scan.size_bytes_after);
  const facts: [string, string][] = [
    [`${bytes(scan.size_bytes_before, spoken())} → ${bytes(scan.size_bytes_after, spoken())}`, `${count(Math.round(lighter), spoken())}× ${t("lighter")}`],
    [count(scan.triangles_after, spoken()), t("triangles")],
  ];
  if (scan.surface_error_mm) facts.push([millimetres(scan.surface_error_mm.mean, spoken()), t("away")]);
  if (scan.ssim !== null) facts.push([scan.ssim.toFixed(3), t("likeness")]);
  return h("section", { class: "scan", "aria-labelledby": "h-scan" },
    compare(scan.before, scan.after),
    h("div", {},
      h("h2", { id: "h-scan" }, t("scan_title")),
      h("p", { class: "lead" }, t("scan_lead")),
      h("dl", { class: "facts" }, ...facts.map(([value, what]) => h("div", {}, h("dt", {}, what), h("dd", {}, value)))),
      scan.report && h("a", { class: "text-link", href: scan.report, target: "_blank", rel: "noopener" }, t("proof"))));
}

function levelTable(product: Product): { element: HTMLElement; mark(index: number): void } {
  const { manifest } = product;
  const name = chooseDelivery(Object.keys(manifest.deliveries), innerWidth) ?? "";
  const delivery = manifest.deliveries[name];
  const words: readonly Word[] = ["level_near", "level_middle", "level_far"];
  const rows = (delivery?.levels ?? []).map((level: Level, index) =>
    h("tr", {},
      h("th", { scope: "row" }, t(words[index] ?? "level_far"), h("span", { class: "now" }, t("shown"))),
      h("td", {}, level.size_bytes ? bytes(level.size_bytes, spoken()) : ""),
      h("td", {}, count(level.triangles, spoken())),
      h("td", {}, manifest.quality.verdict === "unproved" ? "–" : millimetres(level.error_mm.mean, spoken()))));
  const heads: readonly Word[] = ["level", "file", "tris", "error"];
  return {
    element: h("div", { class: "scroll" },
      h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((word) => h("th", { scope: "col" }, t(word))))), h("tbody", {}, ...rows)),
      delivery ? h("p", { class: "quiet" }, t("memory", { bytes: bytes(delivery.gpu_bytes, spoken()) })) : null),
    mark: (index) => rows.forEach((row, at) => row.toggleAttribute("data-now", at === index)),
  };
}

function downloads(product: Product): HTMLElement {
  const { files, manifest } = product;
  const plain = files[manifest.deliveries["plain"]?.file ?? manifest.deliveries["webp"]?.file ?? ""];
  const links = [[files["product.usdz"], "download_usdz"], [plain, "download_glb"]] as const;
  return h("p", { class: "links" }, ...links.map(([href, word]) => (href ? h("a", { class: "text-link", href, download: "" }, t(word)) : null)));
}

function origin(product: Product): HTMLElement {
  const { manifest, files } = product;
  const { licence, provenance, quality } = manifest;
  const source = provenance.sources?.[0];
  const verdicts: Readonly<Record<string, Word>> = { passed: "passed", refused: "refused" };
  const rows: [string, string | undefined][] = [
    [t("licence"), [licence?.spdx || licence?.name, licence?.attribution].filter(Boolean).join(" · ")],
    [t("source"), source && `${source.name}, ${bytes(source.size_bytes, spoken())}, ${source.sha256.slice(0, 12)}…`],
    [t("made_by"), `${provenance.tool.name} ${provenance.tool.version}`],
    [t("recipe"), provenance.recipe && `${provenance.recipe.name}, ${provenance.recipe.sha256.slice(0, 12)}…`],
    [t("quality"), t(verdicts[quality.verdict] ?? "unproved")],
  ];
  const report = files["report.html"];
  return h("div", {},
    h("dl", { class: "origin" }, ...rows.map(([word, value]) => (value ? h("div", {}, h("dt", {}, word), h("dd", {}, value)) : null))),
    report ? h("p", { class: "links" }, h("a", { class: "text-link", href: report, target: "_blank", rel: "noopener" }, t("proof_product"))) : null);
}
