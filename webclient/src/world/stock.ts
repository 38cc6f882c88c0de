/**
 * The products on their slots: a cut-out of the poster first, the small model as soon as it is there, finer ones as one
 * comes near, and back again when the room's memory runs short.
 *
 * What it is not: what is for sale (the catalogue), or looking at one closely (the viewer).
 */
import {
  BufferAttribute, Group, Mesh, MeshStandardMaterial, PlaneGeometry, ShaderMaterial, SRGBColorSpace, TextureLoader, type CompressedTexture, type Material, type Object3D, type Texture,
} from "three";
import { catalogue, product, type Product, type Row } from "../api";
import { dispose as disposeModel, load } from "../viewer/loader";
import { environment } from "../viewer/studio";
import { ContactShadows } from "./contact";
import { share, type Budget, type Candidate } from "./ladder";
import type { Weights } from "./moods";
import type { Slot } from "./plan";
import type { Part, World } from "./world";

const YAW_DEG = 32;
const FADE_S = 0.2;
const LOOK_S = 0.3;
const AT_ONCE = 2;
const TEXEL_BYTES = 1.34; // a byte a pixel compressed, and its smaller copies
const POSTER_FILL = 0.7;

interface Level {
  readonly address: string;
  /** Decoded; a guess from its share of triangles until it has been here. */
  bytes: number;
}

interface Model {
  readonly source: Group;
  users: number;
  readonly bytes: number;
  readonly draws: number;
}

class Stand {
  readonly slot: Slot;
  readonly row: Row;
  readonly group = new Group();
  readonly size_m: number;
  levels: readonly Level[] | null = null;
  shown = 0;
  wanted = 0;
  isBusy = false;
  failed = 0;
  poster: Mesh<PlaneGeometry, ShaderMaterial> | null = null;
  model: Object3D | null = null;
  address = "";
  fade = 0;
  /** Of its model, once it has been here; a guess before. */
  draws = 4;

  constructor(slot: Slot, row: Row) {
    this.slot = slot;
    this.row = row;
    this.size_m = Math.max(...row.dimensions_m);
    this.group.position.set(...slot.position);
    this.group.rotation.y = (slot.yaw_deg * Math.PI) / 180;
    this.group.name = row.id;
  }
}

export class Stock implements Part {
  readonly group = new Group();
  readonly #world: World;
  readonly #stands: Stand[] = [];
  readonly #models = new Map<string, Promise<Model>>();
  readonly #details = new Map<string, Promise<Product>>();
  readonly #ended = new AbortController();
  readonly #light: Texture;
  readonly #plane = new PlaneGeometry(1, 1);
  readonly #budget: Budget;
  readonly #delivery: readonly string[];
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
    this.#light = environment(world.renderer);
    world.scene.add(this.group);
    void this.#fill();
  }

  /** Products by slot, for pointing at and for the map. */
  get stands(): readonly { readonly slot: Slot; readonly row: Row; readonly group: Group }[] {
    return this.#stands;
  }

  async #fill(): Promise<void> {
    const rows = new Map((await catalogue()).map((row) => [row.id, row]));
    if (this.#ended.signal.aborted) return;
    const slots = this.#world.plan.rooms.flatMap((room) => room.slots);
    for (const slot of slots) {
      const row = slot.product ? rows.get(slot.product) : undefined;
      if (!row) continue;
      const stand = new Stand(slot, row);
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
      const { poster } = stand;
      if (!poster) continue;
      const { x, z } = this.#world.camera.position;
      poster.rotation.y = Math.atan2(x - stand.slot.position[0], z - stand.slot.position[2]) - stand.group.rotation.y;
      if (!stand.model) continue;
      stand.fade = Math.max(0, stand.fade - dt / FADE_S);
      const uniforms = poster.material.uniforms as { fade: { value: number } };
      uniforms.fade.value = stand.fade;
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
    for (const stand of this.#stands) if (stand.model) this.#dress(stand.model, stand);
  }

  #dress(model: Object3D, stand: Stand): void {
    model.traverse((object) => {
      const mesh = object as Mesh;
      if (!mesh.isMesh) return;
      for (const material of Array.isArray(mesh.material) ? mesh.material : [mesh.material]) {
        if (!(material instanceof MeshStandardMaterial)) continue;
        material.envMap = this.#light;
        material.envMapRotation.y = stand.group.rotation.y;
        material.envMapIntensity = this.#intensity;
      }
    });
  }

  #poster(stand: Stand): void {
    if (!stand.row.poster) return;
    const [w, h, d] = stand.row.dimensions_m;
    const yaw = (YAW_DEG * Math.PI) / 180;
    const wide = Math.abs(w * Math.cos(yaw)) + Math.abs(d * Math.sin(yaw));
    const tall = h * 0.96 + d * 0.22;
    const side = Math.max(wide, tall) / POSTER_FILL;
    const map = new TextureLoader().load(stand.row.poster, () => this.#world.redraw());
    map.colorSpace = SRGBColorSpace;
    const material = new ShaderMaterial({
      transparent: true, depthWrite: false, vertexShader: CUT_VERTEX, fragmentShader: CUT_FRAGMENT, uniforms: { map: { value: map }, fade: { value: 1 } },
    });
    const poster = new Mesh(this.#plane, material);
    poster.scale.set(side, side, 1);
    poster.position.y = tall / 2;
    poster.renderOrder = 2;
    stand.poster = poster;
    stand.group.add(poster);
  }

  #drop(stand: Stand): void {
    const { poster } = stand;
    if (!poster) return;
    stand.group.remove(poster);
    (poster.material.uniforms as { map: { value: Texture } }).map.value.dispose();
    poster.material.dispose();
    stand.poster = null;
  }

  /** Decide who shows what, and load what is nearest first. */
  #look(): void {
    const { x, z } = this.#world.walk.position;
    const candidates = this.#stands.map((stand): Candidate => ({
      distance_m: Math.hypot(stand.slot.position[0] - x, stand.slot.position[2] - z), size_m: stand.size_m,
      bytes: stand.levels?.map((level) => level.bytes) ?? [1e6], draws: stand.draws,
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
      stand.levels ??= await this.#levelsOf(stand.row.id);
      const chosen = stand.levels[Math.min(level, stand.levels.length) - 1];
      if (!chosen) throw new Error(`${stand.row.id} has no model`);
      const model = await this.#model(chosen.address);
      if (this.#ended.signal.aborted) return this.#release(chosen.address);
      const copy = model.source.clone(true);
      // Each stand turns its own light: materials are its own, textures and shapes are shared.
      copy.traverse((object) => {
        const mesh = object as Mesh;
        if (mesh.isMesh) mesh.material = Array.isArray(mesh.material) ? mesh.material.map((m) => m.clone()) : mesh.material.clone();
      });
      this.#dress(copy, stand);
      const [old, address] = [stand.model, stand.address];
      stand.group.add(copy);
      stand.model = copy;
      stand.address = chosen.address;
      stand.shown = level;
      stand.draws = model.draws;
      chosen.bytes = model.bytes;
      stand.fade = 1;
      if (old) this.#remove(stand, old, address);
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      stand.failed = level; // the poster, or the level before, stays
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
    this.#remove(stand, stand.model, stand.address);
    stand.model = null;
    stand.shown = 0;
    this.#world.redraw();
  }

  #remove(stand: Stand, model: Object3D, address: string): void {
    stand.group.remove(model);
    model.traverse((object) => {
      const mesh = object as Mesh;
      if (mesh.isMesh) for (const material of Array.isArray(mesh.material) ? mesh.material : [mesh.material]) (material as Material).dispose();
    });
    void this.#release(address);
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
    return all.flatMap(({ file, triangles }): Level[] => {
      const address = files[file];
      return address ? [{ address, bytes: Math.max(5e5, (delivery.gpu_bytes * triangles) / finest) }] : [];
    });
  }

  #model(address: string): Promise<Model> {
    let loading = this.#models.get(address);
    if (!loading) {
      loading = load(address, this.#world.renderer, this.#ended.signal).then(({ scene }) => {
        scene.updateMatrixWorld(true);
        return { source: scene, users: 0, bytes: decodedBytes(scene), draws: drawsOf(scene) };
      });
      loading.catch(() => this.#models.delete(address));
      this.#models.set(address, loading);
    }
    return loading.then((model) => {
      model.users++;
      return model;
    });
  }

  async #release(address: string): Promise<void> {
    const model = await this.#models.get(address);
    if (!model || --model.users > 0) return;
    this.#models.delete(address);
    disposeModel(model.source);
  }

  dispose(): void {
    this.#ended.abort();
    for (const stand of this.#stands) {
      this.#drop(stand);
      if (stand.model) this.#remove(stand, stand.model, stand.address);
    }
    this.#world.scene.remove(this.group);
    this.#shadows?.dispose();
    this.#plane.dispose();
    this.#light.dispose();
  }
}

