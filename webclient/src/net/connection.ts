/**
 * The way to a seat: asks for a ticket, dials, and comes back over lost links, after pauses and by the table of `retry.ts`.
 *
 * What it is not: what is said once the link is open (`session.ts`), or one link (`link.ts`). Hints of the browser (online,
 * the page is seen again) hurry it; they decide nothing.
 */

import type { Look } from "../avatar/look";
import { byeBytes } from "./codec";
import { Close, ProtocolError, VERSION } from "./ids";
import { Link, type SocketMaker } from "./link";
import { Refused, type Welcome } from "./messages";
import { after, pause_ms } from "./retry";
import { NoEntry, seatTicket, type Ticket, type TicketRequest } from "./tickets";

export interface Entry {
  /** "": the page's own. */
  readonly server: string;
  readonly store: string;
  readonly room: string;
  nickname: string;
  look: Look;
  /** How a seat is got; default: asked for by HTTP. */
  readonly ticket?: (request: TicketRequest) => Promise<Ticket>;
  /** Person code of a friend to land next to; code of a party to come with. */
  readonly friend?: string;
  readonly party?: string;
  /** The clock, milliseconds; default `performance.now`. */
  readonly now?: () => number;
  readonly socket?: SocketMaker;
  /** From 0 to 1, for the spread of pauses. */
  readonly chance?: () => number;
}

export type SessionState = "idle" | "connecting" | "open" | "waiting" | "ended";

export interface Problem {
  /** A close code, or the status of an HTTP answer (0: none came). 4504: the page must be updated. */
  readonly code: number;
  /** English, from the server where it has words; the page shows its own by code. */
  readonly text: string;
  /** Whether trying again may help: by itself while "waiting", by hand (`open`) once "ended". */
  readonly mayRetry: boolean;
}

/** Who speaks over it. */
export interface Speaker {
  /** The first words on a new link. */
  hello(): Uint8Array<ArrayBuffer>;
  received(data: Uint8Array): void;
  /** A few times a second, from the first attempt on. */
  beat(now_ms: number): void;
  /** The link may have died unnoticed. */
  doubted(): void;
  /** The link is gone, or is not there yet. */
  dropped(): void;
  /** The seat is given up. */
  gone(): void;
  changed(): void;
  /** One came without what was asked for. */
  refused(why: Refused): void;
}

const BEAT_MS = 250;
const WELCOME_MS = 10_000;
const TICKET_MS = 15_000;
/** Open for so long, a connection is a good one: pauses begin anew. */
const GOOD_MS = 10_000;
const MOST_STRIKES = 3;
/** What is said of an invitation's party that one cannot come with. */
const PARTY_TROUBLE: ReadonlySet<string> = new Set(["room.nobody_there", "room.party_full", "party.refused"]);
/** After so many pauses the seat is not kept any more, and a ticket may lead to a server that is there. */
const SEAT_ATTEMPTS = 7;
const LOST = 1006;

export class Connection {
  readonly now: () => number;
  state: SessionState = "idle";
  /** Why it waits or has ended; null while all is well. */
  problem: Problem | null = null;
  /** What one comes back with. */
  seat: Welcome | null = null;
  ticket: Ticket | null = null;
  /** Since the link opened: the missed events and the crowd are here. */
  isReady = false;
  /** Code of the party that one is in, or comes with. */
  party: string;
  private readonly chance: () => number;
  private readonly ask: (request: TicketRequest) => Promise<Ticket>;
  private readonly make: SocketMaker;
  private link: Link | null = null;
  private url = "";
  /** Counts connections and attempts: what an older one still brings is not listened to. */
  private turn = 0;
  private attempts = 0;
  private strikes = 0;
  private openedAt = 0;
  private asking: AbortController | null = null;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private heart: ReturnType<typeof setInterval> | null = null;
  private deadline = Infinity;
  private waiters: (() => void)[] = [];
  private stopListening: AbortController | null = null;

  constructor(private readonly entry: Entry, private readonly speaker: Speaker) {
    this.now = entry.now ?? (() => performance.now());
    this.chance = entry.chance ?? Math.random;
    this.ask = entry.ticket ?? seatTicket;
    this.make = entry.socket ?? ((url, protocol) => new WebSocket(url, protocol));
    this.party = entry.party ?? "";
  }

  /** Comes back when it is open or has ended; never rejects. */
  open(): Promise<void> {
    if (this.state === "open") return Promise.resolve();
    const done = new Promise<void>((resolve) => this.waiters.push(resolve));
    if (this.state === "connecting") return done;
    if (this.state !== "waiting") {
      this.seat = null; // the old seat is given up
      this.attempts = this.strikes = 0;
      this.listen();
    }
    this.connect();
    return done;
  }

  close(): void {
    this.send(byeBytes());
    this.leave("idle", null);
  }

  /** Whether it could be given to the network. */
  send(data: Uint8Array<ArrayBuffer>): boolean {
    return this.link?.send(data) ?? false;
  }

  /** Whether what only counts now is worth sending. */
  get isClear(): boolean {
    return this.link !== null && this.link.isOpen && !this.link.isClogged;
  }

  /** WELCOME came. */
  opened(welcome: Welcome, now_ms: number): void {
    this.seat = welcome;
    this.openedAt = now_ms;
    this.deadline = Infinity;
    this.turnTo("open", null);
  }

