/**
 * Small cards beside products, with a name and a price: paper, leaning back, all in one draw.
 *
 * What is written comes from the page, in its language and currency. What stands on the floor has none. What it is not:
 * the only place a price is said; the list and the panel say it to everyone.
 */
import { CanvasTexture, DynamicDrawUsage, InstancedBufferAttribute, InstancedMesh, LinearMipmapLinearFilter, Matrix4, PlaneGeometry, Quaternion, ShaderMaterial, SRGBColorSpace, Vector3, Euler, type Texture } from "three";
import type { Row } from "../api";
import type { Weights } from "./moods";
import type { Slot } from "./plan";
import type { Stand } from "./stand";
import type { Part, World } from "./world";

const WIDE_M = 0.082;
const TALL_M = 0.05;
const TILE_PX = [256, 156] as const;
const COLUMNS = 4;
const MOST = 48;
const LEAN_RAD = -0.42;

const VERTEX = /* glsl */ `
attribute vec2 tile;
varying vec2 at;
uniform vec2 tiles;
void main() {
  at = ( tile + uv ) / tiles;
  at.y = 1.0 - ( tile.y + 1.0 - uv.y ) / tiles.y;
  gl_Position = projectionMatrix * modelViewMatrix * instanceMatrix * vec4( position, 1.0 );
}`;
const FRAGMENT = /* glsl */ `
varying vec2 at;
uniform sampler2D map;
uniform float level;
void main() {
  gl_FragColor = vec4( texture2D( map, at ).rgb * level, 1.0 );
  #include <colorspace_fragment>
}`;

/** Where a slot's card stands, in the slot's own axes: in front, to the right, on the same board. */
export function cardSpot({ room_m: [w, , d], position }: Slot, [width, , depth]: readonly [number, number, number]): readonly [number, number] | null {
  if (position[1] < 0.2) return null;
  return [Math.min(width / 2 + WIDE_M * 0.75, w / 2 - WIDE_M * 0.2), Math.max(0, Math.min(depth / 2 + 0.05, d / 2 - 0.02))];
}

export class PriceCards implements Part {
  readonly #world: World;
  #mesh: InstancedMesh<PlaneGeometry, ShaderMaterial> | null = null;
  #level = 1;

  constructor(world: World) {
    this.#world = world;
  }

  /** Write all cards anew: when products, language or prices have changed. */
  write(stands: readonly Stand[], words: (row: Row) => { readonly name: string; readonly price: string }): void {
    this.#clear();
    const some = stands.flatMap((stand) => {
      const spot = cardSpot(stand.slot, stand.row.dimensions_m);
      return spot ? [{ stand, spot }] : [];
    }).slice(0, MOST);
    if (!some.length) return;
    const rows = Math.ceil(some.length / COLUMNS);
    const canvas = document.createElement("canvas");
    canvas.width = TILE_PX[0] * COLUMNS;
    canvas.height = TILE_PX[1] * rows;
    const pen = canvas.getContext("2d");
    const tiles = new Float32Array(some.length * 2);
    const plane = new PlaneGeometry(WIDE_M, TALL_M).translate(0, TALL_M / 2, 0);
    const map = new CanvasTexture(canvas);
    map.colorSpace = SRGBColorSpace;
    map.minFilter = LinearMipmapLinearFilter;
    map.anisotropy = 4;
    const mesh = new InstancedMesh(plane, new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: { map: { value: map }, level: { value: this.#level }, tiles: { value: [COLUMNS, rows] } } }), some.length);
    mesh.instanceMatrix.setUsage(DynamicDrawUsage);
    mesh.frustumCulled = false;
    const lean = new Quaternion();
    for (const [i, { stand, spot: [x, z] }] of some.entries()) {
      const [column, row] = [i % COLUMNS, Math.floor(i / COLUMNS)];
      tiles.set([column, row], i * 2);
      if (pen) letter(pen, column * TILE_PX[0], row * TILE_PX[1], words(stand.row));
      const at = new Vector3(x, 0.001, z).applyAxisAngle(new Vector3(0, 1, 0), stand.group.rotation.y).add(stand.group.position);
      lean.setFromEuler(new Euler(LEAN_RAD, stand.group.rotation.y, 0, "YXZ"));
      mesh.setMatrixAt(i, new Matrix4().compose(at, lean, new Vector3(1, 1, 1)));
    }
    plane.setAttribute("tile", new InstancedBufferAttribute(tiles, 2));
    this.#mesh = mesh;
    this.#world.scene.add(mesh);
    this.#world.redraw();
  }

  lit(weights: Weights): void {
    this.#level = Math.min(0.95, 0.5 + 0.3 * Math.max(...weights.sky) + 0.16 * Math.max(...weights.lamps));
    if (this.#mesh) (this.#mesh.material.uniforms as { level: { value: number } }).level.value = this.#level;
  }

  #clear(): void {
    if (!this.#mesh) return;
    this.#world.scene.remove(this.#mesh);
    (this.#mesh.material.uniforms as unknown as { map: { value: Texture } }).map.value.dispose();
    this.#mesh.geometry.dispose();
    this.#mesh.material.dispose();
    this.#mesh.dispose();
    this.#mesh = null;
  }

  dispose(): void {
    this.#clear();
  }
}

const FONT = '"Source Sans 3", system-ui, "Noto Sans SC", sans-serif';

/** Set like a magazine: the name, a hair of space, the price. */
function letter(pen: CanvasRenderingContext2D, x: number, y: number, { name, price }: { readonly name: string; readonly price: string }): void {
  const [w, h] = TILE_PX;
  pen.fillStyle = "#f4efe6";
  pen.fillRect(x, y, w, h);
  pen.strokeStyle = "rgba(60, 48, 34, 0.16)";
  pen.strokeRect(x + 1.5, y + 1.5, w - 3, h - 3);
  pen.textBaseline = "alphabetic";
  pen.fillStyle = "#2b2822";
  pen.font = `600 42px ${FONT}`;
  pen.fillText(name, x + 22, y + 72, w - 44);
  pen.fillStyle = "#6a6152";
  pen.font = `400 36px ${FONT}`;
  pen.fillText(price, x + 22, y + 122, w - 44);
}
