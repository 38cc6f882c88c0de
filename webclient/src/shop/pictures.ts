/** Names, posters and swatches of the catalogue, for lists that know only a product's id. */
import { catalogue, type Row } from "../api";

let rows: ReadonlyMap<string, Row> = new Map();
let asked: Promise<void> | null = null;

/** The catalogue's row, if it has come; `told` is called once it has. */
export function rowOf(product: string, told?: () => void): Row | undefined {
  if (!rows.size && told) {
    asked ??= catalogue().then((found) => void (rows = new Map(found.map((row) => [row.id, row]))), () => void (asked = null));
    void asked.then(told);
  }
  return rows.get(product);
}

/** The catalogue's id of a product of the shop. */
export const idOf = (tenant: string, product: string): string => (tenant === "default" ? product : `${tenant}.${product}`);

export const swatchOf = (row: Row | undefined, sku: string): string | undefined => row?.variants.find((one) => one.sku === sku)?.swatch;

/** `Mere, Bone & tan` as name and variant. */
export function titled(title: string, variant: string, sku: string): { name: string; variant: string } {
  const end = `, ${variant}`;
  return { name: (variant && title.endsWith(end) ? title.slice(0, -end.length) : title) || sku, variant };
}
