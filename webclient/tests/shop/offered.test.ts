// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { wornAs } from "../../src/tryon/wear";
import { WORN } from "../../src/ui/buy";

it("offers the mirror for what the mirror can put on, garments and shoes too, and for nothing else", () => {
  expect([...WORN].filter((category) => wornAs(category) === null)).toEqual([]);
  for (const category of ["jacket", "t-shirt", "sneaker", "bag", "necklace"]) expect(WORN.has(category)).toBe(true);
  for (const category of ["sofa", "vase", "bottle"]) expect(WORN.has(category)).toBe(false);
});
