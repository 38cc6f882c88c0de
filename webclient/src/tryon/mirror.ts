/**
 * The mirror's picture: one camera frame, and over it what was worn in that very frame.
 *
 * Not mirrored here: the page turns the whole canvas, so that writing on a shirt reads as in a mirror. What it is not:
 * the camera, the trackers or what is for sale.
 */
import {
  LinearFilter, Matrix4, Mesh, NeutralToneMapping, PCFShadowMap, PerspectiveCamera, PlaneGeometry, Scene, ShaderMaterial, SRGBColorSpace, Texture, Vector3, WebGLRenderer, type Object3D,
} from "three";
import { disposeMaterials } from "../viewer/meshes";
import { environment } from "../viewer/studio";
import type { Bearer } from "./bearer";
import type { Body } from "./body";
import { EARS, joint } from "./body-bones";
import { BodyWear, borne, type BodyItem } from "./body-wear";
import type { Lens } from "./camera";
import type { SizeRatios } from "./garment";
import { LightMeter } from "./light";
import { HeadOccluder, LimbOccluder, NeckOccluder } from "./occluder";
import { newPose, type Pose } from "./pnp";
import { Sun } from "./sun";
import type { CanonicalFace } from "./task";
import { chain, PART_OF, seat, type Anchor, type Worn } from "./wear";
import { dress, fadeOf } from "./worn-material";

export interface Item {
  readonly id: string;
  readonly worn: Worn;
  readonly anchors: readonly Anchor[];
  readonly model: Object3D;
  /** Of a garment: the size shown against the size modelled. */
  readonly size?: SizeRatios | undefined;
}

/** A picture in two parts: what is not drawn left of `at` (a share of the canvas, which is not mirrored) and right of it. */
export interface Split {
  readonly at: number;
  readonly hidden: readonly [left: ReadonlySet<string>, right: ReadonlySet<string>];
}

interface Wearer {
  readonly occluder: HeadOccluder | LimbOccluder | NeckOccluder;
  readonly items: Map<string, { readonly item: Item; readonly model: Object3D }>;
}

const NEAR_M = 0.05;
const FAR_M = 14;
/** Cloth on a person, against the same cloth on the shop's stand: a bright background lights nobody's front. */
const CLOTH_BRIGHT = 0.85;
export class Mirror {
  readonly renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(63, 1, NEAR_M, FAR_M);
  readonly #frame: Texture;
  readonly #quad: Mesh<PlaneGeometry, ShaderMaterial>;
  readonly #light: Texture;
  readonly #sun = new Sun();
  readonly #meter = new LightMeter();
  /** Set before the first head is drawn. */
  face: CanonicalFace | null = null;
  /** One frame, dressed in two ways; null for one. */
  split: Split | null = null;
  readonly #items = new Map<string, Item>();
  readonly #wearers = new Map<Bearer, Wearer>();
  readonly #clothed = new Map<Body, BodyWear>();
  readonly #onBody: BodyItem[] = [];
  readonly #pose: Pose = newPose();
  #last: { readonly lens: Lens; readonly bearers: readonly Bearer[]; readonly time_ms: number } | null = null;
  readonly #unseen: Object3D[] = [];
  readonly #seats = new WeakMap<Item, { scale: number; bridge_m: number; pose: Pose | null }>();

