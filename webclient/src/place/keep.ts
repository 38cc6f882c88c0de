/**
 * What this device remembers of the shopper's room: outlines and pieces, in its own storage, until "forget this room".
 *
 * Nothing of it is sent anywhere. Anchors are the device's own names for places (WebXR Anchors, persistence as in Meta's
 * browser); where there are none, the outline finds the room again (`align.ts`). What it is not: the cart.
 */
import { read, written, type Layout } from "./layout";
import type { Point } from "./polygon";

export interface Memory {
  readonly layout: Layout;
  readonly things: readonly Point[];
  /** A persistent anchor, and where the layout's own origin lies from it. */
  readonly anchor: string | null;
  readonly doorway: { readonly width_m: number; readonly height_m: number } | null;
}

export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const KEY = "showroom.place";

export function remember(memory: Memory, shelf: Shelf): boolean {
  try {
    shelf.setItem(KEY, JSON.stringify({ v: 1, layout: written(memory.layout), things: memory.things.slice(0, 40), anchor: memory.anchor, doorway: memory.doorway }));
    return true;
  } catch {
    return false; // a browser that keeps nothing: the shopper is told
  }
}

export function recall(shelf: Shelf): Memory | null {
  try {
    const kept = JSON.parse(shelf.getItem(KEY) ?? "null") as { v?: unknown; layout?: unknown; things?: unknown; anchor?: unknown; doorway?: { width_m?: unknown; height_m?: unknown } | null } | null;
    if (kept?.v !== 1 || typeof kept.layout !== "string") return null;
    const layout = read(kept.layout);
    const things = (Array.isArray(kept.things) ? kept.things : []).flatMap((one: unknown): Point[] => (Array.isArray(one) && Number.isFinite(one[0]) && Number.isFinite(one[1]) ? [[Number(one[0]), Number(one[1])]] : []));
    const { doorway } = kept;
    const isDoorway = typeof doorway?.width_m === "number" && typeof doorway.height_m === "number";
    return {
      layout, things, anchor: typeof kept.anchor === "string" ? kept.anchor : null,
      doorway: isDoorway ? { width_m: doorway.width_m as number, height_m: doorway.height_m as number } : null,
    };
  } catch {
    return null;
  }
}

/** @returns the anchor that the device may forget too */
export function forget(shelf: Shelf): string | null {
  const anchor = recall(shelf)?.anchor ?? null;
  try {
    shelf.removeItem(KEY);
  } catch {
    // What cannot be reached was never kept.
  }
  return anchor;
}
