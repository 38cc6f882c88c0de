/**
 * Models that stand in the store, each loaded once and let go when nobody shows it any more.
 *
 * What it is not: who shows which (`stock.ts`).
 */
import { BufferAttribute, Texture, type CompressedTexture, type Group, type Object3D, type WebGLRenderer } from "three";
import { dispose as disposeModel, load } from "../viewer/loader";
import { materialsOf, meshesOf } from "../viewer/meshes";
import { merged } from "./merge";

const TEXEL_BYTES = 1.34; // a byte a pixel compressed, and its smaller copies

export interface Model {
  readonly source: Group;
  users: number;
  readonly bytes: number;
  readonly draws: number;
}

export class Models {
  readonly #renderer: WebGLRenderer;
  readonly #ended: AbortSignal;
  readonly #models = new Map<string, Promise<Model>>();
  #bytes = 0;

  constructor(renderer: WebGLRenderer, ended: AbortSignal) {
    this.#renderer = renderer;
    this.#ended = ended;
  }

  /**
   * Take a model; whoever takes it gives it back (`release`).
   *
   * @param isFar it will be seen from afar: in as few draws as can be
   */
  async take(address: string, isFar: boolean): Promise<Model> {
    let loading = this.#models.get(address);
    if (!loading) {
      loading = load(address, this.#renderer, this.#ended).then(async ({ scene: loaded }) => {
        const scene = await merged(loaded, isFar, this.#renderer);
        letGo(loaded, scene);
        const bytes = decodedBytes(scene);
        this.#bytes += bytes;
        return { source: scene, users: 0, bytes, draws: meshesOf(scene).length };
      });
      loading.catch(() => this.#models.delete(address));
      this.#models.set(address, loading);
    }
    const model = await loading;
    model.users++;
    return model;
  }

  /** What all models take together, decoded. */
  get bytes(): number {
    return this.#bytes;
  }

  async release(address: string): Promise<void> {
    const model = await this.#models.get(address)?.catch(() => undefined);
    if (!model || --model.users > 0) return;
    this.#models.delete(address);
    this.#bytes -= model.bytes;
    disposeModel(model.source);
  }
}

/** Dispose of what the merged model no longer shows. */
export function letGo(loaded: Object3D, kept: Object3D): void {
  const stay = new Set<object>();
  const each = (model: Object3D, told: (thing: { dispose(): void }) => void): void => {
    for (const mesh of meshesOf(model)) {
      told(mesh.geometry);
      for (const material of materialsOf(mesh)) {
        told(material);
        for (const value of Object.values(material) as unknown[]) if (value instanceof Texture) told(value);
      }
    }
  };
  each(kept, (thing) => stay.add(thing));
  each(loaded, (thing) => {
    if (!stay.has(thing)) thing.dispose();
  });
}

/** What a model takes in graphics memory: vertices, and textures with their smaller copies. */
function decodedBytes(model: Object3D): number {
  const { textures, geometries } = memoryOf(model);
  return textures + geometries;
}

export function memoryOf(model: Object3D): { textures: number; geometries: number } {
  let [textures, geometries] = [0, 0];
  const seen = new Set<object>();
  for (const mesh of meshesOf(model)) {
    for (const attribute of [...Object.values(mesh.geometry.attributes), mesh.geometry.index]) {
      if (attribute instanceof BufferAttribute && !seen.has(attribute)) {
        seen.add(attribute);
        geometries += attribute.array.byteLength;
      }
    }
    for (const material of materialsOf(mesh)) {
      for (const value of Object.values(material) as unknown[]) {
        const texture = value as Texture | null;
        if (!texture?.isTexture || texture.isRenderTargetTexture || texture.channel === 1 || seen.has(texture.source)) continue;
        seen.add(texture.source);
        const image = texture.image as { width?: number; height?: number } | null;
        const isPacked = (texture as CompressedTexture).isCompressedTexture;
        textures += (image?.width ?? 0) * (image?.height ?? 0) * (isPacked ? TEXEL_BYTES : 4 * 1.34);
      }
    }
  }
  return { textures, geometries };
}
