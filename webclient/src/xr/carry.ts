/**
 * Products in the shopper's hands: taken near by hand or from afar by ray, carried at true size, let go to hover for a
 * moment beside their card, and home to the shelf.
 *
 * The product itself leaves its slot: nothing is copied. What it is not: the card (`views/card.ts`), or telling others
 * (`presence.ts`).
 */
import { MathUtils, Quaternion, Vector3 } from "three";
import { boxHit } from "../world/pick";
import type { Stand } from "../world/stand";
import { Grip, homeward, newPose, rest, TwoHands, type Pose } from "./grab";
import { copyPose, type Hand } from "./input";
import type { Shelves } from "./seams";

const REACH_M = 0.07;
const RAY_M = 7;
const HOME_S = 0.6;
/** How long something that was let go waits for another hand or a press on its card. */
export const LINGER_S = 5;
const SHOW_M = 0.75;

type State = "held" | "hovering" | "coming" | "home";

export class Carry extends EventTarget {
  /** In a hand, or hovering before one; not one on its way home. */
  stand: Stand | null = null;
  isMagnifying = false;
  /** Somebody reads its card or points at it: it does not go home by itself. */
  isWatched = false;
  hand: Hand | null = null;
  readonly pose = newPose();
  #other: Hand | null = null;
  #state: State = "home";
  #scale = 1;
  #linger_s = 0;
  #since_s = 0;
  readonly #shelves: Shelves;
  readonly #isHidden: (from: Vector3, to: Vector3) => boolean;
  readonly #grip = new Grip();
  readonly #two = new TwoHands();
  readonly #from = newPose();
  readonly #to = newPose();
  readonly #near = newPose();
  /** Those on their way to the shelf. */
  readonly #homing: { stand: Stand; from: Pose; t: number; scale: number }[] = [];

  constructor(shelves: Shelves, isHidden: (from: Vector3, to: Vector3) => boolean) {
    super();
    this.#shelves = shelves;
    this.#isHidden = isHidden;
  }

  get isInHand(): boolean {
    return this.#state === "held";
  }

  /** Whether it is in one's hands, or on its way from them to its shelf. */
  moves(stand: Stand): boolean {
    return this.stand === stand || this.#homing.some((one) => one.stand === stand);
  }

  /** The product a hand would take: in its reach, else under its ray. Null if there is none. */
  under(hand: Hand): { stand: Stand; distance_m: number; isNear: boolean } | null {
    let best: Stand | null = null;
    let nearest = REACH_M;
    for (const stand of this.#shelves.stands) {
      const away = this.#distance(stand, hand.pinchAt);
      if (away >= nearest) continue;
      nearest = away;
      best = stand;
    }
    if (best) return found(best, 0, true);
    nearest = RAY_M;
    const { origin: o, direction: d } = hand.ray;
    for (const stand of this.#shelves.stands) {
      const [w, h, l] = stand.row.dimensions_m;
      const { x, y, z } = stand.group.position;
      AT[0] = x;
      AT[1] = y;
      AT[2] = z;
      const hit = boxHit(o.x, o.y, o.z, d.x, d.y, d.z, AT, yawOf(stand.group.quaternion), Math.max(w + 0.03, 0.16), Math.max(h + 0.03, 0.16), Math.max(l + 0.03, 0.16));
      if (hit >= nearest) continue;
      nearest = hit;
      best = stand;
    }
    if (!best) return null;
    POINT.copy(d).multiplyScalar(Math.max(0, nearest - 0.05)).add(o);
    return this.#isHidden(o, POINT) ? null : found(best, nearest, false);
  }

