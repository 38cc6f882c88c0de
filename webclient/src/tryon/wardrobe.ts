/**
 * What can be put on before the mirror: what is worn now, in which colour, and the second one of a comparison.
 *
 * Models are fetched once and dressed anew for each colour, so that switching needs no network. Says "change". What it is
 * not: where things sit (`wear.ts`), drawing (`mirror.ts`), or words.
 */
import { clone } from "three/examples/jsm/utils/SkeletonUtils.js";
import type { GLTF } from "three/examples/jsm/loaders/GLTFLoader.js";
import { catalogue, product as productOf, type Manifest, type Product, type Row, type Variant } from "../api";
import { dispose, load } from "../viewer/loader";
import { chosen } from "../shop/sizes";
import { Variants } from "../viewer/variants";
import type { Booth } from "./booth";
import { modelledSize, ratiosOf, sizesOf } from "./sizes";
import { wornAs, type Anchor } from "./wear";

export interface Wearable {
  readonly row: Row;
  variant: Variant | null;
  /** One of `sizes`, which are known once its manifest is; null: as it was modelled. */
  size: string | null;
  sizes: readonly string[];
  manifest: Manifest | null;
  isOn: boolean;
  isLoading: boolean;
  /** Why it is not worn although it was chosen. */
  trouble: "not_here" | "unseatable" | null;
}

/** What is compared with something worn: the same thing in another colour, or another thing for the same place. */
export interface Rival {
  readonly row: Row;
  readonly variant: Variant | null;
}

interface Model {
  readonly gltf: GLTF;
  readonly variants: Variants;
  readonly product: Product;
}

/** The second one's id before the mirror: the first may be the same product. */
const SECOND = "second:";

export class Wardrobe extends EventTarget {
  all: readonly Wearable[] = [];
  /** Whose colours are offered: what was put on last. */
  shown: Wearable | null = null;
  rival: Rival | null = null;
  isStocked = false;
  readonly #booth: Booth;
  readonly #models = new Map<string, Promise<Model>>();
  readonly #ended = new AbortController();
  #turn = 0;

  constructor(booth: Booth) {
    super();
    this.#booth = booth;
  }

