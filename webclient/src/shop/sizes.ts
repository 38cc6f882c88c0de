/**
 * Which SKU is which colour in which size, as the catalogue's row says it, and whether it can be had.
 *
 * A SKU is one colour in one size: it is listed with both. A single size is no choice, and none is asked for. What it is
 * not: which size fits (`fit/`), or the control that shows them (`size-picker.ts`).
 */
import { skusOf, type Row, type Variant } from "../api";

export interface Sized {
  readonly label: string;
  readonly skus: readonly string[];
}

/** What of an offer decides here; null: not offered, undefined: not known yet. */
export type Asked = (sku: string) => { readonly available: number | null; readonly is_on_sale: boolean } | null | undefined;

/** `unmade`: not in this colour; `off`: not sold; `unknown`: nobody has said yet, so it may be chosen. */
export type SizeKind = "in" | "few" | "out" | "off" | "unmade" | "unknown";

export interface SizeNow {
  readonly label: string;
  readonly sku: string | null;
  readonly kind: SizeKind;
  readonly left: number;
}

type Sold = Pick<Row, "variants" | "sizes">;
const FEW = 5;

/** The sizes that one chooses among, from small to large; none if there is no choice. */
export const sizesOf = (row: Sold): readonly Sized[] => ((row.sizes?.length ?? 0) > 1 ? (row.sizes ?? []) : []);

/** The colour that a SKU is of. */
export const variantOf = (row: Sold | undefined, sku: string): Variant | undefined => row?.variants.find((one) => skusOf(one).includes(sku));

/** The size that a SKU is of; null if it has none. */
export const sizeOf = (row: Sold | undefined, sku: string): string | null => row?.sizes?.find(({ skus }) => skus.includes(sku))?.label ?? null;

/** What goes into the cart; null: not made, or a size has yet to be chosen. */
export function skuOf(row: Sold, variant: Variant | undefined, size: string | null): string | null {
  if (!sizesOf(row).length) return variant?.sku ?? null;
  const of = row.sizes?.find(({ label }) => label === size)?.skus ?? [];
  if (!row.variants.length) return of[0] ?? null;
  const mine = variant ? skusOf(variant) : [];
  return mine.find((sku) => of.includes(sku)) ?? null;
}

/** All sizes of a colour as they are now. */
export function sizesNow(row: Sold, variant: Variant | undefined, asked: Asked): readonly SizeNow[] {
  return sizesOf(row).map(({ label }) => {
    const sku = skuOf(row, variant, label);
    if (sku === null) return { label, sku, kind: "unmade", left: 0 };
    const offer = asked(sku);
    if (offer === undefined) return { label, sku, kind: "unknown", left: 0 };
    if (offer === null || !offer.is_on_sale) return { label, sku, kind: "off", left: 0 };
    if (offer.available === null) return { label, sku, kind: "in", left: 0 };
    return { label, sku, kind: offer.available <= 0 ? "out" : offer.available <= FEW ? "few" : "in", left: Math.max(0, offer.available) };
  });
}

export const canBeChosen = ({ kind }: SizeNow): boolean => kind === "in" || kind === "few" || kind === "unknown";

/**
 * The sizes that the shopper has chosen, by product: the page, the mirror and the headset show the same choice. In memory
 * only. Fires "change".
 */
class Chosen extends EventTarget {
  readonly #sizes = new Map<string, string>();

  of(product: string): string | null {
    return this.#sizes.get(product) ?? null;
  }

  choose(product: string, size: string): void {
    if (this.#sizes.get(product) === size) return;
    this.#sizes.set(product, size);
    this.dispatchEvent(new Event("change"));
  }

  /** What the shopper told or showed is erased: what it led to, too. */
  forget(): void {
    this.#sizes.clear();
    this.dispatchEvent(new Event("change"));
  }
}

export const chosen = new Chosen();
