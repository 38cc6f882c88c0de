/**
 * The rare messages as bytes: MessagePack maps and a few fixed ones. What comes in is checked field by field.
 *
 * Not here: FRAME, KEYFRAME, FAR, RIGS and BODIES (`crowd.ts`), POSE (`pose.ts`), BODY (`body.ts`), and what a shopper may ask for (`actions.ts`).
 */

import { Decoder, Encoder } from "@msgpack/msgpack";
import { malformed, ToServer } from "./ids";
import { Bytes } from "./bytes";
import type { Card, Correction, Numbered, Welcome } from "./messages";
import { Refused } from "./messages";

const encoder = new Encoder({ ignoreUndefined: true });
const decoder = new Decoder({ maxStrLength: 1 << 16, maxBinLength: 0, maxArrayLength: 256, maxMapLength: 64, maxExtLength: 0 });
const bytes = new Bytes();

type Map_ = Record<string, unknown>;
type Check = (value: unknown) => boolean;

const whole = (low: number, high: number): Check => (v) => Number.isSafeInteger(v) && (v as number) >= low && (v as number) <= high;
const text = (most: number): Check => (v) => typeof v === "string" && v.length <= 2 * most; // characters beyond the BMP are two units
const list = (check: Check, most: number, least = 0): Check => (v) => Array.isArray(v) && v.length >= least && v.length <= most && v.every(check);
const map = (check: Check, most: number): Check => (v) => isMap(v) && Object.keys(v).length <= most && Object.values(v).every(check);
const pair = (first: Check, second: Check): Check => (v) => Array.isArray(v) && v.length === 2 && first(v[0]) && second(v[1]);
const isMap = (v: unknown): v is Map_ => typeof v === "object" && v !== null && !Array.isArray(v);
const yes: Check = (v) => typeof v === "boolean";
const or = (check: Check): Check => (v) => v === null || check(v);

const U8 = whole(0, 255);
const U16 = whole(0, 65535);
const U32 = whole(0, 0xffffffff);
const U53 = whole(0, Number.MAX_SAFE_INTEGER);
const I53 = whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const CM = whole(-32768, 32767);
const ANGLE = whole(-36000, 36000);
const ID = text(64);
const WORD = text(32);
const NAME = text(24);
const NOTE = text(500);

/** A field's check and, where the wire may leave it out, what it is then. */
type Fields = Readonly<Record<string, readonly [Check, unknown?]>>;

const CARD: Fields = {
  slot: [U16], rev: [U8], member: [U32], name: [NAME], role: [WORD, "guest"], avatar: [ID, "guest"], tint: [list(whole(0, 0xffffff), 4), []],
  wears: [list(pair(ID, or(ID)), 8), []], party: [U32, 0], muted: [yes, false],
};
const FLOOR: Fields = {
  corner_mm: [pair(I53, I53)], size_cm: [pair(whole(1, 65535), whole(1, 65535))], cell_cm: [whole(1, 65535)],
  columns: [whole(1, 65535)], rows: [whole(1, 65535)], y_cm: [pair(CM, CM)],
};
const LIMITS: Fields = {
  speed_mms: [U16], teleport_cm: [U16], teleport_ms: [U16], error_cm: [U8], error_yaw: [U8], pose_ms: [whole(1, 65535)], pose_hz: [whole(1, 255)], rest_ms: [U16],
  text: [whole(1, 65535)], body_hz: [U8, 0], vote_s: [U16, 0], plan: [U16, 0],
};
const WELCOME: Fields = {
  version: [U8], slot: [U16], member: [U32], room: [ID], key: [text(1024)], cursor: [U32], resumed: [yes], hz: [whole(1, 255)], time_ms: [U32],
  floor: [isMap], limits: [isMap], store: [or(ID), null], ice: [list(map(text(1024), 8), 8), []],
};
const REFUSED: Fields = { n: [U32], code: [WORD], text: [NOTE], wait_ms: [U32, 0] };

const EVENTS: Readonly<Record<string, Fields>> = {
  said: { id: [U53], who: [U32], name: [NAME], text: [NOTE], scope: [WORD], at_ms: [U53] },
  unsaid: { ids: [list(U53, 256)] },
  reacted: { who: [U32], kind: [WORD], to: [or(U32), null], product: [or(ID), null] },
  shared: { who: [U32], product: [ID], variant: [or(ID), null], yaw: [ANGLE, 0], pitch: [ANGLE, 0], distance_mm: [U32, 1000], plan: [or(text(2000)), null] },
  unshared: { who: [U32] },
  held: { thing: [ID], who: [or(U32), null], at: [or(list(CM, 3, 3)), null], turn: [or(list(whole(-10000, 10000), 4, 4)), null] },
  party: { members: [list(pair(U32, NAME), 16)], code: [text(16), ""] },
  invited: { who: [U32], name: [NAME] },
  moderated: { op: [WORD], until_ms: [or(U53), null], reason: [NOTE, ""], seconds: [U16, 0] },
  hosted: { op: [WORD], args: [map((v) => NOTE(v) || I53(v) || yes(v), 16), {}], at_ms: [U53, 0] },
  stock: { left: [map(U32, 64)] },
  cart: { revision: [U53] },
  nearby: { members: [list(U32, 32)] },
  signalled: { who: [U32], kind: [WORD], data: [text(16384), ""] },
  vote: { who: [U32], product: [ID], asked: [U16], until_ms: [U53], variant: [or(ID), null], yes: [U16, 0], no: [U16, 0], unsure: [U16, 0], over: [yes, false] },
  job: { job: [ID], step: [NOTE], done: [whole(0, 1000)] },
  told: { code: [WORD], text: [NOTE] },
};

