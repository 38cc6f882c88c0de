/**
 * What one body wears: garments that bend with it, and rigid things on its limbs, behind and before its own limbs.
 *
 * All of a body hangs in one group that may be scaled about the camera: that moves it nearer or further without changing
 * the picture, so that it and a head measured by its own irises lie at one distance. What it is not: materials and light
 * (`mirror.ts`).
 */
import { Group, type Object3D, type Texture } from "three";
import { clone } from "three/examples/jsm/utils/SkeletonUtils.js";
import { disposeMaterials } from "../viewer/meshes";
import { JOINTS, type Body } from "./body";
import { BodyOccluder } from "./body-occluder";
import type { Lens } from "./camera";
import { AS_MODELLED, Garment, type SizeRatios } from "./garment";
import { Bag, Shoes, type Borne } from "./limbs";
import type { Anchor, Worn } from "./wear";

export interface BodyItem {
  readonly id: string;
  readonly worn: Worn;
  readonly anchors: readonly Anchor[];
  readonly model: Object3D;
  /** Garments only: the size shown against the size modelled. */
  readonly size?: SizeRatios | undefined;
}

/** Something that can be drawn on a body; null if nothing in the file says how it is worn. Its materials are the file's own. */
export function borne({ worn, anchors, model, size }: BodyItem): Borne | null {
  const own = clone(model);
  if (worn === "bag") return Bag.of(own, anchors);
  if (worn === "shoes") return Shoes.of(own, anchors);
  try {
    const garment = new Garment(own);
    garment.size = size ?? AS_MODELLED;
    return garment;
  } catch (error) {
    if ((error as Error).name === "NoRig") return null;
    throw error;
  }
}

export class BodyWear {
  readonly group = new Group();
  readonly #occluder: BodyOccluder;
  readonly #covers = new Float32Array(JOINTS.length);
  readonly #items = new Map<string, { readonly item: BodyItem; readonly borne: Borne | null }>();

  /** @param frame the picture that is drawn over */
  constructor(frame: Texture | null = null) {
    this.#occluder = new BodyOccluder(frame);
    this.group.add(this.#occluder.group);
  }

  /** @param made called for what is put on for the first time: for its materials */
  follow(body: Body, items: Iterable<BodyItem>, time_ms: number, lens: Lens, made: (model: Object3D) => void): void {
    this.group.visible = body.isFound;
    if (!body.isFound) return;
    this.#covers.fill(0);
    for (const item of items) {
      let one = this.#items.get(item.id);
      if (!one) {
        one = { item, borne: borne(item) };
        this.#items.set(item.id, one);
        if (one.borne) {
          made(one.borne.model);
          this.group.add(one.borne.model);
        }
      }
      one.borne?.wear(body, time_ms);
      if (one.borne instanceof Garment) {
        for (let i = 0; i < this.#covers.length; i++) this.#covers[i] = Math.max(this.#covers[i]!, one.borne.covers[i]!);
      }
    }
    this.#occluder.follow(body, this.#covers, lens);
  }

  model(id: string): Object3D | null {
    return this.#items.get(id)?.borne?.model ?? null;
  }

  remove(id: string): void {
    const one = this.#items.get(id)?.borne;
    this.#items.delete(id);
    if (!one) return;
    this.group.remove(one.model);
    disposeMaterials(one.model);
    one.dispose();
  }

  dispose(): void {
    for (const id of [...this.#items.keys()]) this.remove(id);
    this.#occluder.dispose();
  }
}
