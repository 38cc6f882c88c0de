/**
 * The wish-list: kept on this device, never sent to the server, and passed on as a link.
 *
 * A link is somebody else's writing: what does not look like a product is left out, and it is shown as *theirs* until
 * the shopper keeps something of it.
 */
import { shelf, type Shelf } from "./keys";

export interface Wish {
  readonly product: string;
  /** SKU of the variant; empty: none chosen. */
  readonly sku: string;
}

const NAME = "showroom.wishes";
const MOST = 60;
const ID = /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/;
const SKU = /^[\p{L}\p{N}][\p{L}\p{N}._:/ -]{0,63}$/u;

const isSame = (one: Wish, other: Wish): boolean => one.product === other.product && one.sku === other.sku;

function readable(found: unknown): Wish[] {
  if (!Array.isArray(found)) return [];
  const wishes = found.filter((one): one is Wish =>
    typeof one?.product === "string" && one.product.length <= 80 && ID.test(one.product) && typeof one.sku === "string" && (!one.sku || SKU.test(one.sku)));
  return wishes.slice(0, MOST).map(({ product, sku }) => ({ product, sku }));
}

/** `terra-vase~VAS-1,halo-lamp` */
export const written = (wishes: readonly Wish[]): string =>
  wishes.map(({ product, sku }) => (sku ? `${product}~${encodeURIComponent(sku)}` : product)).join(",");

export function read(text: string): Wish[] {
  const parts = text.slice(0, 8000).split(",").map((one) => {
    const [product = "", sku = ""] = one.split("~");
    try {
      return { product, sku: decodeURIComponent(sku) };
    } catch {
      return { product, sku: "" };
    }
  });
  return readable(parts);
}

export class Wishes extends EventTarget {
  private list: readonly Wish[];
  /** A friend's list from the address, until it is put away. */
  shared: readonly Wish[] = [];

  constructor(private readonly kept: Shelf = shelf("localStorage")) {
    super();
    this.list = this.load();
    // Another tab of the same store.
    globalThis.addEventListener?.("storage", (event) => {
      if ((event as StorageEvent).key !== NAME) return;
      this.list = this.load();
      this.dispatchEvent(new Event("change"));
    });
  }

  /** Newest first. */
  get all(): readonly Wish[] {
    return this.list;
  }

  has(product: string, sku = ""): boolean {
    return this.list.some((one) => one.product === product && (!sku || one.sku === sku));
  }

  keep(product: string, sku = ""): void {
    const wish = { product, sku };
    this.set([wish, ...this.list.filter((one) => !isSame(one, wish))].slice(0, MOST));
  }

  drop(product: string, sku = ""): void {
    this.set(this.list.filter((one) => !(one.product === product && (!sku || one.sku === sku))));
  }

  /** Keep or drop; true if it is kept now. */
  toggle(product: string, sku = ""): boolean {
    const isKept = this.has(product, sku);
    if (isKept) this.drop(product, sku);
    else this.keep(product, sku);
    return !isKept;
  }

  /** The address with this list in it. */
  link(base: string): string {
    const url = new URL(base);
    url.searchParams.set("wishes", written(this.list));
    return url.toString();
  }

  /** Take a friend's list from an address. */
  take(address: string): void {
    this.shared = read(new URL(address).searchParams.get("wishes") ?? "");
    if (this.shared.length) this.dispatchEvent(new Event("change"));
  }

  keepShared(): void {
    const theirs = this.shared.filter((one) => !this.list.some((mine) => isSame(mine, one)));
    this.shared = [];
    this.set([...theirs, ...this.list].slice(0, MOST));
  }

  putAwayShared(): void {
    this.shared = [];
    this.dispatchEvent(new Event("change"));
  }

  private set(list: readonly Wish[]): void {
    this.list = list;
    try {
      this.kept.setItem(NAME, JSON.stringify(list));
    } catch {
      // no room left on the device: the list lives as long as the page
    }
    this.dispatchEvent(new Event("change"));
  }

  private load(): readonly Wish[] {
    try {
      return readable(JSON.parse(this.kept.getItem(NAME) ?? "[]"));
    } catch {
      return [];
    }
  }
}
