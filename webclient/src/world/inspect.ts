/**
 * A product in one's hands: it comes off its shelf, lit like a photograph, turns, and goes back when one is done.
 *
 * The model that stands on the shelf comes first, then the finest; a broken one leaves what was there. What it is not:
 * the panel beside it (the page), or a headset's hands (`xr/`, which take `subject`).
 *
 * Events: "opened", "closed", "failed", "detailed" (the finest level is there) and "change" (turned by the user).
 */
import { Box3, MathUtils, MeshStandardMaterial, Vector3, type Group, type Material, type Object3D, type WebGLRenderer } from "three";
import type { GLTF } from "three/examples/jsm/loaders/GLTFLoader.js";
import type { Product } from "../api";
import { dispose as disposeModel, load } from "../viewer/loader";
import { materialsOf, meshesOf } from "../viewer/meshes";
import { Variants } from "../viewer/variants";
import { Beside } from "./beside";
import { Explosion } from "./explosion";
import { Handling } from "./handling";
import { InspectEye, type Inset } from "./inspect-eye";
import { dressFlat } from "./merge";
import { PhotoSet } from "./photo-set";
import { Poster } from "./poster";
import type { Stand } from "./stand";
import { Surface } from "./surface";
import type { Part, World } from "./world";
import type { Reference } from "./yardstick";

export type { Inset } from "./inspect-eye";
export type { Reference } from "./yardstick";

const COME_S = 0.36;
const GO_S = 0.24;
const TURNS = ["desktop", "mobile", "webp"] as const;

export interface HotSpotPlace {
  readonly name: string;
  readonly label: string;
  /** The page's pixels. */
  readonly x: number;
  readonly y: number;
  /** Behind the product, or off the screen. */
  readonly isHidden: boolean;
}

export class Inspect extends EventTarget implements Part {
  /** How lengths are written beside the lines: the page sets it by its language. */
  format: (metres: number) => string = (metres) => `${(metres * 100).toFixed(metres < 0.2 ? 1 : 0)} cm`;
  readonly #world: World;
  readonly #hands: Handling;
  #set: PhotoSet | null = null;
  #product: Product | null = null;
  #from: Stand | null = null;
  #gltf: GLTF | null = null;
  #variants: Variants | null = null;
  #body: Object3D | null = null;
  #borrowed: Material[] = [];
  #poster: Poster | null = null;
  #explosion: Explosion | null = null;
  readonly #beside = new Beside();
  readonly #eye = new InspectEye();
  #surface: Surface | null = null;
  #ended = new AbortController();
  #variant: string | null = null;
  #reference: Reference = "none";
  #showsDimensions = false;
  #exploded = 0;
  /** 0 on the shelf, 1 in the hand. */
  #shown = 0;
  #isLeaving = false;
  #closed: (() => void) | null = null;
  readonly #box = new Box3();
  readonly #spot = new Vector3();

