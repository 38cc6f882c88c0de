/** "Take me there" in a headset: the way round what stands in between, in jumps, as the room's rules allow them. */
import type { Ways } from "../world/path";
import type { Ground } from "./ground";
import type { Head, Locomotion } from "./locomotion";

const STEP_M = 3.2;

export class Travel {
  readonly #locomotion: Locomotion;
  readonly #ground: Ground;
  readonly #ways: () => Ways;
  #stops: { x: number; z: number }[] = [];
  #face: { x: number; z: number } | null = null;

  constructor(locomotion: Locomotion, ground: Ground, ways: () => Ways) {
    this.#locomotion = locomotion;
    this.#ground = ground;
    this.#ways = ways;
  }

  /** @returns false if there is no way */
  go(from: { x: number; z: number }, to: { x: number; z: number }, face: { x: number; z: number } | null): boolean {
    const corners = this.#ways().find(from, to);
    if (!corners?.length) return false;
    this.#stops = stops(from, corners, this.#ground, this.#locomotion.limits.reach_m);
    this.#face = face;
    return true;
  }

  stop(): void {
    this.#stops = [];
  }

  update(head: Head): void {
    const next = this.#stops[0];
    if (!next || !this.#locomotion.mayJump) return;
    this.#stops.shift();
    const to = this.#stops[0] ?? this.#face;
    const yaw = to ? Math.atan2(to.x - next.x, to.z - next.z) : head.yaw;
    this.#locomotion.jump(head, next.x, next.z, yaw);
  }
}

/** As few jumps as see each other: corners that can be left out are left out. */
export function stops(from: { x: number; z: number }, corners: readonly { x: number; z: number }[], ground: Pick<Ground, "isClear" | "isFree">, reach_m: number): { x: number; z: number }[] {
  const made: { x: number; z: number }[] = [];
  let at = from;
  for (let i = 0; i < corners.length; ) {
    let last = i;
    for (let k = i; k < corners.length; k++) {
      const one = corners[k]!;
      if (Math.hypot(one.x - at.x, one.z - at.z) <= reach_m && ground.isClear(at.x, at.z, one.x, one.z) && ground.isFree(one.x, one.z)) last = k;
    }
    const goal = corners[last]!;
    const far = Math.hypot(goal.x - at.x, goal.z - at.z);
    // A corner out of reach is come to in steps along the straight way.
    if (far > reach_m) {
      const t = STEP_M / far;
      at = { x: at.x + (goal.x - at.x) * t, z: at.z + (goal.z - at.z) * t };
      made.push(at);
      continue;
    }
    at = { x: goal.x, z: goal.z };
    made.push(at);
    i = last + 1;
  }
  return made;
}
