import { Decoder, Encoder } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { checked, type Action } from "../../src/net/actions";
import {
  ackBytes, actionBytes, byeBytes, helloBytes, pingBytes, readCards, readCorrection, readEvent, readPong, readRefused, readWelcome, resyncBytes, sayBytes,
  stateBytes, whoBytes, type Hello, type Say,
} from "../../src/net/codec";
import { BODY_BONES, bodyBytes, packTurn, unpackTurn } from "../../src/net/body";
import * as ids from "../../src/net/ids";
import { Refused } from "../../src/net/messages";
import { PoseSender } from "../../src/net/pose";
import { packPart, unpackPart } from "../../src/net/rig";
import { fromHex, toHex, vectors, type Vector } from "./vectors";

const LIMITS = { speed_mms: 4000, teleport_cm: 800, teleport_ms: 1000, error_cm: 5, error_yaw: 4, pose_ms: 1000, pose_hz: 20, rest_ms: 1200, text: 500, body_hz: 12, vote_s: 60, plan: 2000 };
const FLOOR = { corner_mm: [0, 0], size_cm: [60000, 60000], cell_cm: 700, columns: 80, rows: 80, y_cm: [-100, 300] } as const;

interface PoseMeans {
  time_ms: number; x: number; z: number; y: number; vx: number; vz: number; yaw: number; turn: number; anim: number; teleport: boolean; rig: string;
}

/** A pose of the wire as a frame of the page would give it. */
function posed(m: PoseMeans): Uint8Array {
  const parts = [0, 6, 12].map((at) => {
    if (m.rig.length <= at * 2) return null;
    const part = { position: new Float32Array(3), rotation: new Float32Array(4) };
    unpackPart(fromHex(m.rig), at, part.position, part.rotation);
    return part;
  });
  const message = new PoseSender(LIMITS, FLOOR).offer(m.time_ms, {
    x: m.x / 100, y: m.y / 100, z: m.z / 100, yaw: (m.yaw / 65536) * Math.PI * 2, vx: m.vx / 1000, vz: m.vz / 1000, turning: (m.turn / 256) * Math.PI * 2,
    animation: m.anim, jump: m.teleport, head: parts[0]!, left: parts[1]!, right: parts[2]!,
  });
  return message!;
}

/** A body of the wire as the page would give it. */
function bodied({ bones, turns }: { bones: number[]; turns: number[] }): Uint8Array {
  const all = new Float32Array(BODY_BONES.length * 4);
  bones.forEach((bone, i) => unpackTurn(turns[i]!, all, bone * 4));
  return bodyBytes(all, bones.reduce((mask, bone) => mask | (1 << bone), 0));
}

function sent({ message, means }: Vector): Uint8Array {
  const m = means as Record<string, never>;
  switch (message) {
    case "Hello": return helloBytes(m as unknown as Hello);
    case "Pose": return posed(m as unknown as PoseMeans);
    case "State": return stateBytes({ animation: m["anim"]!, emote: m["emote"]!, mode: m["mode"]!, focus: m["focus"]! });
    case "Say": return sayBytes(m as unknown as Say);
    case "Ack": return ackBytes(m["cursor"]!);
    case "Who": return whoBytes(m["slots"]!);
    case "Ping": return pingBytes(m["token"]!);
    case "Body": return bodied(m as unknown as { bones: number[]; turns: number[] });
    case "Resync": return resyncBytes();
    case "Bye": return byeBytes();
    default: return actionBytes(checked(m as unknown as Action, m["n"]!));
  }
}

