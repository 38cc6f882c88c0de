/**
 * What the headset asks of the rest of the store, as small as it is: each is satisfied by the part of that name, and by
 * a plain object in tests.
 */
import type { Crowd, Part } from "../net/person";
import type { OwnPose } from "../net/pose";
import type { Shop } from "../shop/shop";
import type { Stand } from "../world/stand";
import type { World } from "../world/world";

/** As much of the shop as is used in VR. */
export type ShopDesk = EventTarget & Pick<Shop, "offersOf" | "known" | "offer" | "currencyOf" | "cart" | "cartState" | "units" | "refresh" | "add" | "want" | "code"> & {
  readonly wishes: Pick<Shop["wishes"], "has" | "toggle">;
  readonly checkout: EventTarget & Pick<Shop["checkout"], "step" | "contact" | "order" | "tenant" | "isBusy" | "problem" | "isDeclined" | "lines" | "totals" | "begin" | "type" | "place" | "pay" | "close">;
};

/** As much of a room's session as is used in VR. */
export interface RoomLine extends EventTarget {
  readonly state: string;
  readonly member: number;
  readonly crowd: Crowd;
  readonly welcome: { readonly floor: { readonly corner_mm: readonly number[] }; readonly limits: { readonly teleport_cm: number; readonly teleport_ms: number } } | null;
  pose(pose: OwnPose): void;
  show(state: { animation?: number; emote?: number; mode?: number; focus?: number }): void;
  act(action: { do: string; [field: string]: unknown }): Promise<void>;
}

/** One's own body in the room: `avatar/myself.ts`. */
export interface OwnBody {
  head: Part | null;
  left: Part | null;
  right: Part | null;
}

/** The products as they stand in the room. */
export interface Shelves {
  readonly stands: readonly Stand[];
  /** Dress a product in a colourway; a stock that cannot leaves it as it is. */
  variant?(product: string, variant: string): unknown;
}

/** All of these, as a headset is given them. */
export interface HeadsetPieces {
  readonly world: World;
  readonly stock: Shelves;
  readonly shop: ShopDesk | null;
  /** The room's session, once there is one. */
  readonly session: () => RoomLine | null;
  /** One's own body in the room, which head and hands move; null without one. */
  readonly self?: () => OwnBody | null;
  /** Who else in the room holds what is on a slot. */
  readonly ownerOf?: (slot: string) => number | null;
}
