/**
 * One figure on a quiet ground, alive: the chooser's picture. A renderer of its own, drawn only while something moves.
 *
 * What it is not: the choice (`chooser.ts`).
 */
import { Group, MathUtils, NeutralToneMapping, PerspectiveCamera, Scene as Stage, WebGLRenderer, type Texture } from "three";
import type { Person } from "../net/person";
import { environment } from "../viewer/studio";
import { Actor, type Scene } from "./actor";
import { LiveBones } from "./bones";
import type { Brought } from "./bring";
import { Cast } from "./cast";
import { chairGeometry } from "./chair";
import { PLAIN, type Look } from "./look";
import { crowdMaterial, type CrowdTextures } from "./material";
import { shadowsOf } from "./shadows";
import { Pose } from "./skeleton";
import { PeopleTable } from "./table";
import { Wardrobe } from "./wardrobe";

export type Framing = "whole" | "face";

const FOV_DEG = 22;
const SLOWLY_RAD_S = 0.22;

function somebody(): Person {
  return {
    slot: 1, rev: 0, card: null, x: 0, y: 0, z: 0, yaw: 0, vx: 0, vz: 0, animation: 0, emote: 0, emoteTurn: 0, mode: 0, focus: 0,
    head: null, left: null, right: null, isFar: false, isTalking: false,
  };
}

export class Portrait {
  readonly #renderer: WebGLRenderer;
  readonly #stage = new Stage();
  readonly #camera = new PerspectiveCamera(FOV_DEG, 1, 0.1, 20);
  readonly #table = new PeopleTable(1);
  readonly #live = new LiveBones(1);
  readonly #textures: CrowdTextures;
  readonly #material;
  readonly #shadows;
  readonly #light: Texture;
  readonly #person = somebody();
  readonly #actor: Actor;
  readonly #pose = new Pose();
  readonly #other = new Pose();
  readonly #scene: Scene & { now_s: number };
  readonly #ended = new AbortController();
  readonly #resized: ResizeObserver;
  readonly #isStill: boolean;
  readonly #ground = new Group();
  #wardrobe: Wardrobe | null = null;
  #look: Look = PLAIN;
  #cast: Cast | null = null;
  #own: Brought | null = null;
  #chair: Cast | null = null;
  #framing: Framing = "whole";
  #zoom = 0;
  #yaw = 0.35;
  #turns = true;
  #frame = 0;
  #last = 0;

