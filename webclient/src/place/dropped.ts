/** Letting go of a part of a scene. */
import type { Material, Mesh, Object3D, Sprite } from "three";

/** Give back what a part of the scene holds, and take it out. */
export function dropped(object: Object3D): void {
  object.traverse((one) => {
    const { geometry, material } = one as Partial<Mesh>;
    geometry?.dispose();
    (material as Partial<Sprite["material"]> | undefined)?.map?.dispose();
    (material as Material | undefined)?.dispose();
  });
  object.removeFromParent();
}
