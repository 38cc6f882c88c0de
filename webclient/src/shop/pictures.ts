/** Names, posters and swatches of the catalogue, for lists that know only a product's id. */
import { catalogue, type Row } from "../api";
import { t } from "./size-words";
import { variantOf } from "./sizes";

const RETRY_MS = 15_000;

let rows: ReadonlyMap<string, Row> = new Map();
let asked: Promise<unknown> | null = null;
let hasCome = false;
const waiting = new Set<() => void>();

/** The catalogue's row, if it has come; `told` is called once it has, and once only. */
export function rowOf(product: string, told?: () => void): Row | undefined {
  if (!hasCome && told) {
    waiting.add(told);
    asked ??= catalogue().then(
      (found) => {
        rows = new Map(found.map((row) => [row.id, row]));
        hasCome = true;
        for (const one of waiting) one();
        waiting.clear();
      },
      // Lists do without pictures; whoever draws again later asks again.
      () => {
        waiting.clear();
        setTimeout(() => (asked = null), RETRY_MS);
      },
    );
  }
  return rows.get(product);
}

/** Whether the catalogue has come. */
export const isKnown = (): boolean => hasCome;

/** The catalogue's id of a product of the shop. */
export const idOf = (tenant: string, product: string): string => (tenant === "default" ? product : `${tenant}.${product}`);

export const swatchOf = (row: Row | undefined, sku: string): string | undefined => variantOf(row, sku)?.swatch;

/** `Rove, Ink, M` as its name, and its colour and size in words. */
export function titled({ title, variant, size, sku }: { readonly title: string; readonly variant: string; readonly size?: string; readonly sku: string }): { name: string; kind: string } {
  let name = title;
  for (const part of [size, variant]) if (part && name.endsWith(`, ${part}`)) name = name.slice(0, -part.length - 2);
  return { name: name || sku, kind: [variant, size && t("size_is", { size })].filter(Boolean).join(" · ") };
}
