/**
 * What a shopper may ask for (ACTION): each `do` with its fields, checked before it goes up.
 *
 * The server ends the connection of a client that sends a field wrongly made. A caller's slip (a fraction where the wire
 * has whole numbers, an angle a hair over) must not cost the shopper the connection: numbers are brought within, and
 * what cannot be is refused here.
 */

import { Refused } from "./messages";

export type Action = { readonly do: string; readonly [field: string]: unknown };

type Take = (value: unknown) => unknown;
const WRONG = Symbol("wrong");

const whole = (low: number, high: number): Take => (v) => (typeof v === "number" && Number.isFinite(v) ? Math.max(low, Math.min(high, Math.round(v))) : WRONG);
const exact = (high: number): Take => (v) => (Number.isInteger(v) && (v as number) >= 0 && (v as number) <= high ? v : WRONG);
const like = (pattern: RegExp): Take => (v) => (typeof v === "string" && pattern.test(v) ? v : WRONG);
const one = (...words: string[]): Take => (v) => (words.includes(v as string) ? v : WRONG);
const flag: Take = (v) => (typeof v === "boolean" ? v : WRONG);
const or = (take: Take): Take => (v) => (v === null || v === undefined ? null : take(v));
/** Half a pair of surrogates is no character, and no UTF-8. */
const HALVES = /[\ud800-\udfff]/gu;
/** At most so many characters as the wire counts them: code points. */
export const clipped = (text: string, most: number): string => {
  const whole = text.replace(HALVES, "\ufffd");
  return whole.length <= most ? whole : [...whole].slice(0, most).join("");
};
const text = (most: number): Take => (v) => (typeof v === "string" ? clipped(v, most) : WRONG);
const uncut = (most: number): Take => (v) => (typeof v === "string" && v.length <= most && v.search(HALVES) < 0 ? v : WRONG);
const list = (take: Take, most: number): Take => (v) => {
  if (!Array.isArray(v) || v.length > most) return WRONG;
  const found = v.map(take);
  return found.includes(WRONG) ? WRONG : found;
};
const tuple = (...takes: Take[]): Take => (v) => {
  if (!Array.isArray(v) || v.length !== takes.length) return WRONG;
  const found = takes.map((take, i) => take(v[i]));
  return found.includes(WRONG) ? WRONG : found;
};

const MEMBER = exact(0xffffffff);
const ID = like(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/);
const WORD = like(/^[a-z][a-z0-9_.-]{0,31}$/);
const NOTE = text(500);
const CM = whole(-32768, 32767);
const TURN = whole(-10000, 10000);
const ANGLE = whole(-36000, 36000);
const POINT = tuple(CM, CM, CM);
const ROTATION = tuple(TURN, TURN, TURN, TURN);
const ARGS: Take = (v) => {
  if (typeof v !== "object" || v === null || Array.isArray(v) || Object.keys(v).length > 16) return WRONG;
  for (const [key, value] of Object.entries(v)) {
    const isPlain = typeof value === "boolean" || Number.isSafeInteger(value) || uncut(500)(value) !== WRONG;
    if (WORD(key) === WRONG || !isPlain) return WRONG;
  }
  return v;
};

/** A field: how it is taken, and whether it may be left out. */
type Fields = Readonly<Record<string, readonly [Take, "optional"?]>>;

const ACTIONS: Readonly<Record<string, Fields>> = {
  react: { kind: [WORD], to: [or(MEMBER), "optional"], product: [or(ID), "optional"] },
  share: {
    product: [ID], variant: [or(ID), "optional"], yaw: [ANGLE, "optional"], pitch: [ANGLE, "optional"],
    distance_mm: [whole(10, 100000), "optional"], plan: [or(like(/^[A-Za-z0-9._:/~!-]{1,2000}$/)), "optional"], to: [list(MEMBER, 8), "optional"],
  },
  unshare: {},
  follow: { who: [MEMBER] },
  lead: { to: [MEMBER] },
  grab: { thing: [ID] },
  move: { thing: [ID], at: [POINT], turn: [ROTATION, "optional"] },
  release: { thing: [ID], at: [POINT], turn: [ROTATION, "optional"] },
  hand_over: { thing: [ID], to: [MEMBER] },
  party: { op: [one("create", "invite", "accept", "decline", "join", "leave", "remove")], who: [or(MEMBER), "optional"], code: [uncut(16), "optional"] },
  wear: { items: [list(tuple(ID, or(ID)), 8)] },
  look: { avatar: [ID], tint: [list(exact(0xffffff), 4), "optional"] },
  embody: { on: [flag] },
  vote: {
    op: [one("open", "answer", "close")], product: [or(ID), "optional"], variant: [or(ID), "optional"], scope: [one("party", "near"), "optional"],
    who: [or(MEMBER), "optional"], answer: [or(one("yes", "no", "unsure")), "optional"],
  },
  host: { op: [WORD], args: [ARGS, "optional"] },
  moderate: {
    op: [one("mute", "unmute", "kick", "ban", "unban", "lock", "unlock", "slow", "clear")], who: [or(MEMBER), "optional"],
    minutes: [whole(0, 525600), "optional"], seconds: [whole(0, 3600), "optional"], reason: [NOTE, "optional"],
  },
  report: { who: [MEMBER], reason: [one("harassment", "spam", "hate", "sexual", "underage", "impersonation", "cheating", "other")], text: [NOTE, "optional"] },
  block: { who: [MEMBER], on: [flag, "optional"] },
  signal: { to: [MEMBER], kind: [one("offer", "answer", "ice", "bye")], data: [uncut(16384), "optional"] },
  voice: { on: [flag] },
  shop: { watch: [list(ID, 64)] },
  rate: { hz: [whole(0, 255)] },
};

/**
 * The action as it may be sent, numbered.
 *
 * Throws Refused ("action.unknown", "action.field") for what the server would end the connection for.
 */
export function checked(action: Action, n: number): Record<string, unknown> {
  const fields = Object.hasOwn(ACTIONS, action.do) ? ACTIONS[action.do]! : null;
  if (!fields) throw new Refused("action.unknown", `There is no action "${action.do}".`);
  const found: Record<string, unknown> = { do: action.do };
  for (const [name, [take, optional]] of Object.entries(fields)) {
    const given = action[name];
    if (given === undefined && optional) continue;
    const value = take(given);
    if (value === WRONG) throw new Refused("action.field", `"${name}" of "${action.do}" cannot be that.`);
    found[name] = value;
  }
  const strange = Object.keys(action).find((name) => name !== "do" && name !== "n" && !Object.hasOwn(fields, name));
  if (strange !== undefined) throw new Refused("action.field", `"${action.do}" has no "${strange}".`);
  found["n"] = n;
  return found;
}
