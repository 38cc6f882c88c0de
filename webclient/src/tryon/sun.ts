/**
 * The one light in the mirror that throws shadows: from where the room is lit, over a head or over a whole body. What it
 * is not: the measure of that light (`light.ts`).
 */
import { Color, DirectionalLight } from "three";
import type { RoomLight } from "./light";

/** Half the width of what its shadow takes in: about a head, about a body. */
const SMALL_M = 0.22;
const LARGE_M = 0.85;
const WHITE = new Color(0xffffff);

export class Sun {
  readonly light = new DirectionalLight(0xffffff, 1.2);
  #half_m = 0;

  constructor() {
    this.light.castShadow = true;
    const { shadow } = this.light;
    shadow.mapSize.set(1024, 1024);
    shadow.radius = 6;
    shadow.bias = -0.0004;
    shadow.normalBias = 0.004;
    this.#take(SMALL_M);
  }

  /** Half of the room's own colour, as bright as the picture. */
  shine({ colour }: RoomLight, gain: number): void {
    const [r, g, b] = colour as unknown as [number, number, number];
    const most = Math.max(r, g, b, 1e-4);
    this.light.color.setRGB(r / most, g / most, b / most).lerp(WHITE, 0.5);
    this.light.intensity = 1.1 * gain;
  }

  /** No body is known of yet in this frame. */
  rest(): void {
    this.#take(SMALL_M);
  }

  /** A body goes before a head. @param side -1 to 1: from where the room is lit */
  overHead(x: number, y: number, z: number, side: number): void {
    if (this.#half_m !== SMALL_M) return;
    this.light.target.position.set(x, y, z);
    this.light.position.set(x + 0.35 * side, y + 0.3, z + 0.6);
  }

  overBody(x: number, y: number, z: number, side: number): void {
    this.#take(LARGE_M);
    this.light.target.position.set(x, y, z);
    this.light.position.set(x + 0.9 * side, y + 1.1, z + 1);
  }

  #take(half_m: number): void {
    if (this.#half_m === half_m) return;
    this.#half_m = half_m;
    const { camera } = this.light.shadow;
    Object.assign(camera, { left: -half_m, right: half_m, top: half_m, bottom: -half_m, near: 0.05, far: half_m === SMALL_M ? 1.4 : 3.2 });
    camera.updateProjectionMatrix();
  }

  dispose(): void {
    this.light.dispose();
  }
}
