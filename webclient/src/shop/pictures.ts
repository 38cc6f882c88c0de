/** Names, posters and swatches of the catalogue, for lists that know only a product's id. */
import { catalogue, type Row } from "../api";

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

export const swatchOf = (row: Row | undefined, sku: string): string | undefined => row?.variants.find((one) => one.sku === sku)?.swatch;

/** `Mere, Bone & tan` as name and variant. */
export function titled(title: string, variant: string, sku: string): { name: string; variant: string } {
  const end = `, ${variant}`;
  return { name: (variant && title.endsWith(end) ? title.slice(0, -end.length) : title) || sku, variant };
}