  constructor(world: World) {
    super();
    this.#world = world;
    this.#hands = new Handling(world.options.isStill, () => {
      world.redraw();
      this.dispatchEvent(new Event("change"));
    });
  }

  get product(): Product | null {
    return this.#product;
  }

  get variant(): string | null {
    return this.#variant;
  }

  /** Put on a colourway by its name in the file; null for what it came in. */
  set variant(name: string | null) {
    this.#variant = name;
    void this.#wear();
  }

  get yaw(): number {
    return this.#hands.to.yaw;
  }

  set yaw(yaw_rad: number) {
    this.#hands.set(yaw_rad, this.pitch, this.distance_m);
    this.#world.redraw();
  }

  get pitch(): number {
    return this.#hands.to.pitch;
  }

  set pitch(pitch_rad: number) {
    this.#hands.set(this.yaw, pitch_rad, this.distance_m);
    this.#world.redraw();
  }

  get distance_m(): number {
    return this.#hands.to.distance_m;
  }

  set distance_m(metres: number) {
    this.#hands.set(this.yaw, this.pitch, metres);
    this.#world.redraw();
  }

  get showsDimensions(): boolean {
    return this.#showsDimensions;
  }

  set showsDimensions(isShown: boolean) {
    this.#showsDimensions = isShown;
    this.#measure();
  }

  get reference(): Reference {
    return this.#reference;
  }

  set reference(kind: Reference) {
    if (kind === this.#reference) return;
    this.#reference = kind;
    this.#compare();
    this.#frame();
    this.#hands.reset();
  }

  get exploded(): number {
    return this.#exploded;
  }

  /** 0 whole, 1 apart. */
  set exploded(share: number) {
    this.#exploded = MathUtils.clamp(share, 0, 1);
    this.#explosion?.apart(this.#exploded);
    if (this.#explosion && this.#set) this.#set.isGrounded = this.#exploded < 0.02;
    this.#world.redraw();
  }

  /** Whether it has parts to take apart. */
  get canExplode(): boolean {
    return (this.#explosion?.parts ?? 0) > 1;
  }

  /** What panels cover: the product stands in the middle of the rest. */
  set inset(inset: Inset) {
    this.#eye.inset = inset;
    this.#frame();
    if (this.#product) this.#hands.set(this.yaw, this.pitch, this.#hands.home.distance_m);
    this.#world.redraw();
  }

  /** The product at its true size, its foot at the origin: what a headset's hand takes. */
  get subject(): Group | null {
    return this.#set?.subject ?? null;
  }

  /** @returns once it is in the hand; finer detail follows */
  async open(product: Product, options: { variant?: string | null; from?: Stand } = {}): Promise<void> {
    if (this.#product) this.#end();
    const { renderer, scene, camera, walk } = this.#world;
    this.#ended = new AbortController();
    this.#product = product;
    this.#from = options.from ?? null;
    this.#variant = options.variant ?? null;
    const set = (this.#set ??= new PhotoSet());
    set.lightUp();
    const [w, h, d] = product.dimensions_m;
    this.#box.min.set(-w / 2, 0, -d / 2);
    this.#box.max.set(w / 2, h, d / 2);
    this.#borrow();
    this.#frame();
    Object.assign(this.#hands.to, this.#hands.home);
    this.#hands.arrive();
    this.#eye.leave(this.#from?.group ?? null, camera, this.#body?.position ?? null);
    if (this.#from) this.#from.group.visible = false;
    if (!renderer.xr.isPresenting) {
      set.shoot(renderer, scene, camera);
      walk.isHeld = true;
      this.#world.view = this;
      this.#hands.listen(renderer.domElement, () => void this.close());
    }
    this.#isLeaving = false;
    this.#shown = this.#world.options.isStill ? 1 : 0.001;
    this.#world.redraw();
    this.dispatchEvent(new Event("opened"));
    await this.#refine(product);
  }

  /** Put it back; resolves when it stands on its shelf again. */
  close(): Promise<void> {
    if (!this.#product) return Promise.resolve();
    if (this.#world.options.isStill || this.#world.view !== this) {
      this.#end();
      return Promise.resolve();
    }
    this.#isLeaving = true;
    this.#world.redraw();
    return new Promise((done) => (this.#closed = done));
  }

  reset(): void {
    this.#hands.reset();
  }

  /** Where the product's stories lie on the page. */
  hotSpots(): HotSpotPlace[] {
    const spots = this.#product?.manifest.hot_spots ?? [];
    const set = this.#set;
    if (!set || !spots.length || this.#shown < 1) return [];
    const { left, top, width, height } = this.#world.renderer.domElement.getBoundingClientRect();
    return spots.map(({ name, label, position_m: [x, y, z] }) => {
      this.#spot.set(x, y, z).add(this.#body?.position ?? this.#spot.set(0, 0, 0));
      const isBehind = this.#surface?.isHidden(set.camera.position, this.#spot, this.#body) ?? false;
      this.#spot.project(set.camera);
      const isOff = Math.abs(this.#spot.x) > 1 || Math.abs(this.#spot.y) > 1 || this.#spot.z > 1;
      return { name, label, x: left + ((this.#spot.x + 1) / 2) * width, y: top + ((1 - this.#spot.y) / 2) * height, isHidden: isBehind || isOff || this.#exploded > 0.02 };
    });
  }

  update(dt: number): void {
    if (!this.#product || this.#world.view !== this) return;
    if (this.#isLeaving) {
      this.#shown = Math.max(0, this.#shown - dt / GO_S);
      this.#world.redraw();
      if (this.#shown === 0) this.#end();
    } else if (this.#shown < 1) {
      this.#shown = Math.min(1, this.#shown + dt / COME_S);
      this.#world.redraw();
    }
    if (this.#hands.update(dt)) this.#world.redraw();
  }

  draw(renderer: WebGLRenderer): void {
    const set = this.#set;
    if (!set) return;
    const { camera, scene } = this.#world;
    const t = 1 - (1 - this.#shown) ** 3;
    const { clientWidth: width, clientHeight: height } = renderer.domElement;
    this.#eye.place(set.camera, this.#hands.now, camera.fov, t, width || 1, height || 1);
    if (this.#poster) this.#poster.mesh.quaternion.copy(set.camera.quaternion);
    set.draw(renderer, scene, camera, t, this.#eye.middle);
  }

  restored(): void {
    if (!this.#product || !this.#set) return;
    this.#set.lightUp();
    this.#set.shoot(this.#world.renderer, this.#world.scene, this.#world.camera);
    this.#ground();
  }

  /** What stands on the shelf, or its picture: at once. */
  #borrow(): void {
    const set = this.#set!;
    const model = this.#from?.model;
    if (model) {
      const copy = model.clone(true);
      for (const mesh of meshesOf(copy)) {
        const own = materialsOf(mesh).map((material) => {
          const one = material.clone();
          if (one.userData["isFlat"]) dressFlat(one as MeshStandardMaterial);
          if (one instanceof MeshStandardMaterial) {
            one.envMap = null;
            one.envMapIntensity = 1;
            one.envMapRotation.set(0, 0, 0);
          }
          this.#borrowed.push(one);
          return one;
        });
        mesh.material = own.length === 1 ? own[0]! : own;
      }
      this.#wearBody(copy);
      return;
    }
    if (this.#product?.poster) {
      this.#poster = new Poster(this.#product.poster, this.#product, undefined, () => this.#world.redraw(), 640);
      set.subject.add(this.#poster.mesh);
    }
  }

  /** The finest level this device is sent. */
  async #refine(product: Product): Promise<void> {
    const { signal } = this.#ended;
    const { deliveries } = product.manifest;
    const order = this.#world.options.tier === "mobile" ? ["mobile", "webp", "desktop"] : TURNS;
    const delivery = deliveries[order.find((name) => name in deliveries) ?? Object.keys(deliveries)[0] ?? ""];
    const levels = delivery?.levels ?? (delivery ? [delivery] : []);
    // Coarse first only if there is nothing to look at yet.
    const chosen = this.#body || levels.length < 2 ? levels.slice(0, 1) : [levels[levels.length - 1]!, levels[0]!];
    try {
      if (!chosen.length) throw new Error(`${product.id} has no model`);
      for (const { file } of chosen) {
        const address = product.files[file];
        if (!address) throw new Error(`${product.id}: ${file} is missing`);
        const gltf = await load(address, this.#world.renderer, signal);
        const variants = new Variants(gltf);
        await variants.wear(this.#variant);
        if (signal.aborted) return disposeModel(gltf.scene);
        const old = this.#gltf;
        this.#gltf = gltf;
        this.#variants = variants;
        this.#wearBody(gltf.scene);
        if (old) disposeModel(old.scene);
        this.#surface = this.#product?.manifest.hot_spots?.length ? new Surface(gltf.scene) : null;
      }
      this.dispatchEvent(new Event("detailed"));
    } catch (error) {
      if (signal.aborted) return;
      console.warn(error);
      this.dispatchEvent(new Event("failed"));
    }
  }

  #wearBody(model: Object3D): void {
    const set = this.#set!;
    if (this.#body) set.subject.remove(this.#body);
    this.#poster?.dispose();
    this.#poster = null;
    model.position.set(0, 0, 0);
    model.updateMatrixWorld(true);
    const box = new Box3().setFromObject(model, true);
    model.position.y = -box.min.y;
    model.updateMatrixWorld(true);
    this.#box.copy(box).translate(model.position);
    set.subject.add(model);
    this.#body = model;
    this.#explosion = new Explosion(model);
    this.#explosion.apart(this.#exploded);
    this.#frame();
    this.#ground();
    this.#measure();
    this.#world.redraw();
  }

  #ground(): void {
    const { renderer } = this.#world;
    if (!this.#body || renderer.xr.isPresenting) return;
    this.#set!.ground(renderer, this.#body, this.#box);
  }

  async #wear(): Promise<void> {
    await this.#variants?.wear(this.#variant);
    this.#world.redraw();
  }

  /** From where the product, and what stands beside it, fills the free part of the screen. */
  #frame(): void {
    if (!this.#product) return;
    const { clientWidth: width, clientHeight: height } = this.#world.renderer.domElement;
    const { radius, ...held } = this.#eye.frame(this.#beside.widen(this.#box.clone()), width, height);
    Object.assign(this.#hands.home, held);
    this.#hands.least_m = radius * 1.05;
    this.#hands.most_m = held.distance_m * 2.2;
  }

  #measure(): void {
    if (this.#product && this.#set) this.#beside.measure(this.#set.scene, this.#box, this.#showsDimensions ? this.format : null);
    this.#world.redraw();
  }

  #compare(): void {
    if (this.#product && this.#set) this.#beside.compare(this.#set.scene, this.#box, this.#reference);
    this.#world.redraw();
  }

  #end(): void {
    const isShown = this.#world.view === this;
    this.#ended.abort();
    this.#hands.rest();
    if (this.#from) this.#from.group.visible = true;
    if (this.#body) this.#body.removeFromParent();
    if (this.#gltf) disposeModel(this.#gltf.scene);
    for (const material of this.#borrowed) material.dispose();
    this.#poster?.dispose();
    this.#beside.clear();
    this.#borrowed = [];
    this.#product = this.#from = this.#gltf = this.#variants = this.#body = this.#poster = this.#surface = this.#explosion = null;
    this.#reference = "none";
    this.#exploded = 0;
    this.#shown = 0;
    if (this.#set) this.#set.isGrounded = true;
    if (isShown) {
      this.#world.view = null;
      this.#world.walk.isHeld = false;
    }
    this.#world.redraw();
    this.#closed?.();
    this.#closed = null;
    this.dispatchEvent(new Event("closed"));
  }

  dispose(): void {
    if (this.#product) this.#end();
    this.#set?.dispose();
    this.#set = null;
  }
}
