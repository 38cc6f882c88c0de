/**
 * The others, as the page sees them: who is here, what they do, how the link is. Behind it are the session (`net/`) and
 * what is done together (`together/`); before one has walked in there is none of it.
 */
import type { Person } from "../net/person";
import { t } from "./words";

export type Link = "connecting" | "open" | "waiting" | "ended";

export interface Meeting extends EventTarget {
  readonly link: Link;
  readonly problem: { readonly code: number; readonly text: string; readonly mayRetry: boolean } | null;
  /** Those around whose names are known, without oneself. */
  readonly people: readonly Person[];
  goTo(person: Person): void;
  /** Show the others a product; null: nothing any more. */
  show(product: string | null, variant: string | null): void;
  readonly isShowing: boolean;
  /** Whether one's figure wears a product; put it on, or take it off. No camera is needed. */
  wears(product: string): boolean;
  wear(product: string, sku: string | null, on: boolean): void;
}

const WALKS_MS = 0.15;

/** What somebody does, in words: as the scene draws it. */
export function doing(person: Person, productAt: (slot: number) => string | null): string {
  const name = (person.focus > 0 ? productAt(person.focus) : null) ?? t("something");
  if (person.focus > 0) {
    if (person.mode === 1) return t("does_point", { name });
    if (person.mode === 2) return t("does_look", { name });
    if (person.mode === 3) return t("does_hold", { name });
    if (person.mode === 4) return t("does_wear", { name });
  }
  const words = { 1: "does_sit", 4: "does_dance", 5: "does_applaud", 6: "does_talk", 7: "does_phone", 8: "does_away" } as const;
  const word = words[person.animation as keyof typeof words];
  if (word) return t(word);
  if (person.isTalking) return t("does_talk");
  if (Math.hypot(person.vx, person.vz) > WALKS_MS) return t("does_walk");
  return person.focus > 0 ? t("does_look", { name }) : t("does_stand");
}