  /** @param product what the shopper came with, and its colour by name or SKU; both may be empty */
  async stock(product: string, variant: string): Promise<void> {
    const rows = (await catalogue().catch((): readonly Row[] => [])).filter((row) => wornAs(row.category));
    // What one came for comes first, and beside it what is worn in the same place.
    const place = wornAs(rows.find(({ id }) => id === product)?.category ?? "");
    const far = (row: Row): number => (row.id === product ? 0 : place && wornAs(row.category) === place ? 1 : 2);
    rows.sort((a, b) => far(a) - far(b));
    this.all = rows.map((row) => ({ row, variant: row.variants[0] ?? null, size: null, sizes: [], manifest: null, isOn: row.id === product, isLoading: false, trouble: null }));
    this.shown = this.all.find(({ isOn }) => isOn) ?? null;
    const { shown } = this;
    if (shown && variant) shown.variant = shown.row.variants.find(({ name, sku }) => name === variant || sku === variant) ?? shown.variant;
    this.isStocked = true;
    if (this.#booth.mirror) await this.wearAll();
    this.#changed();
  }

  get worn(): readonly Wearable[] {
    return this.all.filter(({ isOn }) => isOn);
  }

  /** Once there is a mirror. */
  async wearAll(): Promise<void> {
    for (const one of this.worn) await this.wear(one);
  }

  async wear(one: Wearable): Promise<void> {
    one.trouble = null;
    if (!this.#booth.mirror) return;
    const worn = wornAs(one.row.category);
    const { variant } = one;
    one.isLoading = true;
    this.#changed();
    try {
      const model = await this.#model(one.row.id);
      if (!one.isOn || one.variant !== variant || !worn) return;
      const { manifest } = model.product;
      Object.assign(one, { manifest, sizes: sizesOf(manifest), size: one.size ?? (chosen.of(one.row.id) || modelledSize(manifest) || null) });
      if (!(await this.#put(one.row.id, one.row.id, variant, one.size))) one.trouble = "unseatable";
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      console.warn(error);
      one.isOn = false;
      one.trouble = "not_here";
      if (this.shown === one) this.shown = this.worn[0] ?? null;
    } finally {
      one.isLoading = false;
      this.#changed();
    }
  }

  toggle(one: Wearable): Promise<void> {
    one.isOn = !one.isOn;
    // Two pairs of spectacles are one too many.
    for (const other of this.all) {
      if (!one.isOn || other === one || !other.isOn || wornAs(other.row.category) !== wornAs(one.row.category)) continue;
      other.isOn = false;
      this.#booth.remove(other.row.id);
    }
    this.shown = one.isOn ? one : (this.worn[0] ?? null);
    void this.compare(null);
    if (one.isOn) return this.wear(one);
    one.trouble = null;
    this.#booth.remove(one.row.id);
    this.#booth.again();
    this.#changed();
    return Promise.resolve();
  }

  colour(one: Wearable, variant: Variant): Promise<void> {
    one.variant = variant;
    return this.wear(one);
  }

  resize(one: Wearable, size: string): Promise<void> {
    one.size = size;
    return this.wear(one);
  }

  /** What the shown one can be compared with: its other colours first, then others for the same place. */
  rivals(): readonly Rival[] {
    const { shown } = this;
    if (!shown) return [];
    const worn = wornAs(shown.row.category);
    return [
      ...shown.row.variants.filter((variant) => variant !== shown.variant).map((variant) => ({ row: shown.row, variant })),
      ...this.all.filter(({ row }) => row !== shown.row && wornAs(row.category) === worn).map(({ row, variant }) => ({ row, variant })),
    ];
  }

  /** The ids before the mirror of the two that are compared. */
  get pair(): readonly [first: string, second: string] | null {
    return this.shown && this.rival ? [this.shown.row.id, SECOND + this.rival.row.id] : null;
  }

  async compare(rival: Rival | null): Promise<void> {
    const turn = ++this.#turn;
    if (this.rival) this.#booth.remove(SECOND + this.rival.row.id);
    this.rival = rival;
    this.#changed();
    if (!rival) return this.#booth.again();
    try {
      await this.#put(SECOND + rival.row.id, rival.row.id, rival.variant, this.all.find(({ row }) => row === rival.row)?.size ?? null);
      if (turn !== this.#turn && this.pair?.[1] !== SECOND + rival.row.id) this.#booth.remove(SECOND + rival.row.id);
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      console.warn(error);
      if (turn === this.#turn) this.rival = null;
      this.#changed();
    }
  }

  /** The second one is worn from now on, and the first is not. */
  async keepRival(): Promise<void> {
    const { rival, shown } = this;
    if (!rival || !shown) return;
    const one = this.all.find(({ row }) => row === rival.row);
    await this.compare(null);
    if (!one) return;
    one.variant = rival.variant;
    await (one === shown ? this.wear(one) : this.toggle(one));
  }

  /** Nothing is worn, and it is not known what was. */
  forget(): void {
    void this.compare(null);
    for (const one of this.all) {
      if (one.isOn) this.#booth.remove(one.row.id);
      Object.assign(one, { isOn: false, trouble: null, size: null, variant: one.row.variants[0] ?? null });
    }
    this.shown = null;
    this.#changed();
  }

  /** @returns whether it can be worn at all */
  async #put(id: string, product: string, variant: Variant | null, size: string | null): Promise<boolean> {
    const model = await this.#model(product);
    await model.variants.wear(variant?.name ?? null);
    const worn = wornAs(model.product.category);
    const ratios = size ? ratiosOf(model.product.manifest, size) : undefined;
    const wrong = worn ? this.#booth.put({ id, worn, anchors: anchors(model), model: clone(model.gltf.scene), size: ratios }) : "rig";
    this.#booth.again();
    // Bones say where a garment sits; everything rigid needs anchors.
    return wrong === null && (worn === "garment" || anchors(model).length > 0);
  }

  #model(id: string): Promise<Model> {
    let asked = this.#models.get(id);
    if (!asked) {
      this.#models.set(id, (asked = this.#fetch(id)));
      asked.catch(() => this.#models.delete(id)); // the next try asks again
    }
    return asked;
  }

  async #fetch(id: string): Promise<Model> {
    const { signal } = this.#ended;
    const { mirror } = this.#booth;
    const product = await productOf(id, signal);
    const { deliveries } = product.manifest;
    const delivery = deliveries["desktop"] ?? deliveries["mobile"] ?? Object.values(deliveries)[0];
    const level = delivery?.levels?.[1] ?? delivery;
    const address = level && product.files[level.file];
    if (!address || !mirror) throw new Error(`${id} has no model`);
    const gltf = await load(address, mirror.renderer, signal);
    return { gltf, product, variants: new Variants(gltf) };
  }

  dispose(): void {
    this.#ended.abort();
    for (const asked of this.#models.values()) void asked.then(({ gltf }) => dispose(gltf.scene), () => undefined);
    this.#models.clear();
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

function anchors({ product }: Model): readonly Anchor[] {
  return (product.manifest as { anchors?: readonly Anchor[] }).anchors ?? [];
}

/** What one is called when its name alone would not tell it from the other. */
export function called(row: Row, variant: Variant | null, other: Row): string {
  const colour = variant?.label ?? variant?.name;
  return row === other && colour ? colour : row.name;
}
