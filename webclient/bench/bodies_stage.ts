/**
 * Synthetic people of known skeleton before a synthetic camera: the store's own figures, posed bone by bone.
 *
 * Truth is where the rig's bones begin (upper and lower arms, hands, upper and lower legs, feet), not a point of the skin.
 * What it is not: the product's mirror, or a judge (`bodies_judge.ts`).
 */
import {
  BufferAttribute, Color, DirectionalLight, Euler, Group, HemisphereLight, Mesh, MeshBasicMaterial, MeshStandardMaterial, PerspectiveCamera, PlaneGeometry, Quaternion, Scene, SRGBColorSpace,
  Texture, Vector3, WebGLRenderer, WebGLRenderTarget, type Object3D, type SkinnedMesh,
} from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { JOINTS, MEAN_HEIGHT_M } from "../src/tryon/body-bones";
import type { Body } from "../src/tryon/body";
import { lensOf, project, type Lens } from "../src/tryon/camera";
import { newPose } from "../src/tryon/pnp";

export const WIDTH = 1280;
export const HEIGHT = 720;
export const LENS: Lens = lensOf(WIDTH, HEIGHT);
/** The camera's own, above the floor. */
const EYE_M = 1.05;

export interface Stance {
  readonly person: string;
  readonly outfit: string;
  readonly hair: string;
  readonly tone: string;
  /** Degrees about the body's own axes, by bone. */
  readonly turns: Readonly<Record<string, readonly [number, number, number]>>;
  readonly yaw_deg: number;
  readonly x_m: number;
  readonly z_m: number;
  readonly drop_m: number;
}

const SKIN: Readonly<Record<string, number>> = { light: 0xe2b79a, medium: 0xb07a52, dark: 0x6b4630 };
/** By the regions that the figures' files name: skin, hair, cloth, shoes and the like. */
const CLOTH = [0x39506b, 0x6b5a45, 0x394a3c, 0x77716a] as const;

/** A body with its clothes, posed: every part shares the names of its bones. */
class Figure {
  readonly group = new Group();
  readonly parts: { readonly model: Object3D; readonly bones: ReadonlyMap<string, Object3D>; readonly mesh: SkinnedMesh }[] = [];
  readonly height_m: number;
  readonly hips_m: number;

  constructor(height_m: number, hips_m: number) {
    this.height_m = height_m;
    this.hips_m = hips_m;
  }

  add(model: Object3D, tone: string, cloth: number): void {
    const bones = new Map<string, Object3D>();
    let mesh: SkinnedMesh | null = null;
    model.traverse((object) => {
      if ((object as SkinnedMesh).isSkinnedMesh) mesh = object as SkinnedMesh;
      else bones.set(object.name, object);
    });
    if (!mesh) throw new Error("a figure without a skin");
    const found: SkinnedMesh = mesh;
    found.frustumCulled = false;
    colour(found, tone, cloth);
    this.parts.push({ model, bones, mesh: found });
    this.group.add(model);
  }

  bone(name: string): Object3D {
    const bone = this.parts[0]?.bones.get(name);
    if (!bone) throw new Error(name);
    return bone;
  }

  pose({ turns, yaw_deg, x_m, z_m, drop_m }: Stance): void {
    for (const { bones } of this.parts) {
      for (const [name, bone] of bones) {
        if (name === "hips") bone.position.y = this.hips_m - drop_m;
        const turn = turns[name];
        if (JOINTS.includes(name as (typeof JOINTS)[number])) bone.quaternion.identity();
        if (turn) bone.quaternion.setFromEuler(E.set(rad(turn[0]), rad(turn[1]), rad(turn[2]), "YXZ"));
      }
    }
    this.group.position.set(x_m, -EYE_M, z_m);
    this.group.rotation.y = rad(yaw_deg);
    this.group.updateMatrixWorld(true);
  }
}

const rad = (degrees: number): number => (degrees * Math.PI) / 180;
const E = new Euler();

