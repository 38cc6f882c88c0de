/** Which stores there are and what the chosen one is made of. What it is not: how it is drawn. */
import type { StorePlan } from "../world/plan";
import type { StoreLine } from "./showroom";

export async function storeLines(): Promise<readonly StoreLine[]> {
  const answer = await fetch("/api/stores");
  if (!answer.ok) return [];
  return ((await answer.json()) as { stores?: readonly StoreLine[] }).stores ?? [];
}

export interface Furnished {
  readonly plan: StorePlan;
  /** What stands on each slot, in the manifest's own order, which the wire counts by. */
  readonly slots: readonly (string | null)[];
  readonly entrance: string;
}

/** The store's plan; null if there is no such store, or none at all. */
export async function furnished(id: string): Promise<Furnished | null> {
  const [{ readStore }, answer] = await Promise.all([import("../world/manifest"), fetch(`/api/stores/${encodeURIComponent(id)}`)]);
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`store ${id}: ${answer.status}`);
  const raw = (await answer.json()) as { entrance?: string; rooms?: readonly { slots?: readonly { product?: string | null }[] }[] };
  const slots = (raw.rooms ?? []).flatMap((room) => (room.slots ?? []).map(({ product }) => product ?? null));
  const plan = readStore(raw);
  return { plan, slots, entrance: raw.entrance || (plan.rooms[0]?.id ?? "") };
}

/** The room whose floor lies under a point; null between walls and outside. Even-odd rule. */
export function roomAt(plan: StorePlan, x: number, z: number): string | null {
  for (const { id, floor } of plan.rooms) {
    let isInside = false;
    for (let i = 0, j = floor.length - 1; i < floor.length; j = i++) {
      const [ax, az] = floor[i] ?? [0, 0];
      const [bx, bz] = floor[j] ?? [0, 0];
      if (az > z !== bz > z && x < ((bx - ax) * (z - az)) / (bz - az) + ax) isInside = !isInside;
    }
    if (isInside) return id;
  }
  return null;
}
