/** The server's own templates, as it would send them (showroom/stores/templates; tests/unit/showroom/stores keeps the copies in step). */
import { readFileSync } from "node:fs";
import { readStore } from "../../src/world/manifest";
import type { StorePlan } from "../../src/world/plan";

export const TEMPLATES = ["boutique", "home-gallery", "launch-hall"] as const;

export const json = (name: string): Record<string, unknown> => JSON.parse(readFileSync(new URL(`../stores/${name}.json`, import.meta.url), "utf8")) as Record<string, unknown>;

export const STORES: readonly (readonly [string, StorePlan])[] = TEMPLATES.map((name) => [name, readStore(json(name))] as const);

/** Numbers in [0, 1) that are the same in every run. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}
