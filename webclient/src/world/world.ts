/**
 * The store, drawn: builds a plan, bakes its light in a worker, and keeps one canvas and one loop for all who add to it.
 *
 * What it is not: who else is there, or what is for sale; those are parts that are added (`add`).
 */
import {
  BufferAttribute, BufferGeometry, Color, DataTexture, DoubleSide, HalfFloatType, LinearFilter, Mesh, MeshStandardMaterial, NeutralToneMapping, PerspectiveCamera,
  PMREMGenerator, RGBAFormat, Scene, Shape, ShapeGeometry, Matrix4, Vector3, WebGLRenderer, type WebGLRenderTarget,
} from "three";
import { assemble, type Assembly, type Piece } from "./assemble";
import type { Baked, BakeInput } from "./bake";
import { bakeKey, keep, recall } from "./bakestore";
import { Glow, Letters } from "./fittings";
import { newLight, shine, surfaceMaterial, textures, type Light } from "./materials";
import { blend, weigh, type Weights } from "./moods";
import { Outside } from "./outside";
import type { StorePlan } from "./plan";
import { linear, RECIPES, type Pixels } from "./surfaces";
import type { Wanted } from "./surfaces.worker";
import { EYE_M, Walk } from "./walk";

/** Something that lives in the store: avatars, products, a show. */
export interface Part {
  update?(dt: number): void;
  /** The light changed to a mood. */
  lit?(weights: Weights): void;
  dispose(): void;
}

export type Tier = "mobile" | "desktop";

export interface WorldOptions {
  readonly tier: Tier;
  readonly isStill: boolean;
  readonly mood: string;
  /** Pixels of the canvas for one of the page's. */
  readonly pixelRatio: number;
  told(stage: "built" | "painted" | "lit", progress: number): void;
}

const LIGHTMAP = { mobile: 384, desktop: 512 } as const;
const QUALITY = { mobile: 0.4, desktop: 0.6 } as const;
const DETAIL = { mobile: 0.5, desktop: 1 } as const;
const MOOD_S = 1.6;
const FOV_DEG = 54;

export class World {
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(FOV_DEG, 1, 0.05, 120);
  readonly renderer: WebGLRenderer;
  readonly plan: StorePlan;
  readonly walk: Walk;
  readonly assembly: Assembly;
  readonly light: Light = newLight();
  readonly #options: WorldOptions;
  readonly #parts = new Set<Part>();
  readonly #outside = new Outside();
  readonly #materials = new Map<string, MeshStandardMaterial>();
  readonly #owned: { dispose(): void }[] = [];
  readonly #workers: Worker[] = [];
  readonly #resized: ResizeObserver;
  #baked: Baked | null = null;
  #probe: WebGLRenderTarget | null = null;
  #from: Weights;
  #to: Weights;
  #now: Weights;
  #fade = 1;
  #room = -1;
  #mood: string;
  #frame = 0;
  #last = 0;
  #isEnded = false;
  #isDirty = true;

