/**
 * Names over heads and what people say: one texture, one draw. Text is painted on a canvas, never made into markup.
 *
 * A label is painted once and kept while it is shown; a frame only moves it. What it is not: chat's history, which is a
 * list that can be read (`together/`).
 */
import {
  CanvasTexture, DataTexture, DoubleSide, DynamicDrawUsage, InstancedBufferAttribute, InstancedBufferGeometry, LinearFilter, Mesh, PlaneGeometry, RGBAFormat, ShaderMaterial,
  SRGBColorSpace, UnsignedByteType, Vector2, Vector3, type Camera, type WebGLRenderer,
} from "three";
import { cut, directionOf, tame, wrapped } from "./bubble";
import { FreeSpace } from "./free-space";

const SIDE = 1024;
const TAG = { w: 256, h: 48, across: 4, rows: 10 } as const;
const BUBBLE = { w: 512, h: 176, across: 2, rows: 3 } as const;
const TAGS = TAG.across * TAG.rows;
export const BUBBLES = BUBBLE.across * BUBBLE.rows;
const MOST = TAGS + BUBBLES;
const FONT = '"Source Sans 3", system-ui, "PingFang SC", "Noto Sans SC", "Microsoft YaHei", sans-serif';
/** A tag's pixel, metres at the distance where it is drawn at its size. */
const METRES = 0.00125;
/** How long a name takes to go that a nearer one covers. */
const HIDE_S = 0.09;

export interface TagMarks {
  readonly isHost: boolean;
  readonly isMuted: boolean;
  readonly isTalking: boolean;
}

interface Cell {
  key: string;
  used: number;
  width: number;
  height: number;
  /** 0 while a nearer label covers it, else 1; eased. Below 0: not yet looked at. */
  shown: number;
  isShown: boolean;
}

const VERTEX = /* glsl */ `
attribute vec4 at; attribute vec4 rect; attribute vec4 how;
varying vec2 vAt; varying float vFade;
void main() {
  vec3 right = vec3( viewMatrix[ 0 ][ 0 ], viewMatrix[ 1 ][ 0 ], viewMatrix[ 2 ][ 0 ] );
  right = normalize( vec3( right.x, 0.0, right.z ) + vec3( 1e-5, 0.0, 0.0 ) );
  vec3 world = at.xyz + right * position.x * how.x + vec3( 0.0, ( position.y + 0.5 ) * how.y, 0.0 );
  vAt = rect.xy + uv * rect.zw;
  vFade = how.z;
  gl_Position = projectionMatrix * viewMatrix * vec4( world, 1.0 );
}`;
const FRAGMENT = /* glsl */ `
uniform sampler2D atlas;
varying vec2 vAt; varying float vFade;
void main() {
  vec4 c = texture2D( atlas, vAt );
  gl_FragColor = vec4( c.rgb, c.a * vFade );
  if ( gl_FragColor.a < 0.004 ) discard;
  #include <colorspace_fragment>
}`;

export class Labels {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  readonly #atlas: DataTexture;
  readonly #renderer: WebGLRenderer;
  readonly #tags: Cell[] = Array.from({ length: TAGS }, newCell);
  readonly #bubbles: Cell[] = Array.from({ length: BUBBLES }, newCell);
  readonly #tagInk: Ink;
  readonly #bubbleInk: Ink;
  readonly #attributes: readonly [InstancedBufferAttribute, InstancedBufferAttribute, InstancedBufferAttribute];
  readonly #to = new Vector2();
  /** Of each instance: its tag, or null for a bubble. */
  readonly #cells: (Cell | null)[] = Array.from({ length: MOST }, () => null);
  readonly #space = new FreeSpace(MOST);
  readonly #seen = new Vector3();
  #count = 0;
  #clock = 0;

