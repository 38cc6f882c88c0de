/**
 * Everything that one does with others in a room: talk, party, looking together, voice, walking along, manners.
 *
 * Built on a session; knows neither the page nor the scene. Each part is a model of its own; this one has the people,
 * nearest first, and puts what happens into *notices*: things to tell the shopper, some of which want an answer.
 * "change" when anything of it reads differently; "followed" (detail Person or null) when the shopper walks along with
 * somebody or stops; "reacted" for what floats by (cancelled where it is seen over a head); "emoted" (its number) for one's own gesture.
 */
import type { Person } from "../net";
import { emoteOf } from "./emotes";
import { type Inspecting, Looking, type Showing } from "./looking";
import { Outfit } from "./outfit";
import { Party } from "./party";
import { Talk, type Translator } from "./talk";
import { type Captioner, Voice, type VoiceOptions } from "./voice";
import { type Answer, type Vote, Votes } from "./votes";
import { hear, refusalOf, straight, type Wire } from "./wire";

export type Reason = "harassment" | "spam" | "hate" | "sexual" | "underage" | "impersonation" | "cheating" | "other";
export const REASONS: readonly Reason[] = ["harassment", "spam", "hate", "sexual", "underage", "impersonation", "cheating", "other"];
export type Sanction = "mute" | "unmute" | "kick" | "ban";

export interface Neighbour {
  readonly person: Person;
  readonly member: number;
  readonly name: string;
  readonly role: string;
  readonly distance_m: number;
  readonly isInParty: boolean;
  readonly isBlocked: boolean;
  /** Not heard and not read, by one's own will. */
  readonly isQuiet: boolean;
  readonly isFollowed: boolean;
  readonly isShowing: boolean;
}

export interface Notice {
  readonly id: number;
  readonly kind:
    | "invited" | "shown" | "room" | "handed" | "taken" | "joined" | "lost" | "look_over" | "muted" | "unmuted" | "locked" | "unlocked" | "slow" | "told" | "refused" | "reported" | "blocked" | "private" | "suits" | "tally";
  readonly who: number;
  readonly name: string;
  /** A product's id, the server's words, or what was refused. */
  readonly text: string;
  /** Minutes, seconds or the like. */
  readonly n: number;
  /** Waits for the shopper's answer. */
  readonly isAsking: boolean;
  /** For "suits", somebody asks whether it does, and "tally", how that stands. */
  readonly vote?: Vote;
  readonly isOwn?: boolean;
}

export interface Reacted {
  readonly who: number;
  readonly name: string;
  readonly kind: string;
  readonly to: number | null;
  readonly product: string | null;
}

export interface CompanyOptions {
  readonly store: string;
  readonly room: string;
  readonly voice?: Omit<VoiceOptions, "isHidden">;
  readonly now?: () => number;
}

const STAFF: ReadonlySet<string> = new Set(["host", "merchant", "operator"]);
const MOST_LOOKERS = 8;
const MOST_NOTICES = 6;
const ASKS_TO_LOOK: ReadonlySet<Notice["kind"]> = new Set(["shown", "room", "handed"]);
const CARD_MS = 3000;
const HAND_MARK: ReadonlySet<string> = new Set(["sparkle"]);

