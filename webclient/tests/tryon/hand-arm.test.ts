import { describe, expect, it } from "vitest";
import { ArmFinder, PATCH_PX, STEP_M } from "../../src/tryon/hand-arm";

const MIDDLE = PATCH_PX / 2;
const SKIN = [205, 150, 125] as const;
/** A hand that points up in the patch. */
const KNUCKLES = Float64Array.of(-15, -54, 0, -53, 12, -47, 21, -39);

/** An arm of half this width whose axis leaves the wrist at an angle from straight down, clockwise; lit from one side. */
function patch(angle: number, aside_m: number, half_m: number, beside: readonly number[], sleeve_m = Infinity): Uint8ClampedArray {
  const out = new Uint8ClampedArray(PATCH_PX * PATCH_PX * 4).fill(255);
  const [wx, wy] = [-Math.sin(angle), Math.cos(angle)];
  for (let v = 0; v < PATCH_PX; v++) {
    for (let u = 0; u < PATCH_PX; u++) {
      const [x, y] = [(u + 0.5 - MIDDLE) * STEP_M, (v + 0.5 - MIDDLE) * STEP_M];
      const along = x * wx + y * wy;
      const across = -x * wy + y * wx - aside_m;
      const isHand = y < 0 && Math.abs(x) < 0.036;
      const isArm = along > -0.01 && Math.abs(across) < half_m;
      const shade = isArm ? 0.8 + 0.3 * (across / half_m) : 1;
      const colour = isArm && along > sleeve_m ? [236, 236, 232] : isArm || isHand ? SKIN.map((one) => one * shade) : beside;
      out.set(colour, (v * PATCH_PX + u) * 4);
    }
  }
  return out;
}

describe("a forearm in the picture", () => {
  it("has its axis and its width, however the wrist is bent, before a wall, a window and the dark", () => {
    for (const beside of [[120, 170, 215], [250, 250, 250], [18, 17, 20]]) {
      for (const [angle, aside_m, half_m] of [[0, 0, 0.028], [0.35, 0.006, 0.024], [-0.5, -0.008, 0.03]] as const) {
        const arm = new ArmFinder();
        expect(arm.find(patch(angle, aside_m, half_m, beside), KNUCKLES, 0, 1)).toBe(true);
        expect(Math.abs(Math.atan2(-arm.way[0]!, arm.way[1]!) - angle)).toBeLessThan(0.05);
        expect(Math.abs(arm.aside_m - aside_m)).toBeLessThan(0.002);
        expect(Math.abs(arm.half_m - half_m)).toBeLessThan(0.002);
      }
    }
  });

  it("is not found in a sleeve, before skin, nor beyond the picture's edge", () => {
    const arm = new ArmFinder();
    expect(arm.find(patch(0, 0, 0.028, [240, 240, 236], 0), KNUCKLES, 0, 1)).toBe(false);
    expect(arm.find(patch(0, 0, 0.028, SKIN), KNUCKLES, 0, 1)).toBe(false);
    const cut = patch(0, 0, 0.028, [120, 170, 215]);
    for (let v = MIDDLE + 12; v < PATCH_PX; v++) for (let u = 0; u < PATCH_PX; u++) cut[(v * PATCH_PX + u) * 4 + 3] = 0;
    expect(arm.find(cut, KNUCKLES, 0, 1)).toBe(false);
  });
});
