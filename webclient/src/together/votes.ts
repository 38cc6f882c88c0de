/**
 * *Does it suit me?* One's own question while it runs, and those of others that wait for an answer. The server counts.
 *
 * "asked" (detail Vote) when somebody asks, "tally" (detail Vote) when a count changed that one may know, "change" for
 * either. What it is not: what is worn (`outfit.ts`), or words.
 */
import type { ServerEvents } from "../net";
import { hear, type Wire } from "./wire";

export type Vote = ServerEvents["vote"];
export type Answer = "yes" | "no" | "unsure";
export const ANSWERS: readonly Answer[] = ["yes", "no", "unsure"];

/** A vote is let go so long after its end though nobody said that it is over: the link may have been lost then. */
const SLACK_MS = 3000;

export interface Question {
  readonly vote: Vote;
  /** What one has answered; null: not yet. */
  readonly answer: Answer | null;
}

export class Votes extends EventTarget {
  /** One's own, while it runs. */
  own: Vote | null = null;
  /** Others', that one was asked. */
  questions: readonly Question[] = [];
  readonly #wire: Wire;
  readonly #isHidden: (member: number) => boolean;
  readonly #letGo = new AbortController();
  #sweep: ReturnType<typeof setTimeout> | undefined;

  constructor(wire: Wire, isHidden: (member: number) => boolean) {
    super();
    this.#wire = wire;
    this.#isHidden = isHidden;
    hear(wire, "vote", (vote) => this.#heard(vote), this.#letGo.signal);
  }

  /** Whether this server counts votes. */
  get isPossible(): boolean {
    return (this.#wire.welcome?.limits?.vote_s ?? 0) > 0;
  }

  /** Ask one's party, or who stands near. @throws Refused */
  async open(product: string, sku: string | null, scope: "party" | "near"): Promise<void> {
    await this.#wire.act({ do: "vote", op: "open", product, ...(sku === null ? {} : { variant: sku }), scope });
  }

  /** End one's own. @throws Refused */
  async close(): Promise<void> {
    await this.#wire.act({ do: "vote", op: "close" });
  }

  /** Answer somebody's, once. @throws Refused */
  async answer(who: number, answer: Answer): Promise<void> {
    const asked = this.questions.find(({ vote }) => vote.who === who);
    if (!asked || asked.answer) return;
    this.#put(asked.vote, answer);
    this.#changed();
    try {
      await this.#wire.act({ do: "vote", op: "answer", who, answer });
    } catch (error) {
      // Refused for a second answer, or for being over: either way there is nothing left to ask.
      this.#forget(who);
      this.#changed();
      throw error;
    }
  }

  /** Another seat: whom the numbers meant is not here any more. */
  reset(): void {
    this.own = null;
    this.questions = [];
    this.#changed();
  }

  dispose(): void {
    clearTimeout(this.#sweep);
    this.#letGo.abort();
  }

  #heard(vote: Vote): void {
    const isOwn = vote.who === this.#wire.member;
    if (!isOwn && this.#isHidden(vote.who)) return;
    const before = isOwn ? this.own : (this.questions.find((one) => one.vote.who === vote.who)?.vote ?? null);
    const isNew = !before || before.until_ms !== vote.until_ms;
    const answer = isNew ? null : (this.questions.find((one) => one.vote.who === vote.who)?.answer ?? null);
    if (vote.over) {
      if (isOwn) this.own = null;
      else this.#forget(vote.who);
    } else if (isOwn) this.own = vote;
    else this.#put(vote, answer);
    clearTimeout(this.#sweep);
    this.#sweep = setTimeout(() => this.#expire(), Math.max(0, vote.until_ms - Date.now()) + SLACK_MS);
    if (isNew && !isOwn && !vote.over) this.dispatchEvent(new CustomEvent<Vote>("asked", { detail: vote }));
    else if (!isNew || isOwn || vote.over) this.dispatchEvent(new CustomEvent<Vote>("tally", { detail: vote }));
    this.#changed();
  }

  #expire(): void {
    const now = Date.now() - SLACK_MS;
    if (this.own && this.own.until_ms <= now) this.own = null;
    this.questions = this.questions.filter(({ vote }) => vote.until_ms > now);
    this.#changed();
  }

  #put(vote: Vote, answer: Answer | null): void {
    const kept = this.questions.filter((one) => one.vote.who !== vote.who);
    this.questions = [...kept, { vote, answer }].slice(-8);
  }

  #forget(who: number): void {
    this.questions = this.questions.filter(({ vote }) => vote.who !== who);
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
