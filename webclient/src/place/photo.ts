/**
 * The room as a photo: four marks on something of known size give the camera, then pieces stand on its floor at their
 * true size, are dragged with a finger and moved with keys.
 *
 * The photo is drawn and never sent, kept or read for anything but its lens. What it is not: the controls around it
 * (`element.ts`) or the maths (`photo-camera.ts`).
 */
import { HemisphereLight, Matrix4, NeutralToneMapping, PerspectiveCamera, Ray, Scene, Vector3, WebGLRenderer, type Texture } from "three";
import { h } from "../ui/dom";
import { environment } from "../viewer/studio";
import { focalOf } from "./exif";
import type { Home } from "./home";
import { cameraOf, floorAt, precision, project, rayThrough, SIZES, type Corners, type PhotoCamera, type Reference } from "./photo-camera";
import type { Point } from "./polygon";
import { roomOf } from "./room";
import { Stage } from "./stage";
import { t } from "./words";

export type Step = "mark" | "floor" | "place";
export type Known = keyof typeof SIZES | "tile" | "door";

const STEP_M = 0.05;
const FINE_M = 0.01;
const TURN_RAD = Math.PI / 12;
const MOST_PX = 2400;
/** A mark by keys, pixels of the photo. */
const KEY_PX = 2;

export class UnreadablePhoto extends Error {
  override readonly name = "UnreadablePhoto";
}

export class Photo extends EventTarget {
  readonly element: HTMLElement;
  readonly stage: Stage;
  readonly #home: Home;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #eye = new PerspectiveCamera();
  readonly #light: Texture;
  readonly #picture: HTMLCanvasElement;
  readonly #lines: HTMLCanvasElement;
  readonly #marks: readonly HTMLButtonElement[];
  readonly #ended = new AbortController();
  readonly #resized: ResizeObserver;
  readonly #named_px: number | null;
  readonly width_px: number;
  readonly height_px: number;
  readonly #ray = new Ray();
  #step: Step = "mark";
  #known: Known = "a4";
  #typed = { width_m: 0.8, length_m: 2 };
  #at: Point[];
  #floor: Point[] = [];
  #camera: PhotoCamera | null = null;
  #held: { readonly id: number; readonly dx: number; readonly dz: number } | null = null;
  #fingers = new Map<number, Point>();
  #twist: { readonly angle: number; readonly yaw_rad: number; readonly id: number } | null = null;
  #frame = 0;

  /** @throws UnreadablePhoto */
  static async open(home: Home, file: Blob): Promise<Photo> {
    let picture: ImageBitmap;
    try {
      picture = await createImageBitmap(file);
    } catch {
      throw new UnreadablePhoto("not a picture");
    }
    return new Photo(home, picture, focalOf(await file.slice(0, 262_144).arrayBuffer(), picture.width, picture.height));
  }

