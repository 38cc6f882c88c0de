/**
 * The mirror's picture: one camera frame, and over it what was worn in that very frame.
 *
 * Not mirrored here: the page turns the whole canvas, so that writing on a shirt reads as in a mirror. What it is not:
 * the camera, the trackers or what is for sale.
 */
import {
  Color, DirectionalLight, LinearFilter, Matrix4, Mesh, MeshPhysicalMaterial, MeshStandardMaterial, NeutralToneMapping, PCFShadowMap, PerspectiveCamera, PlaneGeometry, Scene, ShaderMaterial,
  SRGBColorSpace, Texture, Vector3, WebGLRenderer, type Material, type Object3D,
} from "three";
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
import type { CanonicalFace } from "./task";
import { chain, PART_OF, seat, type Anchor, type Worn } from "./wear";

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

/** Where temples vanish behind the ear: from here to there along the head, metres. */
const EAR_FADE = [-0.03, -0.044] as const;
/** What a clear lens still shows of itself. */
const CLEAR = 0.1;
const NEAR_M = 0.05;
const FAR_M = 14;
/** Cloth on a person, against the same cloth on the shop's stand: a bright background lights nobody's front. */
const CLOTH_BRIGHT = 0.85;
/** Half the width of what the sun's shadow takes in: about a head, about a body. */
const SMALL_M = 0.22;
const LARGE_M = 0.85;

