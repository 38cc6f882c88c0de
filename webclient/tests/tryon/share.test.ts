import { describe, expect, it } from "vitest";
import { BODY_BONES, Refused } from "../../src/net";
import { bodyBytes } from "../../src/net/body";
import { JOINTS } from "../../src/tryon/body-bones";
import { Sharer } from "../../src/tryon/share";
import { Friends, type Company } from "../../src/tryon/friends";

const TENTH = 0.1;

class Line extends EventTarget {
  state = "open" as const;
  welcome = { limits: { body_hz: 12, vote_s: 60 } } as never;
  acts: object[] = [];
  sent: { turns: Float32Array; mask: number; bytes: number }[] = [];
  refuses: Refused | null = null;

  act(action: object): Promise<void> {
    this.acts.push(action);
    return this.refuses ? Promise.reject(this.refuses) : Promise.resolve();
  }

  body(turns: Float32Array, mask: number): number {
    const bytes = bodyBytes(turns, mask).length + 6;
    this.sent.push({ turns: turns.slice(), mask, bytes });
    return bytes;
  }
}

class Stand extends EventTarget {
  bodies: object[] = [];
  heads: object[] = [];

  frame(): void {
    this.dispatchEvent(new Event("frame"));
  }
}

const about = (axis: number, angle: number): number[] => [0, 1, 2].map((k) => (k === axis ? Math.sin(angle / 2) : 0)).concat(Math.cos(angle / 2));

function body(angle = 0, sure = 1): { rotations: Float32Array; [key: string]: unknown } {
  const rotations = new Float32Array(JOINTS.length * 4);
  for (let i = 0; i < JOINTS.length; i++) rotations.set(about(2, angle), i * 4);
  const turns = new Float32Array(JOINTS.length * 4);
  for (let i = 3; i < turns.length; i += 4) turns[i] = 1;
  return { isFound: true, confidence: 1, rotations, turns, sure: new Float32Array(JOINTS.length).fill(sure), joints: new Float32Array(66).fill(7), height_m: 1.87 };
}
const head = (yaw: number): object => ({ isFound: true, pose: { rotation: [Math.cos(yaw), 0, Math.sin(yaw), 0, 1, 0, -Math.sin(yaw), 0, Math.cos(yaw)] } });

function staged(): { line: Line; booth: Stand; sharer: Sharer; pass(ms: number): void } {
  const [line, booth] = [new Line(), new Stand()];
  let now = 0;
  const sharer = new Sharer(line as never, booth as never, () => now);
  return { line, booth, sharer, pass: (ms) => (now += ms) };
}

