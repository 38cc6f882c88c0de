import { describe, expect, it } from "vitest";
import { keyAt, newKey } from "../../src/avatar/keylight";
import { assemble } from "../../src/world/assemble";
import { weigh } from "../../src/world/moods";
import { STORES } from "../world/stores";

describe("the key light", () => {
  for (const [name, plan] of STORES) {
    const { light, insides } = assemble(plan, { texels: 384, quality: 0.1 });
    it(`is finite, comes from above and never glares, anywhere in ${name} in any mood`, () => {
      const key = newKey();
      for (const mood of Object.values(plan.moods)) {
        const weights = weigh(mood, null);
        for (const { min, max } of insides) {
          for (let i = 0; i < 100; i++) {
            keyAt(key, light, insides, weights, min[0] + ((max[0] - min[0]) * ((i * 7) % 10)) / 9, 0, min[2] + ((max[2] - min[2]) * Math.floor(i / 10)) / 9);
            expect(Math.hypot(key.x, key.y, key.z)).toBeCloseTo(1, 5);
            expect(key.y).toBeGreaterThan(0.2);
            for (const c of [key.r, key.g, key.b]) {
              expect(c).toBeGreaterThanOrEqual(0);
              expect(c).toBeLessThan(3);
            }
          }
        }
      }
    });
  }
});
