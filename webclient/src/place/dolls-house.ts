/**
 * A furnished room as a doll's house: its floor, low walls round it and the pieces in their places, seen from above and
 * turned with a finger or with keys. For whoever has neither the room nor a photo of it: the friend one shows it to.
 *
 * What it is not: a room one can furnish (`ar.ts`, `photo.ts`); nothing here is moved, kept or judged.
 */
import { BoxGeometry, CanvasTexture, CircleGeometry, Color, DirectionalLight, Group, Mesh, MeshStandardMaterial, NeutralToneMapping, PerspectiveCamera, RepeatWrapping, Scene, Shape, ShapeGeometry, Spherical, SRGBColorSpace, Vector3, WebGLRenderer, type BufferGeometry, type Texture } from "three";
import { environment } from "../viewer/studio";
import { Arrangement } from "./arrangement";
import type { Layout } from "./layout";
import type { Polygon } from "./polygon";
import { Stage } from "./stage";
import { variantBySku, type Wares } from "./wares";

const WALL_M = { high: 0.34, thick: 0.07 };
const BOARD_M = { long: 1.6, wide: 0.16 };
/** The texture of boards: so many rows, repeating. */
const ROWS = 8;
const PX_PER_M = 200;
const OAK = ["#c9a778", "#c2a070", "#cfae80", "#bd9a6a", "#c6a474"];
/** Without a measured room the pieces stand on a round carpet, this far round them. */
const ROUND_M = 0.7;
const ELEVATION = { least: 0.25, most: 1.35 };
const KEY_RAD = Math.PI / 18;
const NEARER = 1.15;

export interface DollsHouseOptions {
  readonly wares: Wares;
  format(metres: number): string;
  failed(product: string, error: unknown): void;
}

export class DollsHouse {
  readonly canvas: HTMLCanvasElement;
  readonly arrangement = new Arrangement();
  readonly #options: DollsHouseOptions;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #eye = new PerspectiveCamera(30, 1, 0.1, 200);
  readonly #around = new Spherical(6, 0.92, 0.6);
  readonly #middle = new Vector3();
  readonly #room = new Group();
  readonly #light: Texture;
  readonly #boards: Texture;
  readonly #stage: Stage;
  readonly #ended = new AbortController();
  readonly #resized: ResizeObserver;
  readonly #fingers = new Map<number, { x: number; y: number }>();
  #floor = "";
  #reach_m = 0;
  #nearness = 1;
  #wanted: Layout | null = null;
  #isLaying = false;
  #frame = 0;

  constructor(options: DollsHouseOptions) {
    this.#options = options;
    this.#renderer = new WebGLRenderer({ antialias: true, alpha: true });
    this.#renderer.toneMapping = NeutralToneMapping;
    this.#renderer.toneMappingExposure = 0.82;
    this.#renderer.setClearColor(0x000000, 0);
    this.canvas = this.#renderer.domElement;
    this.canvas.className = "drawn";
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.#light = environment();
    this.#scene.environment = this.#light;
    const sun = new DirectionalLight(0xfff1dc, 0.7);
    sun.position.set(3, 6, 4);
    this.#scene.add(sun, this.#room);
    this.#boards = boards();
    this.#stage = new Stage({ renderer: this.#renderer, arrangement: this.arrangement, format: options.format, changed: () => this.#ask(), failed: options.failed });
    this.#scene.add(this.#stage.group);
    this.#listen();
    this.#resized = new ResizeObserver(() => this.#ask());
    this.#resized.observe(this.canvas);
  }

  /** Models that have not come yet. */
  get waiting(): number {
    return this.#stage.waiting;
  }

