import { describe, expect, it } from "vitest";
import { newPose } from "../../src/tryon/pnp";
import { rigid } from "../../src/tryon/rigid";
import { chain, PART_OF, seat, wornAs, type Anchor } from "../../src/tryon/wear";

/** A pair of spectacles as a merchant measures it. */
const FRAME: readonly Anchor[] = [
  { name: "bridge", position_m: [0, 0.0308, 0.0689] }, { name: "ear_left", position_m: [0.0667, 0.0318, -0.0372] },
  { name: "ear_right", position_m: [-0.0667, 0.0318, -0.0372] }, { name: "lens_left", position_m: [0.0345, 0.0272, 0.0706] },
];

const put = (pose: ReturnType<typeof newPose>, p: readonly number[]): number[] =>
  [0, 1, 2].map((k) => pose.rotation[k * 3]! * p[0]! + pose.rotation[k * 3 + 1]! * p[1]! + pose.rotation[k * 3 + 2]! * p[2]! + pose.translation[k]!);

describe("a rigid fit", () => {
  it("finds the turn and the way that were made, half a turn too", () => {
    const from = Float64Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 1, 1);
    for (const [s, c] of [[0, -1], [0.6, 0.8], [1, 0]] as const) {
      const to = new Float64Array(15);
      for (let i = 0; i < 5; i++) {
        const [x, y, z] = [from[i * 3]!, from[i * 3 + 1]!, from[i * 3 + 2]!];
        to.set([c * x + s * z + 1, y - 2, c * z - s * x + 0.5], i * 3);
      }
      const pose = newPose();
      rigid(from, to, new Float64Array(5).fill(1), pose);
      for (let i = 0; i < 5; i++) expect(put(pose, [...from.subarray(i * 3, i * 3 + 3)])).toEqual([...to.subarray(i * 3, i * 3 + 3)].map((one) => expect.closeTo(one, 6)));
    }
  });
});

describe("spectacles", () => {
  it("rest on the bridge of the nose, level, with the lens centres just under the pupils", () => {
    for (const scale of [0.92, 1, 1.08]) {
      const pose = seat("spectacles", FRAME, scale)!;
      expect(put(pose, FRAME[0]!.position_m)).toEqual([0, 0.0271 * scale, 0.0525 * scale + 0.0035].map((one) => expect.closeTo(one, 6)));
      const [left, right] = [put(pose, FRAME[1]!.position_m), put(pose, FRAME[2]!.position_m)];
      expect(left[1]).toBeCloseTo(right[1]!, 6);
      expect(left[0]).toBeCloseTo(-right[0]!, 6);
      expect(Math.abs(left[1]! - (0.0215 * scale + 0.003))).toBeLessThan(0.004);
      const lens = put(pose, FRAME[3]!.position_m);
      expect(lens[1]).toBeGreaterThan(0.0263 * scale - 0.006);
      expect(lens[1]).toBeLessThan(0.0263 * scale);
    }
  });

  it("rest as much further in as the nose is flatter, and not higher", () => {
    const [mean, flat] = [seat("spectacles", FRAME, 1)!, seat("spectacles", FRAME, 1, -0.005)!];
    const [a, b] = [put(mean, FRAME[0]!.position_m), put(flat, FRAME[0]!.position_m)];
    expect([b[0]! - a[0]!, b[1]! - a[1]!, b[2]! - a[2]!]).toEqual([0, 0, -0.005].map((one) => expect.closeTo(one, 9)));
  });

  it("stay as large as they are, however large the head", () => {
    for (const scale of [0.9, 1.1]) {
      const pose = seat("spectacles", FRAME, scale)!;
      const [a, b] = [put(pose, FRAME[1]!.position_m), put(pose, FRAME[2]!.position_m)];
      expect(Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!)).toBeCloseTo(0.1334, 6);
    }
  });

  it("cannot be worn without anchors, nor a sofa at all", () => {
    expect(seat("spectacles", FRAME.slice(0, 2), 1)).toBeNull();
    expect(wornAs("sofa")).toBeNull();
  });
});

describe("jewellery", () => {
  const hook = (name: string, x: number): Anchor => ({ name, position_m: [x, 0.012, 0.001] });

  it("hangs a single earring on the ear that it names, the right way up, however large the head", () => {
    for (const scale of [0.9, 1, 1.1]) {
      for (const [name, side] of [["lobe_left", 1], ["lobe_right", -1]] as const) {
        const pose = seat("earring", [hook(name, 0)], scale)!;
        expect(put(pose, [0, 0.012, 0.001])).toEqual([side * 0.0775 * scale, -0.021 * scale, -0.034 * scale].map((one) => expect.closeTo(one, 9)));
        expect([...pose.rotation]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
      }
    }
  });

  it("shares between both ears what a pair is too narrow", () => {
    const pose = seat("earring", [hook("lobe_left", 0.07), hook("lobe_right", -0.07)], 1)!;
    expect(put(pose, [0.07, 0.012, 0.001])[0]).toBeCloseTo(0.07, 9);
    expect(put(pose, [-0.07, 0.012, 0.001])[0]).toBeCloseTo(-0.07, 9);
    expect(put(pose, [0, 0.012, 0.001])[1]).toBeCloseTo(-0.021, 9);
  });

  it("lays a necklace on the throat, leaning back to the nape, and not without a throat", () => {
    const [throat, nape] = [[0, -0.16, 0.03], [0, -0.05, -0.09]] as const;
    const pose = seat("necklace", [{ name: "throat", position_m: throat }, { name: "nape", position_m: nape }], 1)!;
    expect(put(pose, throat)).toEqual([0, 0, 0.06].map((one) => expect.closeTo(one, 9)));
    const back = put(pose, nape);
    // On the line from throat to nape, as far as it is long.
    expect(Math.atan2(back[1]!, 0.06 - back[2]!)).toBeCloseTo(Math.atan2(0.042, 0.122), 6);
    expect(Math.hypot(back[1]!, back[2]! - 0.06)).toBeCloseTo(Math.hypot(0.11, 0.12), 9);
    expect(back[0]).toBeCloseTo(0, 9);
    expect(seat("necklace", [{ name: "nape", position_m: nape }], 1)).toBeNull();
  });

  it("is known by its category", () => {
    expect([wornAs("earring"), wornAs("earrings"), wornAs("necklace"), wornAs("pendant")]).toEqual(["earring", "earring", "necklace", "necklace"]);
    expect([PART_OF.earring, PART_OF.necklace]).toEqual(["head", "neck"]);
  });
});

describe("poses in a row", () => {
  it("come to the same as one after the other", () => {
    const [a, b, both] = [newPose(), newPose(), newPose()];
    a.rotation.set([0, -1, 0, 1, 0, 0, 0, 0, 1]);
    a.translation.set([1, 2, 3]);
    b.rotation.set([1, 0, 0, 0, 0, -1, 0, 1, 0]);
    b.translation.set([-1, 0, 4]);
    chain(a, b, both);
    expect(put(both, [0.3, 0.2, 0.1])).toEqual(put(a, put(b, [0.3, 0.2, 0.1])).map((one) => expect.closeTo(one, 9)));
  });
});