/** MessagePack behind the first `from` bytes. */
function unpacked(data: Uint8Array, from: number): unknown {
  try {
    return decoder.decode(data.subarray(from));
  } catch (error) {
    return malformed(error instanceof Error ? error.message.slice(0, 200) : "no MessagePack");
  }
}

/** The named fields of a map, checked; others are skipped: a server may learn new ones. */
function taken<T>(value: unknown, fields: Fields, what: string): T {
  if (!isMap(value)) return malformed(`${what} is no map`);
  const found: Map_ = {};
  for (const [name, [check, missing]] of Object.entries(fields)) {
    const field = Object.hasOwn(value, name) ? value[name] : missing;
    if (field === undefined || !(field === missing || check(field))) malformed(`${what}: ${name}`);
    found[name] = field;
  }
  return found as T;
}

export function readWelcome(data: Uint8Array): Welcome {
  const raw = taken<{ -readonly [K in keyof Welcome]: Welcome[K] }>(unpacked(data, 1), WELCOME, "WELCOME");
  raw.floor = taken(raw.floor, FLOOR, "floor");
  raw.limits = taken(raw.limits, LIMITS, "limits");
  if (raw.floor.columns * raw.floor.rows > 65536) malformed("more cells than there are numbers for");
  return raw;
}

/** The version of a WELCOME that cannot be read otherwise, to tell a newer server from a broken one. */
export function versionOf(data: Uint8Array): number | null {
  try {
    const value = decoder.decode(data.subarray(1));
    return isMap(value) && U8(value["version"]) ? (value["version"] as number) : null;
  } catch {
    return null;
  }
}

export function readEvent(data: Uint8Array): Numbered {
  bytes.open(data, 1);
  const cursor = bytes.u32();
  const value = unpacked(data, 5);
  if (!isMap(value) || typeof value["is"] !== "string") return malformed("an event without `is`");
  const is = value["is"];
  const fields = Object.hasOwn(EVENTS, is) ? EVENTS[is]! : null;
  if (!fields) return { cursor, is: null, detail: null };
  return { cursor, is, detail: taken(value, fields, is) } as Numbered;
}

export function readCards(data: Uint8Array): Card[] {
  const value = unpacked(data, 1);
  if (!Array.isArray(value) || value.length > 64) return malformed("CARDS are no list");
  return value.map((card) => taken<Card>(card, CARD, "card"));
}

export function readRefused(data: Uint8Array): Refused {
  const { code, text: said, wait_ms, n } = taken<Refused>(unpacked(data, 1), REFUSED, "REFUSED");
  return new Refused(code, said, wait_ms, n);
}

export function readPong(data: Uint8Array): { token: number; time_ms: number } {
  if (data.length !== 9) malformed(`PONG of ${data.length} bytes`);
  bytes.open(data, 1);
  return { token: bytes.u32(), time_ms: bytes.u32() };
}

export function readCorrection(data: Uint8Array): Correction {
  if (data.length !== 14) malformed(`CORRECT of ${data.length} bytes`);
  bytes.open(data, 1);
  return { reason: bytes.u8(), x: bytes.u16(), z: bytes.u16(), y: bytes.i16(), yaw: bytes.u16(), time_ms: bytes.u32() };
}

// What goes up. Fields that are undefined are left out.

export interface Hello {
  readonly versions: readonly [number, number];
  readonly ticket?: string | null;
  readonly resume?: { readonly key: string; readonly cursor: number } | null;
  readonly caps: number;
  readonly client: string;
}

export interface Say {
  readonly text: string;
  readonly scope: string;
  readonly to: number | null;
  readonly n: number;
}

type Sent = Uint8Array<ArrayBuffer>;

function packed(id: number, body: object): Sent {
  const encoded = encoder.encode(body);
  const message = new Uint8Array(encoded.length + 1);
  message[0] = id;
  message.set(encoded, 1);
  return message;
}

export const helloBytes = (hello: Hello): Sent => packed(ToServer.HELLO, hello);
export const sayBytes = (say: Say): Sent => packed(ToServer.SAY, say);
export const actionBytes = (action: object): Sent => packed(ToServer.ACTION, action);

function fixed(id: number, length: number, fill: (view: DataView) => void): Sent {
  const message = new Uint8Array(length);
  message[0] = id;
  fill(new DataView(message.buffer));
  return message;
}

export const ackBytes = (cursor: number): Sent => fixed(ToServer.ACK, 5, (view) => view.setUint32(1, cursor, true));
export const pingBytes = (token: number): Sent => fixed(ToServer.PING, 5, (view) => view.setUint32(1, token, true));
export const resyncBytes = (): Sent => new Uint8Array([ToServer.RESYNC]);
export const byeBytes = (): Sent => new Uint8Array([ToServer.BYE]);

/** WHO of 1 to 64 slots. */
export function whoBytes(slots: readonly number[]): Sent {
  return fixed(ToServer.WHO, 2 + 2 * slots.length, (view) => {
    view.setUint8(1, slots.length);
    slots.forEach((slot, i) => view.setUint16(2 + 2 * i, slot, true));
  });
}

export interface State {
  readonly animation: number;
  readonly emote: number;
  readonly mode: number;
  readonly focus: number;
}

const within = (value: number, high: number): number => Math.max(0, Math.min(high, Math.round(value) || 0));

export function stateBytes(state: State): Sent {
  return fixed(ToServer.STATE, 6, (view) => {
    view.setUint8(1, within(state.animation, 63));
    view.setUint8(2, within(state.emote, 63));
    view.setUint8(3, within(state.mode, 4));
    view.setUint16(4, within(state.focus, 8191), true);
  });
}
