/** One connection: a WebSocket whose end is told exactly once, also if the browser takes its time to notice it. */

import { MOST_BYTES, SUBPROTOCOL } from "./ids";

/** What is used of a WebSocket; tests and Node bring their own. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export type SocketMaker = (url: string, protocol: string) => WebSocketLike;

export interface LinkListener {
  opened(): void;
  message(data: Uint8Array): void;
  closed(code: number, reason: string): void;
}

const OPEN = 1;
/** Unread by the network: more is not worth adding to. */
const MOST_UNSENT = 1 << 18;
/** Of a text message, or one beyond the bound: ours to close with. */
const STRANGE = 4500;

export class Link {
  private readonly socket: WebSocketLike;
  private isOver = false;

  /** Throws what the maker throws (an address that is none). */
  constructor(url: string, make: SocketMaker, private readonly listener: LinkListener) {
    const socket = make(url, SUBPROTOCOL);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => !this.isOver && listener.opened();
    socket.onmessage = (event: { data: unknown }) => {
      if (this.isOver) return;
      const { data } = event;
      if (!(data instanceof ArrayBuffer) || data.byteLength === 0 || data.byteLength > MOST_BYTES) return this.end(STRANGE, "a strange message");
      listener.message(new Uint8Array(data));
    };
    socket.onclose = (event: { code: number; reason: string }) => this.over(event.code, event.reason);
    socket.onerror = () => undefined; // a close follows
  }

  get isOpen(): boolean {
    return !this.isOver && this.socket.readyState === OPEN;
  }

  /** Whether so much waits to be sent that what only counts now is not worth sending. */
  get isClogged(): boolean {
    return this.socket.bufferedAmount > 4096;
  }

  /** Whether it could be given to the network. */
  send(data: Uint8Array<ArrayBuffer>): boolean {
    if (!this.isOpen || this.socket.bufferedAmount > MOST_UNSENT) return false;
    this.socket.send(data);
    return true;
  }

  /** End it from here; the listener hears of it now, with this code. */
  end(code: number, reason: string): void {
    if (this.isOver) return;
    this.shut(code >= 3000 ? code : 1000, reason);
    this.over(code, reason);
  }

  /** End it without a word to the listener. */
  dispose(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.shut(1000, "");
  }

  private shut(code: number, reason: string): void {
    try {
      this.socket.close(code, reason.slice(0, 40));
    } catch {
      // It is closing, or was never open.
    }
  }

  private over(code: number, reason: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.listener.closed(code, String(reason).slice(0, 200));
  }
}
