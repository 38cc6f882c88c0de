/**
 * A guest's pass for whoever has none: carts and orders belong to somebody.
 *
 * The pass is a cookie that the page never sees. A new one is a new person with an empty cart, so it is only asked for
 * when the server knows nobody: never to change a name.
 */

const NAME = "showroom.nickname";

/** What the shopper calls themselves on this device. */
export function nickname(): string {
  try {
    return (localStorage.getItem(NAME) ?? "").slice(0, 24) || "Guest";
  } catch {
    return "Guest";
  }
}

let entering: Promise<void> | null = null;

/** Be somebody for the server: the one that it knows, else a new guest. At most one request at a time. */
export function beSomebody(server = "", ask: typeof fetch = (...args) => fetch(...args)): Promise<void> {
  entering ??= enter(server, ask).finally(() => (entering = null));
  return entering;
}

async function enter(server: string, ask: typeof fetch): Promise<void> {
  const locks = globalThis.navigator?.locks;
  // Two tabs that come in at once would else each make a guest, and one cart would be lost.
  if (locks) await locks.request("showroom.guest", () => enterAlone(server, ask));
  else await enterAlone(server, ask);
}

async function enterAlone(server: string, ask: typeof fetch): Promise<void> {
  const me = await ask(`${server}/api/me`, { credentials: "same-origin" });
  if (me.ok && ((await me.json()) as { id?: string }).id) return;
  const made = await ask(`${server}/api/guests`, {
    method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: nickname() }),
  });
  if (!made.ok) throw new Error(`guests: ${made.status}`);
}
