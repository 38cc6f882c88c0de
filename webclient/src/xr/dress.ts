/**
 * Another colourway on the product in one's hand: its own model with all of its materials, shown in place of the
 * shelf's until it goes home.
 *
 * The shelf's model stays as it is. What it is not: what a colourway costs, or whether there is any left.
 */
import { MeshStandardMaterial, type Mesh, type Object3D, type WebGLRenderer } from "three";
import type { GLTF } from "three/examples/jsm/loaders/GLTFLoader.js";
import { product } from "../api";
import { dispose, load } from "../viewer/loader";
import { Variants } from "../viewer/variants";
import type { Stand } from "../world/stand";

/** A headset's share of a product: the phone's files first. */
const DELIVERIES = ["mobile", "desktop", "webp"] as const;

export class Dress {
  readonly #renderer: WebGLRenderer;
  #stand: Stand | null = null;
  #model: GLTF | null = null;
  #variants: Variants | null = null;
  #asked = new AbortController();
  #wanted: string | null = null;

  constructor(renderer: WebGLRenderer) {
    this.#renderer = renderer;
  }

  /** @returns whether the product wears it now: false if it was put away meanwhile or has no such materials */
  async wear(stand: Stand, variant: string): Promise<boolean> {
    if (this.#stand !== stand) this.takeOff();
    this.#stand = stand;
    this.#wanted = variant;
    const { signal } = this.#asked;
    if (!this.#model) {
      const { manifest, files } = await product(stand.row.id, signal);
      const name = DELIVERIES.find((one) => one in manifest.deliveries) ?? Object.keys(manifest.deliveries)[0] ?? "";
      const address = files[manifest.deliveries[name]?.file ?? ""];
      if (!address) return false;
      const model = await load(address, this.#renderer, signal);
      if (signal.aborted) {
        dispose(model.scene);
        return false;
      }
      this.#model = model;
      this.#variants = new Variants(model);
    }
    await this.#variants?.wear(this.#wanted);
    if (signal.aborted || !this.#model) return false;
    this.#light(stand);
    stand.group.add(this.#model.scene);
    this.update();
    return this.#variants?.names.includes(variant) ?? false;
  }

  /** In the shelf's own light. */
  #light(stand: Stand): void {
    const lit = standard(stand.model)[0];
    for (const material of standard(this.#model?.scene ?? null)) {
      if (!lit) continue;
      material.envMap = lit.envMap;
      material.envMapRotation.copy(lit.envMapRotation);
      material.envMapIntensity = lit.envMapIntensity;
    }
  }

  /** Once a frame: the shelf may have brought a finer model of its own meanwhile. */
  update(): void {
    const { children } = this.#stand?.group ?? EMPTY;
    if (!this.#model || this.#model.scene.parent !== this.#stand?.group) return;
    for (let i = 0; i < children.length; i++) children[i]!.visible = children[i] === this.#model.scene;
  }

  /** As it stood on the shelf. */
  takeOff(): void {
    this.#asked.abort();
    this.#asked = new AbortController();
    if (this.#model) {
      this.#model.scene.removeFromParent();
      dispose(this.#model.scene);
    }
    for (const child of this.#stand?.group.children ?? []) child.visible = true;
    this.#model = this.#variants = this.#stand = this.#wanted = null;
  }
}

const EMPTY: { readonly children: readonly Object3D[] } = { children: [] };

function standard(model: Object3D | null): MeshStandardMaterial[] {
  const found: MeshStandardMaterial[] = [];
  model?.traverse((object) => {
    const { isMesh, material } = object as Mesh;
    if (isMesh) for (const one of Array.isArray(material) ? material : [material]) if (one instanceof MeshStandardMaterial) found.push(one);
  });
  return found;
}
