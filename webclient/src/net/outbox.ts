/**
 * What was asked of the server and is not settled yet: chat and actions, numbered. Survives lost links.
 *
 * A request counts as done when a second has gone by without REFUSED; chat also when one's own message comes back. What
 * was not sent yet when the link was lost is sent on return; chat that was sent and not seen is sent once more after
 * the missed events have come without it; an action is never sent twice.
 */

import { clipped, checked, type Action } from "./actions";
import { actionBytes, sayBytes } from "./codec";
import { Refused } from "./messages";

const SETTLED_MS = 1000;
const LOST_MS = 60_000;
const MOST = 48;
/** Tokens a second and at once that the server grants, and a reserve for what the protocol itself has to send. */
const PER_MS = 0.04;
const BURST = 160;
const RESERVE = 24;

type Sent = Uint8Array<ArrayBuffer>;

interface Request {
  readonly n: number;
  readonly bytes: Sent;
  readonly cost: number;
  /** The scope of chat; null for actions. */
  readonly scope: string | null;
  readonly madeAt: number;
  sentAt: number | null;
  readonly resolve: () => void;
  readonly reject: (why: Refused) => void;
}

export class Outbox {
  private readonly waiting: Request[] = [];
  private n = 0;
  private tokens = BURST;
  private filledAt = 0;

  /** @param send gives bytes to the network; false: not now. */
  constructor(readonly send: (data: Sent) => boolean) {}

  /** Pay for a message the protocol needs; false if it has to wait. */
  pay(cost: number, now_ms: number, reserve = 0): boolean {
    this.tokens = Math.min(BURST, this.tokens + Math.max(now_ms - this.filledAt, 0) * PER_MS);
    this.filledAt = now_ms;
    if (this.tokens - cost < reserve) return false;
    this.tokens -= cost;
    return true;
  }

  say(text: string, scope: string, to: number | undefined, most: number, now_ms: number, isOpen: boolean): Promise<void> {
    const said = clipped(text, most);
    if (said.trim() === "") return Promise.reject(new Refused("chat.empty", "There is nothing to say."));
    return this.add((n) => sayBytes({ text: said, scope, to: to ?? null, n }), 4, scope, now_ms, isOpen);
  }

  act(action: Action, now_ms: number, isOpen: boolean): Promise<void> {
    return this.add((n) => actionBytes(checked(action, n)), 2, null, now_ms, isOpen);
  }

  private add(make: (n: number) => Sent, cost: number, scope: string | null, now_ms: number, isOpen: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length >= MOST) return reject(new Refused("request.many", "Too much at once.", 1000));
      this.n = (this.n % 0xfffffff0) + 1;
      const request: Request = { n: this.n, bytes: make(this.n), cost, scope, madeAt: now_ms, sentAt: null, resolve, reject };
      this.waiting.push(request);
      if (isOpen) this.flush(now_ms);
    });
  }

  /** Send what has not been sent, in order. */
  flush(now_ms: number): void {
    for (const request of this.waiting) {
      if (request.sentAt !== null) continue;
      if (!this.pay(request.cost, now_ms, RESERVE) || !this.send(request.bytes)) return;
      request.sentAt = now_ms;
    }
  }

  /** Settle what is settled; a few times a second. */
  beat(now_ms: number, isOpen: boolean): void {
    if (isOpen) this.flush(now_ms);
    for (let i = this.waiting.length - 1; i >= 0; i--) {
      const { sentAt, madeAt, scope, resolve, reject } = this.waiting[i]!;
      // Chat of a lost link is not settled by time: it is looked for among the missed events.
      if (sentAt !== null && now_ms - sentAt >= SETTLED_MS && (isOpen || scope === null)) this.waiting.splice(i, 1), resolve();
      else if (sentAt === null && now_ms - madeAt >= LOST_MS) this.waiting.splice(i, 1), reject(new Refused("link.lost", "The connection is lost."));
    }
  }

  /** One's own message came back. */
  heard(scope: string): void {
    const at = this.waiting.findIndex((request) => request.scope === scope && request.sentAt !== null);
    if (at >= 0) this.waiting.splice(at, 1)[0]!.resolve();
  }

  /** Whether the refusal was for something that still waited. */
  refused(why: Refused): boolean {
    const at = this.waiting.findIndex((request) => request.n === why.n);
    if (at < 0) return false;
    this.waiting.splice(at, 1)[0]!.reject(why);
    return true;
  }

  /** A new connection: another budget. */
  opened(now_ms: number): void {
    this.tokens = BURST;
    this.filledAt = now_ms;
  }

  /** The missed events have come: chat that is not among them was lost with the link. */
  caughtUp(now_ms: number): void {
    for (const request of this.waiting) if (request.scope !== null) request.sentAt = null;
    this.flush(now_ms);
  }

  /** It is over: nothing will be sent any more. */
  end(why: Refused): void {
    for (const { reject } of this.waiting.splice(0)) reject(why);
  }
}
