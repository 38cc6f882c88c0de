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
 * loop. What it is not: the way there (`connection.ts`), or what it hands messages to: people (`crowd.ts`), events
 * (`journal.ts`), requests (`outbox.ts`), where one stands (`standing.ts`) and how one is seen (`showing.ts`).
 */

import { written, type Look } from "../avatar/look";
import type { Action } from "./actions";
import { bodyBytes } from "./body";
import { helloBytes, readCards, readCorrection, readPong, readRefused, readWelcome, resyncBytes, versionOf, whoBytes } from "./codec";
import { Connection, type Entry, type Problem, type SessionState } from "./connection";
import { Neighbourhood } from "./crowd";
import { Cap, Close, ProtocolError, ToClient, VERSION } from "./ids";
import { Journal } from "./journal";
import { Refused, type ServerEvents, type Welcome } from "./messages";
import { Outbox } from "./outbox";
import type { Crowd, Person } from "./person";
import type { OwnPose } from "./pose";
import { Pulse } from "./pulse";
import { Showing, type StateChange } from "./showing";
import { Standing, type Corrected } from "./standing";
import type { Ticket } from "./tickets";

export interface SessionOptions extends Entry {
  /** Bits of `Cap`; default all: heads and hands, jumps where allowed, voice, the crowd beyond, bodies that move. */
  readonly caps?: number;
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

export type Scope = "room" | "near" | "party" | "private";

const WHO_MS = 100;
const RESYNC_MS = 1000;
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
  private readonly connection: Connection;
  private readonly outbox = new Outbox((data) => this.connection.send(data));
  private readonly journal = new Journal(this.outbox);
  private readonly pulse = new Pulse(this.outbox);
  private readonly showing = new Showing(this.outbox);
  private readonly standing = new Standing();
  private readonly around = new Neighbourhood();
  private isFresh = true;
  private watched: Action | null = null;
  private whoAt = -Infinity;
  private resyncAt = -Infinity;
  private readonly slots: number[] = [];

  constructor(private readonly options: SessionOptions) {
    super();
    this.connection = new Connection(options, {
      hello: () => this.hello(),
      received: (data) => this.receive(data),
      beat: (now_ms) => this.beat(now_ms),
      doubted: () => this.pulse.isAsked || this.pulse.ping(this.now()),
      dropped: () => {
        this.standing.dropped();
        this.pulse.dropped();
      },
      gone: () => {
        this.outbox.end(new Refused("link.none", "You are not in the room."));
        this.around.clear();
      },
      changed: () => {
        this.dispatchEvent(new Event("change"));
        if (!this.isIn) this.tell();
      },
      refused: (detail) => this.dispatchEvent(new CustomEvent("refused", { detail })),
    });
  }

  get state(): SessionState {
    return this.connection.state;
  }

  /** Why it waits or has ended; null while all is well. */
  get problem(): Problem | null {
    return this.connection.problem;
  }

  /** Your number in the room, and the one in frames; 0 before the first connection. */
  get member(): number {
    return this.welcome?.member ?? 0;
  }

  get slot(): number {
    return this.welcome?.slot ?? 0;
  }

  get welcome(): Welcome | null {
    return this.connection.seat;
  }

  /** The seat's ticket: your own person code for invitations, your name as it was taken. */
  get seat(): Ticket | null {
    return this.connection.ticket;
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
    return this.pulse.roundTrip_ms;
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
    return this.connection.open();
  }

  /** Leave for good: the seat is free at once. */
  close(): void {
    this.connection.close();
  }

  // ── once a frame

  /** Move the people of the crowd to where they are now. Allocates nothing. */
  update(now_ms: number): void {
    this.around.update(now_ms);
    if (this.state !== "open") return;
    if (this.around.isStarved) this.pulse.starved(now_ms);
    if (this.isReady && this.showing.isDue(now_ms)) this.showing.send(now_ms);
  }

  /** Where you are; sent only when the server's prediction would be wrong. */
  pose(p: OwnPose): void {
    this.standing.at(p);
    if (!this.connection.isClear) return;
    const message = this.standing.offer(p, this.now(), p.animation || this.showing.shown.animation);
    if (message) this.connection.send(message);
  }

  /**
   * How you move, to those who may see it: after `act({ do: "embody", on: true })` of this connection, at most
   * `limits.body_hz` times a second. How many bytes it was with what WebSocket adds; 0 if it was not sent.
   */
  body(turns: Float32Array, mask: number): number {
    if (!this.isReady || !this.welcome?.limits.body_hz || !this.connection.isClear) return 0;
    const message = bodyBytes(turns, mask);
    return this.connection.send(message) ? message.length + 6 : 0;
  }

  // ── what one does

  /** What is seen of you; fields that are left out stay. An emote is shown once, each time. */
  show(state: StateChange): void {
    const now_ms = this.now();
    if (this.showing.change(state, now_ms) && this.isReady) this.showing.send(now_ms);
  }

  /** Say something; held while the link is lost. Rejects with Refused. */
  say(text: string, scope: Scope = "room", to?: number): Promise<void> {
    if (!this.isIn) return Promise.reject(new Refused("link.none", "You are not in the room."));
    return this.outbox.say(text, scope, to, Math.min(this.welcome?.limits.text ?? 500, 500), this.now(), this.isReady);
  }