  /** Show this; of several in a row only the last counts. */
  async see(layout: Layout): Promise<void> {
    this.#wanted = layout;
    if (this.#isLaying) return;
    this.#isLaying = true;
    try {
      while (this.#wanted && !this.#ended.signal.aborted) {
        const next: Layout = this.#wanted;
        this.#wanted = null;
        await this.#lay(next);
      }
    } finally {
      this.#isLaying = false;
    }
  }

  dispose(): void {
    this.#ended.abort();
    cancelAnimationFrame(this.#frame);
    this.#resized.disconnect();
    this.#stage.dispose();
    this.#clear();
    this.#boards.dispose();
    this.#light.dispose();
    this.#renderer.dispose();
    this.canvas.remove();
  }

  /** What stands where it stood keeps its figure: only what is new is loaded. */
  async #lay({ pieces, floor }: Layout): Promise<void> {
    const { wares, failed } = this.#options;
    const offered = await Promise.all(pieces.map((one) => wares.of(one.product, this.#ended.signal).catch((error: unknown) => {
      if (!this.#ended.signal.aborted) failed(one.product, error);
      return null;
    })));
    if (this.#ended.signal.aborted) return;
    const free = [...this.arrangement.pieces];
    for (const [i, one] of pieces.entries()) {
      const found = offered[i];
      if (!found) continue;
      const variant = variantBySku(found.row, one.sku);
      const at = free.findIndex(({ ware, sku }) => ware.product === one.product && sku === (variant?.sku ?? null));
      const [same] = at >= 0 ? free.splice(at, 1) : [];
      if (same) this.arrangement.drag(same.id, one);
      else this.arrangement.add(found.ware, one, variant?.name ?? null, variant?.sku ?? null);
    }
    for (const gone of free) this.arrangement.remove(gone.id);
    this.arrangement.select(null);
    this.#build(floor);
  }

  #build(floor: Polygon | null): void {
    const { pieces } = this.arrangement;
    const far = pieces.map(({ x_m, z_m, ware }) => ({ x_m, z_m, r_m: Math.hypot(ware.size_m[0], ware.size_m[2]) / 2 }));
    const corners = floor ?? far.flatMap(({ x_m, z_m, r_m }) => [[x_m - r_m, z_m - r_m], [x_m + r_m, z_m + r_m]] as const);
    if (!corners.length) return this.#ask();
    const [xs, zs] = [corners.map(([x]) => x), corners.map(([, z]) => z)];
    const [x, z] = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...zs) + Math.max(...zs)) / 2];
    const reach_m = floor ? Math.hypot(Math.max(...xs) - x, Math.max(...zs) - z) : Math.max(...far.map((one) => Math.hypot(one.x_m - x, one.z_m - z) + one.r_m)) + ROUND_M;
    const key = JSON.stringify(floor ?? [x, z, reach_m]);
    if (key !== this.#floor) {
      this.#floor = key;
      this.#clear();
      if (floor) this.#walled(floor);
      else this.#carpet(x, z, reach_m);
      // A carpet grows with every piece; the eye follows only what would not be seen whole.
      if (floor || reach_m > this.#reach_m || Math.hypot(x - this.#middle.x, z - this.#middle.z) > reach_m / 2) {
        this.#middle.set(x, pieces.some(({ y_m }) => y_m > 1) ? 0.6 : 0.3, z);
        this.#reach_m = reach_m;
      }
    }
    this.#ask();
  }

  #walled(floor: Polygon): void {
    const shape = new Shape();
    floor.forEach(([x, z], i) => (i ? shape.lineTo(x, -z) : shape.moveTo(x, -z)));
    const ground = new ShapeGeometry(shape).rotateX(-Math.PI / 2);
    const at = ground.getAttribute("position");
    const uv = ground.getAttribute("uv");
    for (let i = 0; i < at.count; i++) uv.setXY(i, at.getX(i) / BOARD_M.long, at.getZ(i) / (BOARD_M.wide * ROWS));
    this.#put(ground, new MeshStandardMaterial({ map: this.#boards, roughness: 0.62 }), 0, -0.002, 0);
    floor.forEach(([x, z], i) => {
      const [nx, nz] = floor[(i + 1) % floor.length] ?? [x, z];
      const long = Math.hypot(nx - x, nz - z);
      const wall = this.#put(new BoxGeometry(long + WALL_M.thick, WALL_M.high, WALL_M.thick), new MeshStandardMaterial({ color: 0xf4eee4, roughness: 0.95 }), (x + nx) / 2, WALL_M.high / 2, (z + nz) / 2);
      wall.rotation.y = -Math.atan2(nz - z, nx - x);
    });
  }

  #carpet(x: number, z: number, r_m: number): void {
    this.#put(new CircleGeometry(r_m, 96).rotateX(-Math.PI / 2), new MeshStandardMaterial({ color: new Color("#d9cbb4"), roughness: 1 }), x, -0.002, z);
  }

  #put(geometry: BufferGeometry, material: MeshStandardMaterial, x: number, y: number, z: number): Mesh {
    const mesh = new Mesh(geometry, material);
    mesh.position.set(x, y, z);
    this.#room.add(mesh);
    return mesh;
  }

  #clear(): void {
    for (const mesh of this.#room.children as Mesh[]) {
      mesh.geometry.dispose();
      (mesh.material as MeshStandardMaterial).dispose();
    }
    this.#room.clear();
  }

  // ── fingers and keys

  #listen(): void {
    const { signal } = this.#ended;
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    }, { signal });
    canvas.addEventListener("pointermove", (event) => this.#dragged(event), { signal });
    for (const kind of ["pointerup", "pointercancel"] as const) canvas.addEventListener(kind, (event) => this.#fingers.delete(event.pointerId), { signal });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#zoom(event.deltaY > 0 ? 1 / NEARER : NEARER);
    }, { passive: false, signal });
    canvas.addEventListener("keydown", (event) => {
      const turn = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (turn) this.#turn((turn[0] ?? 0) * KEY_RAD, (turn[1] ?? 0) * KEY_RAD);
      else if (event.key === "+" || event.key === "=") this.#zoom(NEARER);
      else if (event.key === "-") this.#zoom(1 / NEARER);
      else return;
      event.preventDefault();
    }, { signal });
  }

  #dragged(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const [other] = [...this.#fingers].filter(([id]) => id !== event.pointerId).map(([, one]) => one);
    if (other) this.#zoom(Math.hypot(event.clientX - other.x, event.clientY - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y)));
    else this.#turn((before.x - event.clientX) / 180, (before.y - event.clientY) / 180);
    before.x = event.clientX;
    before.y = event.clientY;
  }

  #turn(theta: number, phi: number): void {
    this.#around.theta += theta;
    this.#around.phi = Math.min(ELEVATION.most, Math.max(ELEVATION.least, this.#around.phi + phi));
    this.#ask();
  }

  #zoom(by: number): void {
    this.#nearness = Math.min(4, Math.max(0.6, this.#nearness * by));
    this.#ask();
  }

  #ask(): void {
    if (this.#frame || this.#ended.signal.aborted) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    this.#renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.#renderer.setSize(width, height, false);
    this.#eye.aspect = width / height;
    // All of it is seen, whichever way the window is the narrower.
    const half = (this.#eye.fov * Math.PI) / 360;
    this.#around.radius = Math.max(this.#reach_m, 0.6) / Math.sin(Math.min(half, Math.atan(Math.tan(half) * this.#eye.aspect))) / this.#nearness;
    this.#eye.position.setFromSpherical(this.#around).add(this.#middle);
    this.#eye.lookAt(this.#middle);
    this.#eye.updateProjectionMatrix();
    this.#renderer.render(this.#scene, this.#eye);
  }
}

