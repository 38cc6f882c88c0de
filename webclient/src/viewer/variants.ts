/** KHR_materials_variants: which material each mesh wears in each colourway. */
import type { Material, Mesh, Object3D } from "three";
import type { GLTF } from "three/examples/jsm/loaders/GLTFLoader.js";

const NAME = "KHR_materials_variants";

interface Mapping {
  readonly material: number;
  readonly variants: readonly number[];
}

export class Variants {
  readonly names: readonly string[];
  readonly #gltf: GLTF;
  readonly #worn = new Map<Mesh, Material | Material[]>();

  constructor(gltf: GLTF) {
    this.#gltf = gltf;
    const found = (gltf.userData["gltfExtensions"] as Record<string, { variants?: { name: string }[] }> | undefined)?.[NAME];
    this.names = (found?.variants ?? []).map((one) => one.name);
  }

  /** Dress the model; an unknown name, or null, puts on what it came in. */
  async wear(name: string | null): Promise<void> {
    const index = name === null ? -1 : this.names.indexOf(name);
    const waits: Promise<void>[] = [];
    this.#gltf.scene.traverse((object: Object3D) => {
      const mesh = object as Mesh;
      if (!mesh.isMesh) return;
      if (!this.#worn.has(mesh)) this.#worn.set(mesh, mesh.material);
      const extensions = mesh.userData["gltfExtensions"] as Record<string, { mappings?: Mapping[] }> | undefined;
      const mapping = extensions?.[NAME]?.mappings?.find((one) => one.variants.includes(index));
      const original = this.#worn.get(mesh);
      if (!mapping) {
        if (original) mesh.material = original;
        return;
      }
      waits.push(
        this.#gltf.parser.getDependency("material", mapping.material).then((material: Material) => {
          mesh.material = material;
          this.#gltf.parser.assignFinalMaterial(mesh);
        }),
      );
    });
    await Promise.all(waits);
  }
}
