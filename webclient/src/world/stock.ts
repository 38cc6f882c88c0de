/**
 * The products on their slots: a cut-out of the poster first, the small model as soon as it is there, finer ones as one
 * comes near, and back again when the room's memory runs short.
 *
 * What it is not: what is for sale (the catalogue), or looking at one closely (`inspect.ts`).
 */
import { Group, PlaneGeometry, type Material, type MeshStandardMaterial, type Object3D, type Texture } from "three";
import { catalogue, product, type Product } from "../api";
import { Stalled } from "../viewer/download";
import { disposeMaterials, meshesOf } from "../viewer/meshes";
import { environment } from "../viewer/studio";
import { ContactShadows } from "./contact";
import { share, type Budget, type Candidate } from "./ladder";
import { dressFlat } from "./merge";
import { Models } from "./models";
import type { Weights } from "./moods";
import { Poster } from "./poster";
import { Stand, type Level } from "./stand";
import type { Part, World } from "./world";

const FADE_S = 0.2;
const LOOK_S = 0.3;
const AT_ONCE = 2;
/** A download that stalled or broke off is tried again after so long; a broken file is not. */
const AGAIN_S = 25;

const isPassing = (error: unknown): boolean => error instanceof Stalled || (error instanceof TypeError && /fetch|network|load/i.test(error.message));

export class Stock implements Part {
  readonly group = new Group();
  readonly #world: World;
  readonly #stands: Stand[] = [];
  readonly #pictured = new Set<Stand>();
  readonly #ended = new AbortController();
  readonly #models: Models;
  readonly #details = new Map<string, Promise<Product>>();
  readonly #plane = new PlaneGeometry(1, 1);
  readonly #budget: Budget;
  readonly #delivery: readonly string[];
  #light: Texture;
  #shadows: ContactShadows | null = null;
  #sinceLook = 0;
  #intensity = 1;
  #loading = 0;
  #told: (() => void) | null;

