/**
 * The shop as the page sees it: live prices and stock, the cart's count, wishes. The shop's own model is behind it, so
 * that the catalogue is on the screen before the shop has been loaded.
 */
import { skusOf, type Row } from "../api";
import type { Shop } from "../shop/shop";
import type { Prices } from "../ui/format";

export interface Trade extends EventTarget {
  /** The model behind it, for those who know it: a headset, a friend's hand. */
  readonly shop: Shop;
  /** Units in the cart. */
  readonly units: number;
  /** Of a variant; null: not offered. */
  price(sku: string): Prices | null;
  /** How many can be had; null: not counted or not known. */
  available(sku: string): number | null;
  /** Ask for a product's offers, so that their prices and stock are live from then on. */
  ask(product: string): void;
  add(sku: string, quantity: number): Promise<void>;
  isWished(product: string): boolean;
  wish(product: string, on: boolean): void;
}

export type Supply = { readonly kind: "in" | "few" | "out" | "none"; readonly left: number };

const FEW = 5;

/** What to say of a product's stock: of one SKU, of some, or the sum over all; as live as it is known. */
export function supply(row: Row, trade: Trade | null, sku?: string | readonly string[]): Supply {
  const skus = typeof sku === "string" ? [sku] : (sku ?? row.variants.flatMap(skusOf));
  const counts = trade ? skus.map((one) => trade.available(one)) : [];
  const known = counts.filter((count) => count !== null);
  const left = known.length && known.length === skus.length ? known.reduce((sum, count) => sum + count, 0) : sku ? null : (row.available ?? null);
  if (row.is_on_sale === false) return { kind: "none", left: 0 };
  if (left === null) return { kind: row.price_minor ? "in" : "none", left: 0 };
  return { kind: left <= 0 ? "out" : left <= FEW ? "few" : "in", left };
}
