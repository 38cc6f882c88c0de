import { describe, expect, it } from "vitest";
import { cutOut } from "../../src/world/cutout";
import { random } from "./stores";

const SIDE = 96;

/** A picture with a warm backdrop that darkens to its corners, a soft shadow, and a disc of a colour. */
function picture(colour: readonly [number, number, number], next: () => number): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const [u, v] = [x / SIDE - 0.5, y / SIDE - 0.5];
      const dim = 1 - 0.25 * (u * u + v * v) - 0.06 * v;
      const shade = 1 - 0.5 * Math.exp(-((u * 4) ** 2 + ((v - 0.3) * 14) ** 2));
      const isDisc = Math.hypot(u, v) < 0.28;
      for (const [k, c] of [236, 229, 219].entries()) pixels[(y * SIDE + x) * 4 + k] = (isDisc ? colour[k]! : c * dim * shade) + (next() - 0.5) * 3;
      pixels[(y * SIDE + x) * 4 + 3] = 255;
    }
  }
  return pixels;
}

describe("a product cut out of its poster", () => {
  for (const [name, colour] of [["dark", [40, 38, 36]], ["green", [92, 104, 78]], ["clay", [176, 110, 84]], ["nearly white", [250, 250, 248]]] as const) {
    it(`stays whole, and its backdrop goes: ${name}`, () => {
      const pixels = picture(colour, random(7));
      cutOut(pixels, SIDE, SIDE);
      const alpha = (x: number, y: number): number => pixels[(y * SIDE + x) * 4 + 3]!;
      let [kept, discs, left, backs] = [0, 0, 0, 0];
      for (let y = 0; y < SIDE; y++) {
        for (let x = 0; x < SIDE; x++) {
          const r = Math.hypot(x / SIDE - 0.5, y / SIDE - 0.5);
          if (r < 0.25) {
            discs++;
            if (alpha(x, y) > 250) kept++;
          } else if (r > 0.3 && y < SIDE * 0.6) {
            backs++;
            if (alpha(x, y) > 24) left++;
          }
        }
      }
      expect(kept / discs).toBeGreaterThan(0.99);
      expect(left / backs).toBeLessThan(0.01);
      const shade = alpha(SIDE / 2, Math.round(SIDE * 0.82));
      expect(shade).toBeGreaterThan(20); // the shadow stays, as shade
      expect(shade).toBeLessThan(200);
    });
  }
});