function colour(mesh: SkinnedMesh, tone: string, cloth: number): void {
  const region = (mesh.geometry.getAttribute("_region") ?? mesh.geometry.getAttribute("_REGION")) as BufferAttribute | undefined;
  const count = mesh.geometry.getAttribute("position").count;
  const shade = mesh.geometry.getAttribute("color") as BufferAttribute | undefined;
  const colours = new Float32Array(count * 3);
  const c = new Color();
  for (let i = 0; i < count; i++) {
    c.set(COLOURS(region?.getX(i) ?? 2, tone, cloth));
    const k = shade ? 0.35 + 0.65 * shade.getX(i) : 1;
    colours.set([c.r * k, c.g * k, c.b * k], i * 3);
  }
  const geometry = mesh.geometry.clone();
  geometry.setAttribute("color", new BufferAttribute(colours, 3));
  mesh.geometry = geometry;
  mesh.material = new MeshStandardMaterial({ vertexColors: true, roughness: 0.75 });
}

/** The regions' codes, see `assets/demo/showroom_demo/avatars/mesh.py`. */
function COLOURS(region: number, tone: string, cloth: number): number {
  if (region === 0) return SKIN[tone] ?? 0xc08060;
  if (region === 1) return 0x2a1d14;
  if (region === 2) return CLOTH[cloth % CLOTH.length]!;
  if (region === 3) return 0x2c2f36;
  if (region === 4) return 0x1b1a19;
  if (region === 5) return 0xf0ece6;
  if (region === 6) return 0x3a2a1c;
  return 0x40302a;
}

export class BodyStage {
  readonly canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  readonly renderer = new WebGLRenderer({ canvas: this.canvas, antialias: true, preserveDrawingBuffer: true });
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(63, WIDTH / HEIGHT, 0.05, 20);
  readonly #loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
  readonly #files = new Map<string, Promise<ArrayBuffer>>();
  readonly #figures = new Map<string, Promise<Figure>>();
  readonly #target = new WebGLRenderTarget(WIDTH / 2, HEIGHT / 2);
  readonly #flat = new MeshBasicMaterial({ color: 0xffffff });
  readonly #black = new MeshBasicMaterial({ color: 0x000000 });
  readonly #pixels = new Uint8Array((WIDTH / 2) * (HEIGHT / 2) * 4);
  #sizes: Promise<Map<string, { height_m: number; hips_m: number }>> | null = null;
  readonly #shown: Object3D[] = [];
  readonly #prints = new Map<string, Texture>();

  constructor() {
    this.renderer.outputColorSpace = SRGBColorSpace;
    const wall = new Mesh(new PlaneGeometry(16, 9), new MeshStandardMaterial({ color: 0xb9b2a6, roughness: 1 }));
    wall.position.set(0, 1, -4.2);
    const floor = new Mesh(new PlaneGeometry(16, 9).rotateX(-Math.PI / 2), new MeshStandardMaterial({ color: 0x8a7a66, roughness: 1 }));
    floor.position.set(0, -EYE_M, -3);
    const sun = new DirectionalLight(0xfff4e6, 2.2);
    sun.position.set(1.2, 2.4, 2);
    this.#scene.add(wall, floor, sun, new HemisphereLight(0xffffff, 0x9a8a78, 1.4));
  }

  async #load(file: string): Promise<Object3D> {
    let bytes = this.#files.get(file);
    if (!bytes) this.#files.set(file, (bytes = fetch(`/figures/${file}`).then((answer) => answer.arrayBuffer())));
    return (await this.#loader.parseAsync((await bytes).slice(0), "")).scene;
  }

