/**
 * Looking at the same product together, and handing one over.
 *
 * Who leads turns the product and the others' views follow; who follows looks along until they put it down. To hand a
 * product to somebody is to show it to them alone: once they take it (a reaction says so), they lead and the giver
 * looks along. The server keeps who leads; when a leader goes, whoever followed first leads (`docs/rooms.md`).
 * In the same way a room that somebody furnishes is shown, as a plan in place of an angle.
 */
import { hear, type Wire } from "./wire";

/** What shows a product close up. Angles in radians; "change" is dispatched when the shopper turns it, "closed" when they put it down. */
export interface Inspecting extends EventTarget {
  readonly product: string | null;
  /** SKU. */
  readonly variant: string | null;
  yaw: number;
  pitch: number;
  distance_m: number;
  open(product: string, variant: string | null): Promise<void> | void;
  close(): void;
}

/** What shows a room that another furnishes; "closed" is dispatched when the shopper has seen enough. */
export interface Visiting extends EventTarget {
  show(plan: string, who: number): void;
  close(): void;
}

export interface View {
  readonly product: string;
  /** SKU; null: none chosen. */
  readonly variant: string | null;
  readonly yaw: number;
  readonly pitch: number;
  readonly distance_mm: number;
  /** A room, as its furnisher writes it (`place/layout.ts`); null: the product is shown. */
  readonly plan: string | null;
}

export interface Showing {
  readonly who: number;
  readonly view: View;
  /** For oneself alone, as a thing that is handed over. */
  readonly isHanded: boolean;
}

const TURN_MS = 100;
/** A room is read anew by all who look along: more seldom than an angle. */
const PLAN_MS = 400;
/** A handed product is announced by a reaction just before or after the share. */
const HANDED_MS = 4000;
/** After a leader's end the next leader is told at once, if there is one. */
const NEXT_LEADER_MS = 1200;
const HAND = "sparkle";
const TAKEN = "thumbs_up";
const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;

/** Radians as the wire's hundredths of a degree, within one turn. */
export const centidegrees = (angle_rad: number): number => {
  const turned = Math.round((angle_rad * 18_000) / Math.PI) % 36_000;
  return turned > 18_000 ? turned - 36_000 : turned < -18_000 ? turned + 36_000 : turned;
};
export const radians = (angle: number): number => (angle * Math.PI) / 18_000;

/** Not every server knows plans: none is not sent. */
const asSent = ({ plan, ...view }: View): Omit<View, "plan"> & { readonly plan?: string } => (plan === null ? view : { ...view, plan });

export class Looking extends EventTarget {
  role: "none" | "leading" | "following" = "none";
  /** Who leads what one follows; 0 while that is being settled, or if one leads. */
  leader = 0;
  view: View | null = null;
  /** What others show that one has not answered yet. */
  showings: readonly Showing[] = [];
  private inspect: Inspecting | null = null;
  private visiting: Visiting | null = null;
  private readonly letGo = new AbortController();
  private unlisten = new AbortController();
  private sentAt_ms = -Infinity;
  private later: ReturnType<typeof setTimeout> | undefined;
  private ending: ReturnType<typeof setTimeout> | undefined;
  private isApplying = false;
  private readonly handed = new Map<number, { product: string; at_ms: number }>();
  private givenTo = new Map<number, string>();

  constructor(private readonly wire: Wire, private readonly isHidden: (member: number) => boolean, private readonly now: () => number = () => performance.now()) {
    super();
    const { signal } = this.letGo;
    hear(wire, "shared", (one) => this.shared(one.who, one), signal);
    hear(wire, "unshared", ({ who }) => this.unshared(who), signal);
    hear(wire, "reacted", ({ who, kind, to, product }) => {
      if (to !== wire.member || !product) return;
      if (kind === HAND) this.wasHanded(who, product);
      // They took what one gave them: now it is theirs to turn.
      if (kind === TAKEN && this.givenTo.get(who) === product) {
        this.givenTo.delete(who);
        this.dispatchEvent(new CustomEvent("taken", { detail: { who, product } }));
        if (this.role === "leading") void this.lead(who).catch(() => undefined);
      }
    }, signal);
    wire.addEventListener("leave", (event) => {
      const member = (event as CustomEvent<{ card: { member: number } | null }>).detail.card?.member ?? 0;
      // Out of sight is not gone: only what waits for an answer is put away.
      this.handed.delete(member);
    }, { signal });
  }

  /** Where products are looked at. */
  attach(inspect: Inspecting): void {
    this.unlisten.abort();
    this.unlisten = new AbortController();
    this.inspect = inspect;
    inspect.addEventListener("change", () => this.turned(), { signal: this.unlisten.signal });
    inspect.addEventListener("closed", () => {
      if (!this.isApplying && this.role !== "none") this.stop();
    }, { signal: this.unlisten.signal });
  }