  constructor(canvas: HTMLCanvasElement) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true, preserveDrawingBuffer: true });
    this.renderer.toneMapping = NeutralToneMapping;
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = PCFShadowMap;
    this.#light = environment();
    this.#scene.environment = this.#light;
    this.#frame = new Texture();
    this.#frame.colorSpace = SRGBColorSpace;
    this.#frame.generateMipmaps = false;
    this.#frame.minFilter = LinearFilter;
    this.#quad = new Mesh(new PlaneGeometry(2, 2), new ShaderMaterial({ uniforms: { map: { value: this.#frame } }, vertexShader: QUAD_VERTEX, fragmentShader: QUAD_FRAGMENT, depthTest: false, depthWrite: false }));
    this.#quad.frustumCulled = false;
    this.#quad.renderOrder = -10;
    this.#scene.add(this.#quad, this.#sun.light, this.#sun.light.target);
  }

  /** Of the picture: 0 black, 1 white. */
  get brightness(): number {
    const [r, g, b] = this.#meter.light.colour as unknown as [number, number, number];
    return (r + g + b) / 3;
  }

  /** @returns whether it can be worn: a garment without a rig cannot, nor a bag that nothing says how to hold */
  put(item: Item): boolean {
    this.remove(item.id);
    if (PART_OF[item.worn] === "body") {
      const trial = borne(item);
      if (!trial) return false;
      trial.dispose();
      this.#onBody.push(item);
    }
    this.#items.set(item.id, item);
    return true;
  }

  remove(id: string): void {
    this.#items.delete(id);
    const at = this.#onBody.findIndex((item) => item.id === id);
    if (at >= 0) this.#onBody.splice(at, 1);
    for (const wear of this.#clothed.values()) wear.remove(id);
    for (const { items } of this.#wearers.values()) {
      const worn = items.get(id);
      if (!worn) continue;
      this.#takeOff(worn.model);
      items.delete(id);
    }
  }

  /** Draw a frame with everything on every body part found in it. */
  draw(picture: ImageBitmap, lens: Lens, bearers: readonly Bearer[], time_ms = performance.now()): void {
    const { renderer } = this;
    if (renderer.domElement.width !== lens.width || renderer.domElement.height !== lens.height) {
      renderer.setSize(lens.width, lens.height, false);
      this.#frame.dispose(); // of another size
    }
    this.#camera.aspect = lens.width / lens.height;
    this.#camera.fov = (2 * Math.atan(lens.height / 2 / lens.focal) * 180) / Math.PI;
    this.#camera.updateProjectionMatrix();
    this.#frame.image = picture;
    this.#frame.needsUpdate = true;
    this.#meter.look(picture);
    const { gain, light } = this.#meter;
    this.#sun.shine(light, gain);
    this.#scene.environmentIntensity = 0.75 * gain;
    this.#last = { lens, bearers, time_ms };
    this.#clothe(bearers, time_ms);
  }

  /** The last frame once more, with what is worn now: for a picture that is held. */
  again(): void {
    if (this.#last) this.#clothe(this.#last.bearers, this.#last.time_ms);
  }

  #clothe(bearers: readonly Bearer[], time_ms: number): void {
    this.#sun.rest();
    for (const bearer of bearers) {
      if (bearer.part === "body") this.#cover(bearer as Body, bearers, time_ms);
      else if (!this.#wearers.has(bearer)) this.#wearers.set(bearer, this.#wearer(bearer));
    }
    for (const [body, wear] of this.#clothed) {
      if (bearers.includes(body)) continue;
      this.#scene.remove(wear.group);
      wear.dispose();
      this.#clothed.delete(body);
    }
    for (const [bearer, wearer] of this.#wearers) {
      if (bearers.includes(bearer)) this.#dress(wearer, bearer);
      else this.#undress(bearer, wearer);
    }
    this.#paint();
  }

  #paint(): void {
    const { renderer, split } = this;
    if (!split) return renderer.render(this.#scene, this.#camera);
    const { width, height } = renderer.domElement;
    const edge = Math.round(width * split.at);
    renderer.setScissorTest(true);
    for (const [side, hidden] of split.hidden.entries()) {
      for (const { items } of this.#wearers.values()) {
        for (const { item, model } of items.values()) {
          if (!model.visible || !hidden.has(item.id)) continue;
          model.visible = false;
          this.#unseen.push(model);
        }
      }
      for (const wear of this.#clothed.values()) {
        for (const id of hidden) {
          const model = wear.model(id);
          if (!model?.visible) continue;
          model.visible = false;
          this.#unseen.push(model);
        }
      }
      renderer.setScissor(side ? edge : 0, 0, side ? width - edge : edge, height);
      renderer.render(this.#scene, this.#camera);
      for (const model of this.#unseen) model.visible = true;
      this.#unseen.length = 0;
    }
    renderer.setScissorTest(false);
  }

  /** A whole body: what hangs on it, lit from where the room is. */
  #cover(body: Body, bearers: readonly Bearer[], time_ms: number): void {
    let wear = this.#clothed.get(body);
    if (!wear) {
      wear = new BodyWear(this.#frame);
      this.#clothed.set(body, wear);
      this.#scene.add(wear.group);
    }
    wear.group.scale.setScalar(asFar(body, bearers));
    wear.follow(body, this.#onBody, time_ms, this.#last!.lens, (model) => dress(model, "cloth"));
    if (!body.isFound || !this.#onBody.length) return;
    for (const { id } of this.#onBody) {
      const fade = fadeOf(wear.model(id));
      if (!fade) continue;
      fade.shown.value = body.confidence;
      fade.bright.value = CLOTH_BRIGHT / Math.max(1, this.#meter.gain);
    }
    const chest = joint("chest") * 3;
    if (bearers.find(({ part }) => part === "body") !== body) return;
    const k = wear.group.scale.x;
    this.#sun.overBody(body.joints[chest]! * k, body.joints[chest + 1]! * k, body.joints[chest + 2]! * k, this.#meter.light.side);
  }

  #wearer(bearer: Bearer): Wearer {
    const occluder = bearer.part === "head" ? new HeadOccluder(this.face ?? NO_FACE) : bearer.part === "neck" ? new NeckOccluder() : new LimbOccluder(bearer.part === "finger" ? "finger" : "wrist");
    occluder.group.matrixAutoUpdate = false;
    this.#scene.add(occluder.group);
    return { occluder, items: new Map() };
  }

  /** Its shapes and textures are shared; its materials are its own. */
  #takeOff(model: Object3D): void {
    this.#scene.remove(model);
    disposeMaterials(model);
  }

  /** Gone from the picture: what it bore goes too. */
  #undress(bearer: Bearer, { occluder, items }: Wearer): void {
    for (const { model } of items.values()) this.#takeOff(model);
    this.#scene.remove(occluder.group);
    occluder.dispose();
    this.#wearers.delete(bearer);
  }

  #dress(wearer: Wearer, bearer: Bearer): void {
    const { group } = wearer.occluder;
    // Lost from sight a moment ago: it fades where it was.
    const shown = bearer.confidence ?? (bearer.isFound ? 1 : 0);
    group.visible = shown > 0;
    for (const worn of wearer.items.values()) worn.model.visible = group.visible;
    if (!group.visible) return;
    placed(bearer.pose, bearer.scale, group.matrix);
    group.updateMatrixWorld(true);
    if (bearer.part === "head") {
      const [x, y, z] = [bearer.pose.translation[0]!, bearer.pose.translation[1]!, bearer.pose.translation[2]!];
      this.#sun.overHead(x, y, z, this.#meter.light.side);
    }
    for (const item of this.#items.values()) {
      if (PART_OF[item.worn] !== bearer.part) continue;
      let worn = wearer.items.get(item.id);
      if (!worn) {
        worn = { item, model: item.model.clone(true) };
        worn.model.matrixAutoUpdate = false;
        dress(worn.model, item.worn === "spectacles" ? "temples" : "hard");
        wearer.items.set(item.id, worn);
        this.#scene.add(worn.model);
      }
      const seated = this.#seat(item, bearer.scale, bearer.bridge_m ?? 0);
      worn.model.visible = seated !== null;
      if (!seated) continue;
      chain(bearer.pose, seated, this.#pose);
      placed(this.#pose, 1, worn.model.matrix);
      worn.model.updateMatrixWorld(true);
      const fade = fadeOf(worn.model);
      if (!fade) continue;
      fade.head.value.copy(group.matrixWorld).invert();
      fade.shown.value = shown;
    }
  }

  /** Solved again only when the head, or the bridge of its nose, is found to be another than thought. */
  #seat(item: Item, scale: number, bridge_m: number): Pose | null {
    const kept = this.#seats.get(item);
    if (kept && Math.abs(kept.scale - scale) < 0.002 && Math.abs(kept.bridge_m - bridge_m) < 0.0002) return kept.pose;
    const pose = seat(item.worn, item.anchors, scale, bridge_m);
    this.#seats.set(item, { scale, bridge_m, pose });
    return pose;
  }

  dispose(): void {
    for (const [bearer, wearer] of this.#wearers) this.#undress(bearer, wearer);
    for (const wear of this.#clothed.values()) wear.dispose();
    this.#clothed.clear();
    this.#quad.geometry.dispose();
    this.#quad.material.dispose();
    this.#frame.dispose();
    this.#light.dispose();
    this.#sun.dispose();
    this.renderer.dispose();
  }
}

const NO_FACE: CanonicalFace = { points: new Float64Array(9), triangles: Uint16Array.of(0, 1, 2) };
const HEAD = new Vector3();

function placed({ rotation: r, translation: t }: Pose, scale: number, into: Matrix4): void {
  into.set(
    r[0]! * scale, r[1]! * scale, r[2]! * scale, t[0]!,
    r[3]! * scale, r[4]! * scale, r[5]! * scale, t[1]!,
    r[6]! * scale, r[7]! * scale, r[8]! * scale, t[2]!,
    0, 0, 0, 1,
  );
}

/** How far a body must be moved, as a share, to stand where the face on its shoulders does: irises know distance better than a mean height. */
function asFar(body: Body, bearers: readonly Bearer[]): number {
  const at = joint("head") * 3;
  HEAD.set(body.joints[at]!, body.joints[at + 1]!, body.joints[at + 2]!);
  for (const { part, pose, isFound } of bearers) {
    if (part !== "head" || !isFound) continue;
    const [x, y, z] = [pose.translation[0]!, pose.translation[1]!, pose.translation[2]!];
    const k = z / (HEAD.z + EARS[1] + 0.03);
    // The same direction, within half a head.
    if (Math.hypot(x / k - HEAD.x, y / k - HEAD.y - EARS[0]) < 0.16) return Math.max(0.6, Math.min(1.6, k));
  }
  return 1;
}

const QUAD_VERTEX = /* glsl */ `
varying vec2 at;
void main() { at = vec2( uv.x, 1.0 - uv.y ); gl_Position = vec4( position.xy, 1.0, 1.0 ); }`;
const QUAD_FRAGMENT = /* glsl */ `
varying vec2 at;
uniform sampler2D map;
void main() { gl_FragColor = sRGBTransferOETF( texture2D( map, at ) ); }`;
