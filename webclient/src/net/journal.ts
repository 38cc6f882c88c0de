/**
 * The room's events, each once and in order: counted, acknowledged, and asked for again from the last one on return.
 *
 * What it is not: what they mean to the page; those who listen to the session hear them.
 */

import { ackBytes, readEvent } from "./codec";
import { Close, ProtocolError } from "./ids";
import type { Numbered, Welcome } from "./messages";
import type { Outbox } from "./outbox";

const ACK_MS = 1000;
const ACK_EVERY = 8;
const KNOWN_CHAT = 512;

export class Journal {
  /** The last event that is here. */
  cursor = 0;
  private acked = 0;
  private ackedAt = 0;
  private readonly chat = new Set<number>();

  constructor(private readonly outbox: Outbox) {}

  /** @param isSame the seat was resumed */
  opened({ cursor }: Welcome, isSame: boolean): void {
    if (!isSame || cursor !== this.cursor) this.cursor = this.acked = cursor;
  }

  /** The event, or null where it is known or means nothing to us. Throws ProtocolError where one is missing. */
  take(data: Uint8Array, now_ms: number): Exclude<Numbered, { is: null }> | null {
    const event = readEvent(data);
    if (event.cursor <= this.cursor) return null;
    if (event.cursor !== this.cursor + 1) throw new ProtocolError(Close.OUT_OF_ORDER, `event ${event.cursor} after ${this.cursor}`);
    this.cursor = event.cursor;
    if (this.cursor - this.acked >= ACK_EVERY) this.ack(now_ms);
    if (event.is === null) return null;
    if (event.is === "said") {
      const { id } = event.detail;
      if (this.chat.has(id)) return null; // after a crash of the server events may come again
      this.chat.add(id);
      if (this.chat.size > KNOWN_CHAT) this.chat.delete(this.chat.values().next().value!);
    }
    return event;
  }

  beat(now_ms: number): void {
    if (this.cursor !== this.acked && now_ms - this.ackedAt >= ACK_MS) this.ack(now_ms);
  }

  private ack(now_ms: number): void {
    if (!this.outbox.send(ackBytes(this.cursor))) return;
    this.outbox.pay(0.5, now_ms);
    this.acked = this.cursor;
    this.ackedAt = now_ms;
  }
}
