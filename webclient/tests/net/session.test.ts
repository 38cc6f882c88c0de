import { Decoder } from "@msgpack/msgpack";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NoEntry, Refused } from "../../src/net/index";
import { fromHex, vectors } from "./vectors";
import { Stage } from "./wire";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const me = { x: 0, y: 0, z: 0, yaw: 0, vx: 0, vz: 0, turning: 0, animation: 0 };
const codeOf = (promise: Promise<void>): Promise<string> => promise.then(() => "done", (why: Refused) => why.code);

describe("entering", () => {
  it("says HELLO with the ticket, nothing before WELCOME, and is open", async () => {
    const stage = new Stage();
    const opened = stage.session.open();
    expect(stage.session.state).toBe("connecting");
    await stage.pass(50);
    stage.wire.accept();
    stage.session.pose(me);
    stage.session.show({ emote: 3 });
    await stage.pass(500);
    expect(stage.wire.sent.length).toBe(1);
    expect(new Decoder().decode(stage.wire.sent[0]!.subarray(1))).toEqual({ versions: [1, 1], ticket: "t1", caps: 15, client: "showroom-web/1" });
    stage.wire.welcome();
    await opened;
    expect([stage.session.state, stage.session.member, stage.session.slot, stage.session.problem]).toEqual(["open", 77, 3, null]);
  });

  it("puts oneself where the server says before any pose goes up, and sends one then", async () => {
    const stage = new Stage();
    await stage.enter();
    expect(stage.named("corrected")).toEqual([{ x: 0, y: 0, z: 0, yaw: 0, reason: 0 }]);
    expect(stage.wire.of(2).length).toBe(0);
    stage.session.pose(me);
    expect(stage.wire.of(2).length).toBe(1);
  });

  it.each([
    ["a close with VERSION", (stage: Stage) => stage.wire.lose(4504)],
    ["a WELCOME of another version", (stage: Stage) => stage.wire.welcome({ version: 2 })],
    ["a WELCOME of another version that means nothing to us", (stage: Stage) => stage.wire.map(0x41, { version: 9, hello: "you" })],
  ])("ends for good after %s: the page must be updated", async (_, act) => {
    const stage = new Stage();
    const opened = stage.session.open();
    await stage.pass(50);
    stage.wire.accept();
    act(stage);
    await opened;
    expect(stage.session.state).toBe("ended");
    expect(stage.session.problem).toMatchObject({ code: 4504, mayRetry: false });
    await stage.pass(60_000);
    expect(stage.wires.length).toBe(1);
  });

  it("ends when it is not let in, waits as long as a full room asks, and tries again when nobody answers", async () => {
    const answers = [new NoEntry(0, "link.lost", "nobody"), new NoEntry(503, "room.full", "Full.", 7000), new NoEntry(403, "room.banned", "Banned.")];
    let asked = 0;
    const stage = new Stage({ ticket: () => Promise.reject(answers[asked++]!) });
    void stage.session.open();
    await stage.pass(50);
    expect([stage.session.state, asked]).toEqual(["waiting", 1]);
    await stage.pass(1000);
    expect([stage.session.problem, asked]).toEqual([{ code: 503, text: "Full.", mayRetry: true }, 2]);
    await stage.pass(6500);
    expect(asked).toBe(2);
    await stage.pass(3000);
    expect([stage.session.state, stage.session.problem, asked]).toEqual(["ended", { code: 403, text: "Banned.", mayRetry: true }, 3]);
  });

  it("comes without the party when its code leads nowhere, and says so", async () => {
    const parties: string[] = [];
    const stage = new Stage({
      party: "OLD1",
      ticket: ({ party }) => {
        parties.push(party);
        return party ? Promise.reject(new NoEntry(404, "room.nobody_there", "No party has this code.")) : Promise.resolve({ ticket: "t", url: "ws://x" });
      },
    });
    void stage.session.open();
    await stage.pass(100);
    expect(parties).toEqual(["OLD1", ""]);
    expect(stage.named("refused")).toMatchObject([{ code: "room.nobody_there" }]);
    expect(stage.session.state).toBe("connecting");
  });

  it("gives a server that never says WELCOME up, and tries again", async () => {
    const stage = new Stage();
    void stage.session.open();
    await stage.pass(50);
    stage.wire.accept();
    await stage.pass(12_000);
    expect(stage.wires.length).toBe(2);
  });
});

