/**
 * What people wear from the shop, on their figures: loaded when somebody comes near, put where it sits frame by frame,
 * let go when they are far for a while.
 *
 * What it is not: who wears what (the card, `net/`), or a figure's own clothes (`wardrobe.ts`).
 */
import { Group, Matrix4, MeshStandardMaterial, Quaternion, Vector3, type Mesh, type Object3D, type Texture } from "three";
import { materialsOf } from "../viewer/meshes";
import { environment } from "../viewer/studio";
import { SELF_LAYER } from "../world/layers";
import type { World } from "../world/world";
import type { Actor } from "./actor";
import type { Pose, Rest } from "./skeleton";
import { Cloth, LONG } from "./worn-cloth";
import { WornModels } from "./worn-models";
import { placeOn, type Place } from "./worn-place";

export type Items = readonly (readonly [product: string, variant: string | null])[];

/** Further than this nobody makes out spectacles; a little further they are let go, so that nothing flutters. */
const NEAR_M = 9;
const FAR_M = 12;
const LET_GO_S = 4;
/** So many people at once, the first to come near; each with so many things. */
const MOST_PEOPLE = 12;
const MOST_THINGS = 4;
/** As the products on the shelves, which are a little brighter than their place. */
const LIGHT = 0.78;

interface Thing {
  readonly product: string;
  readonly variant: string | null;
  object: Object3D | null;
  /** If it bends with the figure. */
  cloth: Cloth | null;
  place: Place | null;
  /** The body that `place` is for. */
  rest: Rest | null;
  category: string;
  anchors: Parameters<typeof placeOn>[2];
  isGone: boolean;
}

interface Wearer {
  items: Items;
  things: Thing[] | null;
  unseen_s: number;
}

export class WornThings {
  readonly #world: World;
  readonly #group = new Group();
  readonly #ended = new AbortController();
  readonly #models: WornModels;
  readonly #wearers = new Map<number, Wearer>();
  #light: Texture | null = null;
  #shown = 0;

