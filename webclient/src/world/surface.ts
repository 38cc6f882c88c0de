/** A model's own surface, for asking whether a spot of it is seen: a tree over its triangles, built once. */
import { Vector3, type BufferAttribute, type Object3D } from "three";
import { meshesOf } from "../viewer/meshes";
import { Tracer } from "./tracer";

const MOST_TRIANGLES = 200_000;

export class Surface {
  readonly #tracer: Tracer | null;
  readonly #from = new Vector3();
  readonly #to = new Vector3();

  constructor(model: Object3D) {
    const position: number[] = [];
    const index: number[] = [];
    const point = new Vector3();
    const inverse = model.matrixWorld.clone().invert();
    for (const mesh of meshesOf(model)) {
      if (index.length > MOST_TRIANGLES * 3) break;
      const first = position.length / 3;
      const at = mesh.geometry.getAttribute("position") as BufferAttribute;
      for (let i = 0; i < at.count; i++) {
        mesh.getVertexPosition(i, point).applyMatrix4(mesh.matrixWorld).applyMatrix4(inverse);
        position.push(point.x, point.y, point.z);
      }
      const own = mesh.geometry.getIndex();
      const count = own?.count ?? at.count;
      for (let i = 0; i < count; i++) index.push(first + (own ? own.getX(i) : i));
    }
    this.#tracer = index.length ? new Tracer(new Float32Array(position), new Uint32Array(index)) : null;
  }

  /** Whether the model itself lies between an eye and a spot on it. */
  isHidden(eye: Vector3, spot: Vector3, model: Object3D | null): boolean {
    if (!this.#tracer || !model) return false;
    const from = this.#from.copy(eye).sub(model.position);
    const to = this.#to.copy(spot).sub(model.position);
    const [dx, dy, dz] = [to.x - from.x, to.y - from.y, to.z - from.z];
    const far = Math.hypot(dx, dy, dz);
    return this.#tracer.isBlocked(from.x, from.y, from.z, dx / far, dy / far, dz / far, far * 0.985 - 0.004);
  }
}
