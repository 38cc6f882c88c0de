/**
 * Idempotency keys that outlive a lost link and a reload.
 *
 * A write has a *slot* (this line of the cart, this order) and a *print* (what exactly is asked). Until it is answered
 * its key stays with the slot: asked again, the server repeats its answer and does nothing twice. Another wish in the
 * same slot gets another key, also if an earlier one said the same: to want 1, then 2, then 1 is three wishes, and the
 * third must not be answered with the first's answer.
 */

/** As long as the server keeps answers (48 hours), less an hour for clocks that differ. */
const KEPT_MS = 47 * 3600 * 1000;
const PREFIX = "showroom.write.";

export interface Shelf {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

interface Waiting {
  readonly key: string;
  readonly print: string;
  readonly at_ms: number;
}

/** The browser's storage, or memory where it is forbidden (private windows, embedded pages). */
export function shelf(which: "localStorage" | "sessionStorage"): Shelf {
  try {
    const found = globalThis[which];
    found.setItem(PREFIX, "");
    found.removeItem(PREFIX);
    return found;
  } catch {
    const kept = new Map<string, string>();
    return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => void kept.set(name, value), removeItem: (name) => void kept.delete(name) };
  }
}

export class Keys {
  constructor(
    private readonly kept: Shelf,
    private readonly now: () => number = Date.now,
    private readonly fresh: () => string = newKey,
  ) {}

  /** The key for this wish: the old one if it has not been answered yet. */
  of(slot: string, print: string): string {
    const waiting = this.waiting(slot);
    if (waiting?.print === print) return waiting.key;
    const key = this.fresh();
    this.kept.setItem(PREFIX + slot, JSON.stringify({ key, print, at_ms: this.now() } satisfies Waiting));
    return key;
  }

  /** What is asked for and not answered; `print` is what was given to `of`. */
  waiting(slot: string): { key: string; print: string } | null {
    try {
      const found = JSON.parse(this.kept.getItem(PREFIX + slot) ?? "null") as Partial<Waiting> | null;
      if (typeof found?.key !== "string" || typeof found.print !== "string" || typeof found.at_ms !== "number") return null;
      return this.now() - found.at_ms < KEPT_MS ? { key: found.key, print: found.print } : null;
    } catch {
      return null;
    }
  }

  /** Answered, for good or ill. A newer wish in the slot stays. */
  done(slot: string, key: string): void {
    if (this.waiting(slot)?.key === key) this.kept.removeItem(PREFIX + slot);
  }
}

/** `crypto.randomUUID` needs a secure page; a store on a plain address in the house must sell all the same. */
export function newKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
