/** What one sees of a teleport: the arc as a string of small lights, and a ring on the floor with the way one will face. */
import {
  Color, DoubleSide, DynamicDrawUsage, Group, InstancedMesh, Matrix4, Mesh, MeshBasicMaterial, RingGeometry, Shape, ShapeGeometry, SphereGeometry,
  type Object3D,
} from "three";
import { ARC_POINTS, type Landing } from "./arc";

const MAY = new Color(0x2f7a5a);
const MAY_NOT = new Color(0xa4543a);
const DOT_M = 0.008;

export class Aim {
  readonly #group = new Group();
  readonly #ring = new Group();
  readonly #dots: InstancedMesh<SphereGeometry, MeshBasicMaterial>;
  readonly #arrow: Mesh<ShapeGeometry, MeshBasicMaterial>;
  readonly #owned: { dispose(): void }[] = [];
  readonly #inks: MeshBasicMaterial[] = [];

  constructor(scene: Object3D) {
    const sphere = new SphereGeometry(DOT_M, 10, 8);
    const light = this.#ink(0.95);
    this.#dots = new InstancedMesh(sphere, light, ARC_POINTS);
    this.#dots.instanceMatrix.setUsage(DynamicDrawUsage);
    this.#dots.frustumCulled = false;
    this.#dots.renderOrder = 12;
    const rim = new RingGeometry(0.235, 0.262, 64);
    const disc = new RingGeometry(0, 0.235, 64);
    const tip = new ShapeGeometry(new Shape().moveTo(0, 0.4).lineTo(-0.075, 0.295).quadraticCurveTo(0, 0.325, 0.075, 0.295).closePath());
    const rimMesh = new Mesh(rim, this.#ink(0.95));
    const discMesh = new Mesh(disc, this.#ink(0.16));
    this.#arrow = new Mesh(tip, this.#ink(0.95));
    for (const mesh of [rimMesh, discMesh, this.#arrow]) {
      // Shapes lie in x and y: y becomes ahead (+z of the ring), as a store's yaw 0 looks.
      mesh.rotation.x = Math.PI / 2;
      mesh.position.y = 0.012;
      mesh.renderOrder = 11;
      this.#ring.add(mesh);
    }
    this.#owned.push(sphere, rim, disc, tip);
    this.#group.add(this.#dots, this.#ring);
    this.#group.visible = false;
    scene.add(this.#group);
  }

  #ink(opacity: number): MeshBasicMaterial {
    const ink = new MeshBasicMaterial({ color: MAY, transparent: true, opacity, depthWrite: false, side: DoubleSide, toneMapped: false });
    this.#inks.push(ink);
    return ink;
  }

  /** @param yaw the way one will face there */
  show(points: Float32Array, landing: Landing, mayLand: boolean, yaw: number): void {
    this.#group.visible = true;
    const colour = mayLand ? MAY : MAY_NOT;
    for (const ink of this.#inks) ink.color.copy(colour);
    for (let i = 0; i < ARC_POINTS; i++) {
      // The first ones would hide the hand; those beyond the floor are drawn away.
      const size = i < 1 || i >= landing.points - 1 ? 0 : 0.55 + 0.45 * Math.min(1, i / 8);
      MATRIX.makeScale(size, size, size).setPosition(points[i * 3] ?? 0, points[i * 3 + 1] ?? 0, points[i * 3 + 2] ?? 0);
      this.#dots.setMatrixAt(i, MATRIX);
    }
    this.#dots.instanceMatrix.needsUpdate = true;
    this.#ring.visible = landing.isFloor;
    this.#ring.position.set(landing.x, landing.y, landing.z);
    this.#ring.rotation.y = yaw;
    this.#arrow.visible = mayLand;
  }

  hide(): void {
    this.#group.visible = false;
  }

  dispose(): void {
    this.#group.removeFromParent();
    this.#dots.dispose();
    for (const one of [...this.#owned, ...this.#inks]) one.dispose();
  }
}

const MATRIX = new Matrix4();
