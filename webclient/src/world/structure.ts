/**
 * The architecture on the screen: one mesh a material, painted in a worker, dressed in the bake's light when it comes.
 *
 * What it is not: where walls are (`assemble.ts`), or how bright it is (`lighting.ts`).
 */
import { BufferAttribute, BufferGeometry, Color, Mesh, MeshStandardMaterial, type Scene, type Texture, type WebGLRenderer } from "three";
import type { Assembly, Piece } from "./assemble";
import { surfaceMaterial, textures, type Light } from "./materials";
import { linear, RECIPES, type Pixels } from "./surfaces";
import type { Wanted } from "./surfaces.worker";

const MATT = new Set(["limewash", "plaster", "textile"]);

export class Structure {
  readonly #scene: Scene;
  readonly #light: Light;
  readonly #materials = new Map<string, MeshStandardMaterial>();
  readonly #meshes: Mesh[] = [];
  readonly #owned: { dispose(): void }[] = [];
  #worker: Worker | null = null;
  #isEnded = false;

  constructor(scene: Scene, light: Light, assembly: Assembly, before: Texture) {
    this.#scene = scene;
    this.#light = light;
    for (const piece of assembly.pieces) this.#mesh(piece, before);
  }

  /** What the solid parts are: for picking and for hiding. */
  get meshes(): readonly Mesh[] {
    return this.#meshes;
  }

  #mesh(piece: Piece, before: Texture): void {
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(piece.position, 3));
    geometry.setAttribute("normal", new BufferAttribute(piece.normal, 3));
    geometry.setAttribute("uv", new BufferAttribute(piece.uv, 2));
    geometry.setAttribute("uv1", new BufferAttribute(piece.uv1, 2));
    geometry.setIndex(new BufferAttribute(piece.index, 1));
    const material = surfaceMaterial(this.#light, new Color(...linear(piece.colour)).getHex(), {
      metalness: RECIPES[piece.surface].metalness, relief: 1, gloss: MATT.has(piece.surface) ? 0.6 : 1,
    });
    material.lightMap = before;
    this.#owned.push(geometry, material);
    this.#materials.set(piece.material, material);
    const mesh = new Mesh(geometry, material);
    mesh.name = piece.material;
    mesh.matrixAutoUpdate = false;
    this.#meshes.push(mesh);
    this.#scene.add(mesh);
  }

  /** Paint the surfaces; `told` hears how far it is, 1 at the end. */
  paint(assembly: Assembly, detail: number, renderer: WebGLRenderer, told: (done: number) => void): void {
    const worker = new Worker(new URL("./surfaces.worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    let left = assembly.pieces.length;
    worker.addEventListener("message", (event: MessageEvent<{ key: string; pixels: Pixels }>) => {
      if (this.#isEnded) return;
      const material = this.#materials.get(event.data.key);
      const painted = textures(event.data.pixels, Math.min(8, renderer.capabilities.getMaxAnisotropy()));
      this.#owned.push(painted.colour, painted.normal);
      if (material) {
        material.color.set(0xffffff);
        material.map = painted.colour;
        material.normalMap = painted.normal;
        material.needsUpdate = true;
      }
      left--;
      if (left === 0) worker.terminate();
      told(1 - left / assembly.pieces.length);
    });
    for (const piece of assembly.pieces) {
      const wanted: Wanted = { key: piece.material, kind: piece.surface, colour: piece.colour, detail };
      worker.postMessage(wanted);
    }
  }

  /** The layers of baked light: the sky's map; the lamps' lies in the shared uniforms. */
  wear(sky: Texture): void {
    for (const material of this.#materials.values()) material.lightMap = sky;
  }

  dispose(): void {
    this.#isEnded = true;
    this.#worker?.terminate();
    this.#scene.remove(...this.#meshes);
    for (const owned of this.#owned) owned.dispose();
  }
}
