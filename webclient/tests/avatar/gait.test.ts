import { describe, expect, it } from "vitest";
import { sample, speedOf } from "../../src/avatar/clip";
import { newGait, step, wrap } from "../../src/avatar/gait";
import { Pose } from "../../src/avatar/skeleton";
import { at, IDLE, rest, WALK } from "./figure";

const REST = rest();
const STRIDE = speedOf(WALK, REST) * REST.hips_m * WALK.duration_s;
const PACE = STRIDE / WALK.duration_s;

/** Walk straight ahead at a speed; returns how far standing feet slid for each metre that was gone. */
function slide(speed: number, turn = 0): number {
  const gait = newGait(0);
  const person = { vx: Math.sin(turn) * speed, vz: Math.cos(turn) * speed, yaw: turn };
  const pose = new Pose();
  const other = new Pose();
  for (let i = 0; i < 200; i++) step(gait, person, STRIDE, PACE, 0, 1 / 60);
  let [slid, gone, last, was] = [0, 0, 0, ""];
  for (let i = 0; i < 600; i++) {
    step(gait, person, STRIDE, PACE, 0, 1 / 60);
    gone += speed / 60;
    sample(IDLE, 0, pose);
    sample(WALK, gait.phase * WALK.duration_s, other);
    pose.toward(other, gait.weight);
    pose.settle(REST);
    const foot = gait.phase < 0.5 ? "leftFoot" : "rightFoot"; // as this walk was made
    const z = at(pose.position, foot)[2] + gone;
    if (foot === was) slid += Math.abs(z - last);
    [last, was] = [z, foot];
  }
  return slid / gone;
}

describe("feet", () => {
  it("go as far as the body, fast and slowly", () => {
    for (const speed of [0.5, 0.9, 1.4]) expect(slide(speed)).toBeLessThan(0.1);
    const gait = newGait(0.1);
    const person = { vx: 0, vz: 1.2, yaw: 0 };
    for (let i = 0; i < 300; i++) step(gait, person, STRIDE, PACE, 0, 1 / 60);
    const [before, seconds] = [gait.phase, 0.5];
    for (let i = 0; i < 30; i++) step(gait, person, STRIDE, PACE, 0, 1 / 60);
    const full = (1.2 * seconds) / (STRIDE * gait.weight);
    expect(gait.phase).toBeCloseTo((before + full) % 1, 3);
  });

  it("take the same way for a metre whatever the frame rate", () => {
    const phases = [30, 60, 120].map((hz) => {
      const gait = newGait(0);
      gait.weight = 1;
      for (let i = 0; i < hz; i++) step(gait, { vx: PACE, vz: 0, yaw: Math.PI / 2 }, STRIDE, PACE, 0, 1 / hz);
      return gait.phase;
    });
    expect(phases[0]).toBeCloseTo(phases[1]!, 3);
    expect(phases[1]).toBeCloseTo(phases[2]!, 3);
  });

  it("walk back when one goes back, and to the side with the hips turned", () => {
    const back = newGait(0.5);
    for (let i = 0; i < 3; i++) step(back, { vx: 0, vz: -1, yaw: 0 }, STRIDE, PACE, 0, 1 / 60);
    expect(back.phase).toBeLessThan(0.5);
    expect(Math.abs(back.heading)).toBeLessThan(0.01);
    const side = newGait(0);
    for (let i = 0; i < 120; i++) step(side, { vx: 1, vz: 0, yaw: 0 }, STRIDE, PACE, 0, 1 / 60);
    expect(side.heading).toBeGreaterThan(1);
  });

  it("stand when nobody moves, step when somebody turns on the spot", () => {
    const gait = newGait(0.2);
    gait.weight = 1;
    for (let i = 0; i < 180; i++) step(gait, { vx: 0.01, vz: 0, yaw: 0 }, STRIDE, PACE, 0, 1 / 60);
    expect(gait.weight).toBe(0);
    const phase = gait.phase;
    for (let i = 0; i < 60; i++) step(gait, { vx: 0, vz: 0, yaw: 0 }, STRIDE, PACE, 1.5, 1 / 60);
    expect(gait.weight).toBeGreaterThan(0.2);
    expect(gait.phase).not.toBeCloseTo(phase, 2);
  });
});

describe("an angle", () => {
  it("is the same after any number of turns", () => {
    for (let i = -20; i <= 20; i++) expect(wrap(0.7 + i * 2 * Math.PI)).toBeCloseTo(0.7, 6);
    expect(Math.abs(wrap(Math.PI))).toBeCloseTo(Math.PI, 9);
  });
});