  constructor(world: World, group: Group) {
    this.#world = world;
    this.#models = new WornModels(world.renderer, this.#ended.signal);
    this.#group.name = "worn";
    group.add(this.#group);
  }

  /** How many things are on somebody now, for tests and the benchmark. */
  get count(): number {
    return this.#shown;
  }

  /** Who stands in this row wears these, from now on. */
  wear(row: number, items: Items): void {
    const wearer = this.#wearers.get(row);
    if (wearer && isSame(wearer.items, items)) return;
    if (wearer) this.#strip(wearer);
    if (items.length) this.#wearers.set(row, { items, things: null, unseen_s: 0 });
    else this.#wearers.delete(row);
    this.#world.redraw();
  }

  letGo(row: number): void {
    this.wear(row, []);
  }

  /** What a garment does to a figure's own top: 0 nothing, 1 lies over it, 2 hides it. */
  covers(row: number): 0 | 1 | 2 {
    const things = this.#wearers.get(row)?.things;
    let most: 0 | 1 | 2 = 0;
    if (things) for (let i = 0; i < things.length; i++) if (things[i]!.cloth) most = LONG.has(things[i]!.category) ? 2 : most || 1;
    return most;
  }

  /** A new frame: nobody is placed in it yet. */
  begin(dt: number): void {
    this.#shown = 0;
    for (const wearer of this.#wearers.values()) {
      if (!wearer.things) continue;
      wearer.unseen_s += dt;
      if (wearer.unseen_s > LET_GO_S) this.#strip(wearer);
      else for (const thing of wearer.things) if (thing.object) thing.object.visible = false;
    }
  }

  /** After somebody's pose is settled: their things go where they sit. */
  place(actor: Actor, rest: Rest, pose: Pose, isMirrored: boolean): void {
    const wearer = this.#wearers.get(actor.row);
    if (!wearer || actor.presence <= 0.5) return;
    if (!wearer.things && (actor.distance_m > NEAR_M || !this.#load(wearer))) return;
    if (actor.distance_m < FAR_M) wearer.unseen_s = 0;
    const { person } = actor;
    at.set(person.x, person.y, person.z);
    body.compose(at, turn.setFromAxisAngle(UP, person.yaw), size.setScalar(actor.scale));
    const things = wearer.things!;
    for (let i = 0; i < things.length; i++) {
      const thing = things[i]!;
      const { object } = thing;
      if (!object) continue;
      if (thing.cloth) {
        thing.cloth.place(body, rest, pose);
        object.visible = true;
        this.#onLayer(object, isMirrored ? SELF_LAYER : 0);
        this.#shown++;
        continue;
      }
      if (thing.rest !== rest) {
        thing.rest = rest;
        thing.place = placeOn(rest, thing.category, thing.anchors);
      }
      const { place } = thing;
      if (!place) continue;
      const o = place.bone * 4, p = place.bone * 3;
      at.set(pose.position[p]!, pose.position[p + 1]!, pose.position[p + 2]!);
      if (place.hangs) turn.identity();
      else turn.set(pose.rotation[o]!, pose.rotation[o + 1]!, pose.rotation[o + 2]!, pose.rotation[o + 3]!);
      joint.compose(at, turn, ONE);
      object.matrix.multiplyMatrices(body, joint).multiply(place.from);
      object.matrixWorldNeedsUpdate = true;
      object.visible = true;
      this.#onLayer(object, isMirrored ? SELF_LAYER : 0);
      this.#shown++;
    }
  }

  restored(): void {
    this.#light?.dispose();
    this.#light = null;
    this.#group.traverse((object) => this.#dress(object));
  }

  dispose(): void {
    this.#ended.abort();
    for (const wearer of this.#wearers.values()) this.#strip(wearer);
    this.#wearers.clear();
    this.#group.removeFromParent();
    this.#light?.dispose();
  }

  #onLayer(object: Object3D, layer: number): void {
    if (object.layers.mask === 1 << layer) return;
    object.traverse((one) => one.layers.set(layer));
  }

  /** Ask for their things; false if enough people are dressed already. */
  #load(wearer: Wearer): boolean {
    let dressed = 0;
    for (const one of this.#wearers.values()) if (one.things) dressed++;
    if (dressed >= MOST_PEOPLE) return false;
    wearer.unseen_s = 0;
    wearer.things = wearer.items.slice(0, MOST_THINGS).map(([product, variant]) => {
      const thing: Thing = { product, variant, object: null, cloth: null, place: null, rest: null, category: "", anchors: [], isGone: false };
      this.#models.take(product, variant).then((model) => {
        if (thing.isGone || this.#ended.signal.aborted) return void this.#models.release(product, variant);
        thing.category = model.category;
        thing.anchors = model.anchors;
        thing.cloth = model.isCloth ? new Cloth(model.group) : null;
        thing.object = thing.cloth?.root ?? model.group.clone(true);
        thing.object.matrixAutoUpdate = false;
        thing.object.traverse((object) => this.#dress(object));
        this.#group.add(thing.object);
        this.#world.redraw();
      }, (error: unknown) => {
        if (!this.#ended.signal.aborted) console.warn(error); // they are without it, as far as one sees
      });
      return thing;
    });
    return true;
  }

  #dress(object: Object3D): void {
    if (!(object as Mesh).isMesh) return;
    this.#light ??= environment();
    for (const material of materialsOf(object as Mesh)) {
      if (!(material instanceof MeshStandardMaterial)) continue;
      material.envMap = this.#light;
      material.envMapIntensity = LIGHT;
    }
  }

  #strip(wearer: Wearer): void {
    for (const thing of wearer.things ?? []) {
      thing.isGone = true;
      if (!thing.object) continue;
      thing.object.removeFromParent();
      thing.cloth?.dispose();
      void this.#models.release(thing.product, thing.variant);
    }
    wearer.things = null;
  }
}

const isSame = (a: Items, b: Items): boolean => a.length === b.length && a.every(([product, variant], i) => b[i]?.[0] === product && b[i][1] === variant);
const UP = new Vector3(0, 1, 0);
const ONE = new Vector3(1, 1, 1);
const at = new Vector3();
const size = new Vector3();
const turn = new Quaternion();
const body = new Matrix4();
const joint = new Matrix4();
