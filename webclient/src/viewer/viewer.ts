/**
 * The product in 3D: loaded far to near, lit like its poster, turned by mouse, touch or keys.
 *
 * It draws only when something has changed. What it is not: the page around it (see `ui/stage`).
 */
import {
  Box3, MathUtils, NeutralToneMapping, PerspectiveCamera, Scene, Spherical, Vector3, WebGLRenderer, type Texture,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { elevationDeg, fitted, FOV_Y_DEG, YAW_DEG, type Stand } from "./frame";
import { seeThrough } from "./glass";
import { dispose, load, warm } from "./loader";
import { meshesOf } from "./meshes";
import { ContactShadow } from "./shadow";
import { rehearse } from "./rehearse";
import { environment } from "./studio";
import { Variants } from "./variants";

export interface Source {
  readonly address: string;
  /** What the page calls this level. */
  readonly level: string;
  /** The file, if it is on its way already. */
  readonly data?: Promise<ArrayBuffer> | undefined;
}

export interface Told {
  /** A level is on the screen. */
  shown(level: string, isLast: boolean): void;
  /** The camera moved: overlays follow. */
  moved(project: (x: number, y: number, z: number) => readonly [number, number]): void;
  /** The graphics context was lost. */
  lost(): void;
}

const FADE_MS = 220;
const MAX_PIXEL_RATIO = 2;
const KEY_TURN_RAD = MathUtils.degToRad(7.5);
const SAMPLE = 6000;

export class Viewer {
  readonly canvas: HTMLCanvasElement;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(FOV_Y_DEG, 1, 0.01, 100);
  readonly #controls: OrbitControls;
  readonly #shadow = new ContactShadow();
  readonly #light: Texture;
  readonly #ended = new AbortController();
  readonly #resized: ResizeObserver;
  readonly #told: Told;
  #model: { scene: import("three").Group; variants: Variants } | undefined;
  #home: Stand | undefined;
  #colour: string | null = null;
  #asked = 0;
  readonly #spot = new Vector3();
  readonly #place: [number, number] = [0, 0];

  /** @throws if the browser gives no WebGL 2. */
  constructor(host: HTMLElement, told: Told) {
    this.#told = told;
    this.#renderer = new WebGLRenderer({ antialias: true, alpha: true, powerPreference: "default" });
    warm(this.#renderer);
    this.canvas = this.#renderer.domElement;
    this.canvas.tabIndex = 0;
    this.#renderer.toneMapping = NeutralToneMapping;
    this.#renderer.toneMappingExposure = 1;
    this.#renderer.setClearColor(0x000000, 0);
    this.#light = environment();
    this.#scene.environment = this.#light;
    // The lamps stand beside the poster's camera, which went round by as much.
    this.#scene.environmentRotation.y = MathUtils.degToRad(YAW_DEG);
    this.#scene.add(this.#shadow.group);
    this.#controls = new OrbitControls(this.#camera, this.canvas);
    this.#controls.enablePan = false;
    this.#controls.enableDamping = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#controls.dampingFactor = 0.08;
    this.#controls.rotateSpeed = 0.8;
    this.#controls.minPolarAngle = MathUtils.degToRad(8);
    this.#controls.maxPolarAngle = MathUtils.degToRad(92);
    this.#controls.addEventListener("change", () => this.#ask());
    this.canvas.addEventListener("keydown", (event) => this.#key(event));
    this.canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      if (!this.#ended.signal.aborted) this.#told.lost();
    });
    host.append(this.canvas);
    this.#resized = new ResizeObserver(() => this.#fit(host));
    this.#resized.observe(host);
    this.#fit(host);
  }

  /** Show the sources one after the other, coarse to fine, each fading into the next. */
  async show(sources: readonly Source[]): Promise<void> {
    for (const [index, source] of sources.entries()) {
      const rehearsed = source.data?.then((data) => rehearse(data, this.#renderer, this.#scene, this.#camera)).catch(() => undefined);
      const gltf = await load(source.address, this.#renderer, this.#ended.signal, source.data);
      const variants = new Variants(gltf);
      await variants.wear(this.#colour);
      seeThrough(gltf.scene);
      if (this.#ended.signal.aborted) return dispose(gltf.scene);
      this.#replace(gltf.scene, variants);
      void rehearsed?.then((done) => done?.());
      this.#told.shown(source.level, index === sources.length - 1);
    }
  }

  /** Put on a colourway, by its name in the file; fades like a level does. */
  async wear(name: string | null): Promise<void> {
    this.#colour = name;
    if (!this.#model) return;
    this.#keepFrame();
    await this.#model.variants.wear(name);
    seeThrough(this.#model.scene);
    this.#draw();
  }

  /** Back to where the poster was taken from. */
  reset(): void {
    if (!this.#home) return;
    this.#camera.position.copy(this.#home.eye);
    this.#controls.target.copy(this.#home.target);
    this.#controls.update();
    this.#ask();
  }

  /** Turn and come nearer by hand: radians, and a factor for the distance. */
  nudge(yaw: number, pitch: number, nearer = 1): void {
    const around = new Spherical().setFromVector3(this.#camera.position.clone().sub(this.#controls.target));
    around.theta += yaw;
    around.phi = MathUtils.clamp(around.phi + pitch, this.#controls.minPolarAngle, this.#controls.maxPolarAngle);
    around.radius = MathUtils.clamp(around.radius * nearer, this.#controls.minDistance, this.#controls.maxDistance);
    this.#camera.position.setFromSpherical(around).add(this.#controls.target);
    this.#controls.update();
    this.#ask();
  }

  redraw(): void {
    this.#ask();
  }

  dispose(): void {
    this.#ended.abort();
    cancelAnimationFrame(this.#asked);
    this.#resized.disconnect();
    this.#controls.dispose();
    if (this.#model) dispose(this.#model.scene);
    this.#shadow.dispose();
    this.#light.dispose();
    this.#renderer.dispose();
    this.#renderer.forceContextLoss();
    this.canvas.remove();
  }

  #replace(model: import("three").Group, variants: Variants): void {
    const old = this.#model;
    if (old) this.#keepFrame();
    model.updateMatrixWorld(true);
    const box = new Box3().setFromObject(model, true);
    if (!this.#home) this.#stand(model, box);
    this.#scene.add(model);
    this.#model = { scene: model, variants };
    if (old) {
      this.#scene.remove(old.scene);
      dispose(old.scene);
    }
    this.#draw();
    // The product first, its shadow after it: the shadow's programs take as long again.
    requestAnimationFrame(() => {
      if (this.#ended.signal.aborted || this.#model?.scene !== model) return;
      this.#shadow.cast(this.#renderer, model, box);
      this.#scene.add(model);
      this.#draw();
    });
  }

  #stand(model: import("three").Group, box: Box3): void {
    const home = fitted(vertices(model), box, YAW_DEG, elevationDeg(box));
    const radius = box.getSize(new Vector3()).length() / 2;
    this.#home = home;
    this.#camera.near = Math.max(radius * 0.02, 0.001);
    this.#camera.far = home.distance + radius * 12;
    this.#controls.minDistance = radius * 0.9;
    this.#controls.maxDistance = home.distance * 1.8;
    this.#camera.updateProjectionMatrix();
    this.reset();
  }

  /** Leave what is on the screen lying over it, and let it fade: the next model does not pop in. */
  #keepFrame(): void {
    this.#draw();
    const { width, height } = this.canvas;
    const kept = document.createElement("canvas");
    kept.width = width;
    kept.height = height;
    kept.className = "kept-frame";
    kept.getContext("2d")?.drawImage(this.canvas, 0, 0);
    this.canvas.after(kept);
    const fade = kept.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE_MS, easing: "ease-out", fill: "forwards" });
    fade.onfinish = (): void => kept.remove();
    fade.oncancel = (): void => kept.remove();
  }

  #key(event: KeyboardEvent): void {
    const turns: Readonly<Record<string, readonly [number, number, number]>> = {
      ArrowLeft: [-KEY_TURN_RAD, 0, 1], ArrowRight: [KEY_TURN_RAD, 0, 1],
      ArrowUp: [0, -KEY_TURN_RAD, 1], ArrowDown: [0, KEY_TURN_RAD, 1],
      "+": [0, 0, 0.9], "=": [0, 0, 0.9], "-": [0, 0, 1 / 0.9],
    };
    const turn = turns[event.key];
    if (turn && !event.ctrlKey && !event.metaKey) this.nudge(...turn);
    else if (event.key === "Home") this.reset();
    else return;
    event.preventDefault();
  }

  #fit(host: HTMLElement): void {
    const { clientWidth: width, clientHeight: height } = host;
    if (!width || !height) return;
    this.#renderer.setPixelRatio(Math.min(devicePixelRatio, MAX_PIXEL_RATIO));
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / height;
    this.#camera.updateProjectionMatrix();
    this.#draw();
  }

  #ask(): void {
    if (this.#asked || this.#ended.signal.aborted) return;
    this.#asked = requestAnimationFrame(() => {
      this.#asked = 0;
      this.#controls.update(); // with damping it asks again until it has come to rest
      this.#draw();
    });
  }

  #draw(): void {
    if (this.#ended.signal.aborted) return;
    this.#renderer.render(this.#scene, this.#camera);
    this.#told.moved(this.#project);
  }

  readonly #project = (x: number, y: number, z: number): readonly [number, number] => {
    this.#spot.set(x, y, z).project(this.#camera);
    this.#place[0] = (this.#spot.x + 1) / 2;
    this.#place[1] = (1 - this.#spot.y) / 2;
    return this.#place;
  };
}

/** Some of the model's vertices in the world: enough to frame it. */
function vertices(model: import("three").Group): Float32Array {
  const meshes = meshesOf(model);
  const total = meshes.reduce((sum, { geometry }) => sum + geometry.getAttribute("position").count, 0);
  const step = Math.max(1, Math.floor(total / SAMPLE));
  const out: number[] = [];
  const point = new Vector3();
  for (const mesh of meshes) {
    const count = mesh.geometry.getAttribute("position").count;
    for (let i = 0; i < count; i += step) {
      mesh.getVertexPosition(i, point).applyMatrix4(mesh.matrixWorld);
      out.push(point.x, point.y, point.z);
    }
  }
  return new Float32Array(out);
}
