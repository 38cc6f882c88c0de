/**
 * What the server says: the catalogue and one product's manifest, as types.
 *
 * The shapes are those of `assets/schemas/product.json`; only what the page reads is named. Answers come from our own
 * server, so they are not validated field by field; a wrong one ends in the page's error state, never in HTML.
 */

export interface Variant {
  readonly name: string;
  readonly label?: string;
  /** Of the size that the model shows: by it the colour is wished for, shared and worn. */
  readonly sku?: string;
  /** All of this colour, one a size; left out where there is but one (`shop/sizes.ts`). */
  readonly skus?: readonly string[];
  readonly swatch?: string;
}

export interface Row {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly price_minor: Readonly<Record<string, number>> | null;
  readonly dimensions_m: readonly [number, number, number];
  readonly variants: readonly Variant[];
  /** Sizes that are sold, from small to large, each with its SKUs: one a colour. */
  readonly sizes?: readonly { readonly label: string; readonly skus: readonly string[] }[];
  readonly poster: string | null;
  readonly has_scan: boolean;
  readonly verdict: string;
  /** How many can be had of all variants; null: not counted. */
  readonly available?: number | null;
  readonly is_on_sale?: boolean;
}

export interface Level {
  readonly file: string;
  readonly triangles: number;
  readonly error_mm: { readonly mean: number; readonly p99: number };
  readonly switch_below?: number;
  readonly size_bytes?: number;
}

export interface Delivery {
  readonly file: string;
  readonly triangles: number;
  readonly gpu_bytes: number;
  readonly levels?: readonly Level[];
  readonly ssim?: number;
}

export interface HotSpot {
  readonly name: string;
  readonly label: string;
  readonly position_m: readonly [number, number, number];
}

export interface Manifest {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly role: string; readonly size_bytes: number }[];
  readonly deliveries: Readonly<Record<string, Delivery>>;
  readonly bounds_m: { readonly min: readonly [number, number, number]; readonly max: readonly [number, number, number] };
  readonly skus?: readonly string[];
  readonly hot_spots?: readonly HotSpot[];
  readonly licence?: { readonly spdx?: string; readonly name?: string; readonly attribution?: string; readonly url?: string };
  readonly provenance: {
    readonly tool: { readonly name: string; readonly version: string };
    readonly sources?: readonly { readonly name: string; readonly sha256: string; readonly size_bytes: number }[];
    readonly recipe?: { readonly name: string; readonly sha256: string };
  };
  readonly quality: { readonly verdict: string; readonly reasons?: readonly string[] };
}

export interface Scan {
  readonly before: string | null;
  readonly after: string | null;
  readonly report: string | null;
  readonly size_bytes_before: number;
  readonly size_bytes_after: number;
  readonly triangles_after: number;
  readonly surface_error_mm: { readonly mean: number; readonly p99: number } | null;
  readonly ssim: number | null;
}

/** What a variant costs at the moment of asking. */
export interface OfferNow {
  readonly sku: string;
  readonly variant: string;
  readonly size?: string;
  readonly price_minor: Readonly<Record<string, number>>;
  readonly available: number | null;
  readonly is_on_sale: boolean;
}

export interface Product extends Row {
  readonly offers?: readonly OfferNow[];
  readonly manifest: Manifest;
  readonly files: Readonly<Record<string, string>>;
  readonly scan: Scan | null;
}

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(path, signal ? { signal } : {});
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as T;
}

/** What the server's search finds, best first; typing errors are forgiven. */
export async function search(words: string, signal?: AbortSignal): Promise<readonly Row[]> {
  return (await get<{ products: readonly Row[] }>(`/api/catalogue?q=${encodeURIComponent(words.slice(0, 200))}&per_page=24`, signal)).products;
}

let rows: Promise<readonly Row[]> | undefined;

/** All products on the shelf; asked for once a visit, and again after a failure. */
export function catalogue(): Promise<readonly Row[]> {
  rows ??= get<{ products: readonly Row[] }>("/api/catalogue").then((found) => found.products);
  rows.catch(() => (rows = undefined));
  return rows;
}

export function product(id: string, signal?: AbortSignal): Promise<Product> {
  return get<Product>(`/api/products/${encodeURIComponent(id)}`, signal);
}

/** What a variant is sold under: one number, or one a size. */
export const skusOf = (variant: Variant): readonly string[] => (variant.skus?.length ? variant.skus : variant.sku ? [variant.sku] : []);
