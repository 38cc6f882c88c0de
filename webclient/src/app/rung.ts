/**
 * The ladder: headset, room in 3D, turntables, list. What a device can carry is measured, never read off its name.
 *
 * `decide` is a pure function of what `measure` found and what the shopper wants; it always says why. What it is not: the
 * watch over a running store (`watch.ts`), which may lead a rung down later.
 */

export const RUNGS = ["headset", "room", "turntable", "list"] as const;
export type Rung = (typeof RUNGS)[number];
export const isRung = (text: unknown): text is Rung => typeof text === "string" && (RUNGS as readonly string[]).includes(text);

export interface Measured {
  readonly hasWebGl2: boolean;
  /** WebGL is there, but a processor draws it. */
  readonly isSoftware: boolean;
  /** How long the drawing test took for one picture of a quarter million pixels, milliseconds; null if it was not run. */
  readonly probe_ms: number | null;
  /** As the browser rounds it; null if it does not say. */
  readonly memory_gb: number | null;
  readonly savesData: boolean;
  /** A headset can be entered from here. */
  readonly hasHeadset: boolean;
}

/** Why a rung was chosen; a word of the page says it. */
export type Why = "wished" | "able" | "headset" | "no_webgl" | "no_headset" | "software" | "slow" | "memory" | "saves_data";

export interface Choice {
  readonly rung: Rung;
  readonly why: Why;
}

/** Slower than this and the store would be a slide show: about six times what an old phone's graphics take. */
export const SLOWEST_PROBE_MS = 24;
const LEAST_MEMORY_GB = 1;

/** The highest rung that the device carries, or the wished one if it can be had at all. */
export function decide(found: Measured, wish: Rung | null): Choice {
  if (wish === "list" || wish === "turntable") return { rung: wish, why: "wished" };
  if (!found.hasWebGl2) return { rung: "turntable", why: "no_webgl" };
  if (wish === "headset") return found.hasHeadset ? { rung: "headset", why: "wished" } : { rung: "room", why: "no_headset" };
  if (wish === "room") return { rung: "room", why: "wished" };
  if (found.savesData) return { rung: "list", why: "saves_data" };
  if (found.isSoftware) return { rung: "turntable", why: "software" };
  if (found.memory_gb !== null && found.memory_gb < LEAST_MEMORY_GB) return { rung: "turntable", why: "memory" };
  if (found.probe_ms !== null && found.probe_ms > SLOWEST_PROBE_MS) return { rung: "turntable", why: "slow" };
  return found.hasHeadset ? { rung: "headset", why: "headset" } : { rung: "room", why: "able" };
}

/** One step down; the list is the ground. */
export const below = (rung: Rung): Rung => RUNGS[Math.min(RUNGS.length - 1, Math.max(RUNGS.indexOf(rung) + 1, 2))] ?? "list";

export const isThreeD = (rung: Rung): boolean => rung === "headset" || rung === "room";
