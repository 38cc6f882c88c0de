/** The colours one chooses from: skins from light to dark, natural hair, clothes of the season. The same as the bots wear. */
import type { Look } from "./look";

export const SKINS = [0xf6dfcf, 0xeac4a8, 0xd9a884, 0xc08a63, 0x9c6b48, 0x7a4f33, 0x5a3825, 0x3e271b] as const;

export const HAIR_COLOURS = {
  black: 0x17120f, espresso: 0x2b1d14, chestnut: 0x46301f, hazel: 0x6b4a2e, copper: 0x7a3420, sand: 0x8c6a45, wheat: 0xb8976a, grey: 0x8a8580, silver: 0xc9c3ba,
} as const;

export const CLOTHES_COLOURS = {
  bone: 0xede6da, oat: 0xc9bda9, clay: 0xb98e72, cocoa: 0x8f6b57, olive: 0x8b8c6a, moss: 0x565b45, rust: 0x9c5a3c, plum: 0x5b3a44, night: 0x33404f, ink: 0x22262b,
} as const;

const SHAPE_STEPS = [-2, -1, -1, 0, 0, 0, 1, 1, 2];

const pick = <T>(all: readonly T[], chance: () => number): T => all[Math.floor(chance() * all.length)]!;

/** Somebody else, at random, out of what there is; the wheelchair stays as it was. */
export function surprise(bodies: readonly string[], hairs: readonly string[], outfits: readonly string[], isSeated: boolean, chance: () => number): Look {
  const top = pick(Object.values(CLOTHES_COLOURS), chance);
  const others = Object.values(CLOTHES_COLOURS).filter((colour) => colour !== top);
  const step = (): number => pick(SHAPE_STEPS, chance);
  return {
    body: pick(bodies, chance), hair: pick(hairs, chance), outfit: pick(outfits, chance), isSeated,
    shape: { tall: step(), wide: step(), strong: step(), old: Math.max(-1, step()) },
    tint: [pick(SKINS, chance), pick(Object.values(HAIR_COLOURS), chance), top, pick(others, chance)],
  };
}
