/**
 * When one's own pose is worth a message: only if the server, which goes on predicting, would be wrong.
 *
 * The rule is POSE's in `docs/protocol.md`, with WELCOME's limits. Nothing is allocated: `offer` is called every frame.
 */

import { ToServer } from "./ids";
import type { FloorInfo, Limits } from "./messages";
import type { Part } from "./person";
import { PART_BYTES, packPart } from "./rig";

const TAU = Math.PI * 2;
const HEAD = 20;

/** Where one is: metres in the store's space, radians, metres and radians a second. */
export interface OwnPose {
  x: number;
  y: number;
  z: number;
  yaw: number;
  vx: number;
  vz: number;
  turning: number;
  animation: number;
  /** Teleported since the last one. */
  jump?: boolean;
  head?: Part | null;
  left?: Part | null;
  right?: Part | null;
}

const within = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, Math.round(value) || 0));
const isSame = (a: Uint8Array, b: Uint8Array, length: number): boolean => {
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
};

export class PoseSender {
  /** How many messages were made. */
  sent = 0;
  private has = false;
  private time = 0;
  // What the server holds, in the units of the wire.
  private x = 0;
  private z = 0;
  private y = 0;
  private vx = 0;
  private vz = 0;
  private yaw = 0;
  private turn = 0;
  private animation = 0;
  private rigBytes = 0;
  private rig = new Uint8Array(3 * PART_BYTES);
  private newRig = new Uint8Array(3 * PART_BYTES);
  private readonly messages = [0, 1, 2, 3].map((parts) => new Uint8Array(HEAD + parts * PART_BYTES));
  private readonly views = this.messages.map((message) => new DataView(message.buffer));

  constructor(private readonly limits: Limits, private readonly floor: FloorInfo) {}

  /** The server holds another pose now (CORRECT, coming back): the next offer is sent. */
  reset(): void {
    this.has = false;
  }

  /** How far in metres a place is from where the server must believe one to be; infinite before the first pose. */
  apart(x: number, z: number, now_ms: number): number {
    if (!this.has) return Infinity;
    const run_s = Math.min((now_ms - this.time) >>> 0, this.limits.rest_ms) / 1000;
    const [cornerX, cornerZ] = this.floor.corner_mm;
    const dx = this.x + (this.vx / 10) * run_s - (x * 100 - cornerX / 10);
    const dz = this.z + (this.vz / 10) * run_s - (z * 100 - cornerZ / 10);
    return Math.hypot(dx, dz) / 100;
  }

  /**
   * The message to send now, or null. It is written into again by the next call.
   *
   * A jump is never held back. Numbers beyond the wire's become the nearest it has.
   *
   * @param shown the animation, where something else than the pose's own is to be seen.
   */
  offer(now_ms: number, p: OwnPose, shown = p.animation): Uint8Array<ArrayBuffer> | null {
    const time = Math.floor(now_ms) >>> 0;
    const x = p.x * 100 - this.floor.corner_mm[0] / 10;
    const z = p.z * 100 - this.floor.corner_mm[1] / 10;
    const y = p.y * 100;
    const yaw = p.yaw / TAU;
    if (!Number.isFinite(x + y + z + yaw)) return null; // no place at all: where one was is better
    const animation = within(shown, 0, 63);
    const rigBytes = this.packRig(p);
    if (this.has && p.jump !== true) {
      const since = (time - this.time) >>> 0;
      if (since * this.limits.pose_hz < 1000) return null;
      if (!this.isWrong(since, x, y, z, yaw, animation, rigBytes)) return null;
    }
    // Two poses in one millisecond of one's clock: the later would be taken for a stale one.
    const stamp = this.has && time === this.time ? (time + 1) >>> 0 : time;
    this.x = within(x, 0, 65535);
    this.z = within(z, 0, 65535);
    this.y = within(y, -32768, 32767);
    this.vx = within(p.vx * 1000, -32768, 32767);
    this.vz = within(p.vz * 1000, -32768, 32767);
    this.yaw = (Math.round(yaw * 65536) || 0) & 0xffff;
    this.turn = within((p.turning / TAU) * 256, -128, 127);
    this.animation = animation;
    this.rigBytes = rigBytes;
    const swapped = this.rig;
    this.rig = this.newRig;
    this.newRig = swapped;
    this.time = stamp;
    this.has = true;
    this.sent++;
    return this.write(p.jump === true);
  }

  private write(isJump: boolean): Uint8Array<ArrayBuffer> {
    const parts = this.rigBytes / PART_BYTES;
    const message = this.messages[parts]!;
    const view = this.views[parts]!;
    message[0] = ToServer.POSE;
    message[1] = (isJump ? 1 : 0) | (parts === 3 ? 6 : parts === 1 ? 2 : 0);
    view.setUint32(2, this.time, true);
    view.setUint16(6, this.x, true);
    view.setUint16(8, this.z, true);
    view.setInt16(10, this.y, true);
    view.setInt16(12, this.vx, true);
    view.setInt16(14, this.vz, true);
    view.setUint16(16, this.yaw, true);
    view.setInt8(18, this.turn);
    message[19] = this.animation;
    for (let i = 0; i < this.rigBytes; i++) message[HEAD + i] = this.rig[i]!;
    return message;
  }

  private packRig(p: OwnPose): number {
    if (!p.head) return 0;
    packPart(p.head, this.newRig, 0);
    if (!p.left || !p.right) return PART_BYTES;
    packPart(p.left, this.newRig, PART_BYTES);
    packPart(p.right, this.newRig, 2 * PART_BYTES);
    return 3 * PART_BYTES;
  }

  private isWrong(since: number, x: number, y: number, z: number, yaw: number, animation: number, rigBytes: number): boolean {
    const { rest_ms, error_cm, error_yaw, pose_ms } = this.limits;
    const run_s = Math.min(since, rest_ms) / 1000;
    const dx = this.x + (this.vx / 10) * run_s - x;
    const dz = this.z + (this.vz / 10) * run_s - z;
    const dy = this.y - y;
    if (dx * dx + dz * dz + dy * dy > error_cm * error_cm) return true;
    const turned = this.yaw / 65536 + (this.turn / 256) * run_s - yaw + 0.5;
    if (Math.abs(turned - Math.floor(turned) - 0.5) * 256 > error_yaw) return true;
    if (animation !== this.animation || rigBytes !== this.rigBytes || !isSame(this.rig, this.newRig, rigBytes)) return true;
    return (this.vx !== 0 || this.vz !== 0 || this.turn !== 0) && since >= pose_ms;
  }
}
