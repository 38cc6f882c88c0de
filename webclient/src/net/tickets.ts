/** Getting in, over HTTP: a seat in a room. A guest's pass is taken elsewhere (`shop/account.ts`). What follows happens over the socket (`session.ts`). */

import { written, type Look } from "../avatar/look";

export interface TicketRequest {
  readonly server: string;
  readonly store: string;
  readonly room: string;
  readonly nickname: string;
  readonly look: Look;
  /** Code of a party to come with; person code of a friend to land next to. Empty: none. */
  readonly party: string;
  readonly friend: string;
  readonly signal: AbortSignal;
}

export interface Ticket {
  readonly ticket: string;
  readonly url: string;
  readonly version?: number;
  /** One's own person code, for links that bring friends here (`?with=…`). */
  readonly code?: string;
  readonly nickname?: string;
  readonly copy?: number;
  readonly beside_friend?: boolean;
}

/** No seat, and why: the status of the answer (0: none came), the server's code and words, and when to ask again. */
export class NoEntry extends Error {
  constructor(readonly status: number, readonly code: string, text: string, readonly wait_ms = 0) {
    super(text);
    this.name = "NoEntry";
  }
}

/** Path of a room's tickets. */
export const roomAddress = (store: string, room: string): string => `/api/rooms/${encodeURIComponent(store)}/${encodeURIComponent(room)}/tickets`;

async function posted(address: string, body: object, signal: AbortSignal | null, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers }, credentials: "same-origin", signal,
    });
  } catch (error) {
    throw new NoEntry(0, "link.lost", error instanceof Error ? error.message : "The server did not answer.");
  }
  const found = (await answer.json().catch(() => null)) as Record<string, unknown> | null;
  if (answer.ok && typeof found === "object" && found !== null) return found;
  const error = (found?.["error"] ?? {}) as { code?: unknown; message?: unknown };
  const wait_s = Number(answer.headers.get("Retry-After") ?? 0);
  throw new NoEntry(
    answer.ok ? 0 : answer.status, typeof error.code === "string" ? error.code : "answer", typeof error.message === "string" ? error.message : answer.statusText,
    Number.isFinite(wait_s) ? Math.min(Math.max(wait_s, 0), 600) * 1000 : 0,
  );
}

/** Ask for a seat. Throws NoEntry. */
export async function seatTicket(request: TicketRequest, headers: Readonly<Record<string, string>> = {}): Promise<Ticket> {
  const { server, store, room, nickname, look, party, friend, signal } = request;
  const found = (await posted(`${server}${roomAddress(store, room)}`, { nickname, look: written(look), party, friend }, signal, headers)) as Partial<Ticket>;
  if (typeof found.ticket !== "string" || typeof found.url !== "string") throw new NoEntry(0, "answer", "The answer has no ticket.");
  return { ...found, ticket: found.ticket, url: socketAddress(found.url, server) };
}

/** Where the socket is. While developing, the page's own server passes it on: a socket to another origin is refused. */
function socketAddress(url: string, server: string): string {
  if (server !== "" || typeof location === "undefined" || !import.meta.env?.DEV) return url;
  const own = new URL(url);
  own.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  own.host = location.host;
  return own.href;
}