  private constructor(home: Home, bitmap: ImageBitmap, named_px: number | null) {
    super();
    this.#home = home;
    const scale = Math.min(1, MOST_PX / Math.max(bitmap.width, bitmap.height));
    this.width_px = Math.max(1, Math.round(bitmap.width * scale));
    this.height_px = Math.max(1, Math.round(bitmap.height * scale));
    this.#named_px = named_px === null ? null : named_px * scale;
    this.#picture = h("canvas", { class: "photo", width: this.width_px, height: this.height_px, "aria-hidden": "true" });
    this.#picture.getContext("2d")?.drawImage(bitmap, 0, 0, this.width_px, this.height_px);
    bitmap.close();
    this.#lines = h("canvas", { class: "lines", width: this.width_px, height: this.height_px, "aria-hidden": "true" });
    this.#renderer = new WebGLRenderer({ antialias: true, alpha: true });
    this.#renderer.toneMapping = NeutralToneMapping;
    this.#renderer.setClearColor(0x000000, 0);
    const canvas = this.#renderer.domElement;
    canvas.className = "drawn";
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    this.#light = environment();
    this.#scene.environment = this.#light;
    this.#lit();
    this.#scene.add(new HemisphereLight(0xfffaf0, 0xcbbfae, 0.2));
    this.#eye.matrixAutoUpdate = false;
    this.stage = new Stage({
      renderer: this.#renderer, arrangement: home.arrangement, format: (metres) => home.speech.format(metres), changed: () => this.ask(),
      failed: (product, error) => {
        console.warn(error);
        home.say(t("no_model", { name: home.wares.row(product)?.name ?? product }));
      },
    });
    this.#scene.add(this.stage.group);
    const [w, l] = [this.width_px, this.height_px];
    this.#at = [[w * 0.38, l * 0.82], [w * 0.62, l * 0.82], [w * 0.58, l * 0.68], [w * 0.42, l * 0.68]];
    this.#marks = [0, 1, 2, 3].map((i) => this.#mark(i));
    this.element = h("div", { class: "stage" }, h("div", { class: "frame" }, this.#picture, canvas, this.#lines, ...this.#marks));
    this.#listen(canvas);
    this.#resized = new ResizeObserver(() => this.#fit());
    this.#resized.observe(this.element);
    this.#redrawn();
  }

  get step(): Step {
    return this.#step;
  }

  get known(): Known {
    return this.#known;
  }

  get typed(): { readonly width_m: number; readonly length_m: number } {
    return this.#typed;
  }

  get camera(): PhotoCamera | null {
    return this.#camera;
  }

  get floorCorners(): readonly Point[] {
    return this.#floor;
  }

  refer(known: Known, typed: Partial<{ width_m: number; length_m: number }> = {}): void {
    this.#known = known;
    this.#typed = { ...this.#typed, ...typed };
    this.#redrawn();
  }

  /** For who places marks by numbers: tests, and nobody else. */
  set marks(at: Corners) {
    this.#at = [...at];
    this.#redrawn();
  }

  reference(): Reference {
    const known = this.#known;
    if (known === "tile" || known === "door") return { ...this.#typed, isUpright: known === "door" };
    const { width_m, length_m } = SIZES[known];
    // Sheets lie either way: the longer pair of sides in the picture decides.
    const [a, b, c, d] = this.#at as [Point, Point, Point, Point];
    const across = (gap(a, b) + gap(c, d)) / 2;
    const along = (gap(b, c) + gap(d, a)) / 2;
    const lies = cameraOf([a, b, c, d], { width_m, length_m, isUpright: false }, this.width_px, this.height_px, this.#named_px);
    const stands = cameraOf([a, b, c, d], { width_m: length_m, length_m: width_m, isUpright: false }, this.width_px, this.height_px, this.#named_px);
    const isTurned = lies && stands ? stands.off_px < lies.off_px : stands !== null || across > along * 2;
    return isTurned ? { width_m: length_m, length_m: width_m, isUpright: false } : { width_m, length_m, isUpright: false };
  }

  /** @returns whether the marks can be that thing */
  scaled(): boolean {
    const reference = this.reference();
    this.#camera = cameraOf(this.#at as unknown as Corners, reference, this.width_px, this.height_px, this.#named_px);
    const camera = this.#camera;
    if (!camera) return false;
    this.#look(camera);
    this.#to("place");
    return true;
  }

  /** A share, one standard deviation, where the pieces stand. */
  precision(): number {
    return this.#camera ? precision(this.#camera, [this.width_px / 2, this.height_px * 0.75]) : 1;
  }

  #to(step: Step): void {
    this.#step = step;
    this.#redrawn();
    this.dispatchEvent(new Event("step"));
  }

  again(): void {
    this.#to("mark");
  }

  measure(on: boolean): void {
    this.#floor = [];
    this.#to(on ? "floor" : "place");
  }

  undo(): void {
    this.#floor = this.#floor.slice(0, -1);
    this.#redrawn();
    this.dispatchEvent(new Event("step"));
  }

  floorShown(): void {
    const camera = this.#camera;
    if (!camera || this.#floor.length < 3) return;
    const corners = this.#floor.map((pixel) => floorAt(camera, pixel)).filter((p) => p !== null);
    const size = Math.max(...corners.flatMap((p) => corners.map((q) => gap(p, q))));
    this.#home.arrangement.room = roomOf(corners, "photo", Math.max(0.02, size * this.precision() * 2));
    this.#to("place");
  }

  #look(camera: PhotoCamera): void {
    const { rotation: r, translation: p, focal_px: f, width_px: w, height_px: l } = camera;
    // Pictures look along +z with y down; three along -z with y up.
    const view = new Matrix4().set(r[0]!, r[1]!, r[2]!, p[0], -r[3]!, -r[4]!, -r[5]!, -p[1], -r[6]!, -r[7]!, -r[8]!, -p[2], 0, 0, 0, 1);
    this.#eye.matrix.copy(view.invert());
    this.#eye.matrixWorldNeedsUpdate = true;
    const [near, far] = [0.05, 80];
    this.#eye.near = near;
    this.#eye.far = far;
    const top = (near * l) / 2 / f;
    const side = (near * w) / 2 / f;
    this.#eye.projectionMatrix.makePerspective(-side, side, top, -top, near, far);
    this.#eye.projectionMatrixInverse.copy(this.#eye.projectionMatrix).invert();
  }

  /** Put what comes next on the floor before the viewer, with its front to them. */
  put(pixel: Point = [this.width_px / 2, this.height_px * 0.72]): void {
    const camera = this.#camera;
    if (!camera) return;
    let at = floorAt(camera, pixel);
    for (let y = 0.75; !at && y <= 1; y += 0.05) at = floorAt(camera, [this.width_px / 2, this.height_px * y]);
    if (!at) return;
    const { from } = rayThrough(camera, pixel);
    this.#home.put(at[0], 0, at[1], Math.atan2(from[0] - at[0], from[2] - at[1]));
  }

  // ── fingers and keys

  #mark(i: number): HTMLButtonElement {
    const mark = h("button", { type: "button", class: "mark", keydown: (event) => {
      const key = event as KeyboardEvent;
      const way = ARROWS[key.key];
      if (!way) return;
      event.preventDefault();
      const by = key.shiftKey ? KEY_PX * 10 : KEY_PX;
      this.#move(i, [this.#at[i]![0] + way[0] * by, this.#at[i]![1] + way[1] * by]);
    } }, String(i + 1));
    mark.addEventListener("pointerdown", (event) => {
      mark.setPointerCapture(event.pointerId);
      event.preventDefault();
      mark.focus();
    });
    mark.addEventListener("pointermove", (event) => {
      if (mark.hasPointerCapture(event.pointerId)) this.#move(i, this.#pixel(event));
    });
    return mark;
  }

  #move(i: number, [x, y]: Point): void {
    this.#at[i] = [Math.min(this.width_px, Math.max(0, x)), Math.min(this.height_px, Math.max(0, y))];
    this.#redrawn();
    this.dispatchEvent(new Event("marks"));
  }

  #pixel({ clientX, clientY }: MouseEvent): Point {
    const box = this.#picture.getBoundingClientRect();
    return [((clientX - box.left) / box.width) * this.width_px, ((clientY - box.top) / box.height) * this.height_px];
  }

  #listen(canvas: HTMLCanvasElement): void {
    const { signal } = this.#ended;
    this.#home.arrangement.addEventListener("change", () => this.ask(), { signal });
    document.addEventListener("language", () => this.#redrawn(), { signal });
    canvas.addEventListener("pointerdown", (event) => this.#down(canvas, event));
    canvas.addEventListener("pointermove", (event) => this.#drag(event));
    for (const kind of ["pointerup", "pointercancel"] as const) canvas.addEventListener(kind, (event) => this.#up(event));
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("wheel", (event) => {
      const { selected } = this.#home.arrangement;
      if (!selected) return;
      event.preventDefault();
      this.#home.arrangement.turn(selected.id, Math.sign(event.deltaY) * (TURN_RAD / 3));
    }, { passive: false });
  }

  #down(canvas: HTMLCanvasElement, event: PointerEvent): void {
    const camera = this.#camera;
    if (!camera) return;
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    const pixel = this.#pixel(event);
    if (this.#step === "floor") {
      if (floorAt(camera, pixel)) this.#floor = [...this.#floor, pixel];
      this.#redrawn();
      this.dispatchEvent(new Event("step"));
      return;
    }
    this.#fingers.set(event.pointerId, pixel);
    const { arrangement } = this.#home;
    if (this.#fingers.size === 2 && arrangement.selected) {
      this.#held = null;
      this.#twist = { angle: this.#angle(), yaw_rad: arrangement.selected.yaw_rad, id: arrangement.selected.id };
      return;
    }
    if (this.#home.next) return this.put(pixel);
    const { from, way } = rayThrough(camera, pixel);
    this.#ray.origin.set(...from);
    this.#ray.direction.set(...way);
    const piece = arrangement.piece(this.stage.pick(this.#ray)?.id ?? null);
    if (!piece) return;
    arrangement.select(piece.id);
    const at = floorAt(camera, pixel);
    this.#held = { id: piece.id, dx: at ? piece.x_m - at[0] : 0, dz: at ? piece.z_m - at[1] : 0 };
  }

  #drag(event: PointerEvent): void {
    const camera = this.#camera;
    if (!camera || !this.#fingers.has(event.pointerId)) return;
    const pixel = this.#pixel(event);
    this.#fingers.set(event.pointerId, pixel);
    const { arrangement } = this.#home;
    if (this.#twist) return arrangement.drag(this.#twist.id, { yaw_rad: this.#twist.yaw_rad - (this.#angle() - this.#twist.angle) });
    const at = this.#held ? floorAt(camera, pixel) : null;
    if (this.#held && at) arrangement.drag(this.#held.id, { x_m: at[0] + this.#held.dx, z_m: at[1] + this.#held.dz });
  }

  #up(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    const id = this.#twist?.id ?? this.#held?.id ?? null;
    if (id === null || this.#fingers.size > (this.#twist ? 1 : 0)) return;
    const isTurn = this.#twist !== null;
    this.#held = this.#twist = null;
    this.#home.arrangement.settle(id);
    this.#home.tell(isTurn ? "turned" : "moved", id);
  }

  #angle(): number {
    const [a, b] = [...this.#fingers.values()];
    return a && b ? Math.atan2(b[1] - a[1], b[0] - a[0]) : 0;
  }

  #key(event: KeyboardEvent): void {
    const { arrangement } = this.#home;
    if (event.ctrlKey || event.metaKey) return;
    if (this.#home.next && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      return this.put();
    }
    const { selected } = arrangement;
    if (!selected) return;
    const way = ARROWS[event.key];
    if (way) {
      event.preventDefault();
      // Along the floor as one sees it: up is away.
      RIGHT.setFromMatrixColumn(this.#eye.matrix, 0).setY(0).normalize();
      const by = event.altKey ? FINE_M : STEP_M;
      const [x, z] = [RIGHT.x * way[0] - RIGHT.z * way[1], RIGHT.z * way[0] + RIGHT.x * way[1]];
      arrangement.move(selected.id, { x_m: selected.x_m + x * by, z_m: selected.z_m + z * by });
      return this.#home.tell("moved", selected.id);
    }
    if (event.key === "," || event.key === ".") {
      arrangement.turn(selected.id, event.key === "," ? TURN_RAD : -TURN_RAD);
      return this.#home.tell("turned", selected.id);
    }
    if (event.key === "Delete" || event.key === "Backspace") this.#home.remove(selected.id);
  }

  // ── drawing

  #lit(): void {
    // A photo's own light cannot be known; its mean brightness says how much of it there is.
    const small = h("canvas", { width: 16, height: 16 });
    const pen = small.getContext("2d", { willReadFrequently: true });
    pen?.drawImage(this.#picture, 0, 0, 16, 16);
    const data = pen?.getImageData(0, 0, 16, 16).data;
    if (!data) return;
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) sum += 0.2126 * data[i]! + 0.7152 * data[i + 1]! + 0.0722 * data[i + 2]!;
    const mean = sum / (data.length / 4) / 255;
    this.#scene.environmentIntensity = Math.min(1.1, Math.max(0.35, mean * 1.5));
  }

  /** Everything that depends on the step, the marks or the language. */
  #redrawn(): void {
    const isMarking = this.#step === "mark";
    const canvas = this.#renderer.domElement;
    canvas.hidden = isMarking;
    const names = this.#home.arrangement.pieces.map(({ ware }) => ware.name).join(", ") || t("nothing");
    canvas.setAttribute("aria-label", `${t("photo_alt", { names })}. ${t("nudge")}`);
    this.#marks.forEach((mark, i) => {
      mark.hidden = !isMarking;
      const where = this.#known === "door" ? (["door1", "door2", "door3", "door4"] as const)[i] : (["c1", "c2", "c3", "c4"] as const)[i];
      mark.setAttribute("aria-label", t("corner", { n: i + 1, where: where ? t(where) : "" }));
      mark.style.setProperty("left", `${(this.#at[i]![0] / this.width_px) * 100}%`);
      mark.style.setProperty("top", `${(this.#at[i]![1] / this.height_px) * 100}%`);
    });
    this.#draw();
    this.ask();
  }

  #draw(): void {
    const pen = this.#lines.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, this.width_px, this.height_px);
    const unit = Math.max(this.width_px, this.height_px) / 900;
    const draw = (points: readonly Point[], isClosed: boolean, fill: string): void => {
      if (!points.length) return;
      pen.beginPath();
      points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (isClosed) pen.closePath();
      pen.fillStyle = fill;
      if (isClosed) pen.fill();
      pen.lineWidth = 5 * unit;
      pen.strokeStyle = "rgb(24 23 20 / 0.55)";
      pen.stroke();
      pen.lineWidth = 2.2 * unit;
      pen.strokeStyle = "#fbf8f2";
      pen.stroke();
    };
    if (this.#step === "mark") draw(this.#at, true, "rgb(251 248 242 / 0.18)");
    if (this.#step === "floor") {
      draw(this.#floor, this.#floor.length > 2, "rgb(127 214 164 / 0.22)");
      for (const [x, y] of this.#floor) {
        pen.beginPath();
        pen.arc(x, y, 6 * unit, 0, Math.PI * 2);
        pen.fillStyle = "#fbf8f2";
        pen.fill();
      }
    }
  }

  #fit(): void {
    const { clientWidth, clientHeight } = this.element;
    if (!clientWidth || !clientHeight) return;
    const scale = Math.min(clientWidth / this.width_px, clientHeight / this.height_px);
    const frame = this.element.firstElementChild as HTMLElement;
    frame.style.setProperty("width", `${Math.round(this.width_px * scale)}px`);
    frame.style.setProperty("height", `${Math.round(this.height_px * scale)}px`);
    this.#renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    this.#renderer.setSize(Math.max(1, Math.round(this.width_px * scale)), Math.max(1, Math.round(this.height_px * scale)), false);
    this.ask();
  }

  /** Draw soon; only when something changed. */
  ask(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#ended.signal.aborted || !this.#camera || this.#step === "mark") return;
      this.#renderer.render(this.#scene, this.#eye);
    });
  }

  /** Where a place of the room is seen, pixels of the photo. */
  seen(x_m: number, y_m: number, z_m: number): Point | null {
    return this.#camera ? project(this.#camera, [x_m, y_m, z_m]) : null;
  }

  dispose(): void {
    this.#ended.abort();
    cancelAnimationFrame(this.#frame);
    this.#resized.disconnect();
    this.stage.dispose();
    this.#light.dispose();
    this.#renderer.dispose();
    this.element.remove();
  }
}

const gap = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
const ARROWS: Readonly<Record<string, Point>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const RIGHT = new Vector3();
