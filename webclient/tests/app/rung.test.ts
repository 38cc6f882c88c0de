import { describe, expect, it } from "vitest";
import { below, decide, isThreeD, RUNGS, SLOWEST_PROBE_MS, type Measured, type Rung } from "../../src/app/rung";

const ABLE: Measured = { hasWebGl2: true, isSoftware: false, probe_ms: 3, memory_gb: 8, savesData: false, hasHeadset: false };
const flags = [true, false];
/** Every device there can be, as far as the ladder looks. */
const DEVICES: readonly Measured[] = flags.flatMap((hasWebGl2) => flags.flatMap((isSoftware) => flags.flatMap((savesData) => flags.flatMap((hasHeadset) =>
  [null, 1, SLOWEST_PROBE_MS + 1].flatMap((probe_ms) => [null, 0.5, 8].map((memory_gb): Measured => ({ hasWebGl2, isSoftware, savesData, hasHeadset, probe_ms, memory_gb })))))));
const WISHES: readonly (Rung | null)[] = [null, ...RUNGS];

describe("the ladder", () => {
  it("never puts 3D on a device that cannot draw it, whatever is wished, and no headset where there is none", () => {
    for (const device of DEVICES) {
      for (const wish of WISHES) {
        const { rung } = decide(device, wish);
        if (isThreeD(rung)) expect(device.hasWebGl2).toBe(true);
        if (rung === "headset") expect(device.hasHeadset).toBe(true);
      }
    }
  });

  it("gives what is wished wherever it can be had, and says that it was wished", () => {
    for (const device of DEVICES) {
      for (const wish of RUNGS) {
        const canBeHad = wish === "list" || wish === "turntable" || (device.hasWebGl2 && (wish === "room" || device.hasHeadset));
        if (canBeHad) expect(decide(device, wish)).toEqual({ rung: wish, why: "wished" });
        else expect(decide(device, wish).why).not.toBe("wished");
      }
    }
  });

  it("is as high as the device carries, and says what keeps it lower", () => {
    expect(decide(ABLE, null)).toEqual({ rung: "room", why: "able" });
    expect(decide({ ...ABLE, hasHeadset: true }, null)).toEqual({ rung: "headset", why: "headset" });
    expect(decide({ ...ABLE, isSoftware: true, probe_ms: null }, null)).toEqual({ rung: "turntable", why: "software" });
    expect(decide({ ...ABLE, probe_ms: SLOWEST_PROBE_MS + 1 }, null)).toEqual({ rung: "turntable", why: "slow" });
    expect(decide({ ...ABLE, memory_gb: 0.5 }, null)).toEqual({ rung: "turntable", why: "memory" });
    expect(decide({ ...ABLE, savesData: true }, null)).toEqual({ rung: "list", why: "saves_data" });
  });

  it("ends at the list, one step at a time, and never falls from 3D into 3D", () => {
    expect(below("headset")).toBe("turntable");
    expect(below("room")).toBe("turntable");
    expect(below("turntable")).toBe("list");
    expect(below("list")).toBe("list");
  });
});
