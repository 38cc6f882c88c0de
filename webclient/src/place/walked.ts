/** The corners of the floor that the shopper shows, one after another; the first one again closes it. */
import { BufferGeometry, Float32BufferAttribute, Group, Line, LineBasicMaterial, Mesh, MeshBasicMaterial, SphereGeometry, type Object3D } from "three";
import { dropped } from "./dropped";
import type { Point } from "./polygon";

/** So near to the first corner, it is meant. */
const CLOSE_M = 0.25;
const MOST = 24;

export class Walked {
  readonly #group = new Group();
  readonly #line: Line<BufferGeometry, LineBasicMaterial>;
  readonly #dots: Mesh[] = [];
  readonly #dot = new SphereGeometry(0.025, 16, 12);
  readonly #ink = new MeshBasicMaterial({ color: 0xf6f1e7, toneMapped: false });
  readonly #points = new Float32BufferAttribute(new Float32Array((MOST + 2) * 3), 3);
  #corners: Point[] = [];
  #isOn = false;
  #y = 0;

  constructor(parent: Object3D) {
    this.#line = new Line(new BufferGeometry().setAttribute("position", this.#points), new LineBasicMaterial({ color: 0xf6f1e7, toneMapped: false, depthTest: false }));
    this.#line.frustumCulled = false;
    this.#group.add(this.#line);
    this.#group.visible = false;
    parent.add(this.#group);
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  set isOn(on: boolean) {
    this.#isOn = this.#group.visible = on;
    if (on) while (this.#corners.length) this.undo();
  }

  get corners(): readonly Point[] {
    return this.#corners;
  }

  /** @returns whether the floor is closed with it */
  put(x: number, z: number): boolean {
    const [first] = this.#corners;
    if (first && this.#corners.length > 2 && Math.hypot(first[0] - x, first[1] - z) < CLOSE_M) return true;
    if (this.#corners.length >= MOST) return true;
    this.#corners = [...this.#corners, [x, z]];
    const dot = new Mesh(this.#dot, this.#ink);
    dot.position.set(x, this.#y, z);
    this.#dots.push(dot);
    this.#group.add(dot);
    return false;
  }

  undo(): void {
    this.#corners = this.#corners.slice(0, -1);
    this.#dots.pop()?.removeFromParent();
  }

  /** The line goes on to where one points. */
  aim(x: number, z: number, y: number): void {
    if (!this.#isOn) return;
    this.#y = y;
    let n = 0;
    for (const corner of this.#corners) this.#points.setXYZ(n++, corner[0], y + 0.006, corner[1]);
    this.#points.setXYZ(n++, x, y + 0.006, z);
    this.#points.needsUpdate = true;
    this.#line.geometry.setDrawRange(0, n);
  }

  dispose(): void {
    this.#dot.dispose();
    this.#ink.dispose();
    dropped(this.#group);
  }
}
