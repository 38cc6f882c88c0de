/**
 * One shopper's place in a room: connects, comes back over lost links, and says what happens as events. Knows neither
 * the page nor three.
 *
 *     const session = new Session({ server: "", store: "boutique", room: "boutique", nickname: "Ada", look: PLAIN });
 *     session.addEventListener("said", ({ detail }) => show(detail.name, detail.text));
 *     await session.open();
 *     // every frame: session.pose(me); session.update(now); draw(session.crowd.people)
 *
 * Whatever a server sends that does not follow `docs/protocol.md` ends the connection; nothing is thrown into the frame
 * loop. The wire is in `codec.ts`, `crowd.ts` and `pose.ts`.
 */

import { written, type Look } from "../avatar/look";
import type { Action } from "./actions";
import {
  ackBytes, byeBytes, helloBytes, pingBytes, readCards, readCorrection, readEvent, readPong, readRefused, readWelcome, resyncBytes, stateBytes, versionOf, whoBytes,
} from "./codec";
import { bodyBytes } from "./body";
import { Neighbourhood } from "./crowd";
import { Cap, Close, ProtocolError, ToClient, VERSION } from "./ids";
import { Link, type SocketMaker } from "./link";
import { Refused, type Correction, type ServerEvents, type Welcome } from "./messages";
import { Outbox } from "./outbox";
import type { Crowd, Person } from "./person";
import { PoseSender, type OwnPose } from "./pose";
import { after, pause_ms } from "./retry";
import { NoEntry, seatTicket, type Ticket, type TicketRequest } from "./tickets";

