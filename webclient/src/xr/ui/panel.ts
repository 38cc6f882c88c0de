/**
 * A panel in the room: a tree of boxes drawn on a canvas when it changed, on a sheet of glass that keeps its size in
 * degrees, and what a ray does with it: hover, press, drag to scroll.
 *
 * What it is not: what is on it (the views in `../views`), or where it hangs (`hang.ts`).
 */
import {
  AlwaysDepth, CanvasTexture, LinearFilter, LinearMipmapLinearFilter, Matrix4, Mesh, MeshBasicMaterial, PlaneGeometry, SRGBColorSpace, Vector3, type Ray,
} from "three";
import { hit, lay, scrolls, targets, type Box, type Laid, type Offsets, type Ruler, type Target } from "./box";
import { CALM, font, glass, paint, type Palette } from "./paint";

/** A twentieth of a degree of the eye, as a share of the distance. */
const UNIT = Math.tan(Math.PI / 180 / 20);
const DENSITY = 1.6;
const MARGIN = 34;
const PAD = 30;
const DRAG = 14;
const FADE_S = 0.18;

export interface PanelOptions {
  /** Units of the inside without its margin. */
  readonly width: number;
  readonly height: number;
  readonly anisotropy: number;
  readonly isRightToLeft: boolean;
  readonly palette?: Palette;
  /** Without glass: the view brings its own ground. */
  readonly isBare?: boolean;
  /** As tall as its view, up to `height`. */
  readonly isFitted?: boolean;
  readonly order?: number;
}

export class Panel {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  readonly width: number;
  /** Called after something was pressed, for a tick in the hand. */
  pressed: (target: Target) => void = () => undefined;
  hovered: (target: Target | null) => void = () => undefined;
  readonly #options: PanelOptions;
  readonly #canvas = document.createElement("canvas");
  readonly #pen: CanvasRenderingContext2D;
  readonly #texture: CanvasTexture;
  readonly #offsets: Offsets = new Map();
  readonly #ruler: Ruler;
  readonly #palette: Palette;
  #laid: Laid | null = null;
  #targets: Target[] = [];
  #height: number;
  #hover = "";
  #down: Target | null = null;
  #downAt = { x: 0, y: 0, offset: 0, isDrag: false };
  #focus = "";
  #isDirty = true;
  #alpha = 0;
  #isOpen = false;

