/** A mirror's glass: it shows the room's probe. */
import { DoubleSide, Matrix4, Mesh, MeshStandardMaterial, Shape, ShapeGeometry, Vector2, Vector3, type Scene } from "three";
import type { Glass } from "./assemble";
import type { Part } from "./world";

export class LookingGlass implements Part {
  readonly mesh: Mesh<ShapeGeometry, MeshStandardMaterial>;
  readonly #scene: Scene;

  constructor(scene: Scene, glass: Glass) {
    this.#scene = scene;
    const geometry = new ShapeGeometry(new Shape(glass.outline.map(([x, y]) => new Vector2(x, y))));
    const { o, x, y, n } = glass.frame;
    this.mesh = new Mesh(geometry, new MeshStandardMaterial({ color: 0xf2f0ea, metalness: 1, roughness: 0.04, side: DoubleSide }));
    this.mesh.matrix.copy(new Matrix4().makeBasis(new Vector3(...x), new Vector3(...y), new Vector3(...n)).setPosition(...o));
    this.mesh.matrixAutoUpdate = false;
    scene.add(this.mesh);
  }

  dispose(): void {
    this.#scene.remove(this.mesh);
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
