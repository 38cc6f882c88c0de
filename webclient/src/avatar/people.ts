/**
 * Everybody in the store, drawn: takes the crowd as the net has it, gives each a body, a movement, light, a shadow, a name
 * and what they say. Some twenty draws, however many they are.
 *
 * What it is not: chat, voice or who may be seen; nor oneself (`myself.ts`).
 */
import { Box3, type BufferGeometry, Frustum, Group, Matrix4, Sphere, Vector3, type MeshStandardMaterial, type Raycaster } from "three";
import type { Crowd, Person } from "../net/person";
import { SELF_LAYER } from "../world/layers";
import type { Part, World } from "../world/world";
import { Actor, type Scene } from "./actor";
import { ClipBones, LiveBones } from "./bones";
import { readingMs, tame } from "./bubble";
import { Reactions } from "./reactions";
import { Cast } from "./cast";
import { keyAt } from "./keylight";
import { BUBBLES, Labels } from "./labels";
import { bodyLevel, BUDGETS, detailOf, nearCount, sortNear, type CrowdBudget } from "./lod";
import { crowdMaterial, type CrowdTextures } from "./material";
import type { Look } from "./look";
import { going } from "./motions";
import type { Own } from "./own";
import { chairGeometry } from "./chair";
import { shadowsOf } from "./shadows";
import { Pose, type Rest } from "./skeleton";
import { PeopleTable } from "./table";
import { Wardrobe, wornKey } from "./wardrobe";
import type { Items, WornThings } from "./worn";

export interface PeopleOptions {
  /** Where figures.json lies, with a slash at its end. */
  readonly figures: string;
  readonly isStill: boolean;
  readonly tier: "mobile" | "desktop";
}

const MOST = 512;
const TAG_NEAR_M = 3;
const TAG_FAR_M = 10;
const BUBBLE_M = 14;
/** How often light is looked for, and after which way. */
const LIGHT_S = 1.5;
const LIGHT_M = 0.35;
const SORT_S = 0.2;
const SPARE_LOOKS = 24;
const SHADOW_M = 30;
const MOST_LEVELS = 4;
/** Who is nearer than this is drawn though out of sight: mirrors see them. */
const ROUND_M = 6;

/** How much of oneself is drawn: for mirrors only, all of it, or without the head (in a headset). */
export type SelfView = "mirror" | "whole" | "headless";

interface Speech {
  text: string;
  key: string;
  from_ms: number;
  until_ms: number;
}

/** A body of its own, on somebody near. */
interface Dressed {
  readonly key: string;
  readonly geometry: BufferGeometry;
  readonly isSelf: boolean;
  readonly cast: Cast;
}

export class People implements Part {
  nameTags = true;
  readonly group = new Group();
  readonly #world: World;
  readonly #crowd: () => Crowd;
  readonly #options: PeopleOptions;
  readonly #budget: CrowdBudget;
  readonly #ended = new AbortController();
  readonly #table = new PeopleTable(MOST);
  readonly #textures: CrowdTextures = { people: { value: null }, clips: { value: null }, poses: { value: null } };
  readonly #material: MeshStandardMaterial;
  readonly #shadows;
  readonly #labels: Labels;
  readonly #actors: Actor[] = [];
  readonly #bySlot = new Map<number, Actor>();
  readonly #order = new Uint16Array(MOST);
  readonly #distance = new Float32Array(MOST);
  readonly #dressed: Dressed[] = [];
  readonly #figures: (Cast | null)[] = [];
  readonly #live: LiveBones;
  readonly #liveFree: number[] = [];
  readonly #speech = new Map<number, Speech>();
  readonly #reactions: Reactions;
  readonly #pose = new Pose();
  readonly #other = new Pose();
  readonly #frustum = new Frustum();
  readonly #matrix = new Matrix4();
  readonly #sphere = new Sphere(new Vector3(), 1.3);
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
  #inView = 0;
  /** Wheelchairs; made when the first is seen. */
  #chairs: Cast | null = null;
  #self: Actor | null = null;
  #selfView: SelfView = "mirror";