  /** Where rooms of others are looked at. */
  visits(visiting: Visiting): void {
    this.visiting = visiting;
    visiting.addEventListener("closed", () => {
      if (!this.isApplying && this.role !== "none") this.stop();
    }, { signal: this.letGo.signal });
  }

  get isShowing(): boolean {
    return this.role === "leading";
  }

  /** Whether it is one's own room that the others see. */
  get isFurnishing(): boolean {
    return this.role === "leading" && this.view?.plan != null;
  }

  /** How long a plan this server takes; 0: none. */
  get longestPlan(): number {
    return this.wire.welcome?.limits?.plan ?? 0;
  }

  /**
   * Show the room one furnishes, and again whenever it has changed; the last state always arrives.
   *
   * @param product what was placed last
   * @throws Refused for the first time only: what is refused later for haste is followed by another
   */
  async furnish(plan: string, product: string, to: readonly number[] = []): Promise<void> {
    if (this.role === "following") this.stop(false);
    const isFirst = !this.isFurnishing;
    this.view = { ...this.viewOf(product, null, null), plan };
    this.role = "leading";
    this.leader = 0;
    if (!isFirst) return this.planned();
    this.changed();
    this.sentAt_ms = this.now();
    try {
      await this.wire.act({ do: "share", product, plan, to: to.slice(0, 8) });
    } catch (error) {
      if (this.isFurnishing) this.end();
      throw error;
    }
  }

  /**
   * Show a product to these people, or without any to one's party.
   *
   * @throws Refused
   */
  async share(product: string, variant: string | null = null, to: readonly number[] = []): Promise<void> {
    if (this.role === "following") this.stop(false);
    const { inspect } = this;
    const isOpen = inspect?.product === product;
    this.view = this.viewOf(product, variant, isOpen ? inspect : null);
    this.role = "leading";
    this.leader = 0;
    this.changed();
    this.sentAt_ms = this.now();
    try {
      await this.wire.act({ do: "share", ...asSent(this.view), to: to.slice(0, 8) });
    } catch (error) {
      if (this.role === "leading") this.end();
      throw error;
    }
  }

  /** Hand a product to somebody. @throws Refused */
  async hand(product: string, variant: string | null, to: number): Promise<void> {
    this.givenTo.set(to, product);
    // First, so that it is known for a handing when the share comes; those further than 25 m see a mere showing.
    this.wire.act({ do: "react", kind: HAND, to, product }).catch(() => undefined);
    await this.share(product, variant, [to]);
  }

  /** Look along with somebody. @throws Refused */
  async follow(who: number): Promise<void> {
    const showing = this.showings.find((one) => one.who === who);
    this.forget(who);
    if (this.role === "leading") this.stop(false);
    this.role = "following";
    this.leader = who;
    this.changed();
    try {
      const followed = this.wire.act({ do: "follow", who });
      // An action counts as done after a second without refusal: too long to keep the giver waiting.
      if (showing?.isHanded) this.wire.act({ do: "react", kind: TAKEN, to: who, product: showing.view.product }).catch(() => undefined);
      await followed;
    } catch (error) {
      if (this.leader === who) this.end();
      throw error;
    }
  }

  /** No, thank you: the showing is put away here, and nobody is told. */
  decline(who: number): void {
    this.forget(who);
    this.changed();
  }

  /** Let somebody who follows lead. @throws Refused */
  async lead(to: number): Promise<void> {
    await this.wire.act({ do: "lead", to });
  }

  /** Stop showing or following. */
  stop(closes = true): void {
    const was = this.role;
    const isRoom = this.view?.plan != null;
    this.end();
    if (closes && was === "following") this.apply(() => (isRoom ? this.visiting?.close() : this.inspect?.close()));
    if (was !== "none") this.wire.act({ do: "unshare" }).catch(() => undefined);
  }

  /** Another seat: whom the numbers meant is not here any more. */
  reset(): void {
    this.showings = [];
    this.handed.clear();
    this.end();
  }

  dispose(): void {
    clearTimeout(this.later);
    clearTimeout(this.ending);
    this.letGo.abort();
    this.unlisten.abort();
  }

