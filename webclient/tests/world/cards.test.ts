import { describe, expect, it } from "vitest";
import { cardSpot } from "../../src/world/cards";
import { random, STORES } from "./stores";

describe("price cards", () => {
  it("stand on their product's board, in front of it or beside it, and not on the floor", () => {
    const next = random(13);
    for (const [, plan] of STORES) {
      for (const slot of plan.rooms.flatMap((room) => room.slots)) {
        const [w, h, d] = slot.room_m;
        const size = [w * (0.2 + 0.6 * next()), h, d * (0.2 + 0.6 * next())] as const;
        const spot = cardSpot(slot, size);
        expect(spot === null).toBe(slot.position[1] < 0.2);
        if (!spot) continue;
        expect(spot[0]).toBeLessThanOrEqual(w / 2);
        expect(spot[1]).toBeLessThanOrEqual(d / 2);
        expect(spot[0] > size[0] / 2 || spot[1] > size[2] / 2).toBe(true);
      }
    }
  });
});