  constructor(world: World, crowd: () => Crowd, options: PeopleOptions) {
    this.#world = world;
    this.#crowd = crowd;
    this.#options = options;
    this.#budget = BUDGETS[options.tier];
    this.#reactions = new Reactions(options.isStill);
    this.#textures.people.value = this.#table.texture;
    this.#live = new LiveBones(this.#budget.few);
    for (let i = this.#budget.few - 1; i >= 0; i--) this.#liveFree.push(i);
    this.#textures.poses.value = this.#live.texture;
    this.#material = crowdMaterial(this.#textures);
    this.#shadows = shadowsOf(this.#textures.people, MOST);
    this.#labels = new Labels(world.renderer);
    this.group.name = "people";
    this.group.add(this.#shadows.cast.mesh, this.#labels.mesh);
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

  /** Somebody says something: a bubble over their head. */
  say(member: number, text: string, ms = readingMs(text)): void {
    const said = tame(text);
    if (!said) return;
    const now = performance.now();
    this.#speech.set(member, { text: said, key: `${member}:${said}`, from_ms: now, until_ms: now + ms });
    this.#world.redraw();
  }

  /**
   * Somebody reacts: a drawing over their head.
   *
   * @returns whether it is seen: they are before one's eyes and near enough
   */
  react(member: number, path: string): boolean {
    const actor = this.#actors.find((one) => one.person.card?.member === member);
    if (!actor || actor === this.#self || !actor.isSeen || actor.distance_m > BUBBLE_M || !path) return false;
    this.#reactions.add(member, path, performance.now());
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
      this.#order[this.#actors.length] = this.#actors.length;
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

  /** Somebody's bounds, to put a mark round them; null when nobody has the slot. */
  box(slot: number, out = new Box3()): Box3 | null {
    const actor = this.#bySlot.get(slot);
    if (!actor) return null;
    const { x, y, z } = actor.person;
    out.min.set(x - 0.3, y, z - 0.3);
    out.max.set(x + 0.3, y + actor.top_m, z + 0.3);
    return out;
  }

  /** How many are drawn in which way, for the benchmark. */
  get counts(): { readonly people: number; readonly near: number; readonly draws: number } {
    const near = this.#dressed.reduce((sum, one) => sum + one.cast.count, 0);
    const shown = [...this.#dressed.map((one) => one.cast), ...this.#figures, this.#chairs].filter((cast) => cast && cast.count > 0).length;
    return { people: this.#actors.length, near, draws: shown + (this.#shadows.cast.count ? 1 : 0) + (this.#labels.mesh.visible ? 1 : 0) };
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
      if (this.#shadows.cast.mesh.visible || this.#labels.mesh.visible) this.#put();
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
    this.#say();
    this.#sinceSweep += dt;
    if (this.#sinceSweep > 10) this.#sweep();
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
    this.#order[this.#actors.length] = this.#actors.length;
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
        this.#undress(actor);
        this.#own?.letGo(actor.row);
        this.#things?.letGo(actor.row);
        this.#table.giveBack(actor.row);
      } else this.#actors[kept++] = actor;
    }
    this.#actors.length = kept;
    for (let i = 0; i < kept; i++) this.#order[i] = i;
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
    const { camera, eye } = this.#world;
    this.#frustum.setFromProjectionMatrix(this.#matrix.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse));
    const isPresenting = this.#world.renderer.xr.isPresenting;
    this.#inView = 0;
    for (let i = 0; i < this.#actors.length; i++) {
      const actor = this.#actors[i]!;
      const { x, y, z } = actor.person;
      actor.distance_m = actor === this.#self ? 0 : Math.hypot(x - eye.x, y + 1 - eye.y, z - eye.z);
      this.#sphere.center.set(x, y + 0.9, z);
      const isSeen = isPresenting || actor.distance_m < ROUND_M || this.#frustum.intersectsSphere(this.#sphere);
      actor.isSeen = isSeen;
      if (isSeen) this.#inView++;
      // Out of sight is as good as far.
      this.#distance[i] = actor.distance_m + (isSeen ? 0 : 1000);
    }
    sortNear(this.#order, this.#actors.length, this.#distance);
    const most = nearCount(this.#budget, this.#inView);
    for (let rank = 0; rank < this.#actors.length; rank++) {
      const actor = this.#actors[this.#order[rank]!]!;
      const was = actor.detail;
      actor.detail = detailOf(this.#budget, this.#inView, rank, this.#distance[this.#order[rank]!]!, was, actor.person.isFar);
      if (actor.detail !== "near" || rank >= most) this.#undress(actor);
    }
    for (let rank = 0; rank < this.#actors.length && rank < most; rank++) {
      const actor = this.#actors[this.#order[rank]!]!;
      if (actor.detail !== "near") continue;
      if (actor.live < 0) actor.live = this.#liveFree.pop() ?? -1;
      if (actor.live >= 0) this.#dress(actor);
    }
  }

  #undress(actor: Actor): void {
    if (actor.live >= 0) this.#liveFree.push(actor.live);
    actor.live = -1;
  }

  /** Ask for somebody's clothes, in the level for how near they are; put them on once they are here. */
  #dress(actor: Actor): void {
    const wardrobe = this.#wardrobe;
    if (!wardrobe) return;
    const levels = wardrobe.bodyEntry(actor.look.body)?.levels.length ?? 1;
    actor.level = bodyLevel(levels, actor.distance_m, actor.level);
    const wanted = wardrobe.worn(actor.look, actor.level);
    if (!wanted.value || actor.worn?.geometry === wanted.value) return;
    const key = wornKey(actor.look, actor.level);
    const isSelf = actor === this.#self;
    let dressed = this.#dressed.find((one) => one.geometry === wanted.value && one.isSelf === isSelf);
    if (!dressed) {
      dressed = { key, geometry: wanted.value, isSelf, cast: new Cast(wanted.value, this.#material, this.#budget.few) };
      this.#dressed.push(dressed);
      this.group.add(dressed.cast.mesh);
    }
    actor.worn = dressed;
  }

  /** Let go of clothes that nobody wears any more. */
  #sweep(): void {
    this.#sinceSweep = 0;
    let kept = 0;
    for (const dressed of this.#dressed) {
      const isWorn = this.#actors.some((actor) => actor.worn === dressed && actor.live >= 0);
      if (isWorn) this.#dressed[kept++] = dressed;
      else {
        dressed.cast.dispose();
        for (const actor of this.#actors) if (actor.worn === dressed) actor.worn = null;
      }
    }
    this.#dressed.length = kept;
    this.#wardrobe?.letGo(SPARE_LOOKS);
  }

  /** Rows, poses and lists of this frame. */
  #put(): void {
    for (let i = 0; i < this.#dressed.length; i++) this.#dressed[i]!.cast.begin();
    for (let i = 0; i < this.#figures.length; i++) this.#figures[i]?.begin();
    const shadows = this.#shadows.cast;
    shadows.begin();
    this.#chairs?.begin();
    this.#things?.begin(this.#dt);
    let hasPosed = false;
    for (let i = 0; i < this.#actors.length; i++) {
      const actor = this.#actors[i]!;
      const body = this.#wardrobe?.body(actor.look.body).value;
      if (!body || actor.presence <= 0) continue;
      this.#light(actor);
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
    for (let i = 0; i < this.#dressed.length; i++) this.#dressed[i]!.cast.end();
    for (let i = 0; i < this.#figures.length; i++) this.#figures[i]?.end();
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

  /** One of the crowd's figures, in two frames of its clips. */
  #amongAll(actor: Actor): void {
    const wardrobe = this.#wardrobe;
    const clips = this.#clips;
    const entry = wardrobe?.index.figures[actor.figure];
    if (!wardrobe || !clips || !entry) return;
    const level = Math.max(0, entry.levels.length - (actor.detail === "far" ? 1 : 2));
    const at = actor.figure * MOST_LEVELS + level;
    let cast = this.#figures[at];
    if (!cast) {
      const geometry = wardrobe.figure(entry, level).value;
      if (!geometry) return;
      cast = new Cast(geometry, this.#material, MOST);
      while (this.#figures.length <= at) this.#figures.push(null);
      this.#figures[at] = cast;
      this.group.add(cast.mesh);
    }
    if (!clips.has(entry.body)) {
      const body = wardrobe.body(entry.body).value;
      if (!body) return;
      clips.bake(entry.body, body.rest);
    }
    const all = wardrobe.clips;
    const { gait, look } = actor;
    const act = clips.row(entry.body, actor.act, Actor.part(all.get(actor.act), actor.actTime_s));
    if (gait.weight > 0.01) this.#record(actor, act, clips.row(entry.body, going(look), gait.phase), gait.weight);
    else if (actor.blend < 1) this.#record(actor, clips.row(entry.body, actor.was, Actor.part(all.get(actor.was), actor.wasTime_s)), act, actor.blend);
    else this.#record(actor, act, act, 0);
    cast.add(actor.row);
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

  /** Light changes with the place: looked for now and then, and eased. */
  #light(actor: Actor): void {
    const { person, key } = actor;
    const now = this.#scene.now_s;
    const isFirst = actor.litAt < 0;
    if (isFirst || now - actor.litAt > LIGHT_S || Math.abs(person.x - actor.litX) + Math.abs(person.z - actor.litZ) > LIGHT_M) {
      const { light, insides } = this.#world.assembly;
      keyAt(actor.goal, light, insides, this.#world.weights, person.x, person.y, person.z);
      actor.litAt = now;
      actor.litX = person.x;
      actor.litZ = person.z;
      if (isFirst) Object.assign(key, actor.goal);
    }
    const k = Math.min(1, this.#dt * 4);
    const { goal } = actor;
    key.x += (goal.x - key.x) * k;
    key.y += (goal.y - key.y) * k;
    key.z += (goal.z - key.z) * k;
    key.r += (goal.r - key.r) * k;
    key.g += (goal.g - key.g) * k;
    key.b += (goal.b - key.b) * k;
    key.level += (goal.level - key.level) * k;
  }

  /** Names and bubbles, far ones first so that near ones lie over them. */
  #say(): void {
    const labels = this.#labels;
    labels.begin();
    const now = performance.now();
    let bubbles = 0;
    for (let rank = 0; rank < this.#actors.length && bubbles < BUBBLES; rank++) {
      const actor = this.#actors[this.#order[rank]!]!;
      const speech = this.#speechOf(actor, now);
      if (speech && actor.isSeen && actor.distance_m < BUBBLE_M) bubbles++;
      actor.isHeard = Boolean(speech) && actor.isSeen && actor.distance_m < BUBBLE_M;
    }
    for (let rank = this.#actors.length - 1; rank >= 0; rank--) {
      const actor = this.#actors[this.#order[rank]!]!;
      const { person, distance_m: away } = actor;
      if (actor === this.#self || !actor.isSeen || away > BUBBLE_M || actor.presence <= 0) continue;
      // Labels shrink with distance, but slower than people do.
      const scale = Math.max(0.5, Math.min(2.2, 0.3 + away * 0.2));
      const y = person.y + actor.top_m + 0.06;
      if (this.nameTags && person.card && away < TAG_FAR_M) {
        const fade = (1 - Math.max(0, (away - TAG_NEAR_M) / (TAG_FAR_M - TAG_NEAR_M))) ** 1.5 * actor.presence;
        const { name, role, muted } = person.card;
        actor.mark = (role === "host" || role === "merchant" ? 1 : 0) | (muted ? 2 : 0) | (person.isTalking ? 4 : 0);
        if (fade > 0.02) labels.tag(actor.tagKey(), name, actor, person.x, y, person.z, fade, scale);
      }
      const nameTop = this.nameTags ? 0.068 * scale : 0;
      if (person.card && !actor.isHeard) this.#reactions.draw(labels, person.card.member, person.x, y + nameTop, person.z, actor.presence, scale * 0.8, now);
      if (!actor.isHeard) continue;
      const speech = this.#speechOf(actor, now);
      if (!speech) continue;
      const fade = Math.min(1, (now - speech.from_ms) / 200, (speech.until_ms - now) / 300) * actor.presence;
      labels.bubble(speech.key, speech.text, person.x, y + nameTop, person.z, Math.max(0, fade), scale * 0.8);
    }
    labels.end(this.#world.camera, this.#dt);
  }

  #speechOf(actor: Actor, now: number): Speech | null {
    const member = actor.person.card?.member;
    const speech = member === undefined ? undefined : this.#speech.get(member);
    if (!speech) return null;
    if (now <= speech.until_ms) return speech;
    this.#speech.delete(member!);
    return null;
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
    for (const { cast } of this.#dressed) cast.dispose();
    for (const cast of this.#figures) cast?.dispose();
    this.#chairs?.dispose();
    this.#chairs?.geometry.dispose();
    this.#own?.dispose();
    this.#things?.dispose();
    this.#wardrobe?.dispose();
    this.#clips?.dispose();
    this.#live.dispose();
    this.#shadows.dispose();
    this.#labels.dispose();
    this.#table.dispose();
    this.#material.dispose();
  }
}
