/** One glTF loader for all viewers: meshopt and KTX2 are decoded in workers, everything comes from our own address. */
import { Material, Texture, type Object3D, type WebGLRenderer } from "three";
import { GLTFLoader, type GLTF } from "three/examples/jsm/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { download } from "./download";
import { materialsOf, meshesOf } from "./meshes";
import { TextureLoader } from "./textures";

let textures: TextureLoader | undefined;

/** Start what every model needs, while there is none yet. */
export function warm(renderer: WebGLRenderer): TextureLoader {
  if (!textures) {
    textures = new TextureLoader().detectSupport(renderer);
    textures.setWorkerLimit(2);
    textures.init().catch(() => undefined); // the first texture says so
    MeshoptDecoder.useWorkers(1);
  }
  return textures;
}

/** @param coming the file, if it is on its way already */
export async function load(address: string, renderer: WebGLRenderer, signal: AbortSignal, coming?: Promise<ArrayBuffer>): Promise<GLTF> {
  const textures = warm(renderer).detectSupport(renderer);
  const data = await (coming ?? download(address, signal));
  const loader = new GLTFLoader().setKTX2Loader(textures).setMeshoptDecoder(MeshoptDecoder);
  return loader.parseAsync(data, "");
}

/** Give back the graphics memory of a model, of the materials of colourways that were tried on too. */
export function dispose(model: Object3D, extra: Iterable<Material> = []): void {
  const materials = new Set<Material>(extra);
  for (const mesh of meshesOf(model)) {
    mesh.geometry.dispose();
    for (const material of materialsOf(mesh)) materials.add(material);
  }
  for (const material of materials) {
    for (const value of Object.values(material)) if (value instanceof Texture) value.dispose();
    material.dispose();
  }
}
