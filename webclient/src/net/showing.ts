/** What is seen of oneself beside the place: STATE, a few times a second at most. An emote is shown once, each time. */

import { stateBytes } from "./codec";
import type { Outbox } from "./outbox";

export interface StateChange {
  animation?: number;
  emote?: number;
  mode?: number;
  focus?: number;
}

const STATE_MS = 120;

export class Showing {
  readonly shown = { animation: 0, emote: 0, mode: 0, focus: 0 };
  private sentAt = -Infinity;
  private isSent = true;

  constructor(private readonly outbox: Outbox) {}

  /** A connection is ready; a fresh seat shows nothing yet. */
  ready(isFresh: boolean): void {
    this.isSent = !isFresh || (!this.shown.animation && !this.shown.mode && !this.shown.focus);
  }

  /** Whether the change is to be sent at once. */
  change(state: StateChange, now_ms: number): boolean {
    Object.assign(this.shown, state);
    this.isSent = false;
    return Boolean(state.emote) || this.isDue(now_ms);
  }

  isDue(now_ms: number): boolean {
    return !this.isSent && now_ms - this.sentAt >= STATE_MS;
  }

  send(now_ms: number): void {
    if (!this.outbox.pay(1, now_ms) || !this.outbox.send(stateBytes(this.shown))) return;
    this.sentAt = now_ms;
    this.shown.emote = 0; // sent again it would be shown again
    this.isSent = true;
  }
}
