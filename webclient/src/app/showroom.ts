/**
 * The one state of the page: which store, which rung, what is looked at, and the parts that are there at the moment.
 *
 * Views listen and ask; who wires the parts puts them in. It knows no DOM, so that the list and the scene stay in step
 * through it and never through each other. Each event is named after what changed (`Change`).
 */
import type { Row } from "../api";
import type { StorePlan } from "../world/plan";
import type { View } from "./address";
import type { Meeting } from "./meeting";
import type { Preferences } from "./preferences";
import type { Choice } from "./rung";
import type { Trade } from "./trade";
import type { Visitor } from "./visitor";

export interface StoreLine {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly entrance: string;
  readonly rooms: readonly { readonly id: string; readonly name: string }[];
}

/** What the page can ask of a place one walks in, on whichever rung it is shown. */
export interface Place {
  /** Bring the product to the shopper and let it be turned; "closed" comes back as a view. */
  open(id: string, variant: string | null): Promise<void>;
  close(): void;
  wear(variant: string): void;
  /** Look at a product without walking. */
  gaze(id: string): void;
  /** @returns whether one stands before it then */
  walkTo(id: string): Promise<boolean>;
  walkToPoint(x: number, z: number): Promise<void>;
  /** Where one stands and looks; null where there is no such thing. */
  readonly stand: { readonly x: number; readonly z: number; readonly yaw: number } | null;
  mood(name: string): void;
  focus(): void;
  /** How much of the window panels cover, pixels; what is looked at stays in what is left. */
  inset(left_px: number, right_px: number, bottom_px: number): void;
  dispose(): void;
}

/** "added": something was put into the cart; "arrived": somebody came in. */
export type Change = "added" | "arrived" | "plan" | "rung" | "view" | "variant" | "gaze" | "rows" | "place" | "meeting" | "people" | "trade" | "panel" | "stores";

export class Showroom extends EventTarget {
  readonly preferences: Preferences;
  readonly visitor: Visitor;
  stores: readonly StoreLine[] = [];
  plan: StorePlan | null = null;
  choice: Choice = { rung: "list", why: "wished" };
  view: View = { name: "store" };
  rows: readonly Row[] = [];
  /** What stands on each slot, in the manifest's order. */
  slots: readonly (string | null)[] = [];
  place: Place | null = null;
  meeting: Meeting | null = null;
  trade: Trade | null = null;
  /** The product that is looked at from afar, in the scene or in the list. */
  gaze: string | null = null;
  #chosen: { readonly product: string; readonly variant: string } | null = null;

  constructor(preferences: Preferences, visitor: Visitor) {
    super();
    this.preferences = preferences;
    this.visitor = visitor;
  }

  changed(what: Change): void {
    this.dispatchEvent(new Event(what));
  }

  /** @returns a function that stops listening */
  on(what: Change | readonly Change[], act: () => void): () => void {
    const names = typeof what === "string" ? [what] : what;
    for (const name of names) this.addEventListener(name, act);
    return () => {
      for (const name of names) this.removeEventListener(name, act);
    };
  }

  /** Somebody looks at a product: the scene by standing before it, the list by focus. */
  look(id: string | null): void {
    if (this.gaze === id) return;
    this.gaze = id;
    this.changed("gaze");
  }

  /** The variant in which a product is looked at, by its name: chosen by the shopper, or by who shows it to them. */
  variantOf(product: string): string | null {
    return this.#chosen?.product === product ? this.#chosen.variant : null;
  }

  choose(product: string, variant: string): void {
    if (this.variantOf(product) === variant) return;
    this.#chosen = { product, variant };
    this.changed("variant");
  }

  /** It was put down: next time it comes as it stands on its shelf. */
  unchoose(product: string): void {
    if (this.#chosen?.product === product) this.#chosen = null;
  }

  /** The product on a slot, by the number that the wire has for it: from 1, in the manifest's order. */
  productAt(slot: number): string | null {
    return this.slots[slot - 1] ?? null;
  }

  row(id: string | null): Row | undefined {
    return id === null ? undefined : this.rows.find((row) => row.id === id);
  }
}