describe("coming back", () => {
  it("resumes with key and cursor, takes the missed events, and shows chat once by its id", async () => {
    const stage = new Stage();
    await stage.enter();
    stage.wire.said(11, 5, "one");
    stage.wire.said(12, 5, "two");
    stage.wire.lose();
    expect([stage.session.state, stage.session.problem?.code]).toEqual(["waiting", 1006]);
    await stage.pass(1000);
    expect(stage.wires.length).toBe(2);
    stage.back({ key: "key-2" });
    expect(stage.wire.maps(1)[0]).toMatchObject({ resume: { key: "key-1", cursor: 2 } });
    expect(stage.tickets).toBe(1);
    stage.wire.said(12, 5, "two"); // a crash: the same message under a new cursor
    stage.wire.said(13, 5, "three");
    stage.wire.keyframe([3, 500, 500], [4, 600, 600]);
    expect(stage.named("said").map((said) => (said as { id: number }).id)).toEqual([11, 12, 13]);
    expect(stage.named("ready")).toEqual([{ isFresh: true }, { isFresh: false }]);
    stage.wire.lose();
    await stage.pass(2000);
    stage.back();
    expect(stage.wire.maps(1)[0]).toMatchObject({ resume: { key: "key-2", cursor: 4 } });
  });

  it("keeps who is still there the same person, and lets go who is not", async () => {
    const stage = new Stage();
    await stage.enter();
    const four = stage.session.crowd.people.get(4);
    stage.wire.lose();
    await stage.pass(1000);
    stage.back();
    stage.wire.keyframe([3, 500, 500], [4, 620, 600], [5, 100, 100]);
    expect(stage.session.crowd.people.get(4)).toBe(four);
    expect(stage.named("enter").map((p) => (p as { slot: number }).slot)).toEqual([4, 5]);
    stage.wire.lose();
    await stage.pass(2000);
    stage.back();
    stage.wire.keyframe([3, 500, 500]);
    expect(stage.named("leave").length).toBe(2);
    expect(stage.session.crowd.people.size).toBe(0);
  });

  it.each([
    [4000, "resume", 1000], [4001, "resume", 10_000], [4002, "resume", 0], [4003, "resume", 0], [4006, "resume", 1000], [1001, "resume", 0], [1011, "resume", 0],
    [4004, "resume", 0], [4005, "ticket", 0], [4505, "ticket", 0], [4506, "ticket", 0],
    [4500, "end", 0], [4501, "end", 0], [4503, "end", 0], [4504, "end", 0], [4507, "end", 0], [4508, "end", 0], [4509, "end", 0], [4510, "end", 0], [4777, "end", 0],
  ])("after %i does what the table says: %s", async (code, way, least_ms) => {
    const stage = new Stage();
    await stage.enter();
    stage.wire.lose(code, "words");
    expect(stage.session.problem).toMatchObject({ code, text: "words" });
    if (way === "end") {
      expect(stage.session.state).toBe("ended");
      expect(stage.session.problem!.mayRetry).toBe(![4504, 4508, 4509, 4510].includes(code));
      await stage.pass(60_000);
      expect(stage.wires.length).toBe(1);
      return;
    }
    if (least_ms) await stage.pass(least_ms - 50);
    expect(stage.wires.length).toBe(1);
    await stage.pass(Math.max(least_ms, 1000) + 1500);
    expect(stage.wires.length).toBe(2);
    expect(stage.tickets).toBe(way === "ticket" ? 2 : 1);
  });

  it("pauses longer and longer while nobody is there, never beyond half a minute or so, and at once when told to", async () => {
    const stage = new Stage();
    await stage.enter();
    const times: number[] = [];
    stage.wire.lose();
    for (let i = 0; i < 10; i++) {
      const from = stage.clock;
      const count = stage.wires.length;
      while (stage.wires.length === count) await stage.pass(100);
      times.push(stage.clock - from);
      stage.wire.lose();
    }
    expect(times[0]).toBeLessThan(700);
    expect(times[3]! / times[1]!).toBeGreaterThan(3);
    expect(Math.max(...times)).toBeLessThan(43_000);
    void stage.session.open();
    expect(stage.session.state).toBe("connecting");
  });

  it("asks a silent server, and takes the link for lost when there is no answer", async () => {
    const stage = new Stage();
    await stage.enter();
    await stage.pass(20_000, true);
    expect([stage.session.state, stage.wires.length]).toEqual(["open", 1]);
    const pings = stage.wire.of(8).length;
    await stage.pass(3000);
    expect(stage.wire.of(8).length).toBeGreaterThanOrEqual(pings);
    stage.wire.pong();
    await stage.pass(2000);
    expect(stage.session.state).toBe("open");
    await stage.pass(8000);
    expect(stage.wires.length).toBeGreaterThan(1);
    expect(stage.wires[0]!.closedWith).not.toBeNull();
  });

  it("begins anew by hand after another tab has taken the seat", async () => {
    const stage = new Stage();
    await stage.enter();
    stage.wire.lose(4507);
    void stage.session.open();
    await stage.pass(50);
    stage.wire.accept();
    expect(stage.wire.maps(1)[0]).toMatchObject({ ticket: "t2" });
  });

  it("goes on from where one walked meanwhile, unless somebody was put elsewhere", async () => {
    const stage = new Stage();
    await stage.enter();
    stage.session.pose(me);
    stage.wire.lose();
    stage.session.pose({ ...me, x: 2 });
    await stage.pass(1000);
    stage.back();
    stage.wire.keyframe([3, 500, 500]);
    stage.wire.correct(500, 500);
    stage.session.pose({ ...me, x: 2 });
    expect(stage.named("corrected").length).toBe(1);
    expect(new DataView(stage.wire.of(2)[0]!.buffer).getUint16(6, true)).toBe(700);
    stage.wire.correct(500, 500, 3);
    expect(stage.named("corrected")[1]).toMatchObject({ x: 0, reason: 3 });
    stage.wire.lose();
    await stage.pass(2000);
    stage.back();
    stage.wire.keyframe([3, 900, 900]);
    stage.wire.correct(900, 900);
    expect(stage.named("corrected")[2]).toMatchObject({ x: 4, z: 4 });
  });

  it("does without a CORRECT after a resume: the crowd has oneself", async () => {
    const stage = new Stage();
    await stage.enter();
    stage.session.pose(me);
    stage.wire.lose();
    await stage.pass(1000);
    stage.back();
    stage.wire.keyframe([3, 500, 500]);
    stage.session.pose(me);
    expect(stage.wire.of(2).length).toBe(0);
    await stage.pass(400, true);
    stage.session.pose(me);
    expect(stage.wire.of(2).length).toBe(1);
  });
});

