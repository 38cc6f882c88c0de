/**
 * Who is near, who is in view, and how each is to be drawn from now on. Worked out a few times a second.
 *
 * What it is not: the rules for it (`lod.ts`), or the drawing (`people.ts`).
 */
import { Frustum, Matrix4, Sphere, Vector3 } from "three";
import type { World } from "../world/world";
import type { Actor } from "./actor";
import { detailOf, nearCount, sortNear, type CrowdBudget } from "./lod";

/** Who is nearer than this is drawn though out of sight: mirrors see them. */
const ROUND_M = 6;

export class Ranks {
  /** Indexes of actors, nearest first. */
  readonly order: Uint16Array;
  readonly #distance: Float32Array;
  readonly #budget: CrowdBudget;
  readonly #frustum = new Frustum();
  readonly #matrix = new Matrix4();
  readonly #sphere = new Sphere(new Vector3(), 1.3);

  constructor(most: number, budget: CrowdBudget) {
    this.order = new Uint16Array(most);
    this.#distance = new Float32Array(most);
    this.#budget = budget;
  }

  /** Anew, for so many actors: those of before are not who they were. */
  reset(count: number): void {
    for (let i = 0; i < count; i++) this.order[i] = i;
  }

  /**
   * Set everybody's distance, whether they are seen, and their detail.
   *
   * @returns how many of the nearest may have a body of their own
   */
  sort(actors: readonly Actor[], self: Actor | null, { camera, eye, renderer }: World): number {
    const { order } = this;
    this.#frustum.setFromProjectionMatrix(this.#matrix.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse));
    const isPresenting = renderer.xr.isPresenting;
    let inView = 0;
    for (let i = 0; i < actors.length; i++) {
      const actor = actors[i]!;
      const { x, y, z } = actor.person;
      actor.distance_m = actor === self ? 0 : Math.hypot(x - eye.x, y + 1 - eye.y, z - eye.z);
      this.#sphere.center.set(x, y + 0.9, z);
      const isSeen = isPresenting || actor.distance_m < ROUND_M || this.#frustum.intersectsSphere(this.#sphere);
      actor.isSeen = isSeen;
      if (isSeen) inView++;
      // Out of sight is as good as far.
      this.#distance[i] = actor.distance_m + (isSeen ? 0 : 1000);
    }
    sortNear(order, actors.length, this.#distance);
    for (let rank = 0; rank < actors.length; rank++) {
      const actor = actors[order[rank]!]!;
      actor.detail = detailOf(this.#budget, inView, rank, this.#distance[order[rank]!]!, actor.detail, actor.person.isFar);
    }
    return nearCount(this.#budget, inView);
  }
}
