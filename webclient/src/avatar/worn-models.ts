/**
 * Products as they are worn: the smallest model of each, in the colour that is worn, loaded once for all who wear it and
 * let go when nobody does any more.
 *
 * What it is not: where they sit (`worn-place.ts`), or the products on the shelves (`world/models.ts`).
 */
import { Color, MeshPhysicalMaterial, type Group, type Object3D, type WebGLRenderer } from "three";
import { product as productOf, type Product } from "../api";
import type { Anchor } from "../tryon/wear";
import { steep } from "../viewer/glass";
import { dispose as disposeModel, load } from "../viewer/loader";
import { materialsOf, meshesOf } from "../viewer/meshes";
import { CLOTH, isRigged } from "./worn-cloth";
import { Variants } from "../viewer/variants";
import { means } from "../world/means";
import { merged } from "../world/merge";
import { letGo } from "../world/models";

/** How much the clearest glass still covers. */
const CLEAREST = 0.14;
/** A model with more triangles than this in its smallest level is not worn in the store. */
const MOST_TRIANGLES = 20_000;

export interface WornModel {
  readonly group: Group;
  readonly category: string;
  readonly anchors: readonly Anchor[];
  /** It has bones of its own (`worn-cloth.ts`). */
  readonly isCloth: boolean;
  users: number;
}

export class WornModels {
  readonly #renderer: WebGLRenderer;
  readonly #ended: AbortSignal;
  readonly #models = new Map<string, Promise<WornModel>>();

  constructor(renderer: WebGLRenderer, ended: AbortSignal) {
    this.#renderer = renderer;
    this.#ended = ended;
  }

  /** Whoever takes one gives it back (`release`). */
  async take(product: string, variant: string | null): Promise<WornModel> {
    const key = keyOf(product, variant);
    let loading = this.#models.get(key);
    if (!loading) {
      loading = this.#load(product, variant);
      loading.catch(() => this.#models.delete(key));
      this.#models.set(key, loading);
    }
    const model = await loading;
    model.users++;
    return model;
  }

  async release(product: string, variant: string | null): Promise<void> {
    const key = keyOf(product, variant);
    const model = await this.#models.get(key)?.catch(() => undefined);
    if (!model || --model.users > 0) return;
    this.#models.delete(key);
    disposeModel(model.group);
  }

  async #load(product: string, variant: string | null): Promise<WornModel> {
    const found = await productOf(product, this.#ended);
    const address = smallest(found);
    if (!address) throw new Error(`${product} has no model small enough to be worn in the store`);
    const gltf = await load(address, this.#renderer, this.#ended);
    await new Variants(gltf).wear(found.variants.find(({ name, sku }) => variant !== null && (sku === variant || name === variant))?.name ?? null);
    await tint(gltf.scene, this.#renderer);
    // Merging would forget the bones.
    const isCloth = CLOTH.has(found.category) && isRigged(gltf.scene);
    const group = isCloth ? gltf.scene : await merged(gltf.scene, true, this.#renderer);
    if (!isCloth) letGo(gltf.scene, group);
    for (const mesh of meshesOf(group)) mesh.frustumCulled = true;
    const { anchors = [] } = found.manifest as { anchors?: readonly Anchor[] };
    return { group, category: found.category, anchors, isCloth, users: 0 };
  }
}

const keyOf = (product: string, variant: string | null): string => `${product}\n${variant ?? ""}`;

/** A lens seen from afar: as a tint that covers the more the darker it is, not as glass that light is bent by. */
async function tint(model: Object3D, renderer: WebGLRenderer): Promise<void> {
  const lenses = new Set<MeshPhysicalMaterial>();
  for (const mesh of meshesOf(model)) {
    for (const material of materialsOf(mesh)) if (material instanceof MeshPhysicalMaterial && material.transmission > 0) lenses.add(material);
  }
  const colours = await means([...lenses].flatMap(({ map }) => (map ? [map] : [])), renderer);
  for (const glass of lenses) {
    const { color, map } = glass;
    steep(glass);
    const seen = map ? (colours.get(map) ?? WHITE) : WHITE;
    const light = 0.2126 * color.r * seen.r + 0.7152 * color.g * seen.g + 0.0722 * color.b * seen.b;
    glass.opacity = Math.max(CLEAREST, 1 - light * glass.transmission);
    glass.transmission = 0;
    glass.transparent = true;
    glass.depthWrite = false;
  }
}
const WHITE = new Color(1, 1, 1);

/** Where the smallest level lies. */
function smallest({ manifest, files }: Product): string | null {
  const delivery = manifest.deliveries["mobile"] ?? manifest.deliveries["webp"] ?? Object.values(manifest.deliveries)[0];
  if (!delivery) return null;
  const levels = delivery.levels?.length ? delivery.levels : [{ file: delivery.file, triangles: delivery.triangles }];
  const least = levels.reduce((best, one) => (one.triangles < best.triangles ? one : best));
  return least.triangles <= MOST_TRIANGLES ? (files[least.file] ?? null) : null;
}
