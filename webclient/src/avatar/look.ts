/**
 * An avatar's look in the 64 characters and four colours that the wire has for it.
 *
 * `body/hair/outfit/shape`, for instance `ada/bob/linen/h2w-1`; tints are skin, hair, top, bottom. A look that this page
 * does not know is drawn as the first body. What it is not: the shapes themselves (`figures.json`).
 */

export interface Look {
  readonly body: string;
  readonly hair: string;
  readonly outfit: string;
  /** Steps from -4 to 4: taller, wider, stronger, older. */
  readonly shape: Readonly<{ tall: number; wide: number; strong: number; old: number }>;
  /** A wheelchair; walking becomes rolling. */
  readonly isSeated: boolean;
  /** A body that one brought along and shares, as the server names it (`own/…`); the rest is what is seen without it. */
  readonly own?: string;
  /** 0xRRGGBB: skin, hair, top, bottom. */
  readonly tint: readonly [number, number, number, number];
}

const STEPS = { h: "tall", w: "wide", s: "strong", a: "old" } as const;
const MOST = 4;
export const OWN = /^own\/([0-9a-f]{32})$/;
const NAME = /^[a-z0-9-]{1,14}$/;
const DEFAULT_TINT = [0xc68e6f, 0x3a2a20, 0xd8cbb8, 0x4a4f55] as const;

export const PLAIN: Look = { body: "ada", hair: "bob", outfit: "linen", shape: { tall: 0, wide: 0, strong: 0, old: 0 }, isSeated: false, tint: DEFAULT_TINT };

/** The wire's two fields. */
export function written(look: Look): { avatar: string; tint: number[] } {
  if (look.own) return { avatar: look.own, tint: [...look.tint] };
  const steps = Object.entries(STEPS).map(([letter, name]) => (look.shape[name] ? `${letter}${look.shape[name]}` : "")).join("");
  return { avatar: [look.body, look.hair, look.outfit, `x${steps}${look.isSeated ? "c" : ""}`].join("/"), tint: [...look.tint] };
}

/** A look from the wire; what is missing or strange becomes plain. */
export function read(avatar: string, tint: readonly number[]): Look {
  const [body = "", hair = "", outfit = "", rest = ""] = avatar.split("/");
  const shape = { tall: 0, wide: 0, strong: 0, old: 0 };
  for (const [, letter, steps] of rest.matchAll(/([hwsa])(-?\d)/g)) {
    const name = STEPS[letter as keyof typeof STEPS];
    shape[name] = Math.max(-MOST, Math.min(MOST, Number(steps)));
  }
  const named = (name: string, plain: string): string => (NAME.test(name) ? name : plain);
  const colour = (i: 0 | 1 | 2 | 3): number => (Number.isInteger(tint[i]) ? tint[i]! & 0xffffff : DEFAULT_TINT[i]);
  const own = OWN.test(avatar) ? { own: avatar } : {};
  return {
    ...own, body: named(own.own ? "" : body, PLAIN.body), hair: named(hair, PLAIN.hair), outfit: named(outfit, PLAIN.outfit), shape, isSeated: rest.includes("c"),
    tint: [colour(0), colour(1), colour(2), colour(3)],
  };
}
