/**
 * What a visit may need next, loaded ahead while the page has nothing else to do: so that the cart, the till and the
 * others open at once, the first gesture is heard, and all of it opens at all while the link is lost.
 *
 * One after the other, after the store is open, and not for those who save data. What it is not: what any of it does.
 */
const PARTS: readonly (() => Promise<unknown>)[] = [
  () => import("./sounding"),
  () => import("../shop"),
  () => import("../ui/product"),
  () => import("../together"),
  () => import("../ui/search"),
  () => import("../ui/settings"),
  () => import("../ui/help"),
];
/** A page that is never idle still gets them. */
const AT_LAST_MS = 5000;

const savesData = (): boolean => (navigator as Navigator & { connection?: { saveData?: boolean } }).connection?.saveData === true;

function idle(): Promise<void> {
  return new Promise((done) => {
    if (typeof requestIdleCallback === "function") requestIdleCallback(() => done(), { timeout: AT_LAST_MS });
    else setTimeout(done, 200);
  });
}

/** Never fails: what cannot be had now is asked for again when it is needed. */
export async function loadAhead(parts = PARTS): Promise<void> {
  if (savesData()) return;
  for (const part of parts) {
    await idle();
    await part().catch(() => undefined);
  }
}