/** Oak boards, laid with their ends apart. */
function boards(): Texture {
  const canvas = document.createElement("canvas");
  canvas.width = BOARD_M.long * PX_PER_M;
  canvas.height = BOARD_M.wide * ROWS * PX_PER_M;
  const context = canvas.getContext("2d");
  const high = canvas.height / ROWS;
  for (let row = 0; context && row < ROWS; row++) {
    const end = ((row * 0.37) % 1) * canvas.width;
    for (const [part, from, to] of [[0, 0, end], [1, end, canvas.width]] as const) {
      context.fillStyle = OAK[(row * 2 + part * 3) % OAK.length] ?? "#c6a474";
      context.fillRect(from, row * high, to - from, high);
    }
    context.strokeStyle = "rgb(90 66 38 / 0.12)";
    for (let line = 1; line < 6; line++) {
      context.beginPath();
      context.moveTo(0, row * high + (line * high) / 6);
      context.bezierCurveTo(canvas.width * 0.3, row * high + (line * high) / 6 + Math.sin(row + line) * 4, canvas.width * 0.7, row * high + (line * high) / 6 - Math.cos(row * line) * 4, canvas.width, row * high + (line * high) / 6);
      context.stroke();
    }
    context.fillStyle = "rgb(70 50 28 / 0.45)";
    context.fillRect(0, row * high, canvas.width, 1.5);
    context.fillRect(end, row * high, 1.5, high);
  }
  const texture = new CanvasTexture(canvas);
  texture.wrapS = texture.wrapT = RepeatWrapping;
  texture.colorSpace = SRGBColorSpace;
  texture.anisotropy = 4;
  return texture;
}