  #figure({ person, outfit, hair, tone }: Stance): Promise<Figure> {
    const key = `${person} ${outfit} ${hair} ${tone}`;
    let figure = this.#figures.get(key);
    if (figure) return figure;
    this.#sizes ??= fetch("/figures/figures.json").then(async (answer) => {
      const { bodies } = (await answer.json()) as { bodies: { id: string; height_m: number; hips_m: number }[] };
      return new Map(bodies.map(({ id, height_m, hips_m }) => [id, { height_m, hips_m }]));
    });
    figure = this.#sizes.then(async (sizes) => {
      const size = sizes.get(person)!;
      const made = new Figure(size.height_m, size.hips_m);
      const cloth = person.length + outfit.length;
      for (const file of [`head-${person}-near.glb`, `outfit-${outfit}-${person}-near.glb`, `hair-${hair}-${person}-near.glb`]) made.add(await this.#load(file), tone, cloth);
      return made;
    });
    this.#figures.set(key, figure);
    return figure;
  }

  /** Pose and draw; the canvas is then what a camera would see. */
  async show(stance: Stance): Promise<Figure> {
    const [figure] = await this.showAll([stance]);
    return figure!;
  }

  /** Any number of people, none included; no two of them alike. */
  async showAll(stances: readonly Stance[]): Promise<readonly Figure[]> {
    const figures = await Promise.all(stances.map((stance) => this.#figure(stance)));
    for (const [i, figure] of figures.entries()) figure.pose(stances[i]!);
    this.#draw(figures.map(({ group }) => group));
    return figures;
  }

  /** A printed picture of somebody, life-size, on the wall. */
  async poster(stance: Stance, x_m: number): Promise<void> {
    let print = this.#prints.get(stance.person);
    if (!print) {
      await this.show(stance);
      print = new Texture(await createImageBitmap(this.canvas, { imageOrientation: "flipY" }));
      print.colorSpace = SRGBColorSpace;
      print.needsUpdate = true;
      this.#prints.set(stance.person, print);
    }
    const high = (2 * -stance.z_m * HEIGHT) / 2 / LENS.focal;
    const sheet = new Mesh(new PlaneGeometry((high * WIDTH) / HEIGHT, high), new MeshBasicMaterial({ map: print, toneMapped: false }));
    sheet.position.set(x_m, 0, -3.6);
    this.#draw([sheet]);
    sheet.geometry.dispose();
    sheet.material.dispose();
  }

  #draw(shown: readonly Object3D[]): void {
    this.#scene.remove(...this.#shown);
    this.#shown.splice(0, this.#shown.length, ...shown);
    if (shown.length) this.#scene.add(...shown);
    this.renderer.setRenderTarget(null);
    this.renderer.render(this.#scene, this.#camera);
  }

  /**
   * Where something would be seen in the camera's picture, as 0 and 255 at half its size.
   *
   * @param shown drawn white @param before drawn black, and nearer things hide what is behind
   */
  silhouette(shown: Object3D, before: readonly Object3D[] = []): Uint8Array {
    const scene = new Scene();
    const kept: [Mesh, Mesh["material"], boolean][] = [];
    const paint = (object: Object3D, material: MeshBasicMaterial): void => {
      object.traverse((one) => {
        const mesh = one as Mesh;
        if (!mesh.isMesh) return;
        kept.push([mesh, mesh.material, mesh.visible]);
        mesh.material = material;
      });
    };
    const parents = new Map<Object3D, Object3D | null>([shown, ...before].map((one) => [one, one.parent]));
    paint(shown, this.#flat);
    for (const one of before) paint(one, this.#black);
    this.#flat.side = 2;
    scene.add(shown, ...before);
    scene.background = new Color(0x000000);
    this.renderer.setRenderTarget(this.#target);
    this.renderer.render(scene, this.#camera);
    this.renderer.readRenderTargetPixels(this.#target, 0, 0, WIDTH / 2, HEIGHT / 2, this.#pixels);
    this.renderer.setRenderTarget(null);
    for (const [mesh, material] of kept) mesh.material = material;
    for (const [one, parent] of parents) {
      if (parent) parent.add(one);
      else one.removeFromParent();
    }
    const mask = new Uint8Array(this.#pixels.length / 4);
    for (let i = 0; i < mask.length; i++) mask[i] = this.#pixels[i * 4]! > 127 ? 255 : 0;
    return mask;
  }
}

/** The figure's own skeleton as the product tells a body. */
export function truth(figure: Figure): Body & { readonly height_m: number } {
  const joints = new Float32Array(JOINTS.length * 3);
  const turns = new Float32Array(JOINTS.length * 4);
  const screen = new Float32Array(JOINTS.length * 2);
  const rotations = new Float32Array(JOINTS.length * 4);
  const [v, q, p] = [new Vector3(), new Quaternion(), new Float64Array(2)];
  for (const [i, name] of JOINTS.entries()) {
    const bone = figure.bone(name);
    bone.getWorldPosition(v).toArray(joints, i * 3);
    bone.getWorldQuaternion(q).toArray(turns, i * 4);
    (name === "hips" ? q : bone.quaternion).toArray(rotations, i * 4);
    project(LENS, v.x, v.y, v.z, p);
    screen.set(p, i * 2);
  }
  return {
    part: "body", pose: newPose(), scale: figure.height_m / MEAN_HEIGHT_M, isFound: true, confidence: 1, height_m: figure.height_m, height_spread_m: 0, joints, turns, rotations, screen, colours: { at: new Float32Array(26), isSeen: false },
    sure: new Float32Array(JOINTS.length).fill(1), lengths: new Float32Array(JOINTS.length), halves: new Float32Array(JOINTS.length),
  };
}
