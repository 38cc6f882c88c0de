/** What the shop's API answers: the shapes of `/openapi.json`, as far as the page reads them. */
import type { Prices } from "./money";

/** A SKU of a merchant. */
export interface Place {
  readonly tenant: string;
  readonly sku: string;
}

export interface Offer extends Place {
  readonly product: string;
  readonly variant: string;
  readonly size: string;
  readonly title: string;
  readonly prices: Prices;
  readonly tax_note: string;
  readonly limit_each: number | null;
  readonly is_on_sale: boolean;
  readonly available: number;
}

export interface CartLine extends Place {
  readonly quantity: number;
  readonly title: string;
  readonly product: string;
  readonly variant: string;
  readonly size: string;
  /** Of one; empty if it is not on sale any more. */
  readonly prices: Prices;
  readonly available: number;
  readonly held: number;
  readonly held_until_ms: number | null;
  readonly claim: string | null;
}

export interface Cart {
  readonly lines: readonly CartLine[];
  readonly totals_minor: Prices;
}

export interface Lease extends Place {
  readonly id: string;
  readonly quantity: number;
  readonly deadline_ms: number;
}

export type OrderState =
  | "placed" | "paying" | "paid" | "packed" | "sent" | "delivered" | "cancelled" | "failed" | "expired" | "refunding" | "refunded";

export interface Contact {
  readonly name: string;
  readonly email: string;
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  readonly country: string;
  readonly note: string;
}

export interface OrderLine {
  readonly sku: string;
  readonly product: string;
  readonly variant: string;
  readonly size: string;
  readonly title: string;
  readonly quantity: number;
  readonly price_minor: number;
}

export interface OrderRow {
  readonly id: string;
  readonly tenant: string;
  readonly state: OrderState;
  readonly currency: string;
  readonly total_minor: number;
  readonly units: number;
  /** Its first lines by their titles, which name colour and size. */
  readonly things?: readonly string[];
  readonly created_ms: number;
  readonly updated_ms: number;
}

export interface Order extends Omit<OrderRow, "units"> {
  readonly tax_notes: readonly string[];
  readonly lines: readonly OrderLine[];
  readonly contact: Contact;
  readonly pay_before_ms: number;
  readonly payment: { readonly provider: string; readonly intent: string; readonly page: string };
  readonly history: readonly { readonly at_ms: number; readonly state: OrderState; readonly why: string }[];
}

/** How the test provider shall answer. */
export type Rehearsal = "paid" | "declined" | "double" | "twice_charged" | "missing" | "late";

export const UNPAID: ReadonlySet<OrderState> = new Set(["placed", "paying"]);
/** States that will change by themselves soon: worth asking again. */
export const UNSETTLED: ReadonlySet<OrderState> = new Set(["placed", "paying", "refunding"]);
export const CANCELLABLE: ReadonlySet<OrderState> = new Set(["placed", "paying", "paid", "packed"]);

/** An order's id as people read it to one another: its end, which is by chance. */
export const numberOf = ({ id }: { readonly id: string }): string => id.slice(-8).toUpperCase();
