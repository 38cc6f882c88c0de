/**
 * Whether the server is still there, and how far: PING and PONG, and how long it has been silent.
 *
 * A frame comes once a second at least, so silence is asked about before it is believed.
 */

import { pingBytes } from "./codec";
import type { Outbox } from "./outbox";

const PING_MS = 5000;
const STARVED_PING_MS = 250;
/** Silence for this long is asked about, and for this long more it is the end. */
const SILENT_MS = 2500;
const UNANSWERED_MS = 3500;

export class Pulse {
  heardAt = 0;
  /** There and back, milliseconds; 0 until measured. */
  roundTrip_ms = 0;
  private token = 0;
  private pingedAt = -Infinity;
  private isPinged = false;

  constructor(private readonly outbox: Outbox) {}

  dropped(): void {
    this.isPinged = false;
  }

  ping(now_ms: number): void {
    if (!this.outbox.pay(1, now_ms)) return;
    this.token = (this.token + 1) >>> 0;
    this.pingedAt = now_ms;
    this.isPinged = this.outbox.send(pingBytes(this.token));
  }

  /** Whether it answers the last PING. */
  pong(token: number): boolean {
    if (!this.isPinged || token !== this.token) return false;
    this.isPinged = false;
    this.roundTrip_ms = this.heardAt - this.pingedAt;
    return true;
  }

  /** Nothing came since the last PING. */
  get isAsked(): boolean {
    return this.pingedAt > this.heardAt;
  }

  /** What is drawn is past what is known: has nothing changed, or was it lost? */
  starved(now_ms: number): void {
    if (now_ms - this.pingedAt > (this.isPinged ? UNANSWERED_MS : STARVED_PING_MS)) this.ping(now_ms);
  }

  /** Ask now and then; false: the server has not answered. */
  beat(now_ms: number): boolean {
    const isSilent = now_ms - this.heardAt > SILENT_MS;
    if (isSilent && this.isAsked && now_ms - this.pingedAt > UNANSWERED_MS) return false;
    if ((isSilent && !this.isAsked) || now_ms - this.pingedAt > PING_MS) this.ping(now_ms);
    return true;
  }
}
