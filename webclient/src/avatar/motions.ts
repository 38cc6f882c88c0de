/** Which movement belongs to what somebody does: the tables of animations and emotes, and the choice between them. */
import type { Person } from "../net/person";
import type { Look } from "./look";

export interface Emote {
  readonly name: "wave" | "nod" | "shrug" | "applaud" | "dance" | "point" | "look" | "reach";
  /** The clip it plays; none: the head alone, or the shoulders (`actor.ts`). */
  readonly clip: string | null;
  readonly seconds: number;
  /** The legs go on with what they did. */
  readonly isUpper: boolean;
}

/** By the number on the wire, from 1; bots and the emotes' panel use the same. */
export const EMOTES: Readonly<Record<number, Emote>> = {
  1: { name: "wave", clip: "wave", seconds: 2.4, isUpper: true },
  2: { name: "point", clip: "point", seconds: 2.2, isUpper: true },
  3: { name: "applaud", clip: "applaud", seconds: 3, isUpper: true },
  4: { name: "dance", clip: "dance", seconds: 6, isUpper: false },
  // Those that float over the head as a drawing are nodded or shrugged with.
  5: { name: "nod", clip: null, seconds: 1.4, isUpper: true },
  6: { name: "nod", clip: null, seconds: 1.4, isUpper: true },
  7: { name: "nod", clip: null, seconds: 1.4, isUpper: true },
  8: { name: "shrug", clip: null, seconds: 1.6, isUpper: true },
};

/** By the number of `animation`; 0 is by speed. */
export const ANIMATIONS: Readonly<Record<number, string>> = { 1: "sit", 2: "look", 3: "reach", 4: "dance", 5: "applaud", 6: "talk", 7: "phone", 8: "idle2" };

/** What somebody does while they stand: a clip's name. `turn` counts up slowly, so that a long wait is not one loop. */
export function standing(person: Pick<Person, "animation" | "isTalking" | "mode">, look: Pick<Look, "isSeated">, turn: number): string {
  if (look.isSeated) return "sit";
  const named = ANIMATIONS[person.animation];
  if (named) return named;
  if (person.isTalking) return "talk";
  return turn % 3 === 2 ? "idle2" : "idle";
}

/** How one goes on: on feet, or on wheels. */
export const going = (look: Pick<Look, "isSeated">): string => (look.isSeated ? "roll" : "walk");

/** Stands still to do it, wherever the feet are: nobody walks sitting. */
export const isHeld = (person: Pick<Person, "animation">, look: Pick<Look, "isSeated">): boolean => person.animation === 1 && !look.isSeated;
