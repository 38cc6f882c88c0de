/**
 * What the others see of one in a headset: where one stands and looks, head and hands, and what one holds.
 *
 * Sent through the room's session, which sends no more than it must. Nothing is sent while the connection is away.
 */
import { Quaternion, Vector3 } from "three";
import { wrapped } from "../angle";
import type { Part } from "../net/person";
import type { OwnPose } from "../net/pose";
import { onTheWire, withinReach } from "../world/lent";
import type { Stand } from "../world/stand";
import type { Pose } from "./grab";
import type { Hand } from "./input";
import type { Head } from "./locomotion";
import type { RoomLine } from "./seams";

const MOVE_S = 0.15;
const HOLDING = 3;
const INSPECTING = 2;
const REACH_M = 1.2;

const part = (): Part => ({ position: new Float32Array(3), rotation: new Float32Array([0, 0, 0, 1]) });

export class Presence {
  readonly #line: () => RoomLine | null;
  readonly #head = part();
  readonly #left = part();
  readonly #right = part();
  readonly #pose: OwnPose = { x: 0, y: 0, z: 0, yaw: 0, vx: 0, vz: 0, turning: 0, animation: 0, jump: false };
  #hasPose = false;
  #hasHands = false;
  #sinceMove_s = 0;
  #grabbed = "";

  constructor(line: () => RoomLine | null) {
    this.#line = line;
  }

  /** In the body's own space; null where nothing is known. */
  get head(): Part | null {
    return this.#hasPose ? this.#head : null;
  }

  get left(): Part | null {
    return this.#hasHands ? this.#left : null;
  }

  get right(): Part | null {
    return this.#hasHands ? this.#right : null;
  }

  /** @param floor the height of what one stands on */
  update(dt: number, head: Head, headTurn: Quaternion, hands: readonly [Hand, Hand], floor: number, hasJumped: boolean, eye_m: number): void {
    const line = this.#line();
    if (dt <= 0) return;
    const pose = this.#pose;
    const isFresh = this.#hasPose && !hasJumped;
    const ease = Math.min(1, dt / 0.12);
    pose.vx += ((isFresh ? (head.world.x - pose.x) / dt : 0) - pose.vx) * (isFresh ? ease : 1);
    pose.vz += ((isFresh ? (head.world.z - pose.z) / dt : 0) - pose.vz) * (isFresh ? ease : 1);
    pose.turning = isFresh ? wrapped(head.yaw - pose.yaw) / dt : 0;
    // A head that sways stands.
    if (Math.hypot(pose.vx, pose.vz) < 0.06) pose.vx = pose.vz = 0;
    if (Math.abs(pose.turning) < 0.05) pose.turning = 0;
    pose.x = head.world.x;
    pose.y = floor;
    pose.z = head.world.z;
    pose.yaw = head.yaw;
    pose.jump = hasJumped;
    this.#hasPose = true;
    this.#fill(this.#head, head.world, headTurn, head, floor, eye_m);
    pose.head = this.#head;
    const [left, right] = hands;
    this.#hasHands = left.isTracked && right.isTracked;
    if (this.#hasHands) {
      this.#fill(this.#left, left.grip.position, left.grip.rotation, head, floor, Infinity);
      this.#fill(this.#right, right.grip.position, right.grip.rotation, head, floor, Infinity);
      pose.left = this.#left;
      pose.right = this.#right;
    } else {
      delete pose.left;
      delete pose.right;
    }
    if (line?.state === "open") line.pose(pose);
  }

  /** Into the person's own space: its yaw taken out, ahead is +z. */
  #fill(out: Part, place: Vector3, turn: Quaternion, head: Head, floor: number, most_m: number): void {
    const [s, c] = [Math.sin(head.yaw), Math.cos(head.yaw)];
    const [dx, dz] = [place.x - head.world.x, place.z - head.world.z];
    let x = c * dx - s * dz;
    let z = s * dx + c * dz;
    const far = Math.hypot(x, z);
    if (far > REACH_M) {
      x *= REACH_M / far;
      z *= REACH_M / far;
    }
    out.position[0] = x;
    out.position[1] = Math.min(most_m, place.y - floor);
    out.position[2] = z;
    TURN.setFromAxisAngle(UP, -head.yaw).multiply(turn).multiply(ABOUT);
    TURN.toArray(out.rotation as unknown as number[]);
  }

  /** Take an object in the room; rejects if somebody else holds it. */
  async grab(stand: Stand): Promise<void> {
    const line = this.#line();
    if (line?.state !== "open") return;
    line.show({ mode: HOLDING, focus: stand.number });
    this.#grabbed = stand.slot.id;
    await line.act({ do: "grab", thing: stand.slot.id });
  }

  /** Where it is now, a few times a second. */
  move(dt: number, stand: Stand, pose: Pose): void {
    this.#sinceMove_s += dt;
    const line = this.#line();
    if (this.#sinceMove_s < MOVE_S || line?.state !== "open" || this.#grabbed !== stand.slot.id) return;
    this.#sinceMove_s = 0;
    line.act({ do: "move", thing: stand.slot.id, ...onTheWire(line.welcome?.floor.corner_mm ?? [], pose.position, pose.rotation) }).catch(() => undefined);
  }

  /** On the shelf again. From afar it is let go as near to it as arms reach; the others see it float home. */
  release(stand: Stand, home: Pose, feet: { readonly x: number; readonly z: number }): void {
    const line = this.#line();
    line?.show({ mode: 0, focus: 0 });
    if (line?.state !== "open" || this.#grabbed !== stand.slot.id) return;
    this.#grabbed = "";
    line.act({ do: "release", thing: stand.slot.id, ...onTheWire(line.welcome?.floor.corner_mm ?? [], withinReach(home.position, feet), home.rotation) }).catch(() => undefined);
  }

  /** Handed over by somebody: the room has it in one's hands already. */
  adopt(stand: Stand): void {
    this.#grabbed = stand.slot.id;
  }

  inspect(stand: Stand | null): void {
    this.#line()?.show(stand ? { mode: INSPECTING, focus: stand.number } : { mode: 0, focus: 0 });
  }

  /** To somebody near: theirs from now on. */
  async handOver(stand: Stand, to: number): Promise<void> {
    const line = this.#line();
    if (line?.state !== "open") return;
    await line.act({ do: "hand_over", thing: stand.slot.id, to });
    this.#grabbed = "";
    line.show({ mode: 0, focus: 0 });
  }

  get isHolding(): boolean {
    return this.#grabbed !== "";
  }
}

const UP = new Vector3(0, 1, 0);
const TURN = new Quaternion();
/** A headset looks along -z, a person along +z. */
const ABOUT = new Quaternion().setFromAxisAngle(UP, Math.PI);
