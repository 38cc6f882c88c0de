/** The list of products as it was last seen, kept in this browser: a server that is away does not empty the page. */
import type { Row } from "../api";

const KEPT = "showroom.shelf";

export function keepShelf(rows: readonly Row[]): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify(rows));
  } catch {
    // Full or forbidden: then there is nothing to fall back to.
  }
}

/** What was kept; null if nothing was, or if something else wrote there. */
export function keptShelf(): readonly Row[] | null {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "null") as unknown;
    if (!Array.isArray(found) || !found.length) return null;
    return found.filter((row): row is Row => typeof row?.id === "string" && typeof row.name === "string" && Array.isArray(row.variants) && Array.isArray(row.dimensions_m));
  } catch {
    return null;
  }
}
