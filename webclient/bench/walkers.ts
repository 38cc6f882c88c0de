/**
 * People who walk, for measuring how others' motion is drawn: bodies with the accelerations of real ones, and a
 * keyboard's abrupt ones. Positions in metres, sampled at any step.
 */

export type Random = () => number;

/** A small generator with a seed: the same paths on every machine. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Walker {
  x: number;
  z: number;
  yaw: number;
  vx: number;
  vz: number;
  turning: number;
  step(dt_s: number): void;
}

const TURN = (200 * Math.PI) / 180;
const turnTo = (walker: Walker, wanted: number, dt: number): void => {
  const off = Math.atan2(Math.sin(wanted - walker.yaw), Math.cos(wanted - walker.yaw));
  walker.turning = Math.abs(off) < 0.01 ? 0 : Math.max(-TURN, Math.min(TURN, off * 4));
  walker.yaw += walker.turning * dt;
};

/** Goes from shelf to shelf, speeds up and slows down as bodies do (2.5 m/s²), stands and looks in between. */
export function stroller(random: Random, size_m: number): Walker {
  let goalX = random() * size_m;
  let goalZ = random() * size_m;
  let rest_s = 0;
  const pace = 1 + random() * 0.5;
  const acceleration = 2.5;
  return {
    x: random() * size_m, z: random() * size_m, yaw: 0, vx: 0, vz: 0, turning: 0,
    step(dt) {
      const dx = goalX - this.x;
      const dz = goalZ - this.z;
      const distance = Math.hypot(dx, dz);
      if (distance < 0.08 && rest_s <= 0) rest_s = 0.5 + random() * 3;
      if (rest_s > 0) {
        rest_s -= dt;
        if (rest_s <= 0) [goalX, goalZ] = [random() * size_m, random() * size_m];
      }
      const wish = rest_s > 0 ? 0 : Math.min(pace, Math.sqrt(1.2 * acceleration * distance));
      let ax = (distance > 0 ? (dx / distance) * wish : 0) - this.vx;
      let az = (distance > 0 ? (dz / distance) * wish : 0) - this.vz;
      const change = Math.hypot(ax, az);
      const most = acceleration * dt;
      if (change > most) [ax, az] = [(ax / change) * most, (az / change) * most];
      this.vx += ax;
      this.vz += az;
      this.x += this.vx * dt;
      this.z += this.vz * dt;
      if (Math.hypot(this.vx, this.vz) > 0.25) turnTo(this, Math.atan2(this.vx, this.vz), dt);
      else this.turning = 0;
    },
  };
}

/** Somebody at a keyboard: full speed and stop within a tenth of a second, turns while walking. */
export function typist(random: Random, size_m: number): Walker {
  let left_s = 0;
  let speed = 0;
  let bend = 0;
  let now = 0;
  return {
    x: random() * size_m, z: random() * size_m, yaw: random() * 6, vx: 0, vz: 0, turning: 0,
    step(dt) {
      left_s -= dt;
      if (left_s <= 0) {
        left_s = 0.4 + random() * 2.2;
        speed = random() < 0.3 ? 0 : 1.6;
        bend = random() < 0.5 ? 0 : (random() - 0.5) * 2.4;
        const middle = size_m / 2;
        if (Math.hypot(this.x - middle, this.z - middle) > size_m / 3) this.yaw = Math.atan2(middle - this.x, middle - this.z);
      }
      now += (speed - now) * (1 - Math.exp(-12 * dt));
      this.turning = bend;
      this.yaw += bend * dt;
      this.vx = Math.sin(this.yaw) * now;
      this.vz = Math.cos(this.yaw) * now;
      this.x += this.vx * dt;
      this.z += this.vz * dt;
    },
  };
}
