/** A server for tests, message by message: sockets that only do what a test says, and what they were sent. */

import { Decoder, Encoder } from "@msgpack/msgpack";
import { vi } from "vitest";
import { PLAIN } from "../../src/avatar/look";
import { Session, type SessionOptions, type WebSocketLike } from "../../src/net/index";
import { fromHex } from "./vectors";

const u16 = (...values: number[]): number[] => values.flatMap((v) => [v & 255, (v >> 8) & 255]);
const u32 = (v: number): number[] => [v & 255, (v >> 8) & 255, (v >> 16) & 255, v >>> 24];
const encoder = new Encoder();
const decoder = new Decoder();

export class Wire implements WebSocketLike {
  binaryType = "blob";
  readyState = 0;
  bufferedAmount = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly sent: Uint8Array[] = [];
  closedWith: number | null = null;
  cursor = 0;
  seq = 0;
  time = 1000;

  constructor(readonly url: string) {}

  send(data: Uint8Array): void {
    this.sent.push(data.slice());
  }

  close(code?: number): void {
    this.closedWith = code ?? 1005;
    this.readyState = 3;
  }

  /** All messages of an id so far. */
  of(id: number): Uint8Array[] {
    return this.sent.filter((data) => data[0] === id);
  }

  maps(id: number): Record<string, unknown>[] {
    return this.of(id).map((data) => decoder.decode(data.subarray(1)) as Record<string, unknown>);
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  give(data: Uint8Array | readonly number[]): void {
    this.onmessage?.({ data: Uint8Array.from(data).buffer } as never);
  }

  map(id: number, value: unknown, head: readonly number[] = []): void {
    this.give([id, ...head, ...encoder.encode(value)]);
  }

  welcome(more: object = {}): void {
    const floor = { corner_mm: [-5000, -5000], size_cm: [1000, 1000], cell_cm: 1000, columns: 1, rows: 1, y_cm: [0, 300] };
    const limits = { speed_mms: 4000, teleport_cm: 800, teleport_ms: 1000, error_cm: 5, error_yaw: 4, pose_ms: 1000, pose_hz: 20, rest_ms: 1200, text: 500 };
    this.map(0x41, {
      version: 1, slot: 3, member: 77, room: "r", key: "key-1", cursor: this.cursor, resumed: false, hz: 20, time_ms: this.time, floor, limits, store: "s", ice: [], ...more,
    });
  }

  /** A full KEYFRAME with people: slot, x, z. */
  keyframe(...people: [number, number, number][]): void {
    const enters = people.flatMap(([slot, x, z]) => [...u16(slot), 0, ...u16(x, z), 0]);
    this.give([0x43, this.seq, ...u32(this.time), 0, 0, ...u16(0x8010), ...(people.length ? [2, people.length, ...enters] : [0])]);
  }

  beat(): void {
    this.seq = (this.seq + 1) & 255;
    this.time += 50;
    this.give([0x42, this.seq, ...u16(this.time & 65535), 0, 0]);
  }

  correct(x: number, z: number, reason = 0): void {
    this.give([0x45, reason, ...u16(x, z), 0, 0, 0, 0, 0, 0, 0, 0]);
  }

  event(is: string, fields: object): void {
    this.map(0x46, { is, ...fields }, u32(++this.cursor));
  }

  said(id: number, who: number, text: string, scope = "room"): void {
    this.event("said", { id, who, name: "X", text, scope, at_ms: 1 });
  }

  refuse(n: number, code = "no"): void {
    this.map(0x49, { n, code, text: "No.", wait_ms: 5 });
  }

  pong(): void {
    const ping = this.of(8).at(-1)!;
    this.give([0x48, ...ping.subarray(1), ...u32(this.time)]);
  }

  /** The link is gone; the browser says so. */
  lose(code = 1006, reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ code, reason } as never);
  }
}

/** A session whose time is a test's. Call `stage` within fake timers. */
export class Stage {
  clock = 1000;
  readonly wires: Wire[] = [];
  readonly events: [string, unknown][] = [];
  tickets = 0;
  readonly session: Session;

  constructor(more: Partial<SessionOptions> = {}) {
    this.session = new Session({
      server: "", store: "s", room: "r", nickname: "Ada", look: PLAIN,
      ticket: () => Promise.resolve({ ticket: `t${++this.tickets}`, url: "ws://x/live" }),
      now: () => this.clock,
      chance: () => 0.5,
      socket: (url) => {
        const wire = new Wire(url);
        this.wires.push(wire);
        return wire;
      },
      ...more,
    });
    for (const name of ["enter", "leave", "card", "corrected", "ready", "refused", "said", "party", "stock", "told"]) {
      this.session.addEventListener(name, (event) => this.events.push([name, (event as CustomEvent<unknown>).detail]));
    }
  }

  get wire(): Wire {
    return this.wires.at(-1)!;
  }

  named(name: string): unknown[] {
    return this.events.filter(([is]) => is === name).map(([, detail]) => detail);
  }

  /** Let time pass; a healthy server says something all the while. */
  async pass(ms: number, isAlive = false): Promise<void> {
    for (let left = ms; left > 0; left -= 50) {
      this.clock += Math.min(left, 50);
      await vi.advanceTimersByTimeAsync(Math.min(left, 50));
      if (isAlive) this.wire.beat();
      this.session.update(this.clock);
    }
  }

  /** Into the room. */
  async enter(): Promise<void> {
    void this.session.open();
    await this.pass(50);
    this.wire.accept();
    this.wire.welcome();
    this.wire.keyframe([3, 500, 500], [4, 600, 600]);
    this.wire.correct(500, 500);
  }

  /** Back in the seat, on the newest socket. */
  back(more: object = {}): void {
    const before = this.wires.at(-2)!;
    Object.assign(this.wire, { cursor: before.cursor, time: before.time });
    this.wire.accept();
    this.wire.welcome({ resumed: true, ...more });
  }
}

export { fromHex };
