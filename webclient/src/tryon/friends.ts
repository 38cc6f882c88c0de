/**
 * "Let friends see it": one's figure in the store wears what is worn before the mirror, and moves as one moves, for as
 * long as the switch is on.
 *
 * What the figure wore before comes back when it is off. Whoever is with others answers the event "friends" that the
 * mirror sends up when it comes; without an answer there is nobody to see it. What it is not: the switch (`element.ts`).
 */
import type { Moving } from "../net";
import { Sharer, type SharingBooth, type SharingSession } from "./share";

type Items = readonly (readonly [product: string, sku: string | null])[];

/** Where one is with others. */
export interface Company {
  readonly session: SharingSession;
  readonly outfit: { readonly items: Items; set(items: Items): Promise<void> };
  /** One's own figure moves along; null: by itself again. */
  moved(moving: Moving | null): void;
}

/** Asks whoever is above for the company; answered at once or not at all. */
export class AskFriends extends Event {
  company: Company | null = null;

  constructor() {
    super("friends", { bubbles: true, composed: true });
  }
}

export class Friends extends EventTarget {
  readonly #company: Company;
  readonly #sharer: Sharer;
  #before: Items = [];
  #worn: Items = [];

  constructor(company: Company, booth: SharingBooth) {
    super();
    this.#company = company;
    this.#sharer = new Sharer(company.session, booth);
    this.#sharer.addEventListener("change", () => this.#turned());
  }

  get isOn(): boolean {
    return this.#sharer.isOn;
  }

  /** Whether this server takes bodies. */
  get isPossible(): boolean {
    return this.#sharer.isPossible;
  }

  get bytes_per_s(): number {
    return this.#sharer.bytes_per_s;
  }

  /** The shopper's yes. @throws Refused */
  async start(): Promise<void> {
    if (this.isOn) return;
    this.#before = this.#company.outfit.items;
    // What is worn counts more than how one moves: a body too many is refused, clothes are not.
    void this.#dress().catch(() => undefined);
    await this.#sharer.start();
  }

  stop(): void {
    this.#sharer.stop();
  }

  /** This is worn before the mirror now. */
  wear(items: Items): void {
    this.#worn = items;
    if (this.isOn) void this.#dress().catch(() => undefined);
  }

  #dress(): Promise<void> {
    const worn = new Set(this.#worn.map(([product]) => product));
    return this.#company.outfit.set([...this.#before.filter(([product]) => !worn.has(product)), ...this.#worn]);
  }

  #turned(): void {
    this.#company.moved(this.isOn ? this.#sharer.moving : null);
    if (!this.isOn) void this.#company.outfit.set(this.#before).catch(() => undefined);
    this.dispatchEvent(new Event("change"));
  }
}