  constructor(renderer: WebGLRenderer) {
    this.#renderer = renderer;
    this.#atlas = new DataTexture(new Uint8Array(SIDE * SIDE * 4), SIDE, SIDE, RGBAFormat, UnsignedByteType);
    this.#atlas.colorSpace = SRGBColorSpace;
    this.#atlas.minFilter = this.#atlas.magFilter = LinearFilter;
    this.#atlas.needsUpdate = true;
    this.#tagInk = new Ink(TAG.w, TAG.h);
    this.#bubbleInk = new Ink(BUBBLE.w, BUBBLE.h);
    const plane = new PlaneGeometry(1, 1);
    const geometry = new InstancedBufferGeometry();
    geometry.setIndex(plane.index);
    geometry.setAttribute("position", plane.getAttribute("position"));
    geometry.setAttribute("uv", plane.getAttribute("uv"));
    const made = (): InstancedBufferAttribute => new InstancedBufferAttribute(new Float32Array(MOST * 4), 4).setUsage(DynamicDrawUsage);
    this.#attributes = [made(), made(), made()];
    for (const [i, name] of ["at", "rect", "how"].entries()) geometry.setAttribute(name, this.#attributes[i]!);
    geometry.instanceCount = 0;
    const material = new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, transparent: true, depthWrite: false, side: DoubleSide, toneMapped: false, uniforms: { atlas: { value: this.#atlas } } });
    this.mesh = new Mesh(geometry, material);
    this.mesh.name = "labels";
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 20;
  }

  begin(): void {
    this.#count = 0;
    this.#clock++;
  }

  /** @param key who and how: the same key is painted once */
  tag(key: string, name: string, marks: TagMarks, x: number, y: number, z: number, fade: number, scale: number): void {
    const cell = this.#cell(this.#tags, key);
    if (cell < 0) return;
    const one = this.#tags[cell]!;
    if (one.key !== key) {
      one.key = key;
      one.shown = -1;
      one.isShown = false;
      one.width = this.#tagInk.tag(name, marks);
      one.height = TAG.h;
      this.#upload(this.#tagInk, (cell % TAG.across) * TAG.w, BUBBLE.rows * BUBBLE.h + Math.floor(cell / TAG.across) * TAG.h);
    }
    const left = (cell % TAG.across) * TAG.w + (TAG.w - one.width) / 2;
    this.#put(one, left, BUBBLE.rows * BUBBLE.h + Math.floor(cell / TAG.across) * TAG.h, one.width, TAG.h, x, y, z, fade, scale);
  }

  bubble(key: string, text: string, x: number, y: number, z: number, fade: number, scale: number): void {
    this.#large(key, text, false, x, y, z, fade, scale);
  }

  /** A drawing on a round ground; `path` on a 24 px grid. */
  mark(key: string, path: string, x: number, y: number, z: number, fade: number, scale: number): void {
    this.#large(key, path, true, x, y, z, fade, scale);
  }

  #large(key: string, what: string, isMark: boolean, x: number, y: number, z: number, fade: number, scale: number): void {
    const cell = this.#cell(this.#bubbles, key);
    if (cell < 0) return;
    const one = this.#bubbles[cell]!;
    const left = (cell % BUBBLE.across) * BUBBLE.w;
    const top = Math.floor(cell / BUBBLE.across) * BUBBLE.h;
    if (one.key !== key) {
      one.key = key;
      [one.width, one.height] = isMark ? this.#bubbleInk.mark(what) : this.#bubbleInk.bubble(what);
      this.#upload(this.#bubbleInk, left, top);
    }
    this.#put(null, left + (BUBBLE.w - one.width) / 2, top, one.width, one.height, x, y, z, fade, scale);
  }

  /** Far labels come first: they lie under the near ones, and give way to them. */
  end(camera: Camera, dt: number): void {
    const { geometry } = this.mesh;
    this.#part(camera, 1 - Math.exp(-dt / HIDE_S));
    geometry.instanceCount = this.#count;
    this.mesh.visible = this.#count > 0;
    if (this.#count) for (let i = 0; i < 3; i++) this.#attributes[i]!.needsUpdate = true;
  }

  /** No name lies over another: the further one goes, and comes back when there is room for it. */
  #part(camera: Camera, ease: number): void {
    const [at, , how] = this.#attributes;
    const seen = this.#seen;
    this.#space.clear();
    for (let i = this.#count - 1; i >= 0; i--) {
      const cell = this.#cells[i] ?? null;
      seen.fromBufferAttribute(at, i).applyMatrix4(camera.matrixWorldInverse);
      const away = -seen.z;
      if (away < 0.05) continue; // behind the eyes
      const x = seen.x / away;
      const y = (seen.y + how.getY(i) / 2) / away;
      const w = how.getX(i) / away;
      const h = how.getY(i) / away;
      if (!cell) {
        this.#space.hold(x, y, w, h);
        continue;
      }
      cell.isShown = this.#space.take(x, y, w, h, cell.isShown);
      const goal = cell.isShown ? 1 : 0;
      cell.shown = cell.shown < 0 ? goal : cell.shown + (goal - cell.shown) * ease;
      how.setZ(i, how.getZ(i) * cell.shown);
    }
  }

  /** `left`, `top` in the canvas's way; a cell is painted from its bottom up. */
  #put(cell: Cell | null, left: number, top: number, w: number, h: number, x: number, y: number, z: number, fade: number, scale: number): void {
    const i = this.#count++;
    this.#cells[i] = cell;
    const [at, rect, how] = this.#attributes;
    at.setXYZW(i, x, y, z, 0);
    rect.setXYZW(i, left / SIDE, top / SIDE, w / SIDE, h / SIDE);
    how.setXYZW(i, w * METRES * scale, h * METRES * scale, fade, 0);
  }

  /** The cell that has the key, else the one that nobody has asked for longest; -1 when all are in use. */
  #cell(cells: readonly Cell[], key: string): number {
    let oldest = 0;
    for (let i = 0; i < cells.length; i++) {
      if (cells[i]!.key === key) {
        cells[i]!.used = this.#clock;
        return i;
      }
      if (cells[i]!.used < cells[oldest]!.used) oldest = i;
    }
    if (cells[oldest]!.used === this.#clock) return -1;
    cells[oldest]!.used = this.#clock;
    return oldest;
  }

  #upload(ink: Ink, left: number, top: number): void {
    this.#renderer.copyTextureToTexture(ink.texture, this.#atlas, null, this.#to.set(left, top));
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.#atlas.dispose();
    this.#tagInk.dispose();
    this.#bubbleInk.dispose();
  }
}

