/**
 * Everybody in the store, drawn: takes the crowd as the net has it, gives each a body, a movement, light, a shadow, a name
 * and what they say. Some twenty draws, however many they are.
 *
 * What it is not: chat, voice or who may be seen; nor oneself (`myself.ts`).
 */
import { Group, Vector3, type MeshStandardMaterial, type Raycaster } from "three";
import type { Crowd, Person } from "../net/person";
import { PASSES, SELF_LAYER } from "../world/layers";
import type { Part, World } from "../world/world";
import { Actor, type Scene } from "./actor";
import { ClipBones, LiveBones } from "./bones";
import { readingMs } from "./bubble";
import { Cast } from "./cast";
import { chairGeometry } from "./chair";
import { Dressing } from "./dressing";
import { Figures } from "./figures";
import { follow } from "./keylight";
import { BUDGETS } from "./lod";
import { crowdMaterial, type CrowdTextures } from "./material";
import type { Look } from "./look";
import { BUBBLE_M, Overhead } from "./overhead";
import type { Own } from "./own";
import { Ranks } from "./ranks";
import { shadowsOf } from "./shadows";
import { Pose, type Rest } from "./skeleton";
import { PeopleTable } from "./table";
import { Wardrobe } from "./wardrobe";
import type { Items, WornThings } from "./worn";

export interface PeopleOptions {
  /** Where figures.json lies, with a slash at its end. */
  readonly figures: string;
  readonly isStill: boolean;
  readonly tier: "mobile" | "desktop";
}

const MOST = 512;
const SORT_S = 0.2;
const SWEEP_S = 10;
const SHADOW_M = 30;

/** How much of oneself is drawn: for mirrors only, all of it, or without the head (in a headset). */
export type SelfView = "mirror" | "whole" | "headless";

export class People implements Part {
  readonly group = new Group();
  readonly #world: World;
  readonly #crowd: () => Crowd;
  readonly #options: PeopleOptions;
  readonly #ended = new AbortController();
  readonly #table = new PeopleTable(MOST);
  readonly #textures: CrowdTextures = { people: { value: null }, clips: { value: null }, poses: { value: null } };
  readonly #material: MeshStandardMaterial;
  readonly #shadows;
  readonly #overhead: Overhead;
  readonly #ranks: Ranks;
  readonly #dressing: Dressing;
  readonly #figures: Figures;
  readonly #actors: Actor[] = [];
  readonly #bySlot = new Map<number, Actor>();
  readonly #live: LiveBones;
  readonly #pose = new Pose();
  readonly #other = new Pose();
  readonly #scene: Scene & { now_s: number };
  readonly #slots = new Map<number, readonly [number, number, number]>();
  readonly #talkers: Person[] = [];
  readonly #meet: (person: Person) => void;
  /** Bodies that people brought along; its code comes with the first of them. */
  #own: Own | null = null;
  #hasOwn = false;
  /** What people wear from the shop; its code comes with the first of it. */
  #things: WornThings | null = null;
  #hasThings = false;
  #selfItems: Items = [];
  #wardrobe: Wardrobe | null = null;
  #dt = 0;
  #clips: ClipBones | null = null;
  #sinceSort = Infinity;
  #sinceSweep = 0;
  /** Wheelchairs; made when the first is seen. */
  #chairs: Cast | null = null;
  #self: Actor | null = null;
  #selfView: SelfView = "mirror";

  constructor(world: World, crowd: () => Crowd, options: PeopleOptions) {
    this.#world = world;
    this.#crowd = crowd;
    this.#options = options;
    const budget = BUDGETS[options.tier];
    this.#textures.people.value = this.#table.texture;
    this.#live = new LiveBones(budget.few);
    this.#textures.poses.value = this.#live.texture;
    this.#material = crowdMaterial(this.#textures);
    this.#shadows = shadowsOf(this.#textures.people, MOST);
    this.#overhead = new Overhead(world.renderer, options.isStill);
    this.#ranks = new Ranks(MOST, budget);
    this.#dressing = new Dressing(this.group, this.#material, budget.few);
    this.#figures = new Figures(this.group, this.#material, MOST);
    this.group.name = "people";
    this.group.userData[PASSES] = true;
    this.group.add(this.#shadows.cast.mesh, this.#overhead.mesh);
    world.scene.add(this.group);
    let number = 0;
    for (const room of world.plan.rooms) for (const slot of room.slots) this.#slots.set(++number, slot.position);
    this.#scene = {
      clips: new Map(), isStill: options.isStill, now_s: 0, eye: world.eye,
      slot: (wanted) => this.#slots.get(wanted) ?? null,
      talker: (from) => this.#talker(from),
    };
    this.#meet = (person): void => this.#welcome(person);
    void this.#open();
  }

