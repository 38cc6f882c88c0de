/** Who one is to the others: a nickname and a look, kept in this browser. Nobody has to choose: a name is suggested. */
import { PLAIN, read, written, type Look } from "../avatar/look";

const KEPT = "showroom.visitor";
const FIRST = ["Amber", "Birch", "Cedar", "Coral", "Dune", "Fern", "Flint", "Hazel", "Juniper", "Linden", "Maple", "Olive", "Pebble", "Reed", "Sage", "Willow"] as const;

export interface Visitor {
  nickname: string;
  look: Look;
  /** They have said who they are before. */
  isKnown: boolean;
}

export function visitor(chance: () => number = Math.random): Visitor {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null") as { nickname?: unknown; avatar?: unknown; tint?: unknown } | null;
    if (kept && typeof kept.nickname === "string" && kept.nickname) {
      const tint = Array.isArray(kept.tint) ? kept.tint.map(Number) : [];
      return { nickname: kept.nickname.slice(0, 24), look: typeof kept.avatar === "string" ? read(kept.avatar, tint) : PLAIN, isKnown: true };
    }
  } catch {
    // Nothing is kept: a newcomer.
  }
  return { nickname: suggested(chance), look: PLAIN, isKnown: false };
}

export function keepVisitor({ nickname, look }: Visitor): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ nickname, ...written(look) }));
  } catch {
    // Then they say it again next time.
  }
}

/** A plain word and a number: two visitors seldom get the same. */
export function suggested(chance: () => number = Math.random): string {
  return `${FIRST[Math.floor(chance() * FIRST.length)] ?? FIRST[0]} ${10 + Math.floor(chance() * 90)}`;
}
