/**
 * Chat: what was said, what of one's own is under way or was refused, and what one does not want to read.
 *
 * The server says each message once, also to its author: one's own line is pending until then. Text is only text.
 */
import type { Scope } from "../net";
import { hear, refusalOf, straight, type Wire } from "./wire";

export interface Line {
  /** The server's id; for what is not said yet a negative one of ours. */
  readonly id: number;
  readonly who: number;
  readonly name: string;
  readonly text: string;
  readonly scope: Scope;
  /** For private lines of one's own: to whom. */
  readonly to: number;
  readonly toName: string;
  /** Unix milliseconds. */
  readonly at_ms: number;
  readonly state: "said" | "pending" | "refused";
  /** Why it was refused, and until when (Unix ms) another try is no use. */
  readonly why: string;
  readonly code: string;
  readonly notBefore_ms: number;
}

export type Translator = (text: string, from: string, to: string) => Promise<string>;

const MOST_LINES = 400;
const MOST_PENDING = 20;
export const LONGEST = 500;

export class Talk extends EventTarget {
  lines: readonly Line[] = [];
  /** Lines since the shopper last looked. */
  unread = 0;
  /** What a merchant's page may plug in; without one there is no toggle. */
  translator: Translator | undefined;
  private readonly translated = new Map<number, string>();
  private pendings: readonly Line[] = [];
  private nextId = -1;
  private isLooking = false;
  private readonly letGo = new AbortController();
  private sentTo: { to: number; text: string; name: string }[] = [];

  constructor(private readonly wire: Wire, private readonly isHidden: (member: number) => boolean, private readonly now: () => number = Date.now) {
    super();
    const { signal } = this.letGo;
    hear(wire, "said", (said) => {
      const isOwn = said.who === wire.member;
      const scope = asScope(said.scope);
      let to = 0;
      let toName = "";
      if (isOwn) {
        const own = this.pendings.find((one) => one.state === "pending" && one.scope === scope);
        const remembered = scope === "private" ? this.sentTo.findIndex((one) => one.text === said.text) : -1;
        if (own) [to, toName] = [own.to, own.toName];
        else if (remembered >= 0) [to, toName] = [this.sentTo[remembered]?.to ?? 0, this.sentTo[remembered]?.name ?? ""];
        if (remembered >= 0) this.sentTo.splice(remembered, 1);
        this.pendings = this.pendings.filter((one) => one !== own);
      }
      const line: Line = { id: said.id, who: said.who, name: straight(said.name), text: straight(said.text), scope, to, toName, at_ms: said.at_ms, state: "said", why: "", code: "", notBefore_ms: 0 };
      // After a server's crash a line may come again.
      if (this.lines.some(({ id }) => id === line.id)) return;
      this.lines = [...this.lines, line].sort((a, b) => a.id - b.id).slice(-MOST_LINES);
      const isHidden_ = this.isHidden(line.who);
      if (!isOwn && !this.isLooking && !isHidden_) this.unread++;
      if (!isHidden_) this.dispatchEvent(new CustomEvent("said", { detail: line }));
      this.changed();
    }, signal);
    hear(wire, "unsaid", ({ ids }) => {
      const gone = new Set(ids);
      this.lines = this.lines.filter(({ id }) => !gone.has(id));
      for (const id of ids) this.translated.delete(id);
      this.changed();
    }, signal);
  }

  /** What is to be read, oldest first, one's own unsaid lines last. */
  shown(scope?: Scope, other = 0): readonly Line[] {
    const wanted = (line: Line): boolean => !this.isHidden(line.who) && (!scope || (line.scope === scope && (scope !== "private" || !other || line.who === other || line.to === other)));
    return [...this.lines, ...this.pendings].filter(wanted);
  }

  /** Say it; what becomes of it is seen in the lines. */
  async say(text: string, scope: Scope = "room", to = 0, toName = ""): Promise<void> {
    const tidy = text.replace(/\s+/g, " ").trim();
    if (!tidy) return;
    const id = this.nextId--;
    const line: Line = { id, who: this.wire.member, name: this.wire.me?.card?.name ?? "", text: tidy, scope, to, toName, at_ms: this.now(), state: "pending", why: "", code: "", notBefore_ms: 0 };
    this.pendings = [...this.pendings, line].slice(-MOST_PENDING);
    if (scope === "private") this.sentTo = [...this.sentTo, { to, text: tidy, name: toName }].slice(-MOST_PENDING);
    this.changed();
    try {
      await this.wire.say(tidy, scope, scope === "private" ? to : undefined);
      this.pendings = this.pendings.filter((one) => one.id !== id);
    } catch (error) {
      const { text: why, code, wait_ms } = refusalOf(error);
      this.pendings = this.pendings.map((one) => (one.id === id ? { ...one, state: "refused", why, code, notBefore_ms: this.now() + wait_ms } : one));
    }
    this.changed();
  }

  /** Try a refused line again. */
  again(id: number): Promise<void> {
    const line = this.pendings.find((one) => one.id === id && one.state === "refused");
    this.discard(id);
    return line ? this.say(line.text, line.scope, line.to, line.toName) : Promise.resolve();
  }

  discard(id: number): void {
    this.pendings = this.pendings.filter((one) => one.id !== id);
    this.changed();
  }

  /** The shopper reads along, or does not. */
  look(isLooking: boolean): void {
    this.isLooking = isLooking;
    if (isLooking && this.unread) {
      this.unread = 0;
      this.changed();
    }
  }

  translationOf(id: number): string | undefined {
    return this.translated.get(id);
  }

  /** Translate a line if there is somebody to do it; asks once a line. */
  async translate(line: Line, to: string): Promise<void> {
    if (!this.translator || this.translated.has(line.id)) return;
    this.translated.set(line.id, line.text);
    try {
      this.translated.set(line.id, await this.translator(line.text, "", to));
    } catch {
      this.translated.delete(line.id);
    }
    this.changed();
  }

  forgetTranslations(): void {
    this.translated.clear();
  }

  /** Hidden people changed. */
  refresh(): void {
    this.changed();
  }

  dispose(): void {
    this.letGo.abort();
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

const asScope = (word: string): Scope => (word === "near" || word === "party" || word === "private" ? word : "room");