export class Mirror {
  readonly renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(63, 1, NEAR_M, FAR_M);
  readonly #frame: Texture;
  readonly #quad: Mesh<PlaneGeometry, ShaderMaterial>;
  readonly #light: Texture;
  readonly #sun = new DirectionalLight(0xffffff, 1.2);
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
    this.#sun.castShadow = true;
    this.#sun.shadow.mapSize.set(1024, 1024);
    this.#sun.shadow.radius = 6;
    this.#sun.shadow.bias = -0.0004;
    this.#sun.shadow.normalBias = 0.004;
    this.#aim(SMALL_M);
    this.#scene.add(this.#quad, this.#sun, this.#sun.target);
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
    const gain = this.#meter.gain;
    const [r, g, b] = this.#meter.light.colour as unknown as [number, number, number];
    const most = Math.max(r, g, b, 1e-4);
    this.#sun.color.setRGB(r / most, g / most, b / most).lerp(WHITE, 0.5);
    this.#sun.intensity = 1.1 * gain;
    this.#scene.environmentIntensity = 0.75 * gain;
    this.#last = { lens, bearers, time_ms };
    this.#clothe(bearers, time_ms);
  }

  /** The last frame once more, with what is worn now: for a picture that is held. */
  again(): void {
    if (this.#last) this.#clothe(this.#last.bearers, this.#last.time_ms);
  }

  #clothe(bearers: readonly Bearer[], time_ms: number): void {
    this.#aim(SMALL_M);
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
    wear.follow(body, this.#onBody, time_ms, this.#last!.lens, (model) => dressed(model, "cloth"));
    if (!body.isFound || !this.#onBody.length) return;
    for (const { id } of this.#onBody) {
      const fade = (wear.model(id)?.userData as { fade?: Fade } | undefined)?.fade;
      if (!fade) continue;
      fade.shown.value = body.confidence;
      fade.bright.value = CLOTH_BRIGHT / Math.max(1, this.#meter.gain);
    }
    const chest = joint("chest") * 3;
    if (bearers.find(({ part }) => part === "body") !== body) return;
    this.#aim(LARGE_M);
    const [x, y, z] = [body.joints[chest]!, body.joints[chest + 1]!, body.joints[chest + 2]!];
    this.#sun.target.position.set(x, y, z).multiplyScalar(wear.group.scale.x);
    this.#sun.position.copy(this.#sun.target.position).add(SUN.set(0.9 * this.#meter.light.side, 1.1, 1.0));
  }

  /** How much the sun's shadow takes in: a head, or all of a body. */
  #aim(half_m: number): void {
    const { camera } = this.#sun.shadow;
    if (camera.right === half_m) return;
    Object.assign(camera, { left: -half_m, right: half_m, top: half_m, bottom: -half_m, near: 0.05, far: half_m === SMALL_M ? 1.4 : 3.2 });
    camera.updateProjectionMatrix();
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
    model.traverse((object) => {
      const mesh = object as Mesh;
      if (mesh.isMesh) for (const material of Array.isArray(mesh.material) ? mesh.material : [mesh.material]) material.dispose();
    });
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
    if (bearer.part === "head" && this.#sun.shadow.camera.right === SMALL_M) {
      const t = bearer.pose.translation;
      this.#sun.target.position.set(t[0]!, t[1]!, t[2]!);
      this.#sun.position.set(t[0]! + 0.35 * this.#meter.light.side, t[1]! + 0.3, t[2]! + 0.6);
    }
    for (const item of this.#items.values()) {
      if (PART_OF[item.worn] !== bearer.part) continue;
      let worn = wearer.items.get(item.id);
      if (!worn) {
        worn = { item, model: item.model.clone(true) };
        worn.model.matrixAutoUpdate = false;
        dressed(worn.model, item.worn === "spectacles" ? "temples" : "hard");
        wearer.items.set(item.id, worn);
        this.#scene.add(worn.model);
      }
      const seated = this.#seat(item, bearer.scale, bearer.bridge_m ?? 0);
      worn.model.visible = seated !== null;
      if (!seated) continue;
      chain(bearer.pose, seated, this.#pose);
      placed(this.#pose, 1, worn.model.matrix);
      worn.model.updateMatrixWorld(true);
      const { fade } = worn.model.userData as { fade?: Fade };
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
const WHITE = new Color(0xffffff);
const HEAD = new Vector3();
const SUN = new Vector3();

function placed({ rotation: r, translation: t }: Pose, scale: number, into: Matrix4): void {
  into.set(
    r[0]! * scale, r[1]! * scale, r[2]! * scale, t[0]!,
    r[3]! * scale, r[4]! * scale, r[5]! * scale, t[1]!,
    r[6]! * scale, r[7]! * scale, r[8]! * scale, t[2]!,
    0, 0, 0, 1,
  );
}

interface Fade {
  readonly head: { readonly value: Matrix4 };
  /** 0 to 1: a body that is not surely seen wears paler. */
  readonly shown: { value: number };
  /** Cloth only: how bright the person stands in the picture against how the shop lights it. */
  readonly bright: { value: number };
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

/** Materials of their own, that throw shadows and, on spectacles, vanish behind the ear. */
function dressed(model: Object3D, kind: "temples" | "hard" | "cloth"): void {
  const hasTemples = kind === "temples";
  const fade: Fade = { head: { value: new Matrix4() }, shown: { value: 1 }, bright: { value: 1 } };
  model.userData["fade"] = fade;
  const change = (from: Material): Material => {
    const material = from.clone();
    if (material instanceof MeshPhysicalMaterial && material.transmission > 0) clear(material);
    if (material instanceof MeshStandardMaterial) {
      material.customProgramCacheKey = () => `worn ${kind}`;
      material.onBeforeCompile = (shader) => {
        shader.uniforms["headFromWorld"] = fade.head;
        shader.uniforms["shown"] = fade.shown;
        shader.uniforms["bright"] = fade.bright;
        shader.vertexShader = shader.vertexShader
          .replace("#include <common>", "#include <common>\nvarying vec3 inHead;\nuniform mat4 headFromWorld;")
          .replace("#include <project_vertex>", "#include <project_vertex>\ninHead = ( headFromWorld * modelMatrix * vec4( transformed, 1.0 ) ).xyz;");
        shader.fragmentShader = shader.fragmentShader
          .replace("#include <common>", "#include <common>\nvarying vec3 inHead;\nuniform float shown;\nuniform float bright;")
          .replace("#include <opaque_fragment>", "outgoingLight *= bright;\n#include <opaque_fragment>")
          // The darker a lens, the more it covers; its gradient is in its texture.
          .replace("#include <color_fragment>", `#include <color_fragment>
            #ifdef IS_GLASS
              diffuseColor.a = clamp( ${CLEAR} + 1.05 * ( 1.0 - dot( diffuseColor.rgb, vec3( 0.3333 ) ) ), 0.0, 0.94 );
            #endif`)
          .replace("#include <clipping_planes_fragment>", `#include <clipping_planes_fragment>
            float atEar = ${hasTemples ? `smoothstep( ${EAR_FADE[1]}, ${EAR_FADE[0]}, inHead.z )` : "1.0"} * shown;
            if ( atEar < fract( 52.9829189 * fract( dot( gl_FragCoord.xy, vec2( 0.06711056, 0.00583715 ) ) ) ) ) discard;`);
      };
    }
    return material;
  };
  model.traverse((object) => {
    const mesh = object as Mesh;
    if (!mesh.isMesh) return;
    mesh.material = Array.isArray(mesh.material) ? mesh.material.map(change) : change(mesh.material);
    mesh.receiveShadow = kind === "cloth";
    mesh.castShadow = !(Array.isArray(mesh.material) ? mesh.material : [mesh.material]).some((one) => one.transparent);
  });
}

/** Glass over a picture: what is behind it is already drawn, so it only adds a tint and what it mirrors. */
function clear(glass: MeshPhysicalMaterial): void {
  const through = Number.isFinite(glass.attenuationDistance) && glass.attenuationDistance > 0 ? glass.thickness / glass.attenuationDistance : 0;
  const { attenuationColor: by, color } = glass;
  color.setRGB(color.r * by.r ** through, color.g * by.g ** through, color.b * by.b ** through);
  glass.transmission = 0;
  glass.transparent = true;
  glass.depthWrite = false;
  glass.envMapIntensity = 0.5;
  glass.thickness = 0;
  glass.defines = { ...glass.defines, IS_GLASS: "" };
}

const QUAD_VERTEX = /* glsl */ `
varying vec2 at;
void main() { at = vec2( uv.x, 1.0 - uv.y ); gl_Position = vec4( position.xy, 1.0, 1.0 ); }`;
const QUAD_FRAGMENT = /* glsl */ `
varying vec2 at;
uniform sampler2D map;
void main() { gl_FragColor = sRGBTransferOETF( texture2D( map, at ) ); }`;
