/** The ray of a hand: a beam that fades after an arm's length, and a small cursor where it meets something. Quiet. */
import { AlwaysDepth, BufferAttribute, CylinderGeometry, Mesh, MeshBasicMaterial, RingGeometry, CircleGeometry, Vector3, type Object3D } from "three";
import type { Hand } from "./input";

const BEAM_M = 0.42;
const CURSOR = 0.006;

export class Pointer {
  readonly #beam: Mesh<CylinderGeometry, MeshBasicMaterial>;
  readonly #cursor: Mesh<CircleGeometry, MeshBasicMaterial>;
  readonly #rim: Mesh<RingGeometry, MeshBasicMaterial>;

  constructor(scene: Object3D) {
    const tube = new CylinderGeometry(0.0009, 0.0024, 1, 8, 6, true).translate(0, 0.5, 0).rotateX(-Math.PI / 2);
    const { position } = tube.attributes;
    const fade = new Float32Array(position!.count * 4);
    for (let i = 0; i < position!.count; i++) fade.set([1, 1, 1, 0.85 * (1 + position!.getZ(i)) ** 1.6], i * 4);
    tube.setAttribute("color", new BufferAttribute(fade, 4));
    this.#beam = new Mesh(tube, new MeshBasicMaterial({ color: 0xfff8ea, vertexColors: true, transparent: true, depthWrite: false, toneMapped: false }));
    this.#beam.renderOrder = 30;
    this.#cursor = new Mesh(new CircleGeometry(1, 32), new MeshBasicMaterial({ color: 0xffffff, transparent: true, depthWrite: false, toneMapped: false, depthFunc: AlwaysDepth }));
    this.#rim = new Mesh(new RingGeometry(1, 1.45, 32), new MeshBasicMaterial({ color: 0x1f4d3a, transparent: true, opacity: 0.8, depthWrite: false, toneMapped: false, depthFunc: AlwaysDepth }));
    this.#cursor.add(this.#rim);
    this.#cursor.renderOrder = 31;
    this.#rim.renderOrder = 31;
    for (const mesh of [this.#beam, this.#cursor]) {
      mesh.frustumCulled = false;
      mesh.visible = false;
      scene.add(mesh);
    }
  }

  /** @param reach_m how far the ray goes until it meets something; beyond `most` it meets nothing worth a cursor */
  show(hand: Hand, reach_m: number, eye: Vector3, isOnSomething: boolean): void {
    this.#beam.visible = true;
    this.#beam.position.copy(hand.ray.origin);
    this.#beam.quaternion.copy(hand.aim.rotation);
    this.#beam.scale.set(1, 1, Math.max(0.02, Math.min(BEAM_M, reach_m)));
    this.#cursor.visible = isOnSomething;
    if (!isOnSomething) return;
    this.#cursor.position.copy(hand.ray.origin).addScaledVector(hand.ray.direction, reach_m - 0.004);
    this.#cursor.scale.setScalar(CURSOR * Math.max(0.25, this.#cursor.position.distanceTo(eye)) * (hand.isSelecting ? 0.7 : 1));
    this.#cursor.lookAt(eye);
  }

  hide(): void {
    this.#beam.visible = this.#cursor.visible = false;
  }

  dispose(): void {
    for (const mesh of [this.#beam, this.#cursor, this.#rim]) {
      mesh.removeFromParent();
      mesh.geometry.dispose();
      mesh.material.dispose();
    }
  }
}
