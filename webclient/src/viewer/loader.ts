/** One glTF loader for all viewers: meshopt and KTX2 are decoded in workers, everything comes from our own address. */
import { Material, Mesh, Texture, type Object3D, type WebGLRenderer } from "three";
import { GLTFLoader, type GLTF } from "three/examples/jsm/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { download } from "./download";
import { TextureLoader } from "./textures";

let textures: TextureLoader | undefined;

export async function load(address: string, renderer: WebGLRenderer, signal: AbortSignal): Promise<GLTF> {
  if (!textures) {
    textures = new TextureLoader();
    textures.setWorkerLimit(2);
    MeshoptDecoder.useWorkers(1);
  }
  textures.detectSupport(renderer);
  const data = await download(address, signal);
  const loader = new GLTFLoader().setKTX2Loader(textures).setMeshoptDecoder(MeshoptDecoder);
  return loader.parseAsync(data, "");
}

/** Give back the graphics memory of a model, of the materials of colourways that were tried on too. */
export function dispose(model: Object3D, extra: Iterable<Material> = []): void {
  const materials = new Set<Material>(extra);
  model.traverse((object) => {
    const mesh = object as Mesh;
    if (!mesh.isMesh) return;
    mesh.geometry.dispose();
    for (const material of Array.isArray(mesh.material) ? mesh.material : [mesh.material]) materials.add(material);
  });
  for (const material of materials) {
    for (const value of Object.values(material)) if (value instanceof Texture) value.dispose();
    material.dispose();
  }
}
