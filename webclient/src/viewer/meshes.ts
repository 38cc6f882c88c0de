/** What a model is drawn of: its meshes and their materials, each asked for in one way. */
import type { Material, Mesh, Object3D } from "three";

/** In the order of the tree; a list of its own, so that the tree may be changed meanwhile. */
export function meshesOf(model: Object3D): readonly Mesh[] {
  const meshes: Mesh[] = [];
  model.traverse((object) => {
    if ((object as Mesh).isMesh) meshes.push(object as Mesh);
  });
  return meshes;
}

export const materialsOf = ({ material }: Mesh): readonly Material[] => (Array.isArray(material) ? material : [material]);

/** Of a copy whose shapes and textures are shared and whose materials are its own. */
export function disposeMaterials(model: Object3D): void {
  for (const mesh of meshesOf(model)) for (const material of materialsOf(mesh)) material.dispose();
}
