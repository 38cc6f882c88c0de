/** A product taken apart: every part moves away from the middle, further the further out it sits. */
import { Box3, Vector3, type Object3D } from "three";
import { meshesOf } from "../viewer/meshes";

const REACH = 0.9;

export class Explosion {
  readonly #parts: { readonly mesh: Object3D; readonly at: Vector3; readonly way: Vector3 }[] = [];

  constructor(model: Object3D) {
    model.updateMatrixWorld(true);
    const whole = new Box3().setFromObject(model);
    const middle = whole.getCenter(new Vector3());
    const size = whole.getSize(new Vector3()).length();
    const meshes = meshesOf(model);
    for (const [i, mesh] of meshes.entries()) {
      const centre = new Box3().setFromObject(mesh).getCenter(new Vector3());
      const way = centre.sub(middle).multiplyScalar(REACH);
      // Parts that share a middle, a shade and its bulb, are lifted off one another.
      if (way.length() < size * 0.08) way.y += size * 0.34 * (i / Math.max(1, meshes.length - 1) - 0.5);
      // The way is the room's; a mesh moves in its parent's own axes.
      const local = way.clone();
      if (mesh.parent) {
        const turn = mesh.parent.matrixWorld.clone().setPosition(0, 0, 0).invert();
        local.applyMatrix4(turn);
      }
      this.#parts.push({ mesh, at: mesh.position.clone(), way: local });
    }
  }

  get parts(): number {
    return this.#parts.length;
  }

  apart(share: number): void {
    for (const { mesh, at, way } of this.#parts) {
      mesh.position.copy(at).addScaledVector(way, share);
      mesh.updateMatrix();
    }
  }
}
