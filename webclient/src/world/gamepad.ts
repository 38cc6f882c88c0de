/** A gamepad: left stick walks, right stick looks, the first button picks, the second goes back. */
import type { Part, World } from "./world";

const DEAD = 0.14;
const LOOK_RAD_S = 2.2;

/** Nothing near the middle, and finer there than at the rim. */
export function curved(value: number): number {
  const size = Math.abs(value);
  return size < DEAD ? 0 : Math.sign(value) * ((size - DEAD) / (1 - DEAD)) ** 1.6;
}

export class Gamepads implements Part {
  readonly #world: World;
  readonly #does: { pick(): void; back(): void };
  readonly #wasDown = [false, false];

  constructor(world: World, does: { pick(): void; back(): void }) {
    this.#world = world;
    this.#does = does;
  }

  update(dt: number): void {
    if (this.#world.renderer.xr.isPresenting || typeof navigator.getGamepads !== "function") return;
    const pads = navigator.getGamepads();
    let pad: Gamepad | null = null;
    for (let i = 0; i < pads.length && !pad; i++) if (pads[i]?.connected && pads[i]!.mapping === "standard") pad = pads[i]!;
    const { walk } = this.#world;
    if (!pad) return walk.push(0, 0);
    walk.push(curved(pad.axes[0] ?? 0), curved(pad.axes[1] ?? 0));
    const [x, y] = [curved(pad.axes[2] ?? 0), curved(pad.axes[3] ?? 0)];
    if ((x || y) && !walk.isHeld) walk.lookBy(-x * LOOK_RAD_S * dt, -y * LOOK_RAD_S * 0.7 * dt);
    this.#button(0, pad.buttons[0]?.pressed ?? false);
    this.#button(1, pad.buttons[1]?.pressed ?? false);
  }

  #button(which: 0 | 1, isDown: boolean): void {
    if (isDown && !this.#wasDown[which]) {
      if (which === 0) this.#does.pick();
      else this.#does.back();
    }
    this.#wasDown[which] = isDown;
  }

  dispose(): void {
    this.#world.walk.push(0, 0);
  }
}