  private shared(who: number, { product, variant, yaw, pitch, distance_mm, plan }: View): void {
    const view: View = { product, variant, yaw, pitch, distance_mm, plan };
    if (who === this.wire.member) {
      // The lead was handed to us, or we are back after a lost link. A room is led by who furnishes it, or by nobody.
      clearTimeout(this.ending);
      if (plan !== null && !this.isFurnishing) return this.stop(false);
      this.role = "leading";
      this.leader = 0;
      this.view = view;
      // One's own room is before one; another's stays as it was left.
      if (plan === null && this.inspect?.product !== product) this.show(view);
      return this.changed();
    }
    if (this.isHidden(who)) return;
    const isNextLeader = this.role !== "none" && this.leader === 0 && this.ending !== undefined;
    if (isNextLeader || (this.role === "following" && this.leader === who)) {
      clearTimeout(this.ending);
      this.ending = undefined;
      this.role = "following";
      this.leader = who;
      this.view = view;
      this.show(view);
      return this.changed();
    }
    const before = this.showings.find((one) => one.who === who);
    const given = this.handed.get(who);
    const isHanded = before?.isHanded || (given?.product === product && this.now() - given.at_ms < HANDED_MS);
    const showing = { who, view, isHanded: isHanded === true };
    this.showings = [...this.showings.filter((one) => one.who !== who), showing].slice(-8);
    if (!before || (plan === null ? before.view.product !== product : before.view.plan === null)) this.dispatchEvent(new CustomEvent("shown", { detail: showing }));
    this.changed();
  }

  private unshared(who: number): void {
    this.forget(who);
    if ((this.role === "following" && who === this.leader) || (this.role === "leading" && who === this.wire.member)) {
      // Over, unless somebody else leads now: that comes right behind.
      this.leader = 0;
      clearTimeout(this.ending);
      this.ending = setTimeout(() => {
        this.ending = undefined;
        this.end();
        this.dispatchEvent(new CustomEvent("over", { detail: { who } }));
      }, NEXT_LEADER_MS);
    }
    this.changed();
  }

  private wasHanded(who: number, product: string): void {
    this.handed.set(who, { product, at_ms: this.now() });
    const showing = this.showings.find((one) => one.who === who && one.view.product === product);
    if (!showing || showing.isHanded) return;
    this.showings = this.showings.map((one) => (one === showing ? { ...one, isHanded: true } : one));
    this.changed();
  }

  private show(view: View): void {
    const { inspect, visiting } = this;
    if (view.plan !== null) return this.apply(() => visiting?.show(view.plan ?? "", this.leader));
    this.apply(() => visiting?.close());
    if (!inspect) return;
    const turn = (): void => {
      if (this.view !== view || inspect.product !== view.product) return;
      inspect.yaw = radians(view.yaw);
      inspect.pitch = radians(view.pitch);
      inspect.distance_m = view.distance_mm / 1000;
    };
    if (inspect.product === view.product && inspect.variant === view.variant) return turn();
    this.apply(() => {
      // A product that cannot be opened is told by what opens it.
      void Promise.resolve(inspect.open(view.product, view.variant)).then(turn, () => undefined);
    });
  }

  /** What we do to the close-up ourselves is not the shopper's doing. */
  private apply(work: () => void): void {
    this.isApplying = true;
    try {
      work();
    } finally {
      this.isApplying = false;
    }
  }

  /** The room has changed: the same for a plan. */
  private planned(): void {
    const wait_ms = this.sentAt_ms + PLAN_MS - this.now();
    if (wait_ms > 0) {
      this.later ??= setTimeout(() => {
        this.later = undefined;
        if (this.isFurnishing) this.planned();
      }, wait_ms);
      return;
    }
    this.sentAt_ms = this.now();
    const { view } = this;
    if (view?.plan) this.wire.act({ do: "share", product: view.product, plan: view.plan, to: [] }).catch(() => undefined);
  }

  /** The shopper turned it: the others are told, ten times a second at most, and of the last turn always. */
  private turned(): void {
    const { inspect } = this;
    if (this.role !== "leading" || this.isFurnishing || !inspect?.product || this.isApplying) return;
    const wait_ms = this.sentAt_ms + TURN_MS - this.now();
    if (wait_ms > 0) {
      this.later ??= setTimeout(() => {
        this.later = undefined;
        this.turned();
      }, wait_ms);
      return;
    }
    this.sentAt_ms = this.now();
    this.view = this.viewOf(inspect.product, inspect.variant, inspect);
    // A turn that is refused for haste is followed by another.
    this.wire.act({ do: "share", ...asSent(this.view), to: [] }).catch(() => undefined);
  }

  private viewOf(product: string, variant: string | null, at: Inspecting | null): View {
    return {
      product, variant: variant && ID.test(variant) ? variant : null, yaw: centidegrees(at?.yaw ?? 0), pitch: centidegrees(at?.pitch ?? 0),
      distance_mm: Math.max(10, Math.min(100_000, Math.round((at?.distance_m ?? 1) * 1000))), plan: null,
    };
  }

  private forget(who: number): void {
    this.showings = this.showings.filter((one) => one.who !== who);
  }

  private end(): void {
    clearTimeout(this.later);
    clearTimeout(this.ending);
    this.later = this.ending = undefined;
    this.role = "none";
    this.leader = 0;
    this.view = null;
    this.givenTo.clear();
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
