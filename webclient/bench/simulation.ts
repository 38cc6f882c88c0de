/**
 * A server and a link, simulated to the byte: walkers send POSEs by the protocol's own rule, the server predicts at
 * 20 Hz and rounds to centimetres, FRAMEs go through TCP with jitter, loss and head-of-line blocking, and the browser's
 * own decoder and smoothing draw them at 60 Hz.
 *
 * Beside it are drawn: the latest position as it comes, and straight lines between frames at a fixed delay of 100 ms.
 */

import { Neighbourhood } from "../src/net/crowd";
import { PoseSender } from "../src/net/pose";
import { seeded, stroller, typist, type Random, type Walker } from "./walkers";

export interface Link {
  readonly latency_ms: number;
  readonly jitter_ms: number;
  readonly loss: number;
}

export interface Scene {
  readonly link: Link;
  readonly seconds: number;
  readonly people: number;
  readonly seed: number;
  readonly kind: "strollers" | "typists";
  readonly screen_hz?: number;
}

export interface Spikes {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface Drawn {
  /** |a| of what is drawn while somebody walks, m/s². */
  readonly acceleration: Spikes;
  /** Most that somebody leaves the straight continuation of their last two places in one picture, millimetres. */
  readonly step_mm: Spikes;
}

export interface Result {
  readonly ours: Drawn & { readonly delay_ms: number; readonly error_mm: Spikes; readonly speed_error: Spikes };
  readonly raw: Drawn;
  readonly linear: Drawn;
  /** Through every frame's place with the mean speeds around it, as late as ours. */
  readonly hermite: Drawn;
  readonly truth: Drawn;
}

const SIZE_M = 14;
const TICK_MS = 50;
const FLOOR = { corner_mm: [0, 0], size_cm: [2100, 2100], cell_cm: 2100, columns: 1, rows: 1, y_cm: [0, 300] } as const;
const LIMITS = { speed_mms: 4000, teleport_cm: 800, teleport_ms: 1000, error_cm: 5, error_yaw: 4, pose_ms: 1000, pose_hz: 20, rest_ms: 1200, text: 500, body_hz: 12, vote_s: 60, plan: 0 };

/** In order, as TCP has it: a lost packet is sent again after a retransmission's time, and all behind it wait. */
class Pipe<T> {
  private readonly queue: { at: number; what: T }[] = [];
  private last = 0;

  constructor(private readonly link: Link, private readonly random: Random) {}

  send(now: number, what: T): void {
    const { latency_ms, jitter_ms, loss } = this.link;
    let at = now + latency_ms + this.random() * jitter_ms;
    // A thin stream has few packets behind to tell of the loss: it is the timer (200 ms and up, doubled each time) that does.
    for (let again = 200 + 2 * latency_ms; this.random() < loss; again *= 2) at += again;
    this.last = Math.max(this.last, at);
    this.queue.push({ at: this.last, what });
  }

  take(now: number): { at: number; what: T } | undefined {
    return this.queue.length && this.queue[0]!.at <= now ? this.queue.shift() : undefined;
  }
}

/** The server's view of one person, as `showroom/world` has it. */
interface Base {
  x: number;
  z: number;
  yaw: number;
  vx: number;
  vz: number;
  turn: number;
  at: number;
  offset: number;
  heard: number;
  wireX: number;
  wireZ: number;
  wireYaw: number;
}

class Series {
  private readonly places: Float64Array[] = [];
  readonly accelerations: number[] = [];
  readonly steps: number[] = [];

  constructor(people: number, private readonly dt: number) {
    for (let i = 0; i < people; i++) this.places.push(new Float64Array(5));
  }

  /** The place of one person in this picture; counted if they move. */
  add(i: number, x: number, z: number, isMoving: boolean): void {
    const p = this.places[i]!;
    if (p[4]! >= 2 && isMoving) {
      const off = Math.hypot(x - 2 * p[0]! + p[2]!, z - 2 * p[1]! + p[3]!);
      this.accelerations.push(off / this.dt / this.dt);
      this.steps.push(off * 1000);
    }
    p[2] = p[0]!;
    p[3] = p[1]!;
    p[0] = x;
    p[1] = z;
    p[4]!++;
  }

  get drawn(): Drawn {
    return { acceleration: spikes(this.accelerations), step_mm: spikes(this.steps) };
  }
}

export function spikes(values: readonly number[]): Spikes {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) };
}

