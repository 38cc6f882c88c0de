/** As much of a session as being together needs; `net/`'s Session is one, and so is a scripted one in tests. */
import type { Crowd, Person, Refused, Scope, ServerEvents, StateChange, Welcome } from "../net";

export interface Wire extends EventTarget {
  readonly state: string;
  /** Oneself, everywhere but in frames. */
  readonly member: number;
  readonly me: Person | null;
  readonly welcome: (Pick<Welcome, "ice"> & { readonly limits?: Partial<Welcome["limits"]> }) | null;
  readonly seat: { readonly code?: string } | null;
  readonly crowd: Crowd;
  person(member: number): Person | null;
  show(state: StateChange): void;
  say(text: string, scope?: Scope, to?: number): Promise<void>;
  act(action: { readonly do: string; readonly [field: string]: unknown }): Promise<void>;
}

/** Listen to an event of the server, typed. */
export function hear<K extends keyof ServerEvents>(wire: Wire, name: K, heard: (detail: ServerEvents[K]) => void, signal: AbortSignal): void {
  wire.addEventListener(name, (event) => heard((event as CustomEvent<ServerEvents[K]>).detail), { signal });
}

/** What was refused, and when it is worth another try; for everything that is not a refusal, no words. */
export function refusalOf(error: unknown): Pick<Refused, "code" | "text" | "wait_ms"> {
  const { code, text, wait_ms } = (error ?? {}) as Partial<Refused>;
  return { code: typeof code === "string" ? code : "failed", text: typeof text === "string" ? text : "", wait_ms: typeof wait_ms === "number" ? wait_ms : 0 };
}

/** Others' words without the marks that turn the direction of what follows: a name must not rewrite the line it stands in. */
export const straight = (text: string): string => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
