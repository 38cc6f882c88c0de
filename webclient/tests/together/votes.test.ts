import { beforeEach, describe, expect, it, vi } from "vitest";
import { Refused } from "../../src/net";
import { Outfit } from "../../src/together/outfit";
import { Votes, type Vote } from "../../src/together/votes";
import { ScriptedWire } from "./scripted";

let wire: ScriptedWire;
let votes: Votes;
const heard: [string, Vote][] = [];
const vote = (who: number, more: Partial<Vote> = {}): Vote => ({ who, product: "hat", variant: null, asked: 3, until_ms: Date.now() + 60_000, yes: 0, no: 0, unsure: 0, over: false, ...more });

beforeEach(() => {
  wire = new ScriptedWire(1, "Mira");
  votes = new Votes(wire, (member) => member === 9);
  heard.length = 0;
  for (const name of ["asked", "tally"]) votes.addEventListener(name, (event) => heard.push([name, (event as CustomEvent<Vote>).detail]));
});

describe("a vote", () => {
  it("of somebody else waits for one answer, and is counted by the server", async () => {
    const asked = vote(2);
    wire.tell("vote", asked);
    expect(votes.questions).toEqual([{ vote: asked, answer: null }]);
    await votes.answer(2, "yes");
    await votes.answer(2, "no");
    expect(wire.did("vote")).toEqual([{ do: "vote", op: "answer", who: 2, answer: "yes" }]);
    wire.tell("vote", { ...asked, yes: 2, unsure: 1 });
    expect(votes.questions[0]).toMatchObject({ answer: "yes", vote: { yes: 2, unsure: 1 } });
    wire.tell("vote", { ...asked, yes: 2, unsure: 1, over: true });
    expect(votes.questions).toEqual([]);
    expect(heard.map(([name, { yes, over }]) => [name, yes, over])).toEqual([["asked", 0, false], ["tally", 2, false], ["tally", 2, true]]);
  });

  it("of one's own runs until it is over, and asks nothing of oneself", () => {
    const own = vote(1);
    wire.tell("vote", own);
    wire.tell("vote", { ...own, no: 1 });
    expect(votes.own?.no).toBe(1);
    expect(votes.questions).toEqual([]);
    wire.tell("vote", { ...own, no: 1, over: true });
    expect(votes.own).toBeNull();
    expect(heard.map(([name]) => name)).toEqual(["tally", "tally", "tally"]);
  });

  it("of somebody blocked is not heard of", () => {
    wire.tell("vote", vote(9));
    expect(votes.questions).toEqual([]);
    expect(heard).toEqual([]);
  });

  it("that was answered elsewhere already is put away", async () => {
    wire.tell("vote", vote(2));
    wire.refuses = new Refused("vote.refused", "You have answered already.");
    await expect(votes.answer(2, "no")).rejects.toBe(wire.refuses);
    expect(votes.questions).toEqual([]);
  });

  it("whose end was lost with the link ends by itself", () => {
    vi.useFakeTimers();
    try {
      wire.tell("vote", vote(2));
      wire.tell("vote", vote(1));
      vi.advanceTimersByTime(64_000);
      expect([votes.questions, votes.own]).toEqual([[], null]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("what one wears", () => {
  it("is told as a whole, one colour of each product", async () => {
    const outfit = new Outfit(wire);
    await outfit.put("hat", "hat-red");
    await outfit.put("scarf");
    await outfit.put("hat", "hat-blue");
    await outfit.put("hat", "hat-blue");
    await outfit.off("scarf");
    expect(wire.did("wear").map(({ items }) => items)).toEqual([
      [["hat", "hat-red"]], [["hat", "hat-red"], ["scarf", null]], [["scarf", null], ["hat", "hat-blue"]], [["hat", "hat-blue"]],
    ]);
  });

  it("that the server will not have is off again", async () => {
    const outfit = new Outfit(wire);
    await outfit.put("hat");
    wire.refuses = new Refused("wear.unknown", "crown is not on our shelves.");
    await expect(outfit.put("crown")).rejects.toBe(wire.refuses);
    expect(outfit.items).toEqual([["hat", null]]);
  });

  it("is told again on another seat, and not on the same", async () => {
    const outfit = new Outfit(wire);
    await outfit.put("hat");
    wire.tell("ready", { isFresh: false });
    expect(wire.did("wear")).toHaveLength(1);
    wire.tell("ready", { isFresh: true });
    expect(wire.did("wear")).toHaveLength(2);
  });

  it("never grows beyond what the wire can say", async () => {
    const outfit = new Outfit(wire);
    for (let i = 0; i < 12; i++) await outfit.put(`thing-${i}`);
    await outfit.put("../etc", "x y");
    expect(wire.did("wear").every(({ items }) => (items as unknown[]).length <= 8)).toBe(true);
    expect(outfit.has("../etc")).toBe(false);
  });
});
