/** Everybody who shares one mesh, drawn at once: a list of rows of the people's table. */
import { BufferGeometry, DynamicDrawUsage, InstancedBufferAttribute, InstancedBufferGeometry, Mesh, type Material } from "three";

export class Cast {
  readonly mesh: Mesh<InstancedBufferGeometry, Material>;
  readonly #who: InstancedBufferAttribute;
  #count = 0;
  #isNew = false;

  constructor(readonly geometry: BufferGeometry, material: Material, most: number) {
    const shared = new InstancedBufferGeometry();
    for (const [name, attribute] of Object.entries(geometry.attributes)) shared.setAttribute(name, attribute);
    shared.setIndex(geometry.index);
    this.#who = new InstancedBufferAttribute(new Float32Array(most), 1);
    this.#who.setUsage(DynamicDrawUsage);
    shared.setAttribute("who", this.#who);
    shared.instanceCount = 0;
    this.mesh = new Mesh(shared, material);
    this.mesh.frustumCulled = false;
    this.mesh.matrixAutoUpdate = false;
    this.mesh.visible = false;
  }

  begin(): void {
    this.#count = 0;
  }

  add(row: number): void {
    if (this.#count >= this.#who.count) return;
    if (this.#who.array[this.#count] !== row) {
      this.#who.array[this.#count] = row;
      this.#isNew = true;
    }
    this.#count++;
  }

  end(): void {
    this.mesh.geometry.instanceCount = this.#count;
    this.mesh.visible = this.#count > 0;
    if (this.#isNew) this.#who.needsUpdate = true;
    this.#isNew = false;
  }

  get count(): number {
    return this.#count;
  }

  /** The geometry's own attributes belong to whoever made them. */
  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.deleteAttribute("who");
    this.mesh.geometry.dispose();
  }
}
