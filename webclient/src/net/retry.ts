/** What to do when a connection has ended, by its close code, and how long to wait first. */

import { Close } from "./ids";

/** Come back to the seat, ask for another, or stay away. */
export type Next = "resume" | "ticket" | "end";

export interface After {
  readonly next: Next;
  readonly least_ms: number;
  /** Whether the shopper may try again by hand where the client must not by itself. */
  readonly mayRetry: boolean;
}

const row = (next: Next, least_ms = 0, mayRetry = true): After => ({ next, least_ms, mayRetry });

const TABLE: ReadonlyMap<number, After> = new Map([
  [Close.GOING_AWAY, row("resume", 1000)],
  [Close.FLOOD, row("resume", 10_000)],
  [Close.INTERNAL, row("resume", 1000)],
  [Close.HELLO_TIMEOUT, row("resume")],
  [Close.ROOM_FULL, row("ticket")],
  [Close.TICKET, row("ticket")],
  [Close.RESUME_UNKNOWN, row("ticket")],
  [Close.VERSION, row("end", 0, false)],
  [Close.REPLACED, row("end")],
  [Close.KICKED, row("end", 0, false)],
  [Close.BANNED, row("end", 0, false)],
  [Close.ROOM_CLOSED, row("end", 0, false)],
]);

export function after(code: number): After {
  const known = TABLE.get(code);
  if (known) return known;
  return code >= 4500 && code <= 4999 ? row("end") : row("resume");
}

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** A pause that doubles from half a second to thirty, spread by chance: not all who lost a server come at once. */
export function pause_ms(attempt: number, chance: number): number {
  return Math.min(FIRST_MS * 2 ** Math.min(attempt, 16), LONGEST_MS) * (0.6 + 0.8 * chance);
}