export function simulate(scene: Scene): Result {
  const random = seeded(scene.seed);
  const walkers: Walker[] = Array.from({ length: scene.people }, () => (scene.kind === "strollers" ? stroller : typist)(random, SIZE_M));
  const senders = walkers.map(() => new PoseSender(LIMITS, FLOOR));
  const ups = walkers.map(() => new Pipe<Uint8Array>(scene.link, random));
  const down = new Pipe<Uint8Array>(scene.link, random);
  const bases: Base[] = walkers.map((w) => ({
    x: w.x * 100, z: w.z * 100, yaw: 0, vx: 0, vz: 0, turn: 0, at: 0, offset: Infinity, heard: 0, wireX: Math.round(w.x * 100), wireZ: Math.round(w.z * 100), wireYaw: 0,
  }));
  const crowd = new Neighbourhood();
  crowd.reopen(FLOOR, 65535, 1000 / TICK_MS, false);
  down.send(0, keyframe(bases));

  const hz = scene.screen_hz ?? 60;
  const dt = 1 / hz;
  const [ours, raw, linear, hermite, truth] = [0, 1, 2, 3, 4].map(() => new Series(scene.people, dt)) as [Series, Series, Series, Series, Series];
  const errors: number[] = [];
  const speedErrors: number[] = [];
  const past: Float64Array[] = [];
  const frames: { stamp: number; places: Float64Array }[] = [];
  let fastest = Infinity;
  let stamp = 0;
  let delays = 0;
  let seq = 0;
  let tick = 0;
  const pictures = Math.round(scene.seconds * hz);
  const owns = walkers.map(() => ({ x: 0, y: 0, z: 0, yaw: 0, vx: 0, vz: 0, turning: 0, animation: 0 }));
  for (let picture = 1; picture <= pictures; picture++) {
    const now = (picture * 1000) / hz;
    walkers.forEach((walker, i) => {
      walker.step(dt);
      const { x, z, yaw, vx, vz, turning } = walker;
      const message = senders[i]!.offer(now, Object.assign(owns[i]!, { x, z, yaw, vx, vz, turning }));
      if (message) ups[i]!.send(now, message.slice());
    });
    past.push(Float64Array.from(walkers.flatMap((w) => [w.x, w.z, w.vx, w.vz])));
    while ((tick + 1) * TICK_MS <= now) {
      tick++;
      const time = tick * TICK_MS;
      ups.forEach((up, i) => {
        for (let got = up.take(time); got; got = up.take(time)) hear(bases[i]!, got.what, got.at);
      });
      const data = frame(bases, time, ++seq & 255);
      if (data) down.send(time, data);
      else seq--;
    }
    for (let got = down.take(now); got; got = down.take(now)) {
      crowd.receive(got.what, got.at);
      stamp = got.what[0] === 0x43 ? 0 : stamp + (((got.what[2]! | (got.what[3]! << 8)) - stamp) & 0xffff);
      fastest = Math.min(fastest, got.at - stamp);
      const places = new Float64Array(scene.people * 2);
      for (let i = 0; i < scene.people; i++) {
        places[i * 2] = crowd.near.get(i)!.cmX / 100;
        places[i * 2 + 1] = crowd.near.get(i)!.cmZ / 100;
      }
      frames.push({ stamp, places });
      if (frames.length > 64) frames.shift();
    }
    crowd.update(now);
    if (!frames.length || now < 4000) continue; // the delay has found itself
    const delay = crowd.playback.delay_ms + fastest;
    delays += delay;
    const then = past[Math.round(((now - delay) / 1000) * hz) - 1]!;
    walkers.forEach((walker, i) => {
      const seen = crowd.near.get(i)!;
      const shown = between(frames, now - fastest - 100, i);
      const isMoving = Math.hypot(seen.vx, seen.vz) > 0.05 || Math.hypot(walker.vx, walker.vz) > 0.05;
      ours.add(i, seen.x, seen.z, isMoving);
      raw.add(i, seen.cmX / 100, seen.cmZ / 100, isMoving);
      linear.add(i, shown[0], shown[1], isMoving);
      const curve = through(frames, now - delay, i);
      hermite.add(i, curve[0], curve[1], isMoving);
      truth.add(i, walker.x, walker.z, isMoving);
      errors.push(Math.hypot(seen.x - then[i * 4]!, seen.z - then[i * 4 + 1]!) * 1000);
      speedErrors.push(Math.hypot(seen.vx - then[i * 4 + 2]!, seen.vz - then[i * 4 + 3]!));
    });
  }
  const counted = Math.max(1, pictures - Math.round(4 * hz));
  return {
    ours: { ...ours.drawn, delay_ms: Math.round(delays / counted), error_mm: spikes(errors), speed_error: spikes(speedErrors) },
    raw: raw.drawn, linear: linear.drawn, hermite: hermite.drawn, truth: truth.drawn,
  };
}