  /** @param stocked called once every product in sight shows its first model, or has failed to */
  constructor(world: World, budget: Budget, isPhone: boolean, stocked: () => void) {
    this.#world = world;
    this.#budget = budget;
    this.#delivery = isPhone ? ["mobile", "webp", "desktop"] : ["desktop", "mobile", "webp"];
    this.#told = stocked;
    this.#models = new Models(world.renderer, this.#ended.signal);
    this.#light = environment();
    world.scene.add(this.group);
    this.#fill().catch((error: unknown) => {
      if (this.#ended.signal.aborted) return;
      console.warn(error); // the list says that the shelf cannot be reached
      this.#tell();
    });
  }

  /** Products by slot, nearest to the entrance first: for pointing at and for the map. */
  get stands(): readonly Stand[] {
    return this.#stands;
  }

  /** What the products take in graphics memory, decoded. */
  get bytes(): number {
    return this.#models.bytes;
  }

  /** The first stand that shows this product. */
  stand(productId: string): Stand | undefined {
    return this.#stands.find(({ row }) => row.id === productId);
  }

  standOf(slot: string): Stand | undefined {
    return this.#stands.find((stand) => stand.slot.id === slot);
  }

  /** Whether every product shows something: its picture, or already a model. */
  get isPictured(): boolean {
    return this.#stands.length > 0 && this.#stands.every((stand) => stand.model !== null || this.#pictured.has(stand));
  }

  async #fill(): Promise<void> {
    const rows = new Map((await catalogue()).map((row) => [row.id, row]));
    if (this.#ended.signal.aborted) return;
    for (const [i, slot] of this.#world.plan.rooms.flatMap((room) => room.slots).entries()) {
      const row = slot.product ? rows.get(slot.product) : undefined;
      if (!row) continue;
      const stand = new Stand(slot, row, i + 1);
      this.#stands.push(stand);
      this.group.add(stand.group);
    }
    const { x, z } = this.#world.walk.position;
    this.#stands.sort((a, b) => Math.hypot(a.slot.position[0] - x, a.slot.position[2] - z) - Math.hypot(b.slot.position[0] - x, b.slot.position[2] - z));
    this.#shadows = new ContactShadows(Math.max(1, this.#stands.length));
    for (const [i, stand] of this.#stands.entries()) {
      const [px, py, pz] = stand.slot.position;
      this.#shadows.lay(i, px, py, pz, (stand.slot.yaw_deg * Math.PI) / 180, stand.row.dimensions_m[0], stand.row.dimensions_m[2]);
      this.#poster(stand);
    }
    this.group.add(this.#shadows.mesh);
    this.#look();
    if (!this.#stands.length) this.#tell();
  }

  update(dt: number): void {
    this.#sinceLook += dt;
    if (this.#sinceLook > LOOK_S) {
      this.#sinceLook = 0;
      this.#look();
    }
    for (const stand of this.#stands) {
      if (stand.failed && (stand.again_s -= dt) < 0) stand.failed = 0;
      const { poster } = stand;
      if (!poster) continue;
      const { x, z } = this.#world.eye;
      poster.mesh.rotation.y = Math.atan2(x - stand.slot.position[0], z - stand.slot.position[2]) - stand.group.rotation.y;
      if (!stand.model) continue;
      stand.fade = Math.max(0, stand.fade - dt / FADE_S);
      poster.fade = stand.fade;
      this.#world.redraw();
      if (stand.fade > 0) continue;
      this.#drop(stand);
    }
  }

  lit(weights: Weights): void {
    const lamp = Math.max(...weights.lamps);
    const sky = Math.max(...weights.sky);
    // A photographer's studio, held to the room's level: products stay a little brighter than their place.
    this.#intensity = Math.min(1, 0.62 + 0.16 * Math.min(sky, 2) + 0.02 * Math.min(lamp, 3));
    for (const stand of this.#stands) stand.dress(this.#light, this.#intensity);
  }

  /** The light on a stand was lifted, or let down. */
  relight(stand: Stand): void {
    stand.dress(this.#light, this.#intensity);
  }

  restored(): void {
    this.#light.dispose();
    this.#light = environment();
    for (const stand of this.#stands) stand.dress(this.#light, this.#intensity);
  }

  #poster(stand: Stand): void {
    if (!stand.row.poster) return;
    stand.poster = new Poster(stand.row.poster, stand.row, this.#plane, () => {
      this.#pictured.add(stand);
      this.#world.redraw();
    });
    stand.group.add(stand.poster.mesh);
  }

  #drop(stand: Stand): void {
    stand.poster?.dispose();
    stand.poster = null;
  }

  /** Decide who shows what, and load what is nearest first. */
  #look(): void {
    const { x, z } = this.#world.walk.position;
    const candidates = this.#stands.map((stand): Candidate => ({
      distance_m: Math.hypot(stand.slot.position[0] - x, stand.slot.position[2] - z), size_m: stand.size_m,
      bytes: stand.levels?.map((level) => level.bytes) ?? [1e6], draws: stand.levels?.map((level) => level.draws) ?? [2],
    }));
    const levels = share(candidates, this.#budget);
    const order = this.#stands.map((_, i) => i).sort((a, b) => (candidates[a]?.distance_m ?? 0) - (candidates[b]?.distance_m ?? 0));
    let isAllShown = this.#stands.length > 0;
    // A first model for everyone comes before a finer one for anyone.
    for (const isFirst of [true, false]) {
      for (const i of order) {
        const stand = this.#stands[i];
        if (!stand) continue;
        stand.wanted = Math.min(levels[i] ?? 0, stand.failed ? stand.failed - 1 : Infinity);
        if (isFirst && stand.wanted > 0 && !stand.model && !stand.failed) isAllShown = false;
        if (stand.isBusy || stand.wanted === stand.shown || (stand.shown === 0) !== isFirst || this.#loading >= AT_ONCE) continue;
        if (stand.wanted === 0) this.#putAway(stand);
        else void this.#show(stand, stand.shown === 0 ? 1 : stand.wanted);
      }
    }
    if (isAllShown) this.#tell();
  }

  #tell(): void {
    this.#told?.();
    this.#told = null;
  }

  async #show(stand: Stand, level: number): Promise<void> {
    stand.isBusy = true;
    this.#loading++;
    try {
      stand.levels ??= await this.#levelsOf(stand.row.id).catch((error: unknown) => {
        this.#details.delete(stand.row.id);
        throw error;
      });
      const chosen = stand.levels[Math.min(level, stand.levels.length) - 1];
      if (!chosen) throw new Error(`${stand.row.id} has no model`);
      const model = await this.#models.take(chosen.address, level === 1);
      if (this.#ended.signal.aborted) return void this.#models.release(chosen.address);
      const copy = model.source.clone(true);
      // Each stand turns its own light: materials are its own, textures and shapes are shared.
      for (const mesh of meshesOf(copy)) {
        const own = (mesh.material as Material).clone();
        if (own.userData["isFlat"]) dressFlat(own as MeshStandardMaterial);
        mesh.material = own;
      }
      const before = stand.show(copy, chosen.address, level);
      stand.dress(this.#light, this.#intensity);
      chosen.draws = model.draws;
      chosen.bytes = model.bytes;
      if (before) this.#remove(before);
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      stand.failed = level; // the poster, or the level before, stays
      stand.again_s = isPassing(error) ? AGAIN_S : Infinity;
      console.warn(error);
    } finally {
      stand.isBusy = false;
      this.#loading--;
      this.#sinceLook = LOOK_S;
      this.#world.redraw();
    }
  }

  #putAway(stand: Stand): void {
    if (!stand.model) return;
    if (!stand.poster) this.#poster(stand);
    const before = stand.show(null, "", 0);
    if (before) this.#remove(before);
    this.#world.redraw();
  }

  #remove({ model, address }: { model: Object3D; address: string }): void {
    disposeMaterials(model);
    void this.#models.release(address);
  }

  async #levelsOf(id: string): Promise<readonly Level[]> {
    let asked = this.#details.get(id);
    if (!asked) this.#details.set(id, (asked = product(id, this.#ended.signal)));
    const { manifest, files } = await asked;
    const name = this.#delivery.find((one) => one in manifest.deliveries) ?? Object.keys(manifest.deliveries)[0] ?? "";
    const delivery = manifest.deliveries[name];
    if (!delivery) return [];
    const all = delivery.levels?.length ? [...delivery.levels].reverse() : [{ file: delivery.file, triangles: delivery.triangles }];
    const finest = all[all.length - 1]?.triangles ?? 1;
    return all.flatMap(({ file, triangles }, i): Level[] => {
      const address = files[file];
      return address ? [{ address, bytes: Math.max(5e5, (delivery.gpu_bytes * triangles) / finest), draws: i ? 6 : 2 }] : [];
    });
  }

  dispose(): void {
    this.#ended.abort();
    for (const stand of this.#stands) {
      this.#drop(stand);
      const before = stand.show(null, "", 0);
      if (before) this.#remove(before);
    }
    this.#world.scene.remove(this.group);
    this.#shadows?.dispose();
    this.#plane.dispose();
    this.#light.dispose();
  }
}
