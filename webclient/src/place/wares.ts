/** The products that can be put into a room: from the catalogue, with what their manifests say about where they stand. */
import { catalogue, product as productOf, type Product, type Row, type Variant } from "../api";
import { isPlaceable, wareOf, type Ware } from "./piece";

export interface Offered {
  readonly ware: Ware;
  readonly row: Product;
}

export class Wares {
  #rows: readonly Row[] = [];
  readonly #asked = new Map<string, Promise<Offered>>();

  /** What the shelf shows: furniture first by size, so that the large things are found first. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  async open(): Promise<void> {
    const rows = await catalogue();
    this.#rows = rows.filter(({ category }) => isPlaceable(category)).sort((a, b) => b.dimensions_m[0] * b.dimensions_m[2] - a.dimensions_m[0] * a.dimensions_m[2]);
  }

  row(id: string): Row | undefined {
    return this.#rows.find((row) => row.id === id);
  }

  /** What is sold under a SKU. */
  sold(sku: string): Row | undefined {
    return this.#rows.find((row) => row.variants.some((one) => one.sku === sku));
  }

  of(id: string, signal?: AbortSignal): Promise<Offered> {
    let asked = this.#asked.get(id);
    if (!asked) {
      asked = productOf(id, signal).then((row) => ({ row, ware: wareOf(row, (row.manifest as { placement?: { surface?: string; clearance_m?: number } | null }).placement) }));
      this.#asked.set(id, asked);
      asked.catch(() => this.#asked.delete(id));
    }
    return asked;
  }
}

export const variantOf = (row: Row, name: string | null): Variant | undefined => row.variants.find((one) => one.name === name) ?? row.variants[0];
export const variantBySku = (row: Row, sku: string): Variant | undefined => row.variants.find((one) => one.sku === sku) ?? row.variants[0];
