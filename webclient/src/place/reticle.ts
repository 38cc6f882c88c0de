/** Where the next piece would go: its own outline on the floor, or a small ring while it is not known what it stands on. */
import { DoubleSide, Group, Mesh, MeshBasicMaterial, RingGeometry, type Object3D } from "three";
import { dropped } from "./dropped";
import { Outline } from "./outline";
import type { Ware } from "./piece";

export class Reticle {
  readonly group = new Group();
  readonly #ring: Mesh;
  #outline: Outline | null = null;
  #product = "";

  constructor(parent: Object3D) {
    this.#ring = new Mesh(new RingGeometry(0.045, 0.06, 40).rotateX(-Math.PI / 2), new MeshBasicMaterial({ color: 0xf6f1e7, transparent: true, opacity: 0.95, side: DoubleSide, depthWrite: false, toneMapped: false }));
    this.#ring.position.y = 0.005;
    this.group.add(this.#ring);
    this.group.visible = false;
    parent.add(this.group);
  }

  show(ware: Ware | null, x: number, y: number, z: number, yaw: number): void {
    if (ware?.product !== this.#product && ware) {
      this.#outline?.dispose();
      this.#outline = new Outline(ware.size_m[0], ware.size_m[2]);
      this.#product = ware.product;
      this.group.add(this.#outline.group);
    }
    if (this.#outline) this.#outline.group.visible = ware !== null;
    this.group.position.set(x, y, z);
    this.group.rotation.y = yaw;
    this.group.visible = true;
  }

  hide(): void {
    this.group.visible = false;
  }

  dispose(): void {
    dropped(this.group);
  }
}