describe("a pose", () => {
  it("is sent only when the server's prediction would be wrong, and never too often", async () => {
    const stage = new Stage();
    await stage.enter();
    const walk = { ...me, vx: 1.2 };
    for (let ms = 0; ms < 3000; ms += 10) {
      stage.clock += 10;
      walk.x = ms * 0.0012;
      stage.session.pose(walk);
    }
    expect(stage.wire.of(2).length).toBe(3); // straight on: once a second
    for (let ms = 0; ms < 1000; ms += 10) {
      stage.clock += 10;
      stage.session.pose({ ...walk, z: (ms % 200) / 100 });
    }
    expect(stage.wire.of(2).length).toBeLessThanOrEqual(3 + 20);
    const before = stage.wire.of(2).length;
    stage.clock += 5000;
    stage.session.pose(me);
    for (let ms = 0; ms < 5000; ms += 10) {
      stage.clock += 10;
      stage.session.pose(me);
    }
    expect(stage.wire.of(2).length).toBe(before + 1); // who stands says nothing
    stage.session.pose({ ...me, yaw: 0.12 });
    expect(stage.wire.of(2).length).toBe(before + 2);
    stage.session.pose({ ...me, x: 1, jump: true });
    stage.session.pose({ ...me, x: 2, jump: true });
    expect(stage.wire.of(2).slice(-2).map((pose) => pose[1])).toEqual([1, 1]);
  });

  it("that is no number does not reach the wire as nonsense", async () => {
    const stage = new Stage();
    await stage.enter();
    for (const strange of [{ x: NaN }, { z: Infinity }, { yaw: -Infinity }, { y: NaN }]) stage.session.pose({ ...me, ...strange });
    expect(stage.wire.of(2)).toEqual([]);
    stage.session.pose({ ...me, x: 1e9, vx: Infinity, turning: NaN, animation: 900 });
    expect([...stage.wire.of(2)[0]!.subarray(6)]).toEqual([255, 255, 244, 1, 0, 0, 255, 127, 0, 0, 0, 0, 0, 63]);
  });
});

