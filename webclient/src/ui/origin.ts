/** How a product was made and what is known of it: from scan to shelf, levels of detail, files, provenance. */
import type { Level, Product } from "../api";
import { compare } from "./compare";
import { h } from "./dom";
import { bytes, count, millimetres } from "./format";
import { chooseDelivery } from "./stage";
import { spoken, t, type Word } from "./words";

export function scanSection(product: Product): HTMLElement | null {
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

export function levelTable(product: Product): { element: HTMLElement; mark(index: number): void } {
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

export function downloads(product: Product): HTMLElement {
  const { files, manifest } = product;
  const plain = files[manifest.deliveries["plain"]?.file ?? manifest.deliveries["webp"]?.file ?? ""];
  const links = [[files["product.usdz"], "download_usdz"], [plain, "download_glb"]] as const;
  return h("p", { class: "links" }, ...links.map(([href, word]) => (href ? h("a", { class: "text-link", href, download: "" }, t(word)) : null)));
}

export function origin(product: Product): HTMLElement {
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