describe("what goes to the server", () => {
  // The rotation of these three parts is no unit quaternion's: it cannot come back as the same bits.
  const strange = "a508010203";
  for (const vector of vectors<Vector[]>("to_server")) {
    it(`is byte for byte what ${vector.message} ${vector.hex.slice(0, 24)} says`, () => {
      const found = toHex(sent(vector));
      if (!vector.hex.includes(strange)) expect(found).toBe(vector.hex);
      else {
        expect(found.slice(0, 40)).toBe(vector.hex.slice(0, 40));
        expect(found.length).toBe(vector.hex.length);
        expect(found.slice(40).match(/.{12}/g)!.map((part) => part.slice(0, 6))).toEqual(vector.hex.slice(40).match(/.{12}/g)!.map((part) => part.slice(0, 6)));
      }
    });
  }

  it("means what its vector says when it is read again", () => {
    const decoder = new Decoder();
    for (const { hex, means, message } of vectors<Vector[]>("to_server")) {
      const data = fromHex(hex);
      if (![ids.ToServer.HELLO, ids.ToServer.SAY, ids.ToServer.ACTION].includes(data[0] as never)) continue;
      expect(decoder.decode(data.subarray(1)), message).toEqual(means);
    }
  });
});

describe("what comes from the server", () => {
  const read = (data: Uint8Array): unknown => {
    switch (data[0]) {
      case ids.ToClient.WELCOME: return readWelcome(data);
      case ids.ToClient.CARDS: return readCards(data);
      case ids.ToClient.PONG: return readPong(data);
      case ids.ToClient.CORRECT: return readCorrection(data);
      case ids.ToClient.REFUSED: {
        const { n, code, text, wait_ms } = readRefused(data);
        return { n, code, text, wait_ms };
      }
      default: {
        const { cursor, is, detail } = readEvent(data);
        return { cursor, event: { is, ...detail } };
      }
    }
  };
  for (const { message, hex, means } of vectors<Vector[]>("to_client")) {
    it(`means what ${message} ${hex.slice(0, 30)} says, and is written as the same bytes`, () => {
      const data = fromHex(hex);
      const found = read(data);
      expect(found).toEqual(means);
      const body = { Numbered: 5, Pong: Infinity, Correction: Infinity }[message] ?? 1;
      if (body === Infinity) return;
      const written = message === "Numbered" ? (found as { event: object }).event : found;
      expect(toHex(new Encoder().encode(written))).toBe(toHex(data.subarray(body)));
    });
  }

  it("is refused, not thrown through, when it is cut anywhere or has any byte changed", () => {
    for (const { hex } of vectors<Vector[]>("to_client")) {
      const data = fromHex(hex);
      for (let n = 1; n < data.length; n++) {
        for (const strange of [data.slice(0, n), Object.assign(data.slice(), { [n]: data[n]! ^ 0xff })]) {
          try {
            read(strange);
          } catch (error) {
            expect(error).toBeInstanceOf(ids.ProtocolError);
          }
        }
      }
    }
    for (const { hex } of vectors<{ hex: string }[]>("malformed")) {
      if (hex !== "") expect(() => read(Uint8Array.from([0x46, ...fromHex(hex)]))).toThrow(ids.ProtocolError);
    }
  });

  it("keeps what a newer server adds out of the way", () => {
    const pack = (value: unknown): Uint8Array => Uint8Array.from([0x46, 1, 0, 0, 0, ...new Encoder().encode(value)]);
    expect(readEvent(pack({ is: "cart", revision: 2, colour: "red" })).detail).toEqual({ revision: 2 });
    expect(readEvent(pack({ is: "fireworks", at: [1, 2] }))).toEqual({ cursor: 1, is: null, detail: null });
    expect(readEvent(pack({ is: "toString" })).is).toBeNull();
    expect(readEvent(pack({ is: "said", id: 1, who: 2, name: "A", text: "<b>", scope: "room", at_ms: 3 })).detail).toMatchObject({ text: "<b>" });
    expect(() => readEvent(pack({ is: "cart", revision: -1 }))).toThrow(ids.ProtocolError);
    expect(() => readEvent(pack({ is: "cart", revision: 1.5 }))).toThrow(ids.ProtocolError);
  });
});

