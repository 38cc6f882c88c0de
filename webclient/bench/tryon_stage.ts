/**
 * Synthetic people before a synthetic camera, drawn into a canvas as a webcam would give it: light, room and noise.
 *
 * What it is not: the product's mirror, or a judge.
 */
import {
  AmbientLight, BufferAttribute, BufferGeometry, CanvasTexture, DirectionalLight, Group, HemisphereLight, Matrix4, Mesh, MeshBasicMaterial, MeshStandardMaterial, NeutralToneMapping,
  PerspectiveCamera, PlaneGeometry, Scene, SRGBColorSpace, WebGLRenderer, type Texture,
} from "three";
import { HEIGHT, poseOf, WIDTH, type Case, type Person, type Stance } from "./tryon_cases";

/** Linear reflectances. */
const SKIN = { light: [0.80, 0.52, 0.38], medium: [0.46, 0.25, 0.14], dark: [0.13, 0.06, 0.035] } as const;
const HAIR = { light: [0.16, 0.09, 0.045], medium: [0.03, 0.018, 0.012], dark: [0.012, 0.009, 0.008] } as const;
const SHIRT = [0.12, 0.2, 0.28] as const;
const REGION = { skin: 0, hair: 1, top: 2, white: 5, iris: 6, mouth: 7, brows: 8 } as const;

const LIGHTS: Readonly<Record<Case["light"], { key: readonly [number, number, number, number]; sky: number; exposure: number; wall: number; tint: number }>> = {
  soft: { key: [0.3, 0.8, 1, 1.4], sky: 1.5, exposure: 1, wall: 0.42, tint: 0xffffff },
  side: { key: [1.6, 0.5, 0.25, 3.2], sky: 0.5, exposure: 1, wall: 0.3, tint: 0xffffff },
  dim: { key: [0.2, 0.6, 1, 0.5], sky: 0.35, exposure: 0.55, wall: 0.1, tint: 0xffe8d0 },
  back: { key: [-0.4, 0.7, -1, 2.5], sky: 0.8, exposure: 0.8, wall: 0.95, tint: 0xffffff },
  warm: { key: [-0.6, 0.9, 0.8, 2], sky: 0.9, exposure: 1, wall: 0.4, tint: 0xffb070 },
};

interface Figure {
  readonly geometry: BufferGeometry;
  readonly colours: Float32Array;
  readonly region: Uint8Array;
}

export class Stage {
  /** The frame, as a camera would hand it over. */
  readonly canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  readonly #context = this.canvas.getContext("2d", { willReadFrequently: true })!;
  readonly #gl = new OffscreenCanvas(WIDTH, HEIGHT);
  readonly #renderer = new WebGLRenderer({ canvas: this.#gl, antialias: true, preserveDrawingBuffer: true });
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(63, WIDTH / HEIGHT, 0.05, 20);
  readonly #key = new DirectionalLight(0xffffff, 1);
  readonly #sky = new HemisphereLight(0xffffff, 0x887766, 1);
  readonly #figures = new Map<string, Figure>();
  readonly #skin = new MeshStandardMaterial({ vertexColors: true, roughness: 0.62 });
  readonly #group = new Group();
  readonly #wall: MeshBasicMaterial;
  readonly #posters = new Map<string, Texture>();
  readonly #grain: OffscreenCanvas[] = [];
  #chance = 12345;

  constructor() {
    this.#renderer.toneMapping = NeutralToneMapping;
    this.#renderer.outputColorSpace = SRGBColorSpace;
    this.#wall = new MeshBasicMaterial({ map: room(), toneMapped: false });
    const wall = new Mesh(new PlaneGeometry(14, 8), this.#wall);
    wall.position.set(0, 0.2, -3.2);
    this.#scene.add(wall, this.#key, this.#sky, new AmbientLight(0xffffff, 0.15), this.#group);
  }

  put(person: Person, bytes: ArrayBuffer): void {
    const { vertices: n, triangles } = person.mesh;
    const float = (at: number): Float32Array => new Float32Array(bytes, at * n * 12, n * 3);
    const region = new Uint8Array(bytes, n * 36, n);
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(float(0), 3));
    geometry.setAttribute("normal", new BufferAttribute(float(1), 3));
    geometry.setIndex(new BufferAttribute(new Uint32Array(bytes, n * 36 + Math.ceil(n / 4) * 4, triangles * 3), 1));
    this.#figures.set(person.id, { geometry, colours: float(2), region });
  }