const newCell = (): Cell => ({ key: "", used: 0, width: 0, height: 0, shown: -1, isShown: false });

/** How large a drawing's ground is painted. */
const MARK_PX = 128;
const PAPER = "rgba(252, 250, 246, 0.94)";
const DARK = "#22241f";
const GREEN = "#1f4d3a";

/** A canvas that labels are painted on, one after another. It is flipped: textures begin at the bottom. */
class Ink {
  readonly texture: CanvasTexture;
  readonly #pen: CanvasRenderingContext2D;

  constructor(readonly width: number, readonly height: number) {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    if (!pen) throw new Error("this browser paints no text");
    this.#pen = pen;
    this.texture = new CanvasTexture(canvas);
    this.texture.flipY = false;
    this.texture.colorSpace = SRGBColorSpace;
    this.texture.minFilter = this.texture.magFilter = LinearFilter;
    this.texture.generateMipmaps = false;
  }

  #begin(): CanvasRenderingContext2D {
    const pen = this.#pen;
    pen.setTransform(1, 0, 0, -1, 0, this.height);
    pen.clearRect(0, 0, this.width, this.height);
    pen.textBaseline = "middle";
    return pen;
  }

  /** Returns its width, pixels. */
  tag(name: string, { isHost, isMuted, isTalking }: TagMarks): number {
    const pen = this.#begin();
    pen.font = `600 25px ${FONT}`;
    const text = cut(tame(name) || "…", 18);
    const marks = (isTalking || isMuted ? 30 : 0) + (isHost ? 26 : 0);
    const width = Math.min(this.width, Math.ceil(pen.measureText(text).width) + 32 + marks);
    const left = (this.width - width) / 2;
    pen.fillStyle = isHost ? GREEN : PAPER;
    round(pen, left + 1, 5, width - 2, 38, 19);
    pen.fill();
    let x = left + 16;
    pen.fillStyle = isHost ? "#ffffff" : DARK;
    if (isHost) {
      star(pen, x + 9, 24, 9);
      x += 26;
    }
    pen.direction = directionOf(text);
    pen.textAlign = "left";
    pen.fillText(text, x, 25, width - 32 - marks);
    if (isMuted || isTalking) voice(pen, left + width - 36, 24, isMuted, isHost);
    return width;
  }

  /** Returns its width and height, pixels. */
  bubble(said: string): [number, number] {
    const pen = this.#begin();
    pen.font = `400 30px ${FONT}`;
    const lines = wrapped(said);
    const text = Math.max(40, ...lines.map((line) => pen.measureText(line).width));
    const width = Math.min(this.width, Math.ceil(text) + 56);
    const height = lines.length * 40 + 32 + 16;
    // The canvas is upside down for the texture: a bubble's bottom is row 0 of its cell.
    pen.setTransform(1, 0, 0, -1, 0, height);
    const left = (this.width - width) / 2;
    pen.fillStyle = PAPER;
    round(pen, left + 1, 1, width - 2, height - 18, 24);
    pen.fill();
    pen.beginPath();
    pen.moveTo(this.width / 2 - 13, height - 18);
    pen.quadraticCurveTo(this.width / 2 - 2, height - 14, this.width / 2, height - 2);
    pen.quadraticCurveTo(this.width / 2 + 2, height - 14, this.width / 2 + 13, height - 18);
    pen.fill();
    pen.fillStyle = DARK;
    const direction = directionOf(said);
    pen.direction = direction;
    pen.textAlign = "start";
    const start = direction === "rtl" ? left + width - 28 : left + 28;
    for (const [i, line] of lines.entries()) pen.fillText(line, start, 16 + i * 40 + 20, width - 40);
    return [width, height];
  }

  /** Returns its width and height, pixels. */
  mark(path: string): [number, number] {
    const pen = this.#begin();
    // As with bubbles, its bottom is row 0 of the cell.
    pen.setTransform(1, 0, 0, -1, 0, MARK_PX);
    const left = (this.width - MARK_PX) / 2;
    pen.fillStyle = PAPER;
    round(pen, left + 2, 2, MARK_PX - 4, MARK_PX - 4, MARK_PX / 2);
    pen.fill();
    pen.translate(left + MARK_PX * 0.2, MARK_PX * 0.2);
    pen.scale((MARK_PX * 0.6) / 24, (MARK_PX * 0.6) / 24);
    pen.strokeStyle = GREEN;
    pen.lineWidth = 1.6;
    pen.lineCap = pen.lineJoin = "round";
    pen.stroke(new Path2D(path));
    return [MARK_PX, MARK_PX];
  }

  dispose(): void {
    this.texture.dispose();
  }
}

function round(pen: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, r: number): void {
  pen.beginPath();
  pen.roundRect(x, y, w, h, r);
}

function star(pen: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  pen.beginPath();
  for (let i = 0; i < 10; i++) {
    const a = (i * Math.PI) / 5 - Math.PI / 2;
    const d = i % 2 ? r * 0.45 : r;
    pen.lineTo(x + Math.cos(a) * d, y + Math.sin(a) * d);
  }
  pen.fill();
}

/** Three waves of a voice; struck through when it is muted. */
function voice(pen: CanvasRenderingContext2D, x: number, y: number, isMuted: boolean, isOnGreen: boolean): void {
  pen.strokeStyle = isMuted ? "#9a4a32" : isOnGreen ? "#ffffff" : GREEN;
  pen.lineWidth = 3;
  pen.lineCap = "round";
  pen.beginPath();
  for (const [i, tall] of [5, 9, 6].entries()) {
    pen.moveTo(x + 4 + i * 7, y - tall);
    pen.lineTo(x + 4 + i * 7, y + tall);
  }
  if (isMuted) {
    pen.moveTo(x - 1, y + 10);
    pen.lineTo(x + 23, y - 10);
  }
  pen.stroke();
}