  /** Take what is under the hand. A second hand on the same product turns it with the first. */
  take(hand: Hand): boolean {
    if (this.#state === "held" && this.hand && this.hand !== hand && this.stand && this.#distance(this.stand, hand.pinchAt) < REACH_M * 2.5) {
      this.#other = hand;
      this.#two.begin(this.hand.grip, hand.grip, this.pose, this.#scale);
      return true;
    }
    const under = this.under(hand);
    if (!under) return false;
    if (this.stand && this.stand !== under.stand) this.home();
    this.#begin(under.stand);
    const isNew = this.#state === "home";
    this.#state = "held";
    this.hand = hand;
    if (under.isNear) this.#grip.take(hand.grip, this.pose);
    else {
      rest(under.stand.row.dimensions_m, hand.aim, this.#near);
      // The grip and the aim are the same hand's: what rests before the aim is carried by it too.
      this.#grip.pull(hand.aim, this.pose, this.#near);
    }
    this.#isByAim = !under.isNear;
    this.dispatchEvent(new Event(isNew ? "taken" : "changed"));
    return true;
  }

  #isByAim = false;

  /** Let it fly to a place before the eyes and hover there: for those who choose it from a list. */
  bring(stand: Stand, eye: Vector3, yaw: number): void {
    if (this.stand && this.stand !== stand) this.home();
    this.#begin(stand);
    const radius = Math.hypot(...stand.row.dimensions_m) / 2;
    const far = Math.max(SHOW_M, 0.4 + radius * 1.7);
    this.#to.position.set(eye.x + Math.sin(yaw) * far, Math.max(0, eye.y - 0.22 - stand.row.dimensions_m[1] / 2), eye.z + Math.cos(yaw) * far);
    this.#to.rotation.setFromAxisAngle(UP, yaw + Math.PI - 0.45);
    copyPose(this.pose, this.#from);
    this.#since_s = 0;
    this.#state = "coming";
    this.hand = this.#other = null;
    this.dispatchEvent(new Event("taken"));
  }

  #begin(stand: Stand): void {
    const back = this.#homing.findIndex((one) => one.stand === stand);
    if (back >= 0) this.#homing.splice(back, 1);
    if (this.stand !== stand) {
      this.#scale = stand.group.scale.x;
      this.isMagnifying = false;
      this.#state = "home";
    }
    this.stand = stand;
    this.pose.position.copy(stand.group.position);
    this.pose.rotation.copy(stand.group.quaternion);
  }

  /** A hand opens. */
  release(hand: Hand): void {
    if (this.#other === hand) {
      this.#other = null;
      if (this.hand) {
        this.#grip.take(this.hand.grip, this.pose);
        this.#isByAim = false;
      }
      return;
    }
    if (this.hand !== hand || !this.stand) return;
    if (this.#other) {
      this.hand = this.#other;
      this.#other = null;
      this.#grip.take(this.hand.grip, this.pose);
      this.#isByAim = false;
      return;
    }
    this.hand = null;
    this.#state = "hovering";
    this.#linger_s = LINGER_S;
    this.dispatchEvent(new Event("changed"));
  }

  /** Back to the shelf, now. */
  home(): void {
    const { stand } = this;
    if (!stand) return;
    const from = newPose();
    copyPose(this.pose, from);
    this.#homing.push({ stand, from, t: 0, scale: this.#scale });
    this.stand = this.hand = this.#other = null;
    this.#state = "home";
    this.#scale = 1;
    this.isMagnifying = false;
    this.dispatchEvent(new CustomEvent("home", { detail: stand }));
  }

  magnify(isOn: boolean): void {
    this.isMagnifying = isOn;
    if (!isOn) this.#scale = 1;
    this.dispatchEvent(new Event("changed"));
  }

  update(dt: number): void {
    for (let i = this.#homing.length - 1; i >= 0; i--) {
      const one = this.#homing[i]!;
      one.t += dt / HOME_S;
      this.#shelf(one.stand, this.#near);
      homeward(one.from, this.#near, one.t, this.#to);
      one.stand.group.position.copy(this.#to.position);
      one.stand.group.quaternion.copy(this.#to.rotation);
      one.stand.group.scale.setScalar(MathUtils.lerp(one.scale, 1, Math.min(1, one.t)));
      if (one.t >= 1) this.#homing.splice(i, 1);
    }
    const { stand } = this;
    if (!stand) return;
    this.#move(dt);
    if (this.stand !== stand) return;
    stand.group.position.copy(this.pose.position);
    stand.group.quaternion.copy(this.pose.rotation);
    stand.group.scale.setScalar(this.#scale);
  }

  #move(dt: number): void {
    if (this.#state === "held" && this.hand) {
      if (!this.hand.isTracked) return; // it waits where the hand was seen last
      if (this.#other) this.#scale = this.#two.follow(this.hand.grip, this.#other.grip, this.isMagnifying, this.pose);
      else this.#grip.follow(this.#isByAim ? this.hand.aim : this.hand.grip, dt, this.pose);
    } else if (this.#state === "coming") {
      this.#since_s += dt;
      homeward(this.#from, this.#to, this.#since_s / HOME_S, this.pose);
      if (this.#since_s >= HOME_S) {
        this.#state = "hovering";
        this.#linger_s = Infinity;
      }
    } else if (this.#state === "hovering") {
      if (this.isWatched) this.#linger_s = Math.max(this.#linger_s, LINGER_S);
      this.#linger_s -= dt;
      if (this.#linger_s <= 0) this.home();
    }
  }

  #shelf(stand: Stand, out: Pose): void {
    out.position.set(...stand.slot.position);
    out.rotation.setFromAxisAngle(UP, (stand.slot.yaw_deg * Math.PI) / 180);
  }

  /** From a point to a product's box, metres; 0 inside it. */
  #distance(stand: Stand, point: Vector3): number {
    const [w, h, l] = stand.row.dimensions_m;
    const { scale } = stand.group;
    LOCAL.subVectors(point, stand.group.position).applyQuaternion(TURN.copy(stand.group.quaternion).invert()).divideScalar(scale.x || 1);
    return Math.hypot(Math.max(0, Math.abs(LOCAL.x) - w / 2), Math.max(0, -LOCAL.y, LOCAL.y - h), Math.max(0, Math.abs(LOCAL.z) - l / 2));
  }

  /** Everything at home at once: the session is over. */
  dispose(): void {
    this.home();
    for (const { stand } of this.#homing) {
      this.#shelf(stand, this.#near);
      stand.group.position.copy(this.#near.position);
      stand.group.quaternion.copy(this.#near.rotation);
      stand.group.scale.setScalar(1);
    }
    this.#homing.length = 0;
  }
}

const FOUND: { stand: Stand; distance_m: number; isNear: boolean } = { stand: null as unknown as Stand, distance_m: 0, isNear: false };
function found(stand: Stand, distance_m: number, isNear: boolean): typeof FOUND {
  FOUND.stand = stand;
  FOUND.distance_m = distance_m;
  FOUND.isNear = isNear;
  return FOUND;
}

const yawOf = ({ x, y, z, w }: Quaternion): number => Math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y));
const AT: [number, number, number] = [0, 0, 0];
const UP = new Vector3(0, 1, 0);
const POINT = new Vector3();
const LOCAL = new Vector3();
const TURN = new Quaternion();