  /** The server does not answer any more. */
  lose(reason: string): void {
    this.link?.end(LOST, reason);
  }

  /** The server broke the protocol. */
  broken(error: unknown): void {
    const code = error instanceof ProtocolError ? error.code : Close.MALFORMED;
    const text = error instanceof Error ? error.message : "";
    this.link?.dispose();
    if (++this.strikes >= MOST_STRIKES) this.finish({ code, text, mayRetry: true });
    else this.wait(0, { code, text, mayRetry: true });
  }

  /** It is over, and does not come back by itself. */
  finish(problem: Problem): void {
    this.leave("ended", problem);
  }

  private connect(): void {
    this.drop();
    const turn = ++this.turn;
    this.turnTo("connecting", this.problem);
    this.heart ??= setInterval(() => this.beat(), BEAT_MS);
    if (this.seat) return this.dial(turn);
    this.asking = new AbortController();
    this.deadline = this.now() + TICKET_MS;
    const { server, store, room, nickname, look, friend = "" } = this.entry;
    this.ask({ server, store, room, nickname, look, friend, party: this.party, signal: this.asking.signal }).then(
      (ticket) => {
        if (turn !== this.turn) return;
        this.ticket = ticket;
        this.url = ticket.url;
        if (ticket.version !== undefined && ticket.version !== VERSION) this.finish({ code: Close.VERSION, text: "The store was updated.", mayRetry: false });
        else this.dial(turn);
      },
      (error: unknown) => turn === this.turn && this.noTicket(error),
    );
  }

  private noTicket(error: unknown): void {
    const { status, code, message, wait_ms } = error instanceof NoEntry ? error : new NoEntry(0, "link.lost", String(error));
    if (this.party && PARTY_TROUBLE.has(code)) {
      // A party that is full or gone must not keep one out of the store.
      this.party = "";
      this.speaker.refused(new Refused(code, message, wait_ms));
      return this.connect();
    }
    const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429;
    const problem = { code: status, text: message, mayRetry: status !== 404 };
    if (isFinal) this.finish(problem);
    else this.wait(wait_ms, problem);
  }

  private dial(turn: number): void {
    this.deadline = this.now() + WELCOME_MS;
    try {
      this.link = new Link(this.url, this.make, {
        opened: () => this.send(this.speaker.hello()),
        message: (data) => turn === this.turn && this.speaker.received(data),
        closed: (code, reason) => turn === this.turn && this.lost(code, reason),
      });
    } catch (error) {
      this.lost(LOST, error instanceof Error ? error.message : "");
    }
  }

  /** The link is over; the code says what comes next. */
  private lost(code: number, reason: string): void {
    const wasGood = this.isReady && this.now() - this.openedAt > GOOD_MS;
    this.drop();
    if (wasGood) this.attempts = this.strikes = 0;
    const { next, least_ms, mayRetry } = after(code);
    const problem = { code, text: reason, mayRetry };
    if (next === "end") return this.finish(problem);
    if (next === "ticket" || this.attempts >= SEAT_ATTEMPTS) this.seat = null;
    this.wait(least_ms, problem);
  }

  private wait(least_ms: number, problem: Problem): void {
    this.drop();
    this.turn++;
    const wait_ms = Math.max(pause_ms(this.attempts++, this.chance()), least_ms * (1 + 0.2 * this.chance()));
    this.retry = setTimeout(() => this.connect(), wait_ms);
    this.turnTo("waiting", problem);
  }

  /** Let go of the link and of what is under way for one. */
  private drop(): void {
    this.link?.dispose();
    this.link = null;
    this.asking?.abort();
    this.asking = null;
    if (this.retry !== null) clearTimeout(this.retry);
    this.retry = null;
    this.deadline = Infinity;
    this.isReady = false;
    this.speaker.dropped();
  }

  private leave(state: "idle" | "ended", problem: Problem | null): void {
    this.drop();
    this.turn++;
    if (this.heart !== null) clearInterval(this.heart);
    this.heart = null;
    this.stopListening?.abort();
    this.stopListening = null;
    this.seat = null;
    this.speaker.gone();
    this.turnTo(state, problem);
  }

  private turnTo(state: SessionState, problem: Problem | null): void {
    this.state = state;
    this.problem = problem;
    if (state === "open" || state === "ended" || state === "idle") for (const resolve of this.waiters.splice(0)) resolve();
    this.speaker.changed();
  }

  private beat(): void {
    const now_ms = this.now();
    if (now_ms < this.deadline) return this.speaker.beat(now_ms);
    this.deadline = Infinity;
    if (this.link) this.lose("No answer in time.");
    else this.noTicket(new NoEntry(0, "link.lost", "No answer in time."));
  }

  private listen(): void {
    if (typeof window === "undefined" || this.stopListening) return;
    this.stopListening = new AbortController();
    const { signal } = this.stopListening;
    const hurry = (): void => {
      if (this.state === "waiting" && this.problem?.code !== Close.FLOOD) this.connect();
      else if (this.state === "open") this.speaker.doubted();
    };
    window.addEventListener("online", hurry, { signal });
    window.addEventListener("offline", hurry, { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry(), { signal });
    window.addEventListener("pagehide", (event) => !event.persisted && this.close(), { signal });
  }
}
