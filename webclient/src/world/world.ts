/**
 * The store, drawn: one canvas, one loop, one camera on a rig, for all parts that live in it.
 *
 * What it is not: the architecture (`structure.ts`), its light (`lighting.ts`), who else is there or what is for sale;
 * those are parts that are added (`add`).
 *
 * Events: "picked" (CustomEvent of `Picked`, see `pick.ts`) and "moved" (where one stands or looks has changed).
 */
import { Group, NeutralToneMapping, PerspectiveCamera, Scene, Vector3, WebGLRenderer, type Texture } from "three";
import { assemble, type Assembly } from "./assemble";
import { Beams } from "./beams";
import { Glow, Letters } from "./fittings";
import { Greenery } from "./greenery";
import { PASSES } from "./layers";
import { Lighting } from "./lighting";
import { LookingGlass } from "./looking-glass";
import { newLight, type Light } from "./materials";
import type { Weights } from "./moods";
import { Outside } from "./outside";
import { GlFence, Pace } from "./pace";
import type { StorePlan } from "./plan";
import { memoryOf } from "./models";
import { Structure } from "./structure";
import type { Part, View } from "./part";
import { EYE_M, Walk } from "./walk";

export type { Part, View };

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
const FOV_DEG = 54;
const UPRIGHT_PITCH_RAD = -0.1;

export class World {
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(FOV_DEG, 1, 0.05, 120);
  /** Feet: the camera's parent. A headset moves within it; otherwise it stands where one walks. */
  readonly rig = new Group();
  /** Where the camera is, in the room; of this frame. */
  readonly eye = new Vector3();
  readonly events = new EventTarget();
  /** What is drawn in place of the room, if anything; never in a headset. */
  view: View | null = null;
  readonly renderer: WebGLRenderer;
  readonly plan: StorePlan;
  readonly options: WorldOptions;
  readonly walk: Walk;
  readonly assembly: Assembly;
  readonly structure: Structure;
  readonly light: Light = newLight();
  readonly #lighting: Lighting;
  readonly #parts = new Set<Part>();
  readonly #outside = new Outside();
  readonly #resized: ResizeObserver;
  readonly #host: HTMLElement;
  readonly #moved = new Event("moved");
  /** Where one was when "moved" was told last: x, z, yaw, pitch. */
  readonly #was = { x: NaN, z: NaN, yaw: NaN, pitch: NaN };
  readonly #pace: Pace;
  #room = -1;
  #last = 0;
  #isResting = false;
  #isEnded = false;
  #isDirty = true;