  constructor(host: HTMLElement, plan: StorePlan, options: WorldOptions) {
    this.plan = plan;
    this.#options = options;
    this.#mood = options.mood in plan.moods ? options.mood : plan.mood;
    this.renderer = new WebGLRenderer({ antialias: true, powerPreference: "high-performance" });
    this.renderer.toneMapping = NeutralToneMapping;
    const canvas = this.renderer.domElement;
    canvas.tabIndex = 0;
    host.append(canvas);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.#reflect()); // three uploads the rest again by itself
    this.assembly = assemble(plan, { texels: LIGHTMAP[options.tier], quality: QUALITY[options.tier] });
    this.walk = new Walk(canvas, this.assembly.barriers, options.isStill);
    const spawn = plan.spawn[0];
    if (spawn) this.walk.stand(spawn.position[0], spawn.position[2], (spawn.yaw_deg * Math.PI) / 180);
    this.#from = this.#to = this.#now = this.#weights(this.#mood);
    this.#enter(this.#roomAt());
    for (const piece of this.assembly.pieces) this.#mesh(piece);
    for (const glass of this.assembly.glasses) this.#mirror(glass);
    this.scene.add(this.#outside.mesh);
    this.add(new Glow(this.scene, this.assembly.lamps));
    for (const room of plan.rooms) for (const sign of room.signs) this.add(new Letters(this.scene, sign, () => this.redraw()));
    this.#shine();
    this.#resized = new ResizeObserver(() => this.#fit(host));
    this.#resized.observe(host);
    this.#fit(host);
    options.told("built", 1);
    this.#paint();
    void this.#bake(this.assembly.light);
    this.#frame = requestAnimationFrame((now) => this.#tick(now));
  }

  /** Rays the last bake cast. */
  get rays(): number {
    return this.#baked?.rays ?? 0;
  }

  get mood(): string {
    return this.#mood;
  }

  get weights(): Weights {
    return this.#now;
  }

  /** Change the light slowly to another hour; at once with reduced motion. */
  set mood(name: string) {
    if (!(name in this.plan.moods) || name === this.#mood) return;
    this.#mood = name;
    this.#from = this.#now;
    this.#to = this.#weights(name);
    this.#fade = this.#options.isStill ? 1 : 0;
    this.#settle(0);
  }

  add(part: Part): void {
    this.#parts.add(part);
    part.lit?.(this.#now);
    this.#isDirty = true;
  }

  remove(part: Part): void {
    if (this.#parts.delete(part)) part.dispose();
    this.#isDirty = true;
  }

  /** Something changed: draw the next frame even if nobody moves. */
  redraw(): void {
    this.#isDirty = true;
  }

  update(dt: number): void {
    if (this.#fade < 1) this.#settle(dt / MOOD_S);
    if (this.walk.isMoving) this.#isDirty = true;
    this.walk.update(dt, this.camera);
    const room = this.#roomAt();
    if (room !== this.#room) {
      this.#enter(room);
      this.#reflect();
    }
    for (const part of this.#parts) part.update?.(dt);
  }

  dispose(): void {
    this.#isEnded = true;
    cancelAnimationFrame(this.#frame);
    this.#resized.disconnect();
    for (const worker of this.#workers) worker.terminate();
    for (const part of this.#parts) part.dispose();
    this.walk.dispose();
    this.#outside.dispose();
    this.#probe?.dispose();
    for (const owned of this.#owned) owned.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
    this.renderer.domElement.remove();
  }

  #mesh(piece: Piece): void {
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(piece.position, 3));
    geometry.setAttribute("normal", new BufferAttribute(piece.normal, 3));
    geometry.setAttribute("uv", new BufferAttribute(piece.uv, 2));
    geometry.setAttribute("uv1", new BufferAttribute(piece.uv1, 2));
    geometry.setIndex(new BufferAttribute(piece.index, 1));
    const recipe = RECIPES[piece.surface];
    const material = surfaceMaterial(this.light, new Color(...linear(piece.colour)).getHex(), {
      metalness: recipe.metalness, relief: 1, gloss: piece.surface === "limewash" || piece.surface === "plaster" || piece.surface === "textile" ? 0.6 : 1,
    });
    const blank = blankMap();
    material.lightMap = blank;
    this.light.lampMap.value ??= blank;
    this.#owned.push(geometry, material, blank);
    this.#materials.set(piece.material, material);
    const mesh = new Mesh(geometry, material);
    mesh.name = piece.material;
    mesh.matrixAutoUpdate = false;
    this.scene.add(mesh);
  }

  #mirror(glass: Assembly["glasses"][number]): void {
    const geometry = new ShapeGeometry(new Shape(glass.outline.map(([x, y]) => new Vector3(x, y, 0) as never)));
    const material = new MeshStandardMaterial({ color: 0xf2f0ea, metalness: 1, roughness: 0.04, side: DoubleSide });
    const { o, x, y, n } = glass.frame;
    const mesh = new Mesh(geometry, material);
    mesh.matrix.copy(new Matrix4().makeBasis(new Vector3(...x), new Vector3(...y), new Vector3(...n)).setPosition(...o));
    mesh.matrixAutoUpdate = false;
    this.#owned.push(geometry, material);
    this.scene.add(mesh);
  }

  #paint(): void {
    const worker = new Worker(new URL("./surfaces.worker.ts", import.meta.url), { type: "module" });
    this.#workers.push(worker);
    let left = this.assembly.pieces.length;
    worker.addEventListener("message", (event: MessageEvent<{ key: string; pixels: Pixels }>) => {
      if (this.#isEnded) return;
      const material = this.#materials.get(event.data.key);
      const painted = textures(event.data.pixels, Math.min(8, this.renderer.capabilities.getMaxAnisotropy()));
      this.#owned.push(painted.colour, painted.normal);
      if (material) {
        material.color.set(0xffffff);
        material.map = painted.colour;
        material.normalMap = painted.normal;
        material.needsUpdate = true;
      }
      left--;
      this.#isDirty = true;
      this.#options.told("painted", 1 - left / this.assembly.pieces.length);
      if (left > 0) return;
      worker.terminate();
      this.#reflect();
    });
    for (const piece of this.assembly.pieces) {
      const wanted: Wanted = { key: piece.material, kind: piece.surface, colour: piece.colour, detail: DETAIL[this.#options.tier] };
      worker.postMessage(wanted);
    }
  }

  async #bake(input: BakeInput): Promise<void> {
    const key = bakeKey(this.plan, input.width, input.quality);
    const kept = await recall(key);
    if (this.#isEnded) return;
    if (kept) return this.#wear(kept);
    const worker = new Worker(new URL("./bake.worker.ts", import.meta.url), { type: "module" });
    this.#workers.push(worker);
    worker.addEventListener("message", (event: MessageEvent<{ done?: number; baked?: Baked }>) => {
      if (this.#isEnded) return;
      const { done, baked } = event.data;
      if (done !== undefined) this.#options.told("lit", done * 0.99);
      if (!baked) return;
      worker.terminate();
      this.#wear(baked);
      void keep(key, baked, Date.now());
    });
    worker.postMessage(input);
  }

  #wear(baked: Baked): void {
    this.#baked = baked;
    const [sky, lamps] = [halfMap(baked.sky, baked.width, baked.height), halfMap(baked.lamps, baked.width, baked.height)];
    this.#owned.push(sky, lamps);
    for (const material of this.#materials.values()) {
      material.lightMap = sky;
      material.needsUpdate = true;
    }
    this.light.lampMap.value = lamps;
    this.#from = this.#to = this.#now = this.#weights(this.#mood);
    this.#settle(1);
    this.#reflect();
    this.#options.told("lit", 1);
  }

  /** The room one stands in; in a doorway, the one before. */
  #roomAt(): number {
    const { x, z } = this.walk.position;
    const found = this.assembly.insides.findIndex(({ min, max }) => x >= min[0] && x <= max[0] && z >= min[2] && z <= max[2]);
    return found >= 0 ? found : Math.max(0, this.#room);
  }

  #enter(room: number): void {
    this.#room = room;
    const inside = this.assembly.insides[room];
    if (!inside) return;
    const { min, max } = inside;
    this.light.boxMin.value.set(...min);
    this.light.boxMax.value.set(...max);
    this.light.boxAt.value.set((min[0] + max[0]) / 2, EYE_M, (min[2] + max[2]) / 2);
  }

  #weights(name: string): Weights {
    const mood = this.plan.moods[name] ?? Object.values(this.plan.moods)[0];
    if (!mood) throw new RangeError("a store needs at least one mood");
    return weigh(mood, this.#baked);
  }

  #settle(step: number): void {
    this.#fade = Math.min(1, this.#fade + step);
    const t = this.#fade * this.#fade * (3 - 2 * this.#fade);
    this.#now = blend(this.#from, this.#to, t);
    this.#shine();
    if (this.#fade >= 1) this.#reflect();
  }

  #shine(): void {
    shine(this.light, this.#now);
    this.#outside.shine(this.#now, this.plan.moods[this.#mood]?.sky_kelvin ?? 6500);
    for (const part of this.#parts) part.lit?.(this.#now);
    this.#isDirty = true;
  }

  /** Take the room's own picture for reflections: once a room and a mood, after the light or the surfaces changed. */
  #reflect(): void {
    if (this.#isEnded) return;
    const filter = new PMREMGenerator(this.renderer);
    this.scene.environment = null;
    const made = filter.fromScene(this.scene, 0, 0.1, 100, { size: 128, position: this.light.boxAt.value });
    filter.dispose();
    this.#probe?.dispose();
    this.#probe = made;
    this.scene.environment = made.texture;
    this.#isDirty = true;
  }

  #fit(host: HTMLElement): void {
    const { clientWidth: width, clientHeight: height } = host;
    if (!width || !height) return;
    this.renderer.setPixelRatio(this.#options.pixelRatio);
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    // A phone held upright sees as much to the sides as it can without a fish eye.
    this.camera.fov = width < height ? 72 : FOV_DEG;
    this.camera.updateProjectionMatrix();
    this.#isDirty = true;
  }

  #tick(now: number): void {
    if (this.#isEnded) return;
    this.#frame = requestAnimationFrame((next) => this.#tick(next));
    const dt = Math.min(0.1, (now - this.#last) / 1000);
    this.#last = now;
    this.update(dt);
    if (!this.#isDirty) return;
    this.#isDirty = false;
    this.renderer.render(this.scene, this.camera);
  }
}

function halfMap(data: Uint16Array<ArrayBuffer>, width: number, height: number): DataTexture {
  const texture = new DataTexture(data, width, height, RGBAFormat, HalfFloatType);
  texture.channel = 1;
  texture.magFilter = texture.minFilter = LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

/** Even light until the bake is there. */
function blankMap(): DataTexture {
  return halfMap(new Uint16Array([0x3400, 0x3400, 0x3400, 0, 0x3400, 0x3400, 0x3400, 0, 0x3400, 0x3400, 0x3400, 0, 0x3400, 0x3400, 0x3400, 0]), 2, 2);
}