export interface SessionOptions {
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
  /** Bits of `Cap`; default all: heads and hands, jumps where allowed, voice, the crowd beyond, bodies that move. */
  readonly caps?: number;
  /** The clock, milliseconds, that `update` is called with too; default `performance.now`. */
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

export interface Corrected {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly yaw: number;
  /** 0: the server put you there; else `Refusal`. */
  readonly reason: number;
}

export type SessionEvents = { [K in keyof ServerEvents]: CustomEvent<ServerEvents[K]> } & {
  /** State, problem, round trip or welcome changed. */
  change: Event;
  enter: CustomEvent<Person>;
  leave: CustomEvent<Person>;
  /** Who somebody is became known, or changed. */
  card: CustomEvent<Person>;
  /** Put yourself there. */
  corrected: CustomEvent<Corrected>;
  /** A connection is open and its missed events are here; what is not of the seat (a fresh one) is to be asked for again. */
  ready: CustomEvent<{ readonly isFresh: boolean }>;
  /** A refusal that came later than a second, or for nothing that waited. */
  refused: CustomEvent<Refused>;
};

export interface StateChange {
  animation?: number;
  emote?: number;
  mode?: number;
  focus?: number;
}

export type Scope = "room" | "near" | "party" | "private";

const BEAT_MS = 250;
const ACK_MS = 1000;
const ACK_EVERY = 8;
const WHO_MS = 100;
const STATE_MS = 120;
const PING_MS = 5000;
const STARVED_PING_MS = 250;
const RESYNC_MS = 1000;
/** A frame comes once a second at least: silence for this long is asked about, and for this long more it is the end. */
const SILENT_MS = 2500;
const UNANSWERED_MS = 3500;
const WELCOME_MS = 10_000;
const TICKET_MS = 15_000;
/** Open for so long, a connection is a good one: pauses begin anew. */
const GOOD_MS = 10_000;
const MOST_STRIKES = 3;
/** What is said of an invitation's party that one cannot come with. */
const PARTY_TROUBLE: ReadonlySet<string> = new Set(["room.nobody_there", "room.party_full", "party.refused"]);
/** After so many pauses the seat is not kept any more, and a ticket may lead to a server that is there. */
const SEAT_ATTEMPTS = 7;
const KNOWN_CHAT = 512;
/** So long after the crowd a resumed connection waits for a CORRECT; without one it is where the crowd has it. */
const PLACE_MS = 200;
/** How far from where the server has one the local body may have walked during an outage and go on from there. */
const AWAY_M = 12;
const LOST = 1006;
const CLIENT = "showroom-web/1";

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export interface Session {
  addEventListener<K extends keyof SessionEvents>(type: K, listener: (event: SessionEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof SessionEvents>(type: K, listener: (event: SessionEvents[K]) => void, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class Session extends EventTarget {
  private state_: SessionState = "idle";
  private problem_: Problem | null = null;
  private welcome_: Welcome | null = null;
  private ticket_: Ticket | null = null;
  private readonly around = new Neighbourhood();
  private readonly outbox: Outbox;
  private readonly now: () => number;
  private readonly chance: () => number;
  private readonly ask: (request: TicketRequest) => Promise<Ticket>;
  private readonly make: SocketMaker;

  private link: Link | null = null;
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

  private url = "";
  private cursor = 0;
  private acked = 0;
  private ackedAt = 0;
  private isReady = false;
  private readyAt = 0;
  private isFresh = true;
  private readonly chat = new Set<number>();
  private partyCode = "";
  private watched: Action | null = null;

  private heardAt = 0;
  private pingToken = 0;
  private pingedAt = -Infinity;
  private isPinged = false;
  private roundTrip = 0;
  private whoAt = -Infinity;
  private resyncAt = -Infinity;
  private readonly slots: number[] = [];

  private sender: PoseSender | null = null;
  private before: PoseSender | null = null;
  private isPlaced = false;
  private hasLocal = false;
  private localX = 0;
  private localZ = 0;
  private readonly shown = { animation: 0, emote: 0, mode: 0, focus: 0 };
  private shownAt = -Infinity;
  private isShowing = true;

  constructor(private readonly options: SessionOptions) {
    super();
    this.now = options.now ?? (() => performance.now());
    this.chance = options.chance ?? Math.random;
    this.ask = options.ticket ?? seatTicket;
    this.make = options.socket ?? ((url, protocol) => new WebSocket(url, protocol));
    this.outbox = new Outbox((data) => this.link?.send(data) ?? false);
    this.partyCode = options.party ?? "";
  }

  get state(): SessionState {
    return this.state_;
  }

  /** Why it waits or has ended; null while all is well. */
  get problem(): Problem | null {
    return this.problem_;
  }

  /** Your number in the room, and the one in frames; 0 before the first connection. */
  get member(): number {
    return this.welcome_?.member ?? 0;
  }

  get slot(): number {
    return this.welcome_?.slot ?? 0;
  }

  get welcome(): Welcome | null {
    return this.welcome_;
  }

  /** The seat's ticket: your own person code for invitations, your name as it was taken. */
  get seat(): Ticket | null {
    return this.ticket_;
  }

  get crowd(): Crowd {
    return this.around;
  }

  /** Yourself as the others see you: card, party, muted. Null until the first frame. */
  get me(): Person | null {
    return this.around.me;
  }

  /** There and back, milliseconds; 0 until measured. */
  get roundTrip_ms(): number {
    return this.roundTrip;
  }

  /** How far behind the newest frames people are drawn, milliseconds. */
  get delay_ms(): number {
    return this.around.playback.delay_ms;
  }

  /** Who has that number, if they are near. */
  person(member: number): Person | null {
    for (const person of this.around.people.values()) if (person.card?.member === member) return person;
    return this.me?.card?.member === member ? this.me : null;
  }

  /**
   * Enter, or try again at once while "waiting", or begin anew once "ended". Comes back when it is open or has ended;
   * it never rejects: `problem` says why it has.
   */
  open(): Promise<void> {
    if (this.state_ === "open") return Promise.resolve();
    const done = new Promise<void>((resolve) => this.waiters.push(resolve));
    if (this.state_ === "connecting") return done;
    if (this.state_ !== "waiting") {
      this.welcome_ = null; // the old seat is given up
      this.attempts = this.strikes = 0;
      this.listen();
    }
    this.connect();
    return done;
  }

  /** Leave for good: the seat is free at once. */
  close(): void {
    this.link?.send(byeBytes());
    this.stop();
    this.around.clear();
    this.welcome_ = null;
    this.turnTo("idle", null);
    this.tell();
  }

  // ── once a frame

  /** Move the people of the crowd to where they are now. Allocates nothing. */
  update(now_ms: number): void {
    this.around.update(now_ms);
    if (this.state_ !== "open") return;
    if (this.around.isStarved && now_ms - this.pingedAt > (this.isPinged ? UNANSWERED_MS : STARVED_PING_MS)) this.ping(now_ms);
    if (!this.isShowing && now_ms - this.shownAt >= STATE_MS) this.sendState(now_ms);
  }

  /** Where you are; sent only when the server's prediction would be wrong. */
  pose(p: OwnPose): void {
    this.localX = p.x;
    this.localZ = p.z;
    this.hasLocal = true;
    if (!this.isPlaced || !this.sender || !this.link?.isOpen || this.link.isClogged) return;
    const message = this.sender.offer(this.now(), p, p.animation || this.shown.animation);
    if (message) this.link.send(message);
  }

  /**
   * How you move, to those who may see it: after `act({ do: "embody", on: true })` of this connection, at most
   * `limits.body_hz` times a second. How many bytes it was with what WebSocket adds; 0 if it was not sent.
   */
  body(turns: Float32Array, mask: number): number {
    if (!this.isReady || !this.welcome_?.limits.body_hz || !this.link?.isOpen || this.link.isClogged) return 0;
    const message = bodyBytes(turns, mask);
    return this.link.send(message) ? message.length + 6 : 0;
  }

  // ── what one does

  /** What is seen of you; fields that are left out stay. An emote is shown once, each time. */
  show(state: StateChange): void {
    Object.assign(this.shown, state);
    this.isShowing = false;
    const now_ms = this.now();
    if (state.emote || now_ms - this.shownAt >= STATE_MS) this.sendState(now_ms);
  }

  /** Say something; held while the link is lost. Rejects with Refused. */
  say(text: string, scope: Scope = "room", to?: number): Promise<void> {
    if (this.state_ === "idle" || this.state_ === "ended") return Promise.reject(new Refused("link.none", "You are not in the room."));
    return this.outbox.say(text, scope, to, Math.min(this.welcome_?.limits.text ?? 500, 500), this.now(), this.isReady);
  }

  /** Ask for something of `docs/protocol.md`'s ACTION. Resolves when no refusal came within a second; rejects with Refused. */
  act(action: Action): Promise<void> {
    if (this.state_ === "idle" || this.state_ === "ended") return Promise.reject(new Refused("link.none", "You are not in the room."));
    // What holds for one connection, or for this moment alone, is not kept for another.
    const isMoment = action.do === "move" || action.do === "signal" || action.do === "embody" || action.do === "vote";
    if (isMoment && !this.isReady) return Promise.reject(new Refused("link.lost", "The connection is lost."));
    if (action.do === "shop") this.watched = action;
    return this.outbox.act(action, this.now(), this.isReady);
  }

  /** Change your look: now for the others, and for a later seat. */
  wear(look: Look): Promise<void> {
    this.options.look = look;
    return this.act({ do: "look", ...written(look) });
  }

  // ── connecting

  private connect(): void {
    this.drop();
    const turn = ++this.turn;
    this.turnTo("connecting", this.problem_);
    this.heart ??= setInterval(() => this.beat(), BEAT_MS);
    const seat = this.welcome_;
    if (seat) return this.dial(turn);
    this.asking = new AbortController();
    this.deadline = this.now() + TICKET_MS;
    const { server, store, room, nickname, look, friend = "" } = this.options;
    this.ask({ server, store, room, nickname, look, friend, party: this.partyCode, signal: this.asking.signal }).then(
      (ticket) => {
        if (turn !== this.turn) return;
        this.ticket_ = ticket;
        this.url = ticket.url;
        if (ticket.version !== undefined && ticket.version !== VERSION) this.finish({ code: Close.VERSION, text: "The store was updated.", mayRetry: false });
        else this.dial(turn);
      },
      (error: unknown) => turn === this.turn && this.noTicket(error),
    );
  }

  private noTicket(error: unknown): void {
    const { status, code, message, wait_ms } = error instanceof NoEntry ? error : new NoEntry(0, "link.lost", String(error));
    if (this.partyCode && PARTY_TROUBLE.has(code)) {
      // A party that is full or gone must not keep one out of the store.
      this.partyCode = "";
      this.dispatchEvent(new CustomEvent("refused", { detail: new Refused(code, message, wait_ms) }));
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
        opened: () => this.hello(),
        message: (data) => turn === this.turn && this.receive(data),
        closed: (code, reason) => turn === this.turn && this.ended(code, reason),
      });
    } catch (error) {
      this.ended(LOST, error instanceof Error ? error.message : "");
    }
  }

  private hello(): void {
    const { caps = Cap.VR | Cap.VOICE | Cap.FAR | Cap.BODIES } = this.options;
    const seat = this.welcome_;
    const versions = [VERSION, VERSION] as const;
    const way = seat ? { resume: { key: seat.key, cursor: this.cursor } } : { ticket: this.ticket_!.ticket };
    this.link?.send(helloBytes({ versions, ...way, caps, client: CLIENT }));
  }

  /** The connection is over; the code says what comes next. */
  private ended(code: number, reason: string): void {
    const wasGood = this.isReady && this.now() - this.openedAt > GOOD_MS;
    this.drop();
    if (wasGood) this.attempts = this.strikes = 0;
    const { next, least_ms, mayRetry } = after(code);
    const problem = { code, text: reason, mayRetry };
    if (next === "end") return this.finish(problem);
    if (next === "ticket" || this.attempts >= SEAT_ATTEMPTS) this.welcome_ = null;
    this.wait(least_ms, problem);
  }

  private wait(least_ms: number, problem: Problem): void {
    this.drop();
    this.turn++;
    const wait_ms = Math.max(pause_ms(this.attempts++, this.chance()), least_ms * (1 + 0.2 * this.chance()));
    this.retry = setTimeout(() => this.connect(), wait_ms);
    this.turnTo("waiting", problem);
  }

  private finish(problem: Problem): void {
    this.stop();
    this.welcome_ = null;
    this.around.clear();
    this.turnTo("ended", problem);
    this.tell();
  }

  /** The server broke the protocol. */
  private broken(error: unknown): void {
    const code = error instanceof ProtocolError ? error.code : Close.MALFORMED;
    const text = error instanceof Error ? error.message : "";
    this.link?.dispose();
    if (++this.strikes >= MOST_STRIKES) this.finish({ code, text, mayRetry: true });
    else this.wait(0, { code, text, mayRetry: true });
  }

  /** Let go of the connection and of what is under way for one. */
  private drop(): void {
    this.link?.dispose();
    this.link = null;
    this.asking?.abort();
    this.asking = null;
    if (this.retry !== null) clearTimeout(this.retry);
    this.retry = null;
    this.deadline = Infinity;
    this.isReady = this.isPlaced = this.isPinged = false;
  }

  private stop(): void {
    this.drop();
    this.turn++;
    if (this.heart !== null) clearInterval(this.heart);
    this.heart = null;
    this.stopListening?.abort();
    this.stopListening = null;
    this.outbox.end(new Refused("link.none", "You are not in the room."));
  }

  private turnTo(state: SessionState, problem: Problem | null): void {
    this.state_ = state;
    this.problem_ = problem;
    if (state === "open" || state === "ended" || state === "idle") for (const resolve of this.waiters.splice(0)) resolve();
    this.dispatchEvent(new Event("change"));
  }

  /** Hints of the browser: they hurry, they do not decide. */
  private listen(): void {
    if (typeof window === "undefined" || this.stopListening) return;
    this.stopListening = new AbortController();
    const { signal } = this.stopListening;
    const hurry = (): void => {
      if (this.state_ === "waiting" && this.problem_?.code !== Close.FLOOD) this.connect();
      else if (this.state_ === "open" && this.pingedAt <= this.heardAt) this.ping(this.now());
    };
    window.addEventListener("online", hurry, { signal });
    window.addEventListener("offline", hurry, { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry(), { signal });
    window.addEventListener("pagehide", (event) => !event.persisted && this.close(), { signal });
  }

  // ── what comes

  private receive(data: Uint8Array): void {
    try {
      this.heardAt = this.now();
      this.take(data);
      this.place(this.heardAt);
      this.tell();
    } catch (error) {
      this.broken(error);
    }
  }

  private take(data: Uint8Array): void {
    const id = data[0];
    if (this.state_ !== "open") {
      if (id !== ToClient.WELCOME) throw new ProtocolError(Close.OUT_OF_ORDER, `message ${id} before WELCOME`);
      return this.welcomed(data);
    }
    switch (id) {
      case ToClient.FRAME:
      case ToClient.KEYFRAME:
      case ToClient.FAR:
      case ToClient.RIGS:
      case ToClient.BODIES:
        this.around.receive(data, this.heardAt);
        if (this.around.takeGap()) this.resync();
        if (!this.isReady && this.around.isWhole) this.ready();
        return this.who();
      case ToClient.CORRECT:
        return this.correct(readCorrection(data));
      case ToClient.EVENT:
        return this.event(data);
      case ToClient.CARDS:
        return this.around.takeCards(readCards(data));
      case ToClient.PONG:
        return this.pong(data);
      case ToClient.REFUSED:
        return this.refused(readRefused(data));
      case ToClient.WELCOME:
        throw new ProtocolError(Close.OUT_OF_ORDER, "a second WELCOME");
    } // ids that one does not know are skipped
  }

  private welcomed(data: Uint8Array): void {
    const version = versionOf(data);
    if (version !== null && version !== VERSION) return this.finish({ code: Close.VERSION, text: `version ${version}`, mayRetry: false });
    const welcome = readWelcome(data);
    const isSame = welcome.resumed && this.welcome_ !== null;
    if (!isSame || welcome.cursor !== this.cursor) this.cursor = this.acked = welcome.cursor;
    this.welcome_ = welcome;
    this.around.reopen(welcome.floor, welcome.slot, welcome.hz, isSame);
    this.before = isSame ? this.sender : null;
    this.sender = new PoseSender(welcome.limits, welcome.floor);
    this.isFresh = !isSame;
    this.openedAt = this.heardAt;
    this.deadline = Infinity;
    this.outbox.opened(this.heardAt);
    this.turnTo("open", null);
    this.ping(this.heardAt);
  }

  /** The missed events and the crowd are here: what was held back goes now. */
  private ready(): void {
    this.isReady = true;
    this.readyAt = this.heardAt;
    const now_ms = this.heardAt;
    if (this.isFresh && this.watched) this.outbox.act(this.watched, now_ms, false).catch(() => undefined);
    this.isShowing = !this.isFresh || (!this.shown.animation && !this.shown.mode && !this.shown.focus);
    this.outbox.caughtUp(now_ms);
    this.dispatchEvent(new CustomEvent("ready", { detail: { isFresh: this.isFresh } }));
  }

  private event(data: Uint8Array): void {
    const event = readEvent(data);
    if (event.cursor <= this.cursor) return;
    if (event.cursor !== this.cursor + 1) throw new ProtocolError(Close.OUT_OF_ORDER, `event ${event.cursor} after ${this.cursor}`);
    this.cursor = event.cursor;
    if (this.cursor - this.acked >= ACK_EVERY) this.ack(this.heardAt);
    if (event.is === null) return;
    if (event.is === "said") {
      const { id, who, scope } = event.detail;
      if (this.chat.has(id)) return; // after a crash of the server events may come again
      this.chat.add(id);
      if (this.chat.size > KNOWN_CHAT) this.chat.delete(this.chat.values().next().value!);
      if (who === this.member) this.outbox.heard(scope);
    }
    if (event.is === "party") this.partyCode = event.detail.code;
    this.dispatchEvent(new CustomEvent(event.is, { detail: event.detail }));
  }

  private correct(c: Correction): void {
    const { corner_mm } = this.welcome_!.floor;
    const x = c.x / 100 + corner_mm[0] / 1000;
    const z = c.z / 100 + corner_mm[1] / 1000;
    const wasAway = this.before !== null && !this.isPlaced && c.reason === 0;
    // Coming back: the server has one where it predicted. Whoever walked on meanwhile goes on from there; if that is
    // not possible the next CORRECT says so. Only if somebody moved them one is put there.
    const isWhereLeft = wasAway && this.before!.apart(x, z, this.now()) < 1.5;
    const isNear = this.hasLocal && Math.hypot(this.localX - x, this.localZ - z) < AWAY_M;
    this.before = null;
    this.isPlaced = true;
    this.sender!.reset();
    if (isWhereLeft && isNear) return;
    const detail: Corrected = { x, y: c.y / 100, z, yaw: (c.yaw / 65536) * 2 * Math.PI, reason: c.reason };
    this.dispatchEvent(new CustomEvent("corrected", { detail }));
  }

  private place(now_ms: number): void {
    const me = this.around.me;
    if (this.isPlaced || !this.isReady || !me || now_ms - this.readyAt < PLACE_MS) return;
    this.correct({ reason: 0, x: me.cmX, z: me.cmZ, y: me.cmY, yaw: me.yaw256 << 8, time_ms: 0 });
  }

  private pong(data: Uint8Array): void {
    const { token, time_ms } = readPong(data);
    if (!this.isPinged || token !== this.pingToken) return;
    this.isPinged = false;
    this.roundTrip = this.heardAt - this.pingedAt;
    this.around.quiet(time_ms);
  }

  private refused(why: Refused): void {
    if (!this.outbox.refused(why)) this.dispatchEvent(new CustomEvent("refused", { detail: why }));
  }

  /** Who came, went or became known, to those who listen. */
  private tell(): void {
    const { left, entered, carded } = this.around;
    if (left.length) for (const detail of left.splice(0)) this.dispatchEvent(new CustomEvent("leave", { detail }));
    if (entered.length) for (const detail of entered.splice(0)) this.dispatchEvent(new CustomEvent("enter", { detail }));
    if (carded.length) for (const detail of carded.splice(0)) this.dispatchEvent(new CustomEvent("card", { detail }));
  }

  // ── what the protocol itself wants sent

  private beat(): void {
    const now_ms = this.now();
    if (now_ms >= this.deadline) {
      this.deadline = Infinity;
      if (this.link) this.link.end(LOST, "No answer in time.");
      else this.noTicket(new NoEntry(0, "link.lost", "No answer in time."));
      return;
    }
    this.outbox.beat(now_ms, this.isReady);
    if (this.state_ !== "open") return;
    this.place(now_ms);
    if (this.cursor !== this.acked && now_ms - this.ackedAt >= ACK_MS) this.ack(now_ms);
    if (!this.isShowing && this.isReady && now_ms - this.shownAt >= STATE_MS) this.sendState(now_ms);
    if (this.around.takeGap()) this.resync();
    this.who();
    const isSilent = now_ms - this.heardAt > SILENT_MS;
    const isAsked = this.pingedAt > this.heardAt;
    if (isSilent && isAsked && now_ms - this.pingedAt > UNANSWERED_MS) this.link?.end(LOST, "The server is silent.");
    else if ((isSilent && !isAsked) || now_ms - this.pingedAt > PING_MS) this.ping(now_ms);
  }

  private ack(now_ms: number): void {
    if (!this.link?.send(ackBytes(this.cursor))) return;
    this.outbox.pay(0.5, now_ms);
    this.acked = this.cursor;
    this.ackedAt = now_ms;
  }

  private ping(now_ms: number): void {
    if (!this.outbox.pay(1, now_ms)) return;
    this.pingToken = (this.pingToken + 1) >>> 0;
    this.pingedAt = now_ms;
    this.isPinged = this.link?.send(pingBytes(this.pingToken)) ?? false;
  }

  private resync(): void {
    const now_ms = this.now();
    if (now_ms - this.resyncAt < RESYNC_MS) throw new ProtocolError(Close.OUT_OF_ORDER, "one gap after the other");
    this.resyncAt = now_ms;
    if (this.outbox.pay(8, now_ms)) this.link?.send(resyncBytes());
    else throw new ProtocolError(Close.OUT_OF_ORDER, "too many gaps");
  }

  private who(): void {
    const now_ms = this.now();
    if (now_ms - this.whoAt < WHO_MS) return;
    this.slots.length = 0;
    this.around.unknown(now_ms, this.slots, 64);
    if (!this.slots.length || !this.outbox.pay(1, now_ms)) return;
    this.whoAt = now_ms;
    this.link?.send(whoBytes(this.slots));
  }

  private sendState(now_ms: number): void {
    if (!this.isReady || !this.outbox.pay(1, now_ms)) return;
    if (!this.link?.send(stateBytes(this.shown))) return;
    this.shownAt = now_ms;
    this.shown.emote = 0; // sent again it would be shown again
    this.isShowing = true;
  }
}