it("the numbers are those of the vectors", () => {
  const told = vectors<Record<string, Record<string, number>> & { close: Record<string, { code: number }> }>("ids");
  expect(ids.ToServer).toEqual(told["to_server"]);
  expect(ids.ToClient).toEqual(told["to_client"]);
  expect(ids.Refusal).toEqual(told["refusal"]);
  expect(ids.Mode).toEqual(told["mode"]);
  expect(ids.Anim).toEqual(told["anim"]);
  expect(ids.Cap).toEqual(told["cap"]);
  expect(ids.Close).toEqual(Object.fromEntries(Object.entries(told.close).map(([name, { code }]) => [name, code])));
});

it("heads and hands are held as the vectors say", () => {
  for (const { of, hex, rotation } of vectors<{ of: [number[], number[]]; hex: string; rotation: number[] }[]>("rig")) {
    const out = new Uint8Array(6);
    packPart({ position: Float32Array.from(of[0], (cm) => cm / 100), rotation: Float32Array.from(of[1]) }, out, 0);
    expect(toHex(out)).toBe(hex);
    const place = new Float32Array(3);
    const turn = new Float32Array(4);
    unpackPart(fromHex(hex), 0, place, turn);
    expect([...place].map((m) => Math.round(m * 100))).toEqual(of[0]);
    turn.forEach((c, i) => expect(Math.abs(c - rotation[i]!)).toBeLessThan(0.0006));
  }
});

describe("bodies", () => {
  const told = vectors<{ bones: string[]; up: { of: Record<string, number[]>; hex: string; rotations: Record<string, number[]> }[] }>("body");

  it("go up as the vectors say", () => {
    expect([...BODY_BONES]).toEqual(told.bones);
    for (const { of, hex } of told.up) {
      const turns = new Float32Array(BODY_BONES.length * 4);
      let mask = 0;
      for (const [name, rotation] of Object.entries(of)) {
        const bone = told.bones.indexOf(name);
        turns.set(rotation, bone * 4);
        mask |= 1 << bone;
      }
      expect(toHex(bodyBytes(turns, mask))).toBe(hex);
    }
  });

  it("are rotations whatever the bits, and nothing is written for what is none", () => {
    const out = new Float32Array(4);
    for (const word of [0, 0xffffffff, 0x12345678, 0x80000003, 0xfffffffc]) {
      unpackTurn(word, out, 0);
      expect(Math.hypot(...out)).toBeCloseTo(1, 5);
    }
    for (const none of [[0, 0, 0, 0], [NaN, 0, 0, 0], [0, 0, 0, Infinity]]) {
      unpackTurn(packTurn(Float32Array.from(none), 0), out, 0);
      expect([...out].map((c) => Math.round(c * 500) / 500 || 0)).toEqual([0, 0, 0, 1]);
    }
  });
});

describe("an action", () => {
  it("is brought within what the wire can say, so that a slip does not cost the connection", () => {
    expect(checked({ do: "share", product: "chair", yaw: 12.6, pitch: 99999, distance_mm: 1 }, 3)).toEqual({ do: "share", product: "chair", yaw: 13, pitch: 36000, distance_mm: 10, n: 3 });
    expect(checked({ do: "report", who: 5, reason: "spam", text: "\ud800" + "🪑".repeat(600) }, 1)["text"]).toBe("\ufffd" + "🪑".repeat(499));
  });

  it("that the server would end the connection for is refused here", () => {
    for (const action of [
      { do: "fly" }, { do: "toString" }, { do: "grab" }, { do: "grab", thing: "a b" }, { do: "follow", who: -1 }, { do: "follow", who: 1.5 }, { do: "voice", on: 1 },
      { do: "voice", on: true, loud: 3 }, { do: "share", product: "x", to: Array(9).fill(1) }, { do: "move", thing: "x", at: [1, 2] }, { do: "signal", to: 1, kind: "offer", data: "\udc00" },
    ]) expect(() => checked(action, 0), JSON.stringify(action)).toThrow(Refused);
  });
});
