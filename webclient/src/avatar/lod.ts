/** Who is drawn how: the nearest with a pose and a body of their own, the others from the crowd's few figures. */

export type Detail = "near" | "mid" | "far";

export interface CrowdBudget {
  /** Bodies of their own when the room is full. */
  readonly near: number;
  /** When there are no more people than this, everybody has one: the crowd's figures then take no draws. */
  readonly few: number;
  /** The others within it are drawn finer than the rest. */
  readonly mid_m: number;
}

export const BUDGETS = { mobile: { near: 3, few: 9, mid_m: 4.5 }, desktop: { near: 5, few: 13, mid_m: 7 } } as const satisfies Record<string, CrowdBudget>;

const NEAR_M = 9;
const FEW_M = 30;
/** One who has it keeps it a little longer: nobody flickers at a border. */
const KEEP_M = 1.2;

/** How many have a body of their own, of so many in view. */
export const nearCount = (budget: CrowdBudget, people: number): number => (people <= budget.few ? budget.few : budget.near);

/**
 * @param rank by distance, from 0
 * @param was what they were drawn as
 */
export function detailOf(budget: CrowdBudget, people: number, rank: number, distance_m: number, was: Detail, isFar: boolean): Detail {
  const reach = people <= budget.few ? FEW_M : NEAR_M;
  if (!isFar && rank < nearCount(budget, people) && distance_m < reach + (was === "near" ? KEEP_M : 0)) return "near";
  return distance_m < budget.mid_m + (was === "far" ? 0 : KEEP_M) && !isFar ? "mid" : "far";
}

/** Which level of a body's files: 0 is the finest. */
export const bodyLevel = (levels: number, distance_m: number, was: number): number => Math.min(levels - 1, distance_m < 3.2 + (was === 0 ? 0.6 : 0) ? 0 : 1);

/** Sort indexes by their keys, in place; almost sorted from the frame before, so insertion is enough. */
export function sortNear(order: Uint16Array, count: number, keys: Float32Array): void {
  for (let i = 1; i < count; i++) {
    const one = order[i]!;
    const key = keys[one]!;
    let j = i - 1;
    for (; j >= 0 && keys[order[j]!]! > key; j--) order[j + 1] = order[j]!;
    order[j + 1] = one;
  }
}
