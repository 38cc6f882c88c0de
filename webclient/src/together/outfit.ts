/**
 * What one's figure wears from the shop, as everybody sees it: put on and taken off without any camera, kept over lost
 * links, and put on again when the seat is another.
 *
 * Knows neither the page nor the scene; "change" when it reads differently. What it is not: trying on before a mirror
 * (`tryon/`), or how things are drawn on a figure (`avatar/worn.ts`).
 */
import { refusalOf, type Wire } from "./wire";

/** A product and the SKU of its variant; null: as it comes. */
export type Item = readonly [product: string, sku: string | null];

const MOST = 8;
const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;
/** A wish that was refused for haste is told once more after so long, plus what the server asks for. */
const AGAIN_MS = 250;

export class Outfit extends EventTarget {
  items: readonly Item[] = [];
  readonly #wire: Wire;
  readonly #letGo = new AbortController();
  #again: ReturnType<typeof setTimeout> | undefined;
  #told = 0;

  constructor(wire: Wire) {
    super();
    this.#wire = wire;
    wire.addEventListener("ready", (event) => {
      // Another seat begins with nothing on.
      if ((event as CustomEvent<{ isFresh: boolean }>).detail.isFresh && this.items.length) void this.#tell(this.items).catch(() => undefined);
    }, { signal: this.#letGo.signal });
  }

  has(product: string): boolean {
    return this.items.some(([one]) => one === product);
  }

  /** Put something on; the same product in another colour takes the first one's place. @throws Refused */
  async put(product: string, sku: string | null = null): Promise<void> {
    const variant = sku !== null && ID.test(sku) ? sku : null;
    await this.set([...this.items.filter(([one]) => one !== product), [product, variant]]);
  }

  /** What one had on elsewhere: worn on here, and told with the seat. */
  bring(items: readonly Item[]): void {
    this.items = items;
    this.#changed();
  }

  /** Take it off. @throws Refused */
  async off(product: string): Promise<void> {
    await this.set(this.items.filter(([one]) => one !== product));
  }

  /** All that one wears. What the server will not have is off again. @throws Refused */
  async set(items: readonly Item[]): Promise<void> {
    const wanted = items.filter(([product]) => ID.test(product)).slice(-MOST);
    const before = this.items;
    if (isSame(before, wanted)) return;
    this.items = wanted;
    this.#changed();
    try {
      await this.#tell(wanted);
    } catch (error) {
      if (this.items === wanted) {
        this.items = before;
        this.#changed();
      }
      throw error;
    }
  }

  dispose(): void {
    clearTimeout(this.#again);
    this.#letGo.abort();
  }

  /** Tell the server; the last wish counts, and haste is waited out. */
  async #tell(items: readonly Item[]): Promise<void> {
    clearTimeout(this.#again);
    const turn = ++this.#told;
    try {
      await this.#wire.act({ do: "wear", items: items.map(([product, sku]) => [product, sku]) });
    } catch (error) {
      const { code, wait_ms } = refusalOf(error);
      if (code !== "room.too_fast" || turn !== this.#told) throw error;
      await new Promise((resolve) => (this.#again = setTimeout(resolve, wait_ms + AGAIN_MS)));
      if (turn === this.#told) await this.#tell(this.items);
    }
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

const isSame = (a: readonly Item[], b: readonly Item[]): boolean => a.length === b.length && a.every(([product, sku], i) => b[i]?.[0] === product && b[i][1] === sku);