  /** Ask for something of `docs/protocol.md`'s ACTION. Resolves when no refusal came within a second; rejects with Refused. */
  act(action: Action): Promise<void> {
    if (!this.isIn) return Promise.reject(new Refused("link.none", "You are not in the room."));
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

  private get isIn(): boolean {
    return this.state !== "idle" && this.state !== "ended";
  }

  private get isReady(): boolean {
    return this.connection.isReady;
  }

  private now(): number {
    return this.connection.now();
  }

  // ── what comes

  private receive(data: Uint8Array): void {
    try {
      this.pulse.heardAt = this.now();
      this.take(data, this.pulse.heardAt);
      this.place(this.pulse.heardAt);
      this.tell();
    } catch (error) {
      this.connection.broken(error);
    }
  }

  private take(data: Uint8Array, now_ms: number): void {
    const id = data[0];
    if (this.state !== "open") {
      if (id !== ToClient.WELCOME) throw new ProtocolError(Close.OUT_OF_ORDER, `message ${id} before WELCOME`);
      return this.welcomed(data, now_ms);
    }
    switch (id) {
      case ToClient.FRAME:
      case ToClient.KEYFRAME:
      case ToClient.FAR:
      case ToClient.RIGS:
      case ToClient.BODIES:
        this.around.receive(data, now_ms);
        if (this.around.takeGap()) this.resync();
        if (!this.isReady && this.around.isWhole) this.ready(now_ms);
        return this.who();
      case ToClient.CORRECT:
        return this.put(this.standing.correct(readCorrection(data), this.now()));
      case ToClient.EVENT:
        return this.event(data, now_ms);
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

  private welcomed(data: Uint8Array, now_ms: number): void {
    const version = versionOf(data);
    if (version !== null && version !== VERSION) return this.connection.finish({ code: Close.VERSION, text: `version ${version}`, mayRetry: false });
    const welcome = readWelcome(data);
    const isSame = welcome.resumed && this.welcome !== null;
    this.isFresh = !isSame;
    this.journal.opened(welcome, isSame);
    this.around.reopen(welcome.floor, welcome.slot, welcome.hz, isSame);
    this.standing.opened(welcome, isSame);
    this.outbox.opened(now_ms);
    this.connection.opened(welcome, now_ms);
    this.pulse.ping(now_ms);
  }

  /** The missed events and the crowd are here: what was held back goes now. */
  private ready(now_ms: number): void {
    this.connection.isReady = true;
    this.standing.ready(now_ms);
    if (this.isFresh && this.watched) this.outbox.act(this.watched, now_ms, false).catch(() => undefined);
    this.showing.ready(this.isFresh);
    this.outbox.caughtUp(now_ms);
    this.dispatchEvent(new CustomEvent("ready", { detail: { isFresh: this.isFresh } }));
  }

  private event(data: Uint8Array, now_ms: number): void {
    const event = this.journal.take(data, now_ms);
    if (!event) return;
    if (event.is === "said" && event.detail.who === this.member) this.outbox.heard(event.detail.scope);
    if (event.is === "party") this.connection.party = event.detail.code;
    this.dispatchEvent(new CustomEvent(event.is, { detail: event.detail }));
  }

  private place(now_ms: number): void {
    const me = this.around.me;
    if (me && this.isReady) this.put(this.standing.overdue(me, now_ms));
  }

  private put(detail: Corrected | null): void {
    if (detail) this.dispatchEvent(new CustomEvent("corrected", { detail }));
  }

  private pong(data: Uint8Array): void {
    const { token, time_ms } = readPong(data);
    if (this.pulse.pong(token)) this.around.quiet(time_ms);
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

  private hello(): Uint8Array<ArrayBuffer> {
    const { caps = Cap.VR | Cap.VOICE | Cap.FAR | Cap.BODIES } = this.options;
    const { seat, ticket } = this.connection;
    const versions = [VERSION, VERSION] as const;
    const way = seat ? { resume: { key: seat.key, cursor: this.journal.cursor } } : { ticket: ticket!.ticket };
    return helloBytes({ versions, ...way, caps, client: CLIENT });
  }

  private beat(now_ms: number): void {
    this.outbox.beat(now_ms, this.isReady);
    if (this.state !== "open") return;
    this.place(now_ms);
    this.journal.beat(now_ms);
    if (this.isReady && this.showing.isDue(now_ms)) this.showing.send(now_ms);
    if (this.around.takeGap()) this.resync();
    this.who();
    if (!this.pulse.beat(now_ms)) this.connection.lose("The server is silent.");
  }

  private resync(): void {
    const now_ms = this.now();
    if (now_ms - this.resyncAt < RESYNC_MS) throw new ProtocolError(Close.OUT_OF_ORDER, "one gap after the other");
    this.resyncAt = now_ms;
    if (this.outbox.pay(8, now_ms)) this.connection.send(resyncBytes());
    else throw new ProtocolError(Close.OUT_OF_ORDER, "too many gaps");
  }

  private who(): void {
    const now_ms = this.now();
    if (now_ms - this.whoAt < WHO_MS) return;
    this.slots.length = 0;
    this.around.unknown(now_ms, this.slots, 64);
    if (!this.slots.length || !this.outbox.pay(1, now_ms)) return;
    this.whoAt = now_ms;
    this.connection.send(whoBytes(this.slots));
  }
}