  /** @param told "ready" once somebody stands there, "failed" when nothing can be loaded */
  constructor(canvas: HTMLCanvasElement, figures = "/figures/", told: (what: "ready" | "failed") => void = () => undefined) {
    this.#isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true, powerPreference: "low-power" });
    this.#renderer.toneMapping = NeutralToneMapping;
    this.#light = environment();
    this.#stage.environment = this.#light;
    this.#stage.environmentIntensity = 0.62;
    this.#textures = { people: { value: this.#table.texture }, clips: { value: this.#live.texture }, poses: { value: this.#live.texture } };
    this.#material = crowdMaterial(this.#textures);
    this.#shadows = shadowsOf(this.#textures.people, 1);
    this.#actor = new Actor(this.#person, this.#table.take());
    this.#stage.add(this.#shadows.cast.mesh, this.#ground);
    this.#scene = { clips: new Map(), isStill: this.#isStill, now_s: 0, eye: { x: 0, y: 1.6, z: 9 }, slot: () => null, talker: () => null };
    this.#resized = new ResizeObserver(() => this.#fit(canvas));
    this.#resized.observe(canvas);
    this.#fit(canvas);
    Wardrobe.open(figures, this.#renderer, this.#ended.signal).then((wardrobe) => {
      if (this.#ended.signal.aborted) return wardrobe.dispose();
      this.#wardrobe = wardrobe;
      Object.assign(this.#scene, { clips: wardrobe.clips });
      told("ready");
    }, (error: unknown) => {
      if (this.#ended.signal.aborted) return;
      console.warn(error);
      told("failed");
    });
    this.#frame = requestAnimationFrame((now) => this.#tick(now));
  }

  show(look: Look): void {
    this.#look = look;
    this.#actor.wearLook(look);
  }

  /** Somebody's own body in place of the figure; null puts the figure back. The caller keeps it and disposes of it. */
  showOwn(body: Brought | null): void {
    this.#own?.root.removeFromParent();
    this.#own = body;
    if (body) this.#ground.add(body.root);
  }

  /** Turn by hand; it no longer turns by itself. */
  turn(rad: number): void {
    this.#turns = false;
    this.#yaw += rad;
  }

  frame(framing: Framing): void {
    this.#framing = framing;
  }

  wave(): void {
    this.#person.emote = 1;
    this.#person.emoteTurn++;
  }

  #fit(canvas: HTMLCanvasElement): void {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width || !height) return;
    this.#renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / height;
    this.#camera.updateProjectionMatrix();
  }

  #tick(now: number): void {
    if (this.#ended.signal.aborted) return;
    this.#frame = requestAnimationFrame((next) => this.#tick(next));
    const dt = Math.min(0.1, (now - this.#last) / 1000);
    this.#last = now;
    const body = this.#wardrobe?.body(this.#look.body).value;
    if (!body || !this.#renderer.domElement.clientWidth) return;
    if (this.#turns && !this.#isStill) this.#yaw += SLOWLY_RAD_S * dt;
    const { rest } = body;
    const actor = this.#actor;
    this.#scene.now_s += dt;
    this.#person.yaw = this.#yaw;
    actor.turning = 0;
    actor.advance(this.#scene, rest, dt);
    actor.gait.weight = 0;
    actor.pose(this.#scene, rest, this.#pose, this.#other, dt);
    this.#dress();
    const { look, scale } = actor;
    this.#table.set(0, 0, 0, 0, 0, this.#yaw);
    this.#table.set(0, 1, -1, 0, 0, 1);
    this.#table.set(0, 2, look.tint[0], look.tint[1], look.tint[2], look.tint[3]);
    this.#table.set(0, 3, -0.5, 0.62, 0.6, scale);
    this.#table.set(0, 4, 1.5, 1.42, 1.3, 0.6);
    this.#table.set(0, 5, actor.blink, 0, look.isSeated ? 0.36 : 0.27, look.isSeated ? 0.42 : 0.22);
    this.#table.upload();
    if (this.#own) {
      this.#ground.rotation.y = this.#yaw;
      this.#own.apply(this.#pose, dt, actor.blink, 0);
    } else {
      this.#live.write(0, this.#pose, rest);
      this.#live.upload();
    }
    this.#aim(this.#own?.height_m ?? rest.height_m * scale, (this.#own ? this.#own.height_m * 0.93 : rest.eyes_m * scale) - (look.isSeated && !this.#own ? 0.42 : 0), dt);
    this.#renderer.render(this.#stage, this.#camera);
  }

  #dress(): void {
    const wardrobe = this.#wardrobe;
    const shadows = this.#shadows.cast;
    shadows.begin();
    shadows.add(0);
    shadows.end();
    if (this.#look.isSeated && !this.#chair) {
      this.#chair = new Cast(chairGeometry(), this.#material, 1);
      this.#stage.add(this.#chair.mesh);
    }
    this.#chair?.begin();
    if (this.#look.isSeated && !this.#own) this.#chair?.add(0);
    this.#chair?.end();
    const geometry = wardrobe?.worn(this.#look, 0).value ?? (this.#cast ? null : wardrobe?.worn(this.#look, 1).value);
    if (geometry && this.#cast?.geometry !== geometry) {
      this.#cast?.dispose();
      this.#cast = new Cast(geometry, this.#material, 1);
      this.#stage.add(this.#cast.mesh);
      wardrobe?.letGo(8);
    }
    const cast = this.#cast;
    if (!cast) return;
    cast.begin();
    if (!this.#own) cast.add(0);
    cast.end();
  }

  /** Whole figures stand on the ground with room above; a face fills the upper half. */
  #aim(height_m: number, eyes_m: number, dt: number): void {
    const wanted = this.#framing === "face" ? 1 : 0;
    this.#zoom = this.#isStill ? wanted : this.#zoom + (wanted - this.#zoom) * (1 - Math.exp(-dt / 0.18));
    const k = this.#zoom * this.#zoom * (3 - 2 * this.#zoom);
    const middle = MathUtils.lerp(height_m * 0.43, eyes_m - 0.06, k);
    const span = MathUtils.lerp(Math.max(2.2, height_m * 1.28), 0.62, k);
    const narrow = Math.max(1, (MathUtils.lerp(0.95, 0.5, k) / span) / this.#camera.aspect);
    const away = (span * narrow) / 2 / Math.tan(MathUtils.degToRad(FOV_DEG / 2));
    this.#camera.position.set(0, middle + away * MathUtils.lerp(0.05, 0.02, k), away);
    this.#camera.lookAt(0, middle, 0);
  }

  dispose(): void {
    this.#ended.abort();
    cancelAnimationFrame(this.#frame);
    this.#resized.disconnect();
    this.#cast?.dispose();
    this.#chair?.dispose();
    this.#chair?.geometry.dispose();
    this.#wardrobe?.dispose();
    this.#shadows.dispose();
    this.#material.dispose();
    this.#light.dispose();
    this.#live.dispose();
    this.#table.dispose();
    this.#renderer.dispose();
  }
}
