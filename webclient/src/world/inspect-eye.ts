/**
 * Where one looks at a product in the hand from: between its shelf, as the room's camera sees it, and a long lens near by;
 * centred in what panels leave free.
 *
 * What it is not: how it is turned (`handling.ts`).
 */
import { MathUtils, Quaternion, Vector3, type Box3, type Object3D, type PerspectiveCamera } from "three";
import { elevationDeg, fitted, FOV_Y_DEG, YAW_DEG } from "../viewer/frame";
import type { Held } from "./handling";

const LEAST_FREE_PX = 80;

/** Pixels of the page at each side that panels cover. */
export interface Inset {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export class InspectEye {
  inset: Inset = { left: 0, top: 0, right: 0, bottom: 0 };
  /** Where the product stands on the screen, 0…1 from the lower left. */
  readonly middle: [number, number] = [0.5, 0.5];
  readonly #target = new Vector3();
  readonly #shelfEye = new Vector3();
  readonly #shelfTurn = new Quaternion();
  readonly #handEye = new Vector3();
  readonly #handTurn = new Quaternion();
  readonly #scale = new Vector3();
  #hasShelf = false;

  /** The room's camera as the product on its shelf sees it; null if it comes from nowhere. */
  leave(shelf: Object3D | null, camera: PerspectiveCamera, lifted: Vector3 | null): void {
    this.#hasShelf = shelf !== null;
    if (!shelf) return;
    shelf.updateWorldMatrix(true, false);
    camera.updateWorldMatrix(true, false);
    shelf.matrixWorld.clone().invert().multiply(camera.matrixWorld).decompose(this.#shelfEye, this.#shelfTurn, this.#scale);
    if (lifted) this.#shelfEye.add(lifted);
  }

  /**
   * From where a box fills the free part of the screen.
   *
   * @returns how it is held at first; `radius` is that of the box
   */
  frame(box: Box3, width: number, height: number): Held & { readonly radius: number } {
    const corners: number[] = [];
    for (const x of [box.min.x, box.max.x]) for (const y of [box.min.y, box.max.y]) for (const z of [box.min.z, box.max.z]) corners.push(x, y, z);
    const pitch = elevationDeg(box);
    const stand = fitted(new Float32Array(corners), box, YAW_DEG, pitch);
    const { left, top, right, bottom } = this.inset;
    const free = Math.max(LEAST_FREE_PX, Math.min(width - left - right, height - top - bottom));
    this.#target.copy(stand.target);
    return {
      yaw: MathUtils.degToRad(YAW_DEG), pitch: MathUtils.degToRad(pitch), distance_m: (stand.distance * Math.max(1, height) * 0.92) / free,
      radius: box.getSize(this.#scale).length() / 2,
    };
  }

  /** @param t 0: on the shelf; 1: in the hand */
  place(eye: PerspectiveCamera, { yaw, pitch, distance_m }: Held, roomFov: number, t: number, width: number, height: number): void {
    this.#handEye.set(Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)).multiplyScalar(distance_m).add(this.#target);
    eye.position.copy(this.#handEye);
    eye.up.set(0, 1, 0);
    eye.lookAt(this.#target);
    this.#handTurn.copy(eye.quaternion);
    const { left, top, right, bottom } = this.inset;
    this.middle[0] = 0.5 + (t * (left - right)) / 2 / width;
    this.middle[1] = 0.5 + (t * (bottom - top)) / 2 / height;
    eye.aspect = width / height;
    eye.fov = roomFov + (FOV_Y_DEG - roomFov) * t;
    eye.near = Math.max(0.002, distance_m * 0.02);
    eye.setViewOffset(width, height, (0.5 - this.middle[0]) * width, (this.middle[1] - 0.5) * height, width, height);
    if (t < 1 && this.#hasShelf) {
      eye.position.lerpVectors(this.#shelfEye, this.#handEye, t);
      eye.quaternion.slerpQuaternions(this.#shelfTurn, this.#handTurn, t);
    }
    eye.updateMatrixWorld();
  }
}