  constructor(options: PanelOptions) {
    this.#options = options;
    this.#palette = options.palette ?? CALM;
    this.width = options.width;
    this.#height = options.height;
    this.#canvas.width = Math.ceil((options.width + 2 * MARGIN) * DENSITY);
    this.#canvas.height = Math.ceil((options.height + 2 * MARGIN) * DENSITY);
    const pen = this.#canvas.getContext("2d");
    if (!pen) throw new Error("this browser cannot draw panels");
    this.#pen = pen;
    this.#ruler = {
      isRightToLeft: options.isRightToLeft,
      measure: (words, size, weight) => {
        pen.font = font(size, weight);
        return pen.measureText(words).width;
      },
    };
    this.#texture = new CanvasTexture(this.#canvas);
    this.#texture.colorSpace = SRGBColorSpace;
    this.#texture.magFilter = LinearFilter;
    this.#texture.minFilter = LinearMipmapLinearFilter;
    this.#texture.anisotropy = options.anisotropy;
    const material = new MeshBasicMaterial({ map: this.#texture, transparent: true, toneMapped: false, premultipliedAlpha: true, opacity: 0 });
    // Over whatever stands in its way, and hands over it: a panel inside a plinth would be a riddle for two eyes.
    material.depthFunc = AlwaysDepth;
    this.mesh = new Mesh(new PlaneGeometry(1, 1), material);
    this.mesh.renderOrder = options.order ?? 20;
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
    this.reach(1.35);
  }

  /** Units of its inside. */
  get height(): number {
    return this.#height;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get targets(): readonly Target[] {
    return this.#targets;
  }

  /** For tests and for the page: what stands on it, in words. */
  get view(): Laid | null {
    return this.#laid;
  }

  /** Size for a distance from the eye, so that a unit stays a twentieth of a degree. */
  reach(distance_m: number): void {
    const unit = UNIT * distance_m;
    this.mesh.scale.set((this.#canvas.width / DENSITY) * unit, (this.#canvas.height / DENSITY) * unit, 1);
  }

  show(view: Box): void {
    this.#laid = lay(view, this.#options.width - 2 * PAD, this.#ruler, this.#options.isFitted ? undefined : this.#options.height - 2 * PAD);
    this.#laid.x = PAD;
    this.#laid.y = PAD;
    this.#height = this.#options.isFitted ? Math.min(this.#options.height, this.#laid.height + 2 * PAD) : this.#options.height;
    for (const { id, most } of scrolls(this.#laid)) this.#offsets.set(id, Math.min(most, this.#offsets.get(id) ?? 0));
    this.#settle();
    if (!this.#isOpen) this.#alpha = 0;
    this.#isOpen = true;
    this.mesh.visible = true;
  }

  close(): void {
    this.#isOpen = false;
    this.#down = null;
    this.#hover = this.#focus = "";
  }

  /** Scroll to the top the next time a view is shown. */
  rewind(): void {
    this.#offsets.clear();
  }

  /** Once a frame: fade, and draw again if something changed. */
  update(dt: number, isStill: boolean): void {
    const wanted = this.#isOpen ? 1 : 0;
    if (this.#alpha !== wanted) {
      const step = isStill ? 1 : dt / FADE_S;
      this.#alpha = wanted > this.#alpha ? Math.min(1, this.#alpha + step) : Math.max(0, this.#alpha - step);
      this.mesh.material.opacity = this.#alpha;
      this.mesh.visible = this.#alpha > 0;
    }
    if (!this.#isDirty || !this.mesh.visible) return;
    this.#isDirty = false;
    this.#draw();
  }

  /** Where a ray meets the sheet, in units from its inside's top left; null if it misses. */
  cast(ray: Ray, out: { distance: number; x: number; y: number }): boolean {
    if (!this.#isOpen) return false;
    this.mesh.updateWorldMatrix(true, false);
    INVERSE.copy(this.mesh.matrixWorld).invert();
    FROM.copy(ray.origin).applyMatrix4(INVERSE);
    TO.copy(ray.origin).add(ray.direction).applyMatrix4(INVERSE).sub(FROM);
    if (TO.z >= -1e-9 || FROM.z <= 0) return false;
    const t = -FROM.z / TO.z;
    const x = (FROM.x + TO.x * t + 0.5) * (this.#canvas.width / DENSITY) - MARGIN;
    const y = (0.5 - FROM.y - TO.y * t) * (this.#canvas.height / DENSITY) - MARGIN - this.#top;
    if (x < -8 || y < -8 || x > this.width + 8 || y > this.#height + 8) return false;
    out.distance = t;
    out.x = x;
    out.y = y;
    return true;
  }

  /** The world's place of a point of the panel: where a test, or a focus, points a ray at. */
  at(x: number, y: number, out: Vector3): Vector3 {
    this.mesh.updateWorldMatrix(true, false);
    return out.set((x + MARGIN) / (this.#canvas.width / DENSITY) - 0.5, 0.5 - (y + this.#top + MARGIN) / (this.#canvas.height / DENSITY), 0).applyMatrix4(this.mesh.matrixWorld);
  }

  /** A fitted panel keeps its middle where it hangs. */
  get #top(): number {
    return (this.#options.height - this.#height) / 2;
  }

  hover(x: number, y: number): void {
    if (this.#down) {
      this.#drag(y);
      return;
    }
    const target = hit(this.#targets, x, y);
    this.#over(target);
  }

  unhover(): void {
    this.#over(null);
    this.#down = null;
  }

  #over(target: Target | null): void {
    const id = target?.id ?? "";
    if (id === this.#hover) return;
    this.#hover = id;
    this.#isDirty = true;
    this.hovered(target);
  }

  down(x: number, y: number): void {
    const target = hit(this.#targets, x, y);
    const under = this.#laid ? scrolls(this.#laid).find((one) => x >= one.x - 10 && x < one.x + one.width + 10 && y >= one.y && y < one.y + one.height) : undefined;
    const id = target?.scroll || under?.id || "";
    this.#down = target ?? { id: "", label: "", x, y, width: 0, height: 0, isOff: true, scroll: id, act: () => undefined };
    this.#downAt = { x, y, offset: this.#offsets.get(id) ?? 0, isDrag: false };
    this.#isDirty = true;
  }

  /** Let go: press what was pressed down, if the ray is still on it and did not drag. */
  up(x: number, y: number): void {
    const down = this.#down;
    this.#down = null;
    this.#isDirty = true;
    if (!down || down.isOff || this.#downAt.isDrag) return;
    const target = hit(this.#targets, x, y);
    if (target?.id === down.id) this.#press(target);
  }

  #press(target: Target): void {
    this.pressed(target);
    target.act();
    this.#isDirty = true;
  }

  #drag(y: number): void {
    const id = this.#down?.scroll;
    if (!id) return;
    const moved = this.#downAt.y - y;
    if (!this.#downAt.isDrag && Math.abs(moved) < DRAG) return;
    this.#downAt.isDrag = true;
    this.#scrollTo(id, this.#downAt.offset + moved);
  }

  /** By stick: units down. The scroll under the ray, else the first. */
  scrollBy(units: number, x = 0, y = 0): void {
    if (!this.#laid) return;
    const all = scrolls(this.#laid);
    const one = all.find((each) => x >= each.x && x < each.x + each.width && y >= each.y && y < each.y + each.height) ?? all[0];
    if (one) this.#scrollTo(one.id, (this.#offsets.get(one.id) ?? 0) + units);
  }

  #scrollTo(id: string, offset: number): void {
    if (!this.#laid) return;
    const most = scrolls(this.#laid).find((one) => one.id === id)?.most ?? 0;
    const at = Math.min(most, Math.max(0, offset));
    if (at === (this.#offsets.get(id) ?? 0)) return;
    this.#offsets.set(id, at);
    this.#settle();
  }

  /** Keys: the next thing to press, in reading order. */
  focusNext(step: 1 | -1): Target | null {
    const all = this.#targets.filter(({ isOff }) => !isOff);
    if (!all.length) return null;
    const at = all.findIndex(({ id }) => id === this.#focus);
    const next = all[(at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step + all.length) % all.length] ?? null;
    this.#focus = next?.id ?? "";
    this.#isDirty = true;
    return next;
  }

  pressFocused(): boolean {
    const target = this.#targets.find(({ id }) => id === this.#focus);
    if (target && !target.isOff) this.#press(target);
    return Boolean(target);
  }

  /** Something it shows has changed without its layout: a picture has come. */
  redraw(): void {
    this.#isDirty = true;
  }

  #settle(): void {
    this.#targets = this.#laid ? targets(this.#laid, this.#offsets) : [];
    this.#isDirty = true;
  }

  #draw(): void {
    const pen = this.#pen;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    pen.setTransform(DENSITY, 0, 0, DENSITY, MARGIN * DENSITY, (MARGIN + this.#top) * DENSITY);
    if (!this.#options.isBare) glass(pen, 0, 0, this.width, this.#height, this.#palette, MARGIN * 0.62 * DENSITY);
    if (this.#laid) {
      paint(pen, this.#laid, this.#offsets, {
        hover: this.#hover, pressed: this.#down?.id ?? "", focus: this.#focus, isRightToLeft: this.#options.isRightToLeft, palette: this.#palette,
      });
    }
    this.#texture.needsUpdate = true;
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.#texture.dispose();
    this.#canvas.width = this.#canvas.height = 0;
  }
}

const INVERSE = new Matrix4();
const FROM = new Vector3();
const TO = new Vector3();