  constructor(host: HTMLElement, plan: StorePlan, options: WorldOptions) {
    this.#host = host;
    this.plan = plan;
    this.options = options;
    this.renderer = new WebGLRenderer({ antialias: true, powerPreference: "high-performance" });
    this.renderer.toneMapping = NeutralToneMapping;
    this.#pace = new Pace(new GlFence(this.renderer.getContext() as WebGL2RenderingContext));
    const canvas = this.renderer.domElement;
    canvas.tabIndex = 0;
    host.append(canvas);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.#restored());
    this.assembly = assemble(plan, { texels: LIGHTMAP[options.tier], quality: QUALITY[options.tier] });
    this.rig.name = "rig";
    this.rig.userData[PASSES] = true;
    this.rig.add(this.camera);
    this.scene.add(this.rig);
    this.walk = new Walk(canvas, this.assembly.barriers, options.isStill);
    const spawn = plan.spawn[0];
    // Held upright, a picture is half ceiling unless one looks down a little.
    const pitch = host.clientHeight > host.clientWidth ? UPRIGHT_PITCH_RAD : 0;
    if (spawn) this.walk.stand(spawn.position[0], spawn.position[2], (spawn.yaw_deg * Math.PI) / 180, pitch);
    this.walk.place(this.rig, this.camera);
    this.#lighting = new Lighting(plan, this.light, options.mood, this.assembly.roomRects);
    this.#enter(this.#roomAt());
    this.#lighting.enter(this.#room, true);
    this.structure = new Structure(this.scene, this.light, this.assembly, this.#lighting.blank);
    for (const glass of this.assembly.glasses) this.add(new LookingGlass(this, glass, options.tier === "desktop"));
    this.scene.add(this.#outside.mesh);
    this.add(new Greenery(this.scene, this.assembly.plants));
    this.add(new Beams(this.scene, this.assembly.lamps));
    this.add(new Glow(this.scene, this.assembly.lamps));
    for (const room of plan.rooms) for (const sign of room.signs) this.add(new Letters(this.scene, sign, () => this.redraw()));
    this.#shone();
    this.#resized = new ResizeObserver(() => this.fit());
    this.#resized.observe(host);
    this.fit();
    options.told("built", 1);
    this.structure.paint(this.assembly, DETAIL[options.tier], this.renderer, (done) => {
      if (done >= 1) this.#reflect();
      this.redraw();
      options.told("painted", done);
    });
    void this.#lighting.bake(this.assembly.light, options.isStill, (done) => options.told("lit", done), (sky, isFinal) => {
      this.structure.wear(sky);
      this.#shone();
      if (!this.#lighting.isChanging) this.#reflect();
      if (isFinal) options.told("lit", 1);
    });
    this.renderer.setAnimationLoop((now: number, frame?: XRFrame) => this.frame(now, frame));
  }

  /** Rays the last bake cast. */
  get rays(): number {
    return this.#lighting.rays;
  }

  get mood(): string {
    return this.#lighting.mood;
  }

  get weights(): Weights {
    return this.#lighting.weights;
  }

  /** Change the light slowly to another hour; at once with reduced motion. */
  set mood(name: string) {
    if (!this.#lighting.turn(name, this.options.isStill)) return;
    this.#shone();
    if (!this.#lighting.isChanging) this.#reflect();
  }

  /** Graphics memory by what is in the scene now, bytes: decoded, with their smaller copies. */
  memory(): { readonly textures: number; readonly geometries: number; readonly lightmaps: number } {
    const { textures, geometries } = memoryOf(this.scene);
    return { textures, geometries, lightmaps: this.#lighting.bytes };
  }

  add(part: Part): void {
    this.#parts.add(part);
    part.lit?.(this.#lighting.weights);
    this.#isDirty = true;
  }

  remove(part: Part): void {
    if (this.#parts.delete(part)) part.dispose();
    this.#isDirty = true;
  }

  /** Whether the next frame will be drawn, as far as is known. */
  get isDirty(): boolean {
    return this.#isDirty;
  }

  /** Whether drawing waits just now, so that a slow machine has time for the rest. */
  get isResting(): boolean {
    return this.#isResting;
  }

  /** Something changed: draw the next frame even if nobody moves. */
  redraw(): void {
    this.#isDirty = true;
  }

  /** One turn of the loop: everything moves, then it is drawn if it changed. `setAnimationLoop` calls it. */
  frame(now: number, frame?: XRFrame): void {
    if (this.#isEnded) return;
    const dt = Math.min(0.1, Math.max(0, now - this.#last) / 1000);
    this.#last = now;
    const { isPresenting } = this.renderer.xr;
    this.#isResting = !isPresenting && !this.#pace.isDue(now);
    this.update(dt, frame);
    if (!isPresenting && (!this.#isDirty || this.#isResting)) return;
    this.#isDirty = false;
    this.#lighting.draw(this.renderer, this.#wearSky);
    if (this.view && !isPresenting) this.view.draw(this.renderer);
    else this.renderer.render(this.scene, this.camera);
    if (!isPresenting) this.#pace.drawn(now);
  }

  readonly #wearSky = (sky: Texture): void => this.structure.wear(sky);

  update(dt: number, frame?: XRFrame): void {
    if (this.#lighting.isChanging) {
      this.#lighting.step(dt);
      this.#shone();
      if (!this.#lighting.isChanging) this.#reflect();
    }
    if (this.renderer.xr.isPresenting) this.#follow();
    else {
      if (this.walk.isMoving) this.#isDirty = true;
      this.walk.update(dt);
      this.walk.place(this.rig, this.camera);
      this.rig.updateMatrixWorld(true);
      this.eye.setFromMatrixPosition(this.camera.matrixWorld);
    }
    const room = this.#roomAt();
    if (room !== this.#room) {
      const isFar = this.#hasJumped();
      this.#enter(room);
      this.#lighting.enter(room, isFar || this.options.isStill);
      this.#shone();
      this.#reflect();
    }
    for (const part of this.#parts) part.update?.(dt, frame);
    this.#tellMoved();
  }

  /** In a headset the rig is the headset's: where one stands follows the eyes. */
  #follow(): void {
    const eyes = this.renderer.xr.getCamera();
    this.eye.setFromMatrixPosition(eyes.matrixWorld);
    const { elements } = eyes.matrixWorld;
    this.walk.stand(this.eye.x, this.eye.z, Math.atan2(-elements[8]!, -elements[10]!), 0);
  }

  #tellMoved(): void {
    const { position: { x, z }, yaw, pitch } = this.walk;
    const was = this.#was;
    if (was.x === x && was.z === z && was.yaw === yaw && was.pitch === pitch) return;
    [was.x, was.z, was.yaw, was.pitch] = [x, z, yaw, pitch];
    this.#isDirty = true;
    this.events.dispatchEvent(this.#moved);
  }

  dispose(): void {
    this.#isEnded = true;
    this.renderer.setAnimationLoop(null);
    this.#resized.disconnect();
    for (const part of this.#parts) part.dispose();
    this.walk.dispose();
    this.structure.dispose();
    this.#lighting.dispose();
    this.#outside.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
    this.renderer.domElement.remove();
  }

  /** The room one stands in; in a doorway, the one before. */
  #roomAt(): number {
    const { x, z } = this.walk.position;
    const insides = this.assembly.insides;
    for (let i = 0; i < insides.length; i++) {
      const { min, max } = insides[i]!;
      if (x >= min[0] && x <= max[0] && z >= min[2] && z <= max[2]) return i;
    }
    return Math.max(0, this.#room);
  }

  /** Whether one came here not through a door: eyes need no time then. */
  #hasJumped(): boolean {
    return Math.hypot(this.#was.x - this.walk.position.x, this.#was.z - this.walk.position.z) > 1;
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

  /** All that follows the light follows it. */
  #shone(): void {
    this.#outside.shine(this.#lighting.weights, this.plan.moods[this.mood]?.sky_kelvin ?? 6500);
    for (const part of this.#parts) part.lit?.(this.#lighting.weights);
    this.#isDirty = true;
  }

  #reflect(): void {
    if (this.#isEnded) return;
    this.#lighting.reflect(this.renderer, this.scene);
    this.#isDirty = true;
  }

  /** three uploads pictures and shapes again by itself; what was drawn on the card has to be drawn again. */
  #restored(): void {
    this.#pace.forget();
    this.#reflect();
    for (const part of this.#parts) part.restored?.();
    this.#isDirty = true;
  }

  /** Fit the canvas to its host; a headset keeps its own size. */
  fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (!width || !height || this.renderer.xr.isPresenting) return;
    this.renderer.setPixelRatio(this.options.pixelRatio);
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    // A phone held upright sees as much to the sides as it can without a fish eye.
    this.camera.fov = width < height ? 72 : FOV_DEG;
    this.camera.updateProjectionMatrix();
    this.#isDirty = true;
  }
}