describe("sharing how one moves", () => {
  it("sends nothing before it is on, nor after it is off", async () => {
    const { line, booth, sharer, pass } = staged();
    booth.bodies = [body()];
    for (let i = 0; i < 20; i++) pass(50), booth.frame();
    expect(line.sent).toEqual([]);
    expect(line.acts).toEqual([]);
    await sharer.start();
    pass(100);
    booth.frame();
    expect(line.sent).toHaveLength(1);
    sharer.stop();
    for (let i = 0; i < 20; i++) pass(50), booth.frame();
    expect(line.sent).toHaveLength(1);
    expect(line.acts).toEqual([{ do: "embody", on: true }, { do: "embody", on: false }]);
  });

  it("never sends more than 8 kB a second, and never more often than the server says, however wildly one moves", async () => {
    const { line, booth, sharer, pass } = staged();
    await sharer.start();
    for (let ms = 0; ms < 10_000; ms += 16) {
      pass(16);
      booth.bodies = [body(Math.sin(ms))];
      booth.heads = [head(Math.cos(ms))];
      booth.frame();
    }
    expect(line.sent.length).toBeGreaterThan(100);
    expect(line.sent.length).toBeLessThanOrEqual(12 * 10 + 1);
    expect(line.sent.reduce((sum, { bytes }) => sum + bytes, 0) / 10).toBeLessThanOrEqual(8000);
    expect(sharer.bytes_per_s).toBeGreaterThan(0);
    expect(sharer.bytes_per_s).toBeLessThanOrEqual(8000);
    sharer.stop();
  });

  it("sends who holds still once a second", async () => {
    const { line, booth, sharer, pass } = staged();
    await sharer.start();
    booth.bodies = [body(0.3)];
    for (let ms = 0; ms < 5000; ms += 50) pass(50), booth.frame();
    expect(line.sent.length).toBeGreaterThanOrEqual(5);
    expect(line.sent.length).toBeLessThanOrEqual(6);
    sharer.stop();
  });

  it("says turns of bones and nothing else of a body", async () => {
    const { line, booth, sharer, pass } = staged();
    await sharer.start();
    booth.bodies = [body(0.5)];
    pass(100);
    booth.frame();
    const [{ turns, mask }] = line.sent as [Line["sent"][number]];
    expect(mask).toBe((1 << BODY_BONES.length) - 1);
    for (let bone = 0; bone < BODY_BONES.length; bone++) [...turns.subarray(bone * 4, bone * 4 + 4)].forEach((c, k) => expect(c).toBeCloseTo(about(2, 0.5)[k]!, 6));
    sharer.stop();
  });

  it("leaves out limbs that were not surely seen", async () => {
    const { line, booth, sharer, pass } = staged();
    await sharer.start();
    const one = body(0.2);
    for (const name of ["leftLowerArm", "leftHand", "leftLowerLeg", "rightLowerLeg", "leftFoot", "rightFoot"] as const) (one["sure"] as Float32Array)[JOINTS.indexOf(name)] = 0.1;
    booth.bodies = [one];
    pass(100);
    booth.frame();
    const told = BODY_BONES.filter((_, bone) => (line.sent[0]!.mask >> bone) & 1);
    expect(told).toEqual(["hips", "spine", "chest", "upperChest", "neck", "head", "leftShoulder", "rightShoulder", "rightUpperArm", "rightLowerArm", "rightHand"]);
    sharer.stop();
  });

  it("turns neck and head with a face alone, together as far as the face", async () => {
    const { line, booth, sharer, pass } = staged();
    await sharer.start();
    booth.heads = [head(0.8)];
    pass(100);
    booth.frame();
    const { turns, mask } = line.sent[0]!;
    const at = (name: string): number[] => [...turns.subarray(BODY_BONES.indexOf(name as never) * 4, BODY_BONES.indexOf(name as never) * 4 + 4)];
    expect(BODY_BONES.filter((_, bone) => (mask >> bone) & 1)).toEqual(["neck", "head"]);
    const yaw = (q: number[]): number => 2 * Math.atan2(q[1]!, q[3]!);
    expect(yaw(at("neck")) + yaw(at("head"))).toBeCloseTo(0.8, 3);
    expect(yaw(at("neck"))).toBeGreaterThan(TENTH);
    sharer.stop();
  });

  it("says once that nobody is seen", async () => {
    const { line, booth, sharer, pass } = staged();
    await sharer.start();
    booth.bodies = [body()];
    pass(100);
    booth.frame();
    booth.bodies = [];
    for (let i = 0; i < 40; i++) pass(100), booth.frame();
    expect(line.sent.map(({ mask }) => mask !== 0)).toEqual([true, false]);
    sharer.stop();
  });

  it("asks again on another connection, and only while it is on", async () => {
    const { line, sharer } = staged();
    await sharer.start();
    line.dispatchEvent(new CustomEvent("ready", { detail: { isFresh: false } }));
    expect(line.acts).toHaveLength(2);
    sharer.stop();
    line.dispatchEvent(new CustomEvent("ready", { detail: { isFresh: false } }));
    expect(line.acts).toHaveLength(3); // that it is off
  });

  it("is off when the server will not have it", async () => {
    const { line, sharer } = staged();
    line.refuses = new Refused("body.full", "Too many.");
    await expect(sharer.start()).rejects.toBe(line.refuses);
    expect(sharer.isOn).toBe(false);
  });
});

describe("letting friends see it", () => {
  it("dresses one's figure while it is on, and gives it back what it wore", async () => {
    const line = new Line();
    const booth = new Stand();
    const worn: string[][] = [];
    const moved: boolean[] = [];
    const company: Company = {
      session: line as never, moved: (moving) => moved.push(moving !== null),
      outfit: { items: [["cap", null], ["glasses", "OLD"]], set(items) {
        worn.push(items.map(([product, sku]) => `${product}:${sku ?? ""}`));
        (this as { items: unknown }).items = items;
        return Promise.resolve();
      } },
    };
    const friends = new Friends(company, booth as never);
    friends.wear([["glasses", "NEW"]]);
    expect(worn).toEqual([]); // before the mirror alone
    await friends.start();
    friends.wear([["glasses", "NEW"], ["watch", null]]);
    friends.stop();
    expect(worn).toEqual([["cap:", "glasses:NEW"], ["cap:", "glasses:NEW", "watch:"], ["cap:", "glasses:OLD"]]);
    expect(moved).toEqual([true, false]);
  });
});