  draw(one: Case): void {
    const light = LIGHTS[one.light];
    this.#key.position.set(light.key[0], light.key[1], light.key[2]);
    this.#key.intensity = light.key[3];
    this.#key.color.set(light.tint);
    this.#sky.intensity = light.sky;
    this.#renderer.toneMappingExposure = light.exposure;
    this.#wall.color.setScalar(light.wall * light.exposure);
    this.#camera.fov = one.vertical_deg;
    this.#camera.updateProjectionMatrix();
    this.#group.clear();
    for (const head of one.heads) this.#group.add(head.isPoster ? this.#poster(head) : this.#head(head));
    this.#renderer.render(this.#scene, this.#camera);
    this.#context.globalCompositeOperation = "copy";
    this.#context.drawImage(this.#gl, 0, 0);
    if (one.noise > 0) this.#addGrain(one.noise);
    for (const child of this.#group.children) (child as Mesh).geometry.dispose();
  }

  /** A photograph, as it is. */
  show(picture: ImageBitmap): void {
    this.#context.globalCompositeOperation = "copy";
    this.#context.drawImage(picture, 0, 0, WIDTH, HEIGHT);
  }

  #head(stance: Stance): Mesh {
    const figure = this.#figures.get(stance.person)!;
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", figure.geometry.getAttribute("position"));
    geometry.setAttribute("normal", figure.geometry.getAttribute("normal"));
    geometry.setIndex(figure.geometry.getIndex());
    geometry.setAttribute("color", new BufferAttribute(tinted(figure, stance.tone), 3));
    const mesh = new Mesh(geometry, this.#skin);
    mesh.matrixAutoUpdate = false;
    mesh.frustumCulled = false;
    const { rotation: r, translation: t } = poseOf(stance);
    mesh.matrix.copy(new Matrix4().set(r[0]!, r[1]!, r[2]!, t[0]!, r[3]!, r[4]!, r[5]!, t[1]!, r[6]!, r[7]!, r[8]!, t[2]!, 0, 0, 0, 1));
    return mesh;
  }

  /** A print of the face, 30 by 40 cm, held where the head would be. */
  #poster(stance: Stance): Mesh {
    let print = this.#posters.get(stance.person);
    if (!print) {
      const straight: Case = { id: "print", light: "soft", vertical_deg: 40, noise: 0, heads: [{ ...stance, isPoster: false, yaw_deg: 0, pitch_deg: 0, roll_deg: 0, at_m: [0, -0.02, -0.62] }] };
      this.draw(straight);
      const flat = new OffscreenCanvas(540, 720);
      flat.getContext("2d")!.drawImage(this.canvas, 370, 0, 540, 720, 0, 0, 540, 720);
      print = new CanvasTexture(flat);
      print.colorSpace = SRGBColorSpace;
      this.#posters.set(stance.person, print);
    }
    const mesh = new Mesh(new PlaneGeometry(0.3, 0.4), new MeshBasicMaterial({ map: print, toneMapped: false }));
    const { rotation: r, translation: t } = poseOf(stance);
    mesh.matrixAutoUpdate = false;
    mesh.matrix.set(r[0]!, r[1]!, r[2]!, t[0]!, r[3]!, r[4]!, r[5]!, t[1]!, r[6]!, r[7]!, r[8]!, t[2]!, 0, 0, 0, 1);
    return mesh;
  }

  /** A sensor's noise: four tiles of it, laid anew in each frame. */
  #addGrain(sigma: number): void {
    while (this.#grain.length < 4) this.#grain.push(grain(() => this.#random()));
    const [dx, dy] = [Math.floor(this.#random() * 256), Math.floor(this.#random() * 256)];
    const tile = this.#grain[Math.floor(this.#random() * 4)]!;
    // The tile holds brighter and darker halves: one is added, the other taken away.
    for (const [from, how] of [[0, "lighter"], [512, "difference"]] as const) {
      this.#context.globalCompositeOperation = how;
      this.#context.globalAlpha = sigma / 16;
      for (let x = -dx; x < WIDTH; x += 512) for (let y = -dy; y < HEIGHT; y += 512) this.#context.drawImage(tile, from, 0, 512, 512, x, y, 512, 512);
    }
    this.#context.globalAlpha = 1;
    this.#context.globalCompositeOperation = "copy";
  }

  #random(): number {
    return (this.#chance = (Math.imul(this.#chance, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  }
}

function tinted({ colours, region }: Figure, tone: Stance["tone"]): Float32Array {
  const all = new Float32Array(colours.length);
  for (let i = 0; i < region.length; i++) {
    const of = region[i]!;
    const tint: readonly number[] =
      of === REGION.hair || of === REGION.brows ? HAIR[tone] : of === REGION.top ? SHIRT : of === REGION.white || of === REGION.iris ? WHITE : SKIN[tone];
    for (let k = 0; k < 3; k++) all[i * 3 + k] = colours[i * 3 + k]! * tint[k]!;
  }
  return all;
}

const WHITE = [1, 1, 1] as const;

/** A tile of 512 pixels: on its left what brightens, on its right what darkens; one standard deviation is 16 of 255. */
function grain(random: () => number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(1024, 512);
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(1024, 512);
  for (let y = 0; y < 512; y++) {
    for (let x = 0; x < 512; x++) {
      for (let k = 0; k < 3; k++) {
        const value = 16 * Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
        image.data[(y * 1024 + x + (value > 0 ? 0 : 512)) * 4 + k] = Math.abs(value);
      }
      image.data[(y * 1024 + x) * 4 + 3] = image.data[(y * 1024 + x + 512) * 4 + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** A wall with a shelf and a window: something for a detector to look at, and no face. */
function room(): Texture {
  const canvas = new OffscreenCanvas(1024, 586);
  const c = canvas.getContext("2d")!;
  const fill = (colour: string, x: number, y: number, w: number, h: number): void => {
    c.fillStyle = colour;
    c.fillRect(x, y, w, h);
  };
  const wall = c.createLinearGradient(0, 0, 1024, 586);
  wall.addColorStop(0, "#e8e2d8");
  wall.addColorStop(1, "#b8b0a4");
  c.fillStyle = wall;
  c.fillRect(0, 0, 1024, 586);
  fill("#dfeaf4", 90, 90, 190, 250);
  fill("#8a7a68", 180, 90, 10, 250);
  fill("#6d5640", 680, 250, 260, 12);
  for (const [i, colour] of ["#7a3b2e", "#2f4a5a", "#c9b27a", "#54603f", "#8d8d8d", "#3c3046"].entries()) fill(colour, 700 + i * 34, 170 + (i % 3) * 12, 24, 80 - (i % 3) * 12);
  fill("#5b6b58", 420, 330, 150, 256);
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  return texture;
}
