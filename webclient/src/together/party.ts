/** One's party: who is in it, its code, and invitations that wait for an answer. The server decides all of it. */
import { hear, straight, type Wire } from "./wire";

export interface Invitation {
  readonly who: number;
  readonly name: string;
}

export class Party extends EventTarget {
  /** The first one leads; empty: no party. */
  members: readonly { readonly member: number; readonly name: string }[] = [];
  /** Lets a friend in. */
  code = "";
  invitations: readonly Invitation[] = [];
  /** Whom one has asked, until they come or the party is left. */
  readonly invited = new Set<number>();
  private readonly letGo = new AbortController();

  constructor(private readonly wire: Wire) {
    super();
    const { signal } = this.letGo;
    hear(wire, "party", ({ members, code }) => {
      const before = new Set(this.members.map(({ member }) => member));
      const isNew = !this.members.length;
      this.members = members.map(([member, name]) => ({ member, name: straight(name) }));
      this.code = members.length ? code : "";
      if (!members.length) this.invited.clear();
      for (const { member } of this.members) this.invited.delete(member);
      this.invitations = this.invitations.filter(({ who }) => !this.has(who));
      // Those who were there before one came oneself are no news.
      if (!isNew) for (const one of this.members) if (!before.has(one.member) && one.member !== wire.member) this.dispatchEvent(new CustomEvent("joined", { detail: one }));
      this.changed();
    }, signal);
    hear(wire, "invited", ({ who, name }) => {
      if (this.invitations.some((one) => one.who === who)) return;
      this.invitations = [...this.invitations, { who, name: straight(name) }].slice(-8);
      this.dispatchEvent(new CustomEvent("invited", { detail: { who, name } }));
      this.changed();
    }, signal);
  }

  get leads(): boolean {
    return this.members[0]?.member === this.wire.member && this.members.length > 0;
  }

  has(member: number): boolean {
    return this.members.some((one) => one.member === member);
  }

  create(): Promise<void> {
    return this.wire.act({ do: "party", op: "create" });
  }

  async invite(who: number): Promise<void> {
    this.invited.add(who);
    this.changed();
    try {
      await this.wire.act({ do: "party", op: "invite", who });
    } catch (error) {
      this.invited.delete(who);
      this.changed();
      throw error;
    }
  }

  async accept(who: number): Promise<void> {
    this.drop(who);
    await this.wire.act({ do: "party", op: "accept", who });
  }

  async decline(who: number): Promise<void> {
    this.drop(who);
    await this.wire.act({ do: "party", op: "decline", who });
  }

  join(code: string): Promise<void> {
    return this.wire.act({ do: "party", op: "join", code: code.replace(/\s/g, "").slice(0, 16) });
  }

  leave(): Promise<void> {
    return this.wire.act({ do: "party", op: "leave" });
  }

  /** Only the leader may; the code changes with it. */
  remove(who: number): Promise<void> {
    return this.wire.act({ do: "party", op: "remove", who });
  }

  /** No party any more, as the server has it. */
  reset(): void {
    this.members = [];
    this.code = "";
    this.invitations = [];
    this.invited.clear();
    this.changed();
  }

  dispose(): void {
    this.letGo.abort();
  }

  private drop(who: number): void {
    this.invitations = this.invitations.filter((one) => one.who !== who);
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