function drawsOf(model: Object3D): number {
  let draws = 0;
  model.traverse((object) => {
    if ((object as Mesh).isMesh) draws++;
  });
  return draws;
}

/** What a model takes in graphics memory: vertices, and textures with their smaller copies. */
export function decodedBytes(model: Object3D): number {
  let bytes = 0;
  const seen = new Set<object>();
  model.traverse((object) => {
    const mesh = object as Mesh;
    if (!mesh.isMesh) return;
    for (const attribute of [...Object.values(mesh.geometry.attributes), mesh.geometry.index]) {
      if (attribute instanceof BufferAttribute && !seen.has(attribute)) {
        seen.add(attribute);
        bytes += attribute.array.byteLength;
      }
    }
    for (const material of Array.isArray(mesh.material) ? mesh.material : [mesh.material]) {
      for (const value of Object.values(material) as unknown[]) {
        const texture = value as Texture | null;
        if (!texture?.isTexture || seen.has(texture.source)) continue;
        seen.add(texture.source);
        const image = texture.image as { width?: number; height?: number } | null;
        const isPacked = (texture as CompressedTexture).isCompressedTexture;
        bytes += (image?.width ?? 0) * (image?.height ?? 0) * (isPacked ? TEXEL_BYTES : 4 * 1.34);
      }
    }
  });
  return bytes;
}

const CUT_VERTEX = /* glsl */ `
varying vec2 at;
void main() {
  at = uv;
  gl_Position = projectionMatrix * modelViewMatrix * vec4( position, 1.0 );
}`;

/** The seamless backdrop is what the picture's own rims show at this height: what differs from it is the product. */
const CUT_FRAGMENT = /* glsl */ `
varying vec2 at;
uniform sampler2D map;
uniform float fade;
void main() {
  vec3 c = texture2D( map, at ).rgb;
  vec3 left = texture2D( map, vec2( 0.012, at.y ) ).rgb;
  vec3 right = texture2D( map, vec2( 0.988, at.y ) ).rgb;
  vec3 off = abs( c - mix( left, right, at.x ) );
  float alpha = smoothstep( 0.07, 0.16, max( off.r, max( off.g, off.b ) ) );
  vec2 edge = smoothstep( vec2( 0.02 ), vec2( 0.08 ), at ) * smoothstep( vec2( 0.02 ), vec2( 0.08 ), 1.0 - at );
  gl_FragColor = vec4( c, alpha * edge.x * edge.y * fade );
  #include <colorspace_fragment>
}`;
