/**
 * Keeps baked light in the browser, so that a store one has been in is lit at once: IndexedDB, a few stores, oldest out.
 *
 * Private windows and full disks refuse; then it is baked again. What it is not: shared with anyone.
 */
import type { Baked } from "./bake";
import type { StorePlan } from "./plan";

/** Raise it when the same plan would bake to other light. */
export const VERSION = 4;
const NAME = "showroom-light";
const TABLE = "bakes";
const MOST = 6;

interface Kept {
  readonly key: string;
  readonly at_ms: number;
  readonly baked: Baked;
}

/** What the light depends on: not what is for sale, nor which mood is on. */
export function bakeKey(plan: StorePlan, texels: number, quality: number): string {
  const suns = Object.values(plan.moods).map(({ sun_lux, sun_azimuth_deg, sun_elevation_deg }) => [sun_lux, sun_azimuth_deg, sun_elevation_deg]);
  const rooms = plan.rooms.map((room) => ({ ...room, slots: room.slots.map(({ position }) => position), signs: [] }));
  return digest(JSON.stringify([VERSION, texels, quality, plan.materials, rooms, suns]));
}

/** FNV-1a, 64 bits: tells texts apart, keeps no secret (`crypto.subtle` is missing on plain http). */
function digest(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  return value.toString(16).padStart(16, "0");
}

function opened(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = (): void => void asked.result.createObjectStore(TABLE, { keyPath: "key" });
    asked.onsuccess = (): void => done(asked.result);
    asked.onerror = (): void => failed(asked.error ?? new Error("IndexedDB refused"));
    asked.onblocked = (): void => failed(new Error("IndexedDB is blocked"));
  });
}

const result = <T>(request: IDBRequest<T>): Promise<T> => new Promise((done, failed) => {
  request.onsuccess = (): void => done(request.result);
  request.onerror = (): void => failed(request.error ?? new Error("IndexedDB failed"));
});

/** The light kept under this key, or null. */
export async function recall(key: string): Promise<Baked | null> {
  try {
    const db = await opened();
    try {
      const kept = await result<Kept | undefined>(db.transaction(TABLE).objectStore(TABLE).get(key) as IDBRequest<Kept | undefined>);
      return kept?.baked ?? null;
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
}

export async function keep(key: string, baked: Baked, now_ms: number): Promise<void> {
  try {
    const db = await opened();
    try {
      const table = db.transaction(TABLE, "readwrite").objectStore(TABLE);
      await result(table.put({ key, at_ms: now_ms, baked } satisfies Kept));
      const all = (await result(table.getAll() as IDBRequest<Kept[]>)).sort((a, b) => b.at_ms - a.at_ms);
      for (const old of all.slice(MOST)) await result(table.delete(old.key));
    } finally {
      db.close();
    }
  } catch {
    // Refused or full: it will be baked again.
  }
}
