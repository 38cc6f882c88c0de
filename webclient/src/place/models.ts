/**
 * Products' models for a room: each loaded once, dressed as asked, with its shadow; pieces get copies that share all
 * that is large.
 */
import { Box3, type Object3D, type WebGLRenderer } from "three";
import { product as productOf, type Product } from "../api";
import { dispose as disposeModel, load } from "../viewer/loader";
import { ContactShadow } from "../viewer/shadow";
import { Variants } from "../viewer/variants";
import type { GLTF } from "three/examples/jsm/loaders/GLTFLoader.js";

export interface Dressed {
  readonly model: Object3D;
  readonly shadow: Object3D;
}

interface Loaded {
  readonly gltf: GLTF;
  readonly variants: Variants;
  readonly shadow: ContactShadow;
}

export class RoomModels {
  readonly #renderer: WebGLRenderer;
  readonly #ended: AbortSignal;
  readonly #loaded = new Map<string, Promise<Loaded>>();
  readonly #products = new Map<string, Promise<Product>>();
  /** One at a time is dressed: a copy must leave in the clothes it came for. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(renderer: WebGLRenderer, ended: AbortSignal) {
    this.#renderer = renderer;
    this.#ended = ended;
  }

  product(id: string): Promise<Product> {
    let asked = this.#products.get(id);
    if (!asked) {
      this.#products.set(id, (asked = productOf(id, this.#ended)));
      asked.catch(() => this.#products.delete(id));
    }
    return asked;
  }

  async dressed(id: string, variant: string | null): Promise<Dressed> {
    let asked = this.#loaded.get(id);
    if (!asked) {
      this.#loaded.set(id, (asked = this.#load(id)));
      asked.catch(() => this.#loaded.delete(id));
    }
    const { gltf, variants, shadow } = await asked;
    const mine = this.#turn.then(async () => {
      await variants.wear(variant);
      return { model: gltf.scene.clone(true), shadow: shadow.group.clone(true) };
    });
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #load(id: string): Promise<Loaded> {
    const { manifest, files } = await this.product(id);
    const delivery = manifest.deliveries["mobile"] ?? manifest.deliveries["desktop"] ?? Object.values(manifest.deliveries)[0];
    const address = delivery && files[delivery.file];
    if (!address) throw new Error(`${id} has no model`);
    const gltf = await load(address, this.#renderer, this.#ended);
    const shadow = new ContactShadow();
    // In a session three draws everything with the headset's eyes, the shadow's view from below too.
    const { xr } = this.#renderer;
    const was = xr.enabled;
    xr.enabled = false;
    shadow.cast(this.#renderer, gltf.scene, new Box3().setFromObject(gltf.scene));
    xr.enabled = was;
    gltf.scene.removeFromParent();
    return { gltf, variants: new Variants(gltf), shadow };
  }

  async dispose(): Promise<void> {
    for (const one of this.#loaded.values()) {
      const loaded = await one.catch(() => null);
      if (!loaded) continue;
      loaded.shadow.dispose();
      disposeModel(loaded.gltf.scene);
    }
    this.#loaded.clear();
  }
}
