/**
 * What the page's address says: which store, room and friend (query), and what is looked at (hash).
 *
 * `/#/` the store, `/#/list`, `/#/p/{product}`, and `/#/p/{product}/try` for trying it on; `?store=…&room=…&with=…&party=…&rung=…&measure`. Older addresses, `#/{product}`, still lead
 * to the product. What it is not: history; views change it through `location.hash`, and going back is the browser's.
 */
import { isRung, type Rung } from "./rung";

export type View = { readonly name: "store" } | { readonly name: "list" } | { readonly name: "product"; readonly id: string; /** The mirror is asked for, once. */ readonly isTried?: true };

export interface Asked {
  readonly store: string | null;
  readonly room: string | null;
  /** Person code of a friend to come in next to. */
  readonly friend: string | null;
  readonly party: string | null;
  readonly rung: Rung | null;
  /** For the benchmark: `measured.ts`. */
  readonly isMeasured: boolean;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** The view that a hash names; null if it names a place on the page and not a view. */
export function viewOf(hash: string): View | null {
  if (/^#?(main|list-start|at=.*)$/.test(hash)) return null;
  const raw = hash.replace(/^#\/?/, "").split("?")[0] ?? "";
  // A slash that belongs to a name is written %2F.
  const tried = /^p\/([^/]+)\/try$/.exec(raw)?.[1];
  if (tried) return { name: "product", id: safelyDecoded(tried), isTried: true };
  const path = safelyDecoded(raw);
  // A friend's room lies over the store.
  if (path === "" || path === "store" || path === "place") return { name: "store" };
  if (path === "list") return { name: "list" };
  const id = path.startsWith("p/") ? path.slice(2) : path;
  return { name: "product", id };
}

export const hashOf = (view: View): string => (view.name === "product" ? `#/p/${encodeURIComponent(view.id)}` : view.name === "list" ? "#/list" : "#/");

export function askedOf(search: string): Asked {
  const query = new URLSearchParams(search);
  const named = (name: string): string | null => {
    const value = query.get(name);
    return value && NAME.test(value) ? value : null;
  };
  const rung = query.get("rung");
  return { store: named("store"), room: named("room"), friend: named("with"), party: named("party"), rung: isRung(rung) ? rung : null, isMeasured: query.has("measure") };
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a broken escape names no product; the page says so
  }
}