describe("chat and actions", () => {
  it("are done when they are heard or a second has gone by, and refused with the server's words", async () => {
    const stage = new Stage();
    await stage.enter();
    const said = codeOf(stage.session.say("hello"));
    const acted = codeOf(stage.session.act({ do: "react", kind: "heart" }));
    const refused = stage.session.act({ do: "follow", who: 9 }).catch((why: unknown) => why);
    const n = stage.wire.maps(5).map((action) => action["n"] as number);
    stage.wire.refuse(n[1]!, "room.nobody_there");
    expect(await refused).toMatchObject({ code: "room.nobody_there", text: "No.", wait_ms: 5 });
    stage.wire.said(1, 77, "hello");
    expect(await said).toBe("done");
    await stage.pass(1300, true);
    expect(await acted).toBe("done");
    stage.wire.refuse(n[0]!, "late");
    expect(stage.named("refused")).toMatchObject([{ code: "late" }]);
  });

  it("that were said while the link was lost are said on return, in order and once", async () => {
    const stage = new Stage();
    await stage.enter();
    const sent = stage.session.say("sent and heard");
    const lost = stage.session.say("sent and lost");
    const near = stage.session.say("heard nearby", "near");
    stage.wire.lose();
    const later = stage.session.say("said meanwhile");
    const acted = stage.session.act({ do: "voice", on: true });
    expect(await codeOf(stage.session.act({ do: "move", thing: "a", at: [0, 0, 0] }))).toBe("link.lost");
    await stage.pass(1000);
    stage.back();
    stage.wire.said(1, 77, "sent and heard");
    stage.wire.said(2, 77, "heard nearby", "near");
    expect(stage.wire.of(4).length).toBe(0);
    stage.wire.keyframe([3, 500, 500]);
    expect(stage.wire.maps(4).map(({ text }) => text)).toEqual(["sent and lost", "said meanwhile"]);
    expect(stage.wire.maps(5).map((action) => action["do"])).toEqual(["voice"]);
    await stage.pass(1500, true);
    await Promise.all([sent, lost, near, later, acted]);
    expect(stage.wire.of(4).length).toBe(2);
  });

  it("are refused here when they cannot be sent, instead of costing the connection", async () => {
    const stage = new Stage();
    expect(await codeOf(stage.session.say("hello"))).toBe("link.none");
    await stage.enter();
    expect(await codeOf(stage.session.say("   "))).toBe("chat.empty");
    expect(await codeOf(stage.session.act({ do: "share", product: "no such id!" }))).toBe("action.field");
    void stage.session.say("🪑".repeat(600)).catch(() => undefined);
    expect([...(stage.wire.maps(4)[0]!["text"] as string)].length).toBe(500);
    const many = Array.from({ length: 200 }, (_, i) => codeOf(stage.session.act({ do: "grab", thing: `t${i}` })));
    expect(stage.wire.of(5).length).toBeLessThan(60);
    stage.wire.lose(4508);
    expect(new Set(await Promise.all(many))).toEqual(new Set(["link.none", "request.many"]));
  });

  it("never overdraw the budget of messages that the server grants", async () => {
    const stage = new Stage();
    await stage.enter();
    let cost = 0;
    for (let i = 0; i < 100; i++) {
      for (let k = 0; k < 10; k++) stage.session.act({ do: "react", kind: "heart" }).catch(() => undefined);
      await stage.pass(100, true);
      const price: Record<number, number> = { 3: 1, 4: 4, 5: 2, 6: 0.5, 7: 1, 8: 1, 9: 8 };
      cost = stage.wire.sent.reduce((sum, data) => sum + (price[data[0]!] ?? 0), 0);
      expect(cost).toBeLessThanOrEqual(160 + (i + 1) * 4 + 2);
    }
    expect(cost).toBeGreaterThan(300);
  });

  it("show an emote once, and the rest of what is seen with it again after a fresh seat", async () => {
    const stage = new Stage();
    await stage.enter();
    stage.session.show({ focus: 12, mode: 2 });
    stage.session.show({ emote: 5 });
    await stage.pass(300, true);
    stage.session.show({ focus: 13 });
    await stage.pass(300, true);
    const states = stage.wire.of(3).map((state) => [...state]);
    expect(states.filter((state) => state[2] === 5).length).toBe(1);
    expect(states.at(-1)).toEqual([3, 0, 0, 2, 13, 0]);
    stage.wire.lose(4506);
    await stage.pass(1000);
    stage.wire.accept();
    stage.wire.welcome();
    stage.wire.keyframe([3, 500, 500]);
    await stage.pass(300, true);
    expect(stage.wire.of(3).map((state) => [...state])).toEqual([[3, 0, 0, 2, 13, 0]]);
  });
});

