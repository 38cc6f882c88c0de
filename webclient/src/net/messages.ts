/** What the rare messages say, as types: WELCOME, EVENT, REFUSED, CORRECT. Names are those of the wire. */

import type { Card } from "./person";

export interface FloorInfo {
  readonly corner_mm: readonly [number, number];
  readonly size_cm: readonly [number, number];
  readonly cell_cm: number;
  readonly columns: number;
  readonly rows: number;
  readonly y_cm: readonly [number, number];
}

export interface Limits {
  readonly speed_mms: number;
  readonly teleport_cm: number;
  readonly teleport_ms: number;
  readonly error_cm: number;
  readonly error_yaw: number;
  readonly pose_ms: number;
  readonly pose_hz: number;
  readonly rest_ms: number;
  readonly text: number;
  /** How often BODY is taken, a second; 0: not at all. */
  readonly body_hz: number;
  /** How long a vote runs; 0: there are none. */
  readonly vote_s: number;
  /** Longest plan of a room that may be shown, characters; 0: none. */
  readonly plan: number;
}

export interface Welcome {
  readonly version: number;
  readonly slot: number;
  readonly member: number;
  readonly room: string;
  readonly key: string;
  readonly cursor: number;
  readonly resumed: boolean;
  readonly hz: number;
  readonly time_ms: number;
  readonly floor: FloorInfo;
  readonly limits: Limits;
  readonly store: string | null;
  readonly ice: readonly Readonly<Record<string, string>>[];
}

type Triple = readonly [number, number, number];
type Quadruple = readonly [number, number, number, number];

/** Every EVENT by its `is`. Points are centimetres, turns quaternions times 10,000, angles hundredths of a degree. */
export interface ServerEvents {
  said: { readonly id: number; readonly who: number; readonly name: string; readonly text: string; readonly scope: string; readonly at_ms: number };
  unsaid: { readonly ids: readonly number[] };
  reacted: { readonly who: number; readonly kind: string; readonly to: number | null; readonly product: string | null };
  shared: {
    readonly who: number; readonly product: string; readonly variant: string | null;
    readonly yaw: number; readonly pitch: number; readonly distance_mm: number; readonly plan: string | null;
  };
  unshared: { readonly who: number };
  held: { readonly thing: string; readonly who: number | null; readonly at: Triple | null; readonly turn: Quadruple | null };
  party: { readonly members: readonly (readonly [member: number, name: string])[]; readonly code: string };
  invited: { readonly who: number; readonly name: string };
  moderated: { readonly op: string; readonly until_ms: number | null; readonly reason: string; readonly seconds: number };
  hosted: { readonly op: string; readonly args: Readonly<Record<string, string | number | boolean>>; readonly at_ms: number };
  stock: { readonly left: Readonly<Record<string, number>> };
  cart: { readonly revision: number };
  nearby: { readonly members: readonly number[] };
  signalled: { readonly who: number; readonly kind: string; readonly data: string };
  vote: {
    readonly who: number; readonly product: string; readonly variant: string | null; readonly asked: number; readonly until_ms: number;
    readonly yes: number; readonly no: number; readonly unsure: number; readonly over: boolean;
  };
  job: { readonly job: string; readonly step: string; readonly done: number };
  told: { readonly code: string; readonly text: string };
}

export type Numbered = {
  [K in keyof ServerEvents]: { readonly cursor: number; readonly is: K; readonly detail: ServerEvents[K] };
}[keyof ServerEvents] | { readonly cursor: number; readonly is: null; readonly detail: null };

/** A request that the server did not carry out; also what `say()` and `act()` reject with. */
export class Refused extends Error {
  constructor(readonly code: string, readonly text: string, readonly wait_ms = 0, readonly n = 0) {
    super(text);
    this.name = "Refused";
  }
}

/** CORRECT in the units of the wire. */
export interface Correction {
  reason: number;
  x: number;
  z: number;
  y: number;
  yaw: number;
  time_ms: number;
}

export type { Card };
