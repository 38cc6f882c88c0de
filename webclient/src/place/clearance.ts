/**
 * How much room people need beside furniture. One place for the numbers, with where they come from; a merchant's own
 * `placement.clearance_m` counts too. What it is not: building law.
 */

/** One person, walking straight on: Neufert, Architects' Data, "Man: space requirements", 55–60 cm between walls. */
export const WALKWAY_M = 0.6;

/** Knees between a seat and what stands before it: Panero & Zelnik, Human Dimension and Interior Space, 16–18 in. */
export const KNEES_M = 0.41;

/** To sit down at a table and get up again: Panero & Zelnik, 30 in from the table's edge. */
const SIT_DOWN_M = 0.76;

/** A door leaf is as wide as its doorway: this much of its swing stays free. */
export const DOOR_FREE_M = 0.6;

/** A gap as narrow as this is nobody's way: a piece stands against a wall. */
export const AGAINST_M = 0.1;

/** Who minds, by category: free space before the front, metres. */
export const FRONT_M: Readonly<Record<string, number>> = { sofa: KNEES_M, chair: KNEES_M };

/** All round, by category; the manifest's own wins. */
export const ROUND_M: Readonly<Record<string, number>> = { table: SIT_DOWN_M };