export class Company extends EventTarget {
  readonly talk: Talk;
  readonly party: Party;
  readonly looking: Looking;
  readonly voice: Voice;
  /** What one wears. */
  readonly outfit: Outfit;
  readonly votes: Votes;
  notices: readonly Notice[] = [];
  /** Seconds between two messages, when the host has slowed the room; 0: as one likes. */
  slow_s = 0;
  /** Unix milliseconds; 0: not muted, Infinity: until taken back. */
  mutedUntil_ms = 0;
  isLocked = false;
  private readonly blocked = new Set<number>();
  private readonly quieted = new Set<number>();
  private following = 0;
  private nextNotice = 1;
  private readonly letGo = new AbortController();
  private x = 0;
  private z = 0;
  private hasPlace = false;
  private wasHere = false;
  private checking: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly session: Wire, readonly options: CompanyOptions) {
    super();
    const { signal } = this.letGo;
    const isHidden = (member: number): boolean => this.blocked.has(member) || this.quieted.has(member);
    this.talk = new Talk(session, isHidden);
    this.party = new Party(session);
    this.looking = new Looking(session, (member) => this.blocked.has(member), options.now);
    this.voice = new Voice(session, { ...options.voice, isHidden });
    this.outfit = new Outfit(session);
    this.votes = new Votes(session, isHidden);
    const changed = (): void => this.changed();
    for (const part of [this.talk, this.party, this.looking, this.voice, this.outfit, this.votes]) part.addEventListener("change", changed, { signal });
    for (const name of ["enter", "card", "change"]) session.addEventListener(name, changed, { signal });
    session.addEventListener("leave", (event) => this.left((event as CustomEvent<Person>).detail), { signal });
    session.addEventListener("ready", (event) => {
      if ((event as CustomEvent<{ isFresh: boolean }>).detail.isFresh && this.wasHere) this.begin();
      this.wasHere = true;
    }, { signal });
    this.party.addEventListener("invited", (event) => {
      const { who, name } = (event as CustomEvent<{ who: number; name: string }>).detail;
      if (isHidden(who)) return;
      this.notice({ kind: "invited", who, name, isAsking: true });
    }, { signal });
    this.party.addEventListener("joined", (event) => {
      const { member, name } = (event as CustomEvent<{ member: number; name: string }>).detail;
      this.notice({ kind: "joined", who: member, name });
    }, { signal });
    this.looking.addEventListener("shown", (event) => {
      const { who, view, isHanded } = (event as CustomEvent<Showing>).detail;
      // Another product of theirs takes the first one's place.
      this.settle((one) => one.who === who && ASKS_TO_LOOK.has(one.kind));
      this.notice({ kind: view.plan !== null ? "room" : isHanded ? "handed" : "shown", who, name: this.nameOf(who), text: view.product, isAsking: true });
    }, { signal });
    this.looking.addEventListener("change", () => {
      // What is not shown any more cannot be answered; what turns out to be handed over says so.
      this.notices = this.notices.filter((one) => !ASKS_TO_LOOK.has(one.kind) || this.looking.showings.some(({ who, view }) => who === one.who && (one.kind === "room" ? view.plan !== null : view.product === one.text)))
        .map((one) => (one.kind === "shown" && this.looking.showings.some(({ who, isHanded }) => who === one.who && isHanded) ? { ...one, kind: "handed" as const } : one));
    }, { signal });
    this.looking.addEventListener("taken", (event) => {
      const { who, product } = (event as CustomEvent<{ who: number; product: string }>).detail;
      this.notice({ kind: "taken", who, name: this.nameOf(who), text: product });
    }, { signal });
    this.looking.addEventListener("over", (event) => {
      const { who } = (event as CustomEvent<{ who: number }>).detail;
      this.notice({ kind: "look_over", who, name: this.nameOf(who) });
    }, { signal });
    this.votes.addEventListener("asked", (event) => {
      const vote = (event as CustomEvent<Vote>).detail;
      this.notice({ kind: "suits", who: vote.who, name: this.nameOf(vote.who), text: vote.product, isAsking: true, vote });
    }, { signal });
    this.votes.addEventListener("tally", (event) => {
      const vote = (event as CustomEvent<Vote>).detail;
      if (vote.over) this.settle((one) => one.kind === "suits" && one.who === vote.who);
      // Of one's own, that it has begun is news; of others', only what came of one's answer.
      this.notice({ kind: "tally", who: vote.who, name: this.nameOf(vote.who), text: vote.product, vote, isOwn: vote.who === session.member });
    }, { signal });
    hear(session, "reacted", (one) => {
      if (isHidden(one.who) || (HAND_MARK.has(one.kind) && one.product)) return;
      this.dispatchEvent(new CustomEvent<Reacted>("reacted", { detail: { ...one, name: this.nameOf(one.who) }, cancelable: true }));
    }, signal);
    hear(session, "moderated", ({ op, until_ms, reason, seconds }) => this.moderated(op, until_ms, reason, seconds), signal);
    hear(session, "told", ({ code, text }) => this.notice({ kind: "told", name: code, text }), signal);
    this.talk.addEventListener("said", (event) => {
      const line = (event as CustomEvent<{ who: number; name: string; text: string; scope: string }>).detail;
      if (line.scope === "private" && line.who !== session.member) this.notice({ kind: "private", who: line.who, name: line.name, text: line.text });
    }, { signal });
  }

  // ── people

  /** Oneself as the others see one. */
  get name(): string {
    return this.session.me?.card?.name ?? "";
  }

  get role(): string {
    return this.session.me?.card?.role ?? "guest";
  }

  get isStaff(): boolean {
    return STAFF.has(this.role);
  }

  /** Those around whose names are known, nearest first. */
  people(): readonly Neighbour[] {
    const { me } = this.session;
    const [x, z] = this.hasPlace ? [this.x, this.z] : [me?.x ?? 0, me?.z ?? 0];
    const found: Neighbour[] = [];
    for (const person of this.session.crowd.people.values()) {
      const { card } = person;
      if (!card || card.member === this.session.member) continue;
      const { member, name, role } = card;
      found.push({
        person, member, name: straight(name), role, distance_m: Math.hypot(person.x - x, person.z - z), isInParty: this.party.has(member), isBlocked: this.blocked.has(member),
        isQuiet: this.quieted.has(member), isFollowed: this.following === member, isShowing: this.looking.showings.some(({ who }) => who === member),
      });
    }
    return found.sort((a, b) => a.distance_m - b.distance_m || a.member - b.member);
  }

  nameOf(member: number): string {
    return straight(this.session.person(member)?.card?.name ?? this.party.members.find((one) => one.member === member)?.name ?? this.talk.lines.findLast(({ who }) => who === member)?.name ?? "");
  }

  /** Once a frame, from where one stands. Allocates nothing. */
  update(x: number, y: number, z: number, yaw: number): void {
    this.x = x;
    this.z = z;
    this.hasPlace = true;
    this.voice.update(x, y, z, yaw);
  }

  // ── walking along

  get followed(): number {
    return this.following;
  }

  /** Walk along with somebody; 0 stops. */
  follow(member: number): void {
    if (member === this.following) return;
    const person = member ? this.session.person(member) : null;
    this.following = person ? member : 0;
    this.dispatchEvent(new CustomEvent<Person | null>("followed", { detail: person }));
    this.changed();
  }

  // ── showing, pointing, without words

  /** Where products are looked at. */
  attach(inspect: Inspecting): void {
    this.looking.attach(inspect);
  }

  /** Whom to show something: nobody by name if it is one's party, else those who stand nearest; null if nobody is there. */
  audience(): readonly number[] | null {
    if (this.party.members.length > 1) return [];
    const to = this.people().slice(0, MOST_LOOKERS).map(({ member }) => member);
    return to.length ? to : null;
  }

  emote(id: number): void {
    const emote = emoteOf(id);
    if (!emote) return;
    this.session.show({ emote: id });
    this.dispatchEvent(new CustomEvent<number>("emoted", { detail: id }));
    if (emote.reaction) this.react(emote.reaction);
  }

  /** A reaction, to somebody or to all. One too many is let go. */
  react(kind: string, to?: number, product?: string): void {
    const detail: Reacted = { who: this.session.member, name: this.name, kind, to: to ?? null, product: product ?? null };
    this.session.act({ do: "react", kind, ...(to === undefined ? {} : { to }), ...(product === undefined ? {} : { product }) }).catch(() => undefined);
    if (!this.isHeardByServer) this.dispatchEvent(new CustomEvent<Reacted>("reacted", { detail }));
  }

  /** Point at a product: its slot in the store's plan, counted from 1; 0 stops. */
  point(focus: number): void {
    this.session.show({ mode: focus ? 1 : 0, focus });
  }

  // ── manners

  isHidden(member: number): boolean {
    return this.blocked.has(member) || this.quieted.has(member);
  }

  /** Not to hear, read or see reactions of somebody any more, nor to be heard by them; the server keeps it. */
  async block(member: number, on = true): Promise<void> {
    const name = this.nameOf(member);
    if (on) this.blocked.add(member);
    else this.blocked.delete(member);
    if (on && this.following === member) this.follow(0);
    this.hiddenChanged();
    try {
      await this.session.act({ do: "block", who: member, on });
      if (on) this.notice({ kind: "blocked", who: member, name });
    } catch (error) {
      this.refused(error);
    }
  }

  /** Not to hear or read somebody for now, on this page alone. */
  quiet(member: number, on = true): void {
    if (on) this.quieted.add(member);
    else this.quieted.delete(member);
    this.hiddenChanged();
  }

  /** Tell the hosts about somebody. */
  async report(member: number, reason: Reason, text = ""): Promise<void> {
    try {
      await this.session.act({ do: "report", who: member, reason, text: text.slice(0, 500) });
      this.notice({ kind: "reported", who: member, name: this.nameOf(member) });
    } catch (error) {
      this.refused(error);
      throw error;
    }
  }

  /** For staff: something done to a person. Minutes 0: until taken back. */
  async sanction(op: Sanction, who: number, minutes = 0, reason = ""): Promise<void> {
    await this.session.act({ do: "moderate", op, who, minutes, reason }).catch((error: unknown) => this.refused(error));
  }

  /** For staff: the room itself. */
  async order(op: "lock" | "unlock" | "slow", seconds = 0): Promise<void> {
    await this.session.act({ do: "moderate", op, seconds }).catch((error: unknown) => this.refused(error));
  }

  // ── inviting

  /** An address that brings a friend here, next to oneself and into one's party. */
  link(base: string): string {
    const url = new URL(base);
    url.search = "";
    url.hash = "";
    url.searchParams.set("store", this.options.store);
    url.searchParams.set("room", this.options.room);
    const code = this.session.seat?.code;
    if (code) url.searchParams.set("with", code);
    if (this.party.code) url.searchParams.set("party", this.party.code);
    return url.toString();
  }

  // ── notices

  /** The shopper has read or answered it. */
  dismiss(id: number): void {
    this.settle((one) => one.id === id);
    this.changed();
  }

  /** Say whether it suits them. */
  async answer(who: number, answer: Answer): Promise<void> {
    this.settle((one) => one.kind === "suits" && one.who === who);
    this.changed();
    await this.votes.answer(who, answer);
  }

  /** Wear what somebody else wears, on one's own figure: no camera is needed. @throws Refused */
  async wearToo(product: string, sku: string | null): Promise<void> {
    await this.outfit.put(product, sku);
  }

  /** Yes to what a notice asks. */
  async accept(notice: Notice): Promise<void> {
    this.dismiss(notice.id);
    try {
      if (notice.kind === "invited") await this.party.accept(notice.who);
      else if (ASKS_TO_LOOK.has(notice.kind)) await this.looking.follow(notice.who);
    } catch (error) {
      this.refused(error);
    }
  }

  /** No, thank you. */
  async decline(notice: Notice): Promise<void> {
    this.dismiss(notice.id);
    if (notice.kind === "invited") await this.party.decline(notice.who).catch(() => undefined);
    else if (notice.kind !== "suits") this.looking.decline(notice.who);
  }

  /** Something that the shopper asked for was refused: tell them. */
  refused(error: unknown): void {
    const { code, text } = refusalOf(error);
    this.notice({ kind: "refused", name: code, text });
  }

  set translator(translator: Translator | undefined) {
    this.talk.translator = translator;
    this.talk.refresh();
  }

  get translator(): Translator | undefined {
    return this.talk.translator;
  }

  set captioner(captioner: Captioner | undefined) {
    this.voice.captioner = captioner;
  }

  dispose(): void {
    clearTimeout(this.checking);
    this.letGo.abort();
    this.talk.dispose();
    this.party.dispose();
    this.looking.dispose();
    this.voice.dispose();
    this.outfit.dispose();
    this.votes.dispose();
  }

  /** One's own reactions come back from the server, as everybody's do. */
  private get isHeardByServer(): boolean {
    return this.session.state === "open";
  }

  /** A new seat after the old one was lost: numbers mean other people now. The server itself keeps blocks and parties. */
  private begin(): void {
    this.follow(0);
    this.blocked.clear();
    this.quieted.clear();
    this.looking.reset();
    this.votes.reset();
    this.notices = this.notices.filter(({ isAsking }) => !isAsking);
    this.isLocked = false;
    this.slow_s = this.mutedUntil_ms = 0;
    clearTimeout(this.checking);
    // One's party is told on coming in, if there is one; that there is none is seen from one's card.
    this.checking = setTimeout(() => this.session.me?.card?.party === 0 && this.party.members.length > 0 && this.party.reset(), CARD_MS);
    this.hiddenChanged();
  }

  private left(person: Person): void {
    const member = person.card?.member ?? 0;
    if (member && member === this.following) {
      this.follow(0);
      this.notice({ kind: "lost", who: member, name: person.card?.name ?? "" });
    }
    this.changed();
  }

  private moderated(op: string, until_ms: number | null, reason: string, seconds: number): void {
    if (op === "mute") {
      this.mutedUntil_ms = until_ms ?? Infinity;
      this.notice({ kind: "muted", text: reason, n: until_ms ? Math.max(1, Math.round((until_ms - Date.now()) / 60_000)) : 0 });
    } else if (op === "unmute") {
      if (this.mutedUntil_ms) this.notice({ kind: "unmuted" });
      this.mutedUntil_ms = 0;
    } else if (op === "slow") {
      const was = this.slow_s;
      this.slow_s = seconds;
      if (was !== seconds) this.notice({ kind: "slow", n: seconds });
    } else if (op === "lock" || op === "unlock") {
      this.isLocked = op === "lock";
      this.notice({ kind: op === "lock" ? "locked" : "unlocked" });
    }
    this.changed();
  }

  private hiddenChanged(): void {
    this.voice.balance();
    this.talk.refresh();
  }

  private settle(isOver: (notice: Notice) => boolean): void {
    this.notices = this.notices.filter((one) => !isOver(one));
  }

  private notice(what: Pick<Notice, "kind"> & Partial<Notice>): void {
    const notice: Notice = { who: 0, text: "", n: 0, isAsking: false, ...what, name: straight(what.name ?? ""), id: this.nextNotice++ };
    // The same again (a second refusal, another private line of the same person) takes the first one's place.
    this.settle((one) => !one.isAsking && one.kind === notice.kind && one.who === notice.who);
    this.notices = [...this.notices, notice].slice(-MOST_NOTICES);
    this.dispatchEvent(new CustomEvent<Notice>("notice", { detail: notice }));
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
