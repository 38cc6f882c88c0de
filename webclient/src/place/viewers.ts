/**
 * "Let friends see it": those one is with look on while one furnishes, for as long as the switch is on.
 *
 * Whoever is with others answers the event "viewers" that the room sends up; without an answer there is nobody to see it.
 * Products, places and the floor's outline are all that goes out. What it is not: the way they travel (`together/looking.ts`).
 */
import { written, type Layout } from "./layout";

/** Where one is with others. */
export interface Viewing extends EventTarget {
  /** Whether one's own room is seen by others now. */
  readonly isFurnishing: boolean;
  /** Longest plan that can be shown, characters; 0: none. */
  readonly longestPlan: number;
  furnish(plan: string, product: string, to?: readonly number[]): Promise<void>;
  stop(): void;
}

export interface Viewers {
  readonly viewing: Viewing;
  /** Who is asked; null: nobody is there. */
  audience(): readonly number[] | null;
}

/** Asks whoever is above; answered at once or not at all. */
export class AskViewers extends Event {
  viewers: Viewers | null = null;

  constructor() {
    super("viewers", { bubbles: true, composed: true });
  }
}

export type Shown = "shown" | "nobody" | "too_long" | "nothing";

/** Show the layout as it is now; the first time to whoever is there. @throws Refused */
export async function show({ viewing, audience }: Viewers, layout: Layout): Promise<Shown> {
  const last = layout.pieces[layout.pieces.length - 1];
  if (!last) return "nothing";
  const plan = written(layout);
  if (plan.length > viewing.longestPlan) return "too_long";
  const to = viewing.isFurnishing ? [] : audience();
  if (!to) return "nobody";
  await viewing.furnish(plan, last.product, to);
  return "shown";
}