function between(frames: readonly { stamp: number; places: Float64Array }[], moment: number, i: number): [number, number] {
  let k = frames.length - 1;
  while (k > 0 && frames[k]!.stamp > moment) k--;
  const a = frames[k]!;
  const b = frames[Math.min(k + 1, frames.length - 1)]!;
  const share = b === a ? 0 : Math.max(0, Math.min(1, (moment - a.stamp) / (b.stamp - a.stamp)));
  return [a.places[i * 2]! + (b.places[i * 2]! - a.places[i * 2]!) * share, a.places[i * 2 + 1]! + (b.places[i * 2 + 1]! - a.places[i * 2 + 1]!) * share];
}

/** Cubic Hermite between frames; the last place holds. */
function through(frames: readonly { stamp: number; places: Float64Array }[], moment: number, i: number): [number, number] {
  let k = frames.length - 1;
  while (k > 0 && frames[k]!.stamp > moment) k--;
  const near = (at: number): { stamp: number; places: Float64Array } => frames[Math.max(0, Math.min(at, frames.length - 1))]!;
  const [w, a, b, c] = [near(k - 1), near(k), near(k + 1), near(k + 2)];
  const span = b.stamp - a.stamp;
  if (span <= 0 || moment <= a.stamp) return [a.places[i * 2]!, a.places[i * 2 + 1]!];
  const t = (moment - a.stamp) / span;
  return [0, 1].map((lane) => {
    const at = (frame: typeof a): number => frame.places[i * 2 + lane]!;
    const slopeA = ((at(b) - at(w)) / Math.max(b.stamp - w.stamp, 1)) * span;
    const slopeB = ((at(c) - at(a)) / Math.max(c.stamp - a.stamp, 1)) * span;
    return (2 * t ** 3 - 3 * t * t + 1) * at(a) + (t ** 3 - 2 * t * t + t) * slopeA + (3 * t * t - 2 * t ** 3) * at(b) + (t ** 3 - t * t) * slopeB;
  }) as [number, number];
}

/** Take a POSE over, as `Authority` does. */
function hear(base: Base, message: Uint8Array, arrived: number): void {
  const view = new DataView(message.buffer);
  const clock = view.getUint32(2, true);
  base.offset = Math.min(arrived - clock, base.offset + (arrived - base.heard) * 0.001);
  base.heard = arrived;
  base.at = Math.max(arrived - LIMITS.rest_ms, Math.min(arrived, clock + base.offset));
  base.x = view.getUint16(6, true);
  base.z = view.getUint16(8, true);
  base.vx = view.getInt16(12, true) / 10000; // cm a millisecond
  base.vz = view.getInt16(14, true) / 10000;
  base.yaw = view.getUint16(16, true);
  base.turn = (view.getInt8(18) * 256) / 1000;
}

function keyframe(bases: readonly Base[]): Uint8Array {
  const data = new Uint8Array(10 + 3 + bases.length * 8);
  const view = new DataView(data.buffer);
  data.set([0x43, 0]);
  view.setUint16(8, 0x8010, true);
  data[10] = 2 | 128;
  view.setUint16(11, bases.length, true);
  bases.forEach((base, i) => {
    const at = 13 + i * 8;
    view.setUint16(at, i, true);
    view.setUint16(at + 3, base.wireX, true);
    view.setUint16(at + 5, base.wireZ, true);
    data[at + 7] = base.wireYaw;
  });
  return data;
}

/** The FRAME of a tick; null if nothing changed. */
function frame(bases: readonly Base[], time: number, seq: number): Uint8Array | null {
  const codes: number[] = [];
  const more: number[] = [];
  const yaws: number[] = [];
  bases.forEach((base, i) => {
    const since = Math.max(time - base.at, 0);
    const run = Math.min(since, LIMITS.rest_ms);
    const x = Math.round(base.x + base.vx * run);
    const z = Math.round(base.z + base.vz * run);
    const yaw = Math.round((base.yaw + base.turn * run) / 256) & 255;
    const dx = x - base.wireX;
    const dz = z - base.wireZ;
    if (Math.abs(dx) <= 7 && Math.abs(dz) <= 7) codes.push((dx + 7) * 15 + dz + 7);
    else if (Math.abs(dx) < 128 && Math.abs(dz) < 128) codes.push(225), more.push(dx & 255, dz & 255);
    else codes.push(226), more.push(x & 255, x >> 8, z & 255, z >> 8);
    if (yaw !== base.wireYaw) yaws.push(i & 255, i >> 8, yaw);
    Object.assign(base, { wireX: x, wireZ: z, wireYaw: yaw });
  });
  if (codes.every((code) => code === 112) && !yaws.length && time % 1000 !== 0) return null;
  const count = yaws.length / 3;
  return Uint8Array.from([
    0x42, seq, time & 255, (time >> 8) & 255, 0x10, 0, 4 | 128 | (count ? 16 : 0), ...codes, ...more, ...(count ? [count & 255, count >> 8, ...yaws] : []),
  ]);
}