describe("what the protocol wants sent", () => {
  it("acknowledges every eight events, and what is left within a second", async () => {
    const stage = new Stage();
    await stage.enter();
    for (let i = 0; i < 20; i++) stage.wire.said(100 + i, 5, "x");
    expect(stage.wire.of(6).map((ack) => ack[1])).toEqual([8, 16]);
    await stage.pass(1300, true);
    expect(stage.wire.of(6).map((ack) => ack[1])).toEqual([8, 16, 20]);
    await stage.pass(3000, true);
    expect(stage.wire.of(6).length).toBe(3);
  });

  it("asks who people are in batches, once", async () => {
    const stage = new Stage();
    await stage.enter();
    stage.wire.keyframe(...Array.from({ length: 150 }, (_, i): [number, number, number] => [i, 500, 500]));
    await stage.pass(2000, true);
    const asked = stage.wire.of(7).flatMap((who) => Array.from({ length: who[1]! }, (_, i) => who[2 + 2 * i]! | (who[3 + 2 * i]! << 8)));
    expect(Math.max(...stage.wire.of(7).map((who) => who[1]!))).toBe(64);
    expect(asked.length).toBe(new Set(asked).size);
    expect(asked.length).toBe(150);
  });

  it("asks for a keyframe after a gap", async () => {
    const stage = new Stage();
    await stage.enter();
    stage.wire.seq += 5;
    stage.wire.beat();
    stage.wire.beat();
    expect(stage.wire.of(9).length).toBe(1);
    stage.wire.keyframe([3, 500, 500], [4, 600, 600]);
    stage.wire.beat();
    expect(stage.session.state).toBe("open");
  });

  it("says good-bye on leaving", async () => {
    const stage = new Stage();
    await stage.enter();
    stage.session.close();
    expect([...stage.wire.sent.at(-1)!]).toEqual([10]);
    expect([stage.session.state, stage.session.crowd.people.size]).toEqual(["idle", 0]);
    await stage.pass(60_000);
    expect(stage.wires.length).toBe(1);
  });
});

describe("a hostile server", () => {
  it("ends the connection cleanly with whatever it sends, and the session after the third time", async () => {
    const garbage: (Uint8Array | number[])[] = [
      [0x42], [0x43, 0], [0x44, 0, 0, 200], [0x45, 1], [0x46, 1, 0, 0, 0, 0xc1], [0x47, 0x80], [0x48], [0x49, 0x90], [0x4a, 9], [0x41, 0x80],
      [0x43, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x80, 130, 255, 255], [0x46, 99, 0, 0, 0, 0x81, 0xa2, 0x69, 0x73, 0xa1, 0x78], [],
      ...vectors<{ hex: string }[]>("malformed").map(({ hex }) => fromHex(`46010000${"00"}${hex}`)),
    ];
    for (const data of garbage) {
      const stage = new Stage();
      await stage.enter();
      stage.wire.give(data);
      expect(["waiting", "ended"], String(data)).toContain(stage.session.state);
      expect(stage.wire.closedWith).not.toBeNull();
      stage.session.update(stage.clock);
      stage.session.pose(me);
    }
    const stage = new Stage();
    await stage.enter();
    for (let i = 0; i < 3; i++) {
      stage.wire.give([0x42]);
      await stage.pass(4000);
      if (stage.session.state !== "connecting") break;
      stage.back();
      stage.wire.keyframe([3, 500, 500]);
    }
    expect([stage.session.state, stage.session.problem]).toMatchObject(["ended", { code: 4500, mayRetry: true }]);
    expect(stage.wires.length).toBe(3);
  });

  it("cannot dispatch what is not an event of the protocol, and ids to come are skipped", async () => {
    const stage = new Stage();
    await stage.enter();
    const told: unknown[] = [];
    stage.session.addEventListener("change", (event) => told.push(event));
    stage.wire.event("change", {});
    stage.wire.event("__proto__x", {});
    stage.wire.give([0x60, 1, 2, 3]);
    expect(told).toEqual([]);
    expect(stage.session.state).toBe("open");
    stage.wire.event("told", { code: "a", text: "<img src=x>" });
    expect(stage.named("told")).toEqual([{ code: "a", text: "<img src=x>" }]);
  });

  it("does not keep one in a loop of keyframes", async () => {
    const stage = new Stage();
    await stage.enter();
    for (let i = 0; i < 50 && stage.session.state === "open"; i++) {
      stage.wire.seq += 5;
      stage.wire.beat();
      stage.wire.keyframe([3, 500, 500]);
    }
    expect(stage.session.state).toBe("waiting");
  });
});