  async #open(): Promise<void> {
    try {
      const wardrobe = await Wardrobe.open(this.#options.figures, this.#world.renderer, this.#ended.signal, () => this.#world.redraw());
      if (this.#ended.signal.aborted) return wardrobe.dispose();
      this.#wardrobe = wardrobe;
      Object.assign(this.#scene, { clips: wardrobe.clips });
      this.#clips = new ClipBones([...wardrobe.clips.values()], wardrobe.index.bodies.length);
      this.#textures.clips.value = this.#clips.texture;
      for (const actor of this.#actors) actor.figure = wardrobe.nearest(actor.look);
      this.#sinceSort = Infinity;
    } catch (error) {
      if (!this.#ended.signal.aborted) console.warn(error); // shadows and names remain
    }
  }

  get nameTags(): boolean {
    return this.#overhead.nameTags;
  }

  set nameTags(areShown: boolean) {
    this.#overhead.nameTags = areShown;
  }

  /** Somebody says something: a bubble over their head. */
  say(member: number, text: string, ms = readingMs(text)): void {
    if (this.#overhead.say(member, text, ms)) this.#world.redraw();
  }

  /**
   * Somebody reacts: a drawing over their head.
   *
   * @returns whether it is seen: they are before one's eyes and near enough
   */
  react(member: number, path: string): boolean {
    const actor = this.#actors.find((one) => one.person.card?.member === member);
    if (!actor || actor === this.#self || !actor.isSeen || actor.distance_m > BUBBLE_M || !path) return false;
    // Who is near counts as seen, for mirrors, though they stand behind one.
    const { camera, renderer } = this.#world;
    const { x, y, z } = actor.person;
    HEAD.set(x, y + actor.top_m, z).applyMatrix4(camera.matrixWorldInverse).applyMatrix4(camera.projectionMatrix);
    if (!renderer.xr.isPresenting && (Math.abs(HEAD.x) > 1 || Math.abs(HEAD.y) > 1 || Math.abs(HEAD.z) > 1)) return false;
    this.#overhead.react(member, path);
    this.#world.redraw();
    return true;
  }

  /** Oneself among them (`myself.ts`); null for nobody. */
  include(person: Person | null, look: Look, view: SelfView): void {
    if (this.#self && this.#self.person !== person) {
      this.#self.isLeaving = true;
      this.#self = null;
    }
    this.#selfView = view;
    if (!person) return;
    if (!this.#self) {
      const row = this.#table.take();
      if (row < 0) return;
      this.#self = new Actor(person, row);
      this.#ranks.order[this.#actors.length] = this.#actors.length;
      this.#actors.push(this.#self);
      this.#bringThings(this.#self);
    }
    if (this.#self.look !== look) {
      this.#self.wearLook(look);
      this.#self.figure = this.#wardrobe?.nearest(look) ?? 0;
      this.#self.worn = null;
      this.#bring(this.#self);
    }
    this.#sinceSort = Infinity;
  }

  /** What oneself wears from the shop. */
  wear(items: Items): void {
    this.#selfItems = items;
    if (this.#self) this.#bringThings(this.#self);
  }

  /** The person a ray meets first. */
  pick(ray: Raycaster): Person | null {
    let found: Person | null = null;
    let nearest = ray.far;
    const { origin, direction } = ray.ray;
    for (const actor of this.#actors) {
      if (actor.isLeaving || actor === this.#self) continue;
      // An upright capsule: the ray's nearest point to the body's axis.
      const { x, y, z } = actor.person;
      const h = Math.min(1.9, actor.top_m);
      const flat = direction.x * direction.x + direction.z * direction.z;
      const t = flat > 1e-8 ? ((x - origin.x) * direction.x + (z - origin.z) * direction.z) / flat : 0;
      if (t <= 0 || t >= nearest) continue;
      const dx = origin.x + direction.x * t - x, dy = origin.y + direction.y * t - y, dz = origin.z + direction.z * t - z;
      if (dx * dx + dz * dz > 0.09 || dy < 0 || dy > h) continue;
      nearest = t;
      found = actor.person;
    }
    return found;
  }

  /** How many are drawn in which way, for the benchmark. */
  get counts(): { readonly people: number; readonly near: number; readonly draws: number } {
    const { people: near, draws } = this.#dressing.counts;
    const others = (this.#chairs?.count ? 1 : 0) + (this.#shadows.cast.count ? 1 : 0) + (this.#overhead.mesh.visible ? 1 : 0);
    return { people: this.#actors.length, near, draws: draws + this.#figures.draws + others };
  }

  lit(): void {
    for (const actor of this.#actors) actor.litAt = -1;
  }

  restored(): void {
    this.#things?.restored();
  }

  update(dt: number): void {
    const { people } = this.#crowd();
    this.#dt = dt;
    people.forEach(this.#meet);
    const scene = this.#scene;
    scene.now_s += dt;
    this.#gather(people);
    if (!this.#actors.length) {
      if (this.#shadows.cast.mesh.visible || this.#overhead.mesh.visible) this.#put();
      return;
    }
    this.#sinceSort += dt;
    if (this.#sinceSort > SORT_S) {
      this.#sinceSort = 0;
      this.#sort();
    }
    const wardrobe = this.#wardrobe;
    for (let i = 0; i < this.#actors.length; i++) {
      const actor = this.#actors[i]!;
      const body = wardrobe?.body(actor.look.body).value;
      if (body) actor.advance(scene, body.rest, dt);
      else actor.presence = actor.isLeaving ? 0 : actor.presence; // nothing to fade out
    }
    this.#put();
    this.#overhead.draw(this.#actors, this.#ranks.order, this.#self, this.#world.camera, dt);
    this.#sinceSweep += dt;
    if (this.#sinceSweep > SWEEP_S) {
      this.#sinceSweep = 0;
      this.#dressing.sweep(this.#actors, this.#wardrobe);
    }
    this.#world.redraw();
  }

  #welcome(person: Person): void {
    const known = this.#bySlot.get(person.slot);
    if (known && known.person === person && !known.isLeaving) return;
    if (known && known.person !== person) {
      known.isLeaving = true;
      this.#bySlot.delete(person.slot);
    } else if (known) {
      known.isLeaving = false; // back before they had faded
      return;
    }
    if (this.#actors.length >= MOST) return;
    const row = this.#table.take();
    if (row < 0) return;
    const actor = new Actor(person, row);
    this.#ranks.order[this.#actors.length] = this.#actors.length;
    this.#actors.push(actor);
    this.#bySlot.set(person.slot, actor);
    this.#sinceSort = Infinity;
  }

  /** Who has gone fades; who has faded is let go; cards that came are read. */
  #gather(people: ReadonlyMap<number, Person>): void {
    this.#talkers.length = 0;
    let gone = false;
    for (let i = 0; i < this.#actors.length; i++) {
      const actor = this.#actors[i]!;
      const { person } = actor;
      if (!actor.isLeaving && actor !== this.#self && people.get(person.slot) !== person) {
        actor.isLeaving = true;
        this.#bySlot.delete(person.slot);
      }
      if (actor.meet()) {
        actor.figure = this.#wardrobe?.nearest(actor.look) ?? 0;
        actor.worn = null;
        this.#bring(actor);
        this.#bringThings(actor);
        this.#sinceSort = Infinity;
      }
      if (person.isTalking) this.#talkers.push(person);
      if (actor.isLeaving && actor.presence <= 0) gone = true;
    }
    if (!gone) return;
    let kept = 0;
    for (const actor of this.#actors) {
      if (actor.isLeaving && actor.presence <= 0) {
        this.#dressing.undress(actor);
        this.#own?.letGo(actor.row);
        this.#things?.letGo(actor.row);
        this.#table.giveBack(actor.row);
      } else this.#actors[kept++] = actor;
    }
    this.#actors.length = kept;
    this.#ranks.reset(kept);
    this.#sinceSort = Infinity;
  }

  #talker(from: Person): Person | null {
    let best: Person | null = null;
    let nearest = 25;
    for (let i = 0; i < this.#talkers.length; i++) {
      const one = this.#talkers[i]!;
      if (one === from) continue;
      const d = (one.x - from.x) ** 2 + (one.z - from.z) ** 2;
      if (d < nearest) [best, nearest] = [one, d];
    }
    return best;
  }

  /** Who is near, and how they are drawn from now on. */
  #sort(): void {
    const most = this.#ranks.sort(this.#actors, this.#self, this.#world);
    this.#dressing.fit(this.#actors, this.#ranks.order, most, this.#wardrobe, this.#self);
  }

  /** Rows, poses and lists of this frame. */
  #put(): void {
    this.#dressing.begin();
    this.#figures.begin();
    const shadows = this.#shadows.cast;
    shadows.begin();
    this.#chairs?.begin();
    this.#things?.begin(this.#dt);
    let hasPosed = false;
    for (let i = 0; i < this.#actors.length; i++) {
      const actor = this.#actors[i]!;
      const body = this.#wardrobe?.body(actor.look.body).value;
      if (!body || actor.presence <= 0) continue;
      follow(actor, this.#world, this.#scene.now_s, this.#dt);
      if (actor.isSeen && actor.distance_m < SHADOW_M) shadows.add(actor.row);
      if (this.#own?.pose(actor, this.#scene, body.rest, this.#pose, this.#other, this.#dt, actor === this.#self && this.#selfView === "mirror" ? SELF_LAYER : 0, actor === this.#self && this.#selfView === "headless")) {
        this.#record(actor, 0, 0, 0);
        continue;
      }
      if (actor.live >= 0 && actor.worn) {
        actor.pose(this.#scene, body.rest, this.#pose, this.#other, this.#dt);
        this.#live.write(actor.live, this.#pose, body.rest);
        if (this.#things) this.#hang(actor, body.rest);
        this.#record(actor, -1 - actor.live, this.#things?.covers(actor.row) ?? 0, 0);
        actor.worn.cast.add(actor.row);
        if (actor === this.#self) actor.worn.cast.mesh.layers.set(this.#selfView === "mirror" ? SELF_LAYER : 0);
        hasPosed = true;
      } else if (actor.isSeen && actor !== this.#self) this.#amongAll(actor);
      if (actor.look.isSeated && actor.isSeen && actor !== this.#self) this.#chair(actor);
    }
    this.#dressing.end();
    this.#figures.end();
    shadows.end();
    this.#chairs?.end();
    if (hasPosed) this.#live.upload();
    this.#table.upload();
  }

  #chair(actor: Actor): void {
    if (!this.#chairs) {
      this.#chairs = new Cast(chairGeometry(), this.#material, MOST);
      this.group.add(this.#chairs.mesh);
      this.#chairs.begin();
    }
    this.#chairs.add(actor.row);
  }

  /** One of the crowd's figures. */
  #amongAll(actor: Actor): void {
    const { frames } = this.#figures;
    if (this.#wardrobe && this.#clips && this.#figures.add(actor, this.#wardrobe, this.#clips)) this.#record(actor, frames[0]!, frames[1]!, frames[2]!);
  }

  #record(actor: Actor, first: number, second: number, blend: number): void {
    const { person, look, key, row } = actor;
    const table = this.#table;
    // Among all, the whole body goes where the feet go.
    const yaw = first >= 0 && !look.isSeated ? person.yaw + actor.gait.heading * actor.gait.weight * 0.7 : person.yaw;
    table.set(row, 0, person.x, person.y, person.z, yaw);
    table.set(row, 1, first, second, blend, actor.presence);
    table.set(row, 2, look.tint[0], look.tint[1], look.tint[2], look.tint[3]);
    table.set(row, 3, key.x, key.y, key.z, actor.scale);
    table.set(row, 4, key.r, key.g, key.b, key.level);
    const isLow = look.isSeated || person.animation === 1;
    table.set(row, 5, actor === this.#self && this.#selfView === "headless" ? -1 : actor.blink, actor.mouth, isLow ? 0.36 : 0.27, isLow ? 0.42 : 0.22);
  }

  #hang(actor: Actor, rest: Rest): void {
    const isSelf = actor === this.#self;
    // In a headset one would look out from inside of one's own hat.
    if (!isSelf || this.#selfView !== "headless") this.#things?.place(actor, rest, this.#pose, isSelf && this.#selfView === "mirror");
  }

  /** What somebody wears from the shop, now. */
  #bringThings(actor: Actor): void {
    const items = actor === this.#self ? this.#selfItems : (actor.person.card?.wears ?? []);
    if (this.#things) return this.#things.wear(actor.row, items);
    if (!items.length || this.#hasThings) return;
    this.#hasThings = true;
    void import("./worn").then(({ WornThings }) => {
      if (this.#ended.signal.aborted) return;
      this.#things = new WornThings(this.#world, this.group);
      for (const one of this.#actors) this.#bringThings(one);
    });
  }

  /** A body that somebody brought along. */
  #bring(actor: Actor): void {
    const avatar = actor.look.own ?? "";
    if (this.#own) return this.#own.wear(actor.row, avatar);
    if (!avatar || this.#hasOwn) return;
    this.#hasOwn = true;
    void import("./own").then(({ Own }) => {
      if (this.#ended.signal.aborted) return;
      this.#own = new Own(this.group, () => this.#world.redraw());
      for (const one of this.#actors) this.#own.wear(one.row, one.look.own ?? "");
    });
  }

  dispose(): void {
    this.#ended.abort();
    this.group.removeFromParent();
    this.#dressing.dispose();
    this.#figures.dispose();
    this.#chairs?.dispose();
    this.#chairs?.geometry.dispose();
    this.#own?.dispose();
    this.#things?.dispose();
    this.#wardrobe?.dispose();
    this.#clips?.dispose();
    this.#live.dispose();
    this.#shadows.dispose();
    this.#overhead.dispose();
    this.#table.dispose();
    this.#material.dispose();
  }
}

/** A head, in the picture. */
const HEAD = new Vector3();
