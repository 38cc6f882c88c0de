/** A session that does what a test says, and remembers what was asked of it. */
import { setMaxListeners } from "node:events";
import { Refused, type Card, type Person } from "../../src/net";
import type { Wire } from "../../src/together/wire";

// A company listens a lot; the limit is Node's own.
setMaxListeners(40);

export function person(member: number, name: string, more: Partial<Card> = {}, x = 0, z = 0): Person {
  const card: Card = { slot: member, rev: 0, member, name, role: "guest", avatar: "", tint: [], wears: [], party: 0, muted: false, ...more };
  return { slot: member, rev: 0, card, x, y: 0, z, yaw: 0, vx: 0, vz: 0, animation: 0, emote: 0, emoteTurn: 0, mode: 0, focus: 0, head: null, left: null, right: null, isFar: false, isTalking: false };
}

export class ScriptedWire extends EventTarget implements Wire {
  state = "open";
  me: Person | null;
  welcome: { ice: readonly Readonly<Record<string, string>>[] } = { ice: [] };
  seat = { code: "MIRA-1" };
  crowd = { people: new Map<number, Person>() };
  readonly acts: { readonly do: string; readonly [field: string]: unknown }[] = [];
  readonly shown: object[] = [];
  refuses: Refused | null = null;
  /** What becomes of a message; by default the server says it to everybody. */
  saying: (text: string) => Promise<void> = () => Promise.resolve();
  private nextId = 1000;

  constructor(readonly member = 1, name = "Mira") {
    super();
    this.me = person(member, name);
  }

  add(...people: Person[]): this {
    for (const one of people) this.crowd.people.set(one.slot, one);
    return this;
  }

  person(member: number): Person | null {
    return [...this.crowd.people.values()].find((one) => one.card?.member === member) ?? null;
  }

  show(state: object): void {
    this.shown.push(state);
  }

  async say(text: string, scope = "room"): Promise<void> {
    await this.saying(text);
    this.tell("said", { id: this.nextId++, who: this.member, name: this.me?.card?.name ?? "", text, scope, at_ms: 1 });
  }

  act(action: { readonly do: string }): Promise<void> {
    this.acts.push(action);
    return this.refuses ? Promise.reject(this.refuses) : Promise.resolve();
  }

  tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  did(what: string): readonly { readonly do: string; readonly [field: string]: unknown }[] {
    return this.acts.filter((one) => one.do === what);
  }
}
