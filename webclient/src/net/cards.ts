/**
 * Who people are: the answers to WHO, kept by slot and revision, and for whom it is to be asked.
 *
 * What it is not: who is around, or what becomes of a slot that is somebody else's now (`crowd.ts`).
 */

import type { Card } from "./person";
import { NOWHERE, type Seen } from "./seen";

const MOST = 2048;
const ASK_AGAIN_MS = 3000;
const MOST_ASKS = 4;

export class Cards {
  private readonly known = new Map<number, Card>();

  find(slot: number, rev: number): Card | undefined {
    return this.known.get((slot << 8) | rev);
  }

  keep(card: Card): void {
    const key = (card.slot << 8) | card.rev;
    this.known.delete(key);
    this.known.set(key, card);
    if (this.known.size > MOST) this.known.delete(this.known.keys().next().value!);
  }

  clear(): void {
    this.known.clear();
  }
}

/** Slots to send WHO for, into `out`; they count as asked. */
export function unknown(people: readonly Seen[], now_ms: number, out: number[], most: number): void {
  for (let i = 0; i < people.length && out.length < most; i++) {
    const seen = people[i]!;
    if (seen.isFar || seen.cell === NOWHERE || (seen.card && !seen.isCardOld) || seen.asks >= MOST_ASKS) continue;
    if (now_ms - seen.askedAt_ms < ASK_AGAIN_MS << seen.asks) continue;
    seen.askedAt_ms = now_ms;
    seen.asks++;
    out.push(seen.slot);
  }
}
