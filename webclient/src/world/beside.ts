/** What lies beside a product in the hand: its lengths, and a familiar thing of a known size. */
import { MathUtils, Vector3, type Box3, type Group, type Scene } from "three";
import { YAW_DEG } from "../viewer/frame";
import { Dimensions, REFERENCE_M, referenceThing, type Reference } from "./yardstick";

export class Beside {
  #dimensions: Dimensions | null = null;
  #thing: { object: Group; dispose(): void } | null = null;
  #kind: Reference = "none";
  readonly #size = new Vector3();

  measure(scene: Scene, box: Box3, format: ((metres: number) => string) | null): void {
    this.#dimensions?.dispose();
    this.#dimensions = null;
    if (!format) return;
    this.#dimensions = new Dimensions(box, format);
    scene.add(this.#dimensions.group);
  }

  compare(scene: Scene, box: Box3, kind: Reference): void {
    this.#thing?.dispose();
    this.#thing = null;
    this.#kind = kind;
    if (kind === "none") return;
    this.#thing = referenceThing(kind);
    const [wide] = REFERENCE_M[kind];
    const gap = Math.max(0.02, 0.12 * Math.max(box.getSize(this.#size).x, wide));
    this.#thing.object.position.set(box.min.x - gap - wide / 2, 0, 0);
    this.#thing.object.rotation.y = kind === "bottle" ? 0 : MathUtils.degToRad(YAW_DEG * 0.7);
    scene.add(this.#thing.object);
  }

  /** Make room for the thing in a box. */
  widen(box: Box3): Box3 {
    if (!this.#thing || this.#kind === "none") return box;
    const [w, h] = REFERENCE_M[this.#kind];
    box.min.x = Math.min(box.min.x, this.#thing.object.position.x - w / 2);
    box.max.y = Math.max(box.max.y, h);
    return box;
  }

  clear(): void {
    this.#dimensions?.dispose();
    this.#thing?.dispose();
    this.#dimensions = this.#thing = null;
    this.#kind = "none";
  }
}
