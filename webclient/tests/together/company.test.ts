import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refused } from "../../src/net";
import { Company } from "../../src/together/company";
import { EMOTES, pathOf } from "../../src/together/emotes";
import { centidegrees, type Inspecting, radians } from "../../src/together/looking";
import { person, ScriptedWire } from "./scripted";

class Table extends EventTarget implements Inspecting {
  product: string | null = null;
  variant: string | null = null;
  yaw = 0;
  pitch = 0;
  distance_m = 1;
  open(product: string, variant: string | null): void {
    this.product = product;
    this.variant = variant;
  }
  close(): void {
    this.product = null;
    this.dispatchEvent(new Event("closed"));
  }
  turn(yaw: number): void {
    this.yaw = yaw;
    this.dispatchEvent(new Event("change"));
  }
}

let wire: ScriptedWire;
let company: Company;
let table: Table;
beforeEach(() => {
  vi.useFakeTimers();
  wire = new ScriptedWire(1, "Mira").add(person(2, "Ada", {}, 3, 0), person(3, "Grace", {}, 1, 0), person(4, "Lin", { role: "host" }, 9, 0));
  company = new Company(wire, { store: "boutique", room: "boutique" });
  table = new Table();
  company.attach(table);
});
afterEach(() => {
  company.dispose();
  vi.useRealTimers();
});
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const view = (product: string, more: object = {}): object => ({ product, variant: null, yaw: 0, pitch: 0, distance_mm: 800, plan: null, ...more });

describe("talk", () => {
  const said = (id: number, who: number, text: string, scope = "room"): void => wire.tell("said", { id, who, name: "N", text, scope, at_ms: id });

  it("shows each message once and in order, also if a crashed server says it again", () => {
    said(2, 2, "b");
    said(1, 3, "a");
    said(2, 2, "b");
    expect(company.talk.shown().map(({ text }) => text)).toEqual(["a", "b"]);
  });

  it("shows one's own words while they are under way, and then as they were said", async () => {
    let carry = (): void => undefined;
    wire.saying = () => new Promise((done) => (carry = done));
    void company.talk.say("  hello \n there ");
    expect(company.talk.shown()).toMatchObject([{ text: "hello there", state: "pending" }]);
    carry();
    await settled();
    expect(company.talk.shown()).toMatchObject([{ text: "hello there", state: "said", who: 1 }]);
  });

  it("keeps what was refused beside its reason and its time, to be tried again or let go", async () => {
    wire.saying = () => Promise.reject(new Refused("chat.too_fast", "Too many.", 9000));
    await company.talk.say("hello");
    const [line] = company.talk.shown();
    expect(line).toMatchObject({ state: "refused", code: "chat.too_fast", notBefore_ms: Date.now() + 9000 });
    wire.saying = () => Promise.resolve();
    await company.talk.again(line?.id ?? 0);
    expect(company.talk.shown()).toMatchObject([{ text: "hello", state: "said" }]);
  });

  it("takes away what a moderator took away", () => {
    said(1, 2, "a");
    said(2, 2, "b");
    wire.tell("unsaid", { ids: [1] });
    expect(company.talk.shown().map(({ id }) => id)).toEqual([2]);
  });

  it("shows nothing of somebody who is blocked or muted, and all of it again after", async () => {
    said(1, 2, "a");
    company.quiet(2);
    said(2, 2, "b");
    expect(company.talk.shown()).toEqual([]);
    expect(company.talk.unread).toBe(1);
    company.quiet(2, false);
    expect(company.talk.shown()).toHaveLength(2);
    await company.block(2);
    expect(company.talk.shown()).toEqual([]);
    expect(wire.did("block")).toEqual([{ do: "block", who: 2, on: true }]);
  });

  it("lets nobody turn the direction of the line around", () => {
    wire.tell("said", { id: 1, who: 2, name: "\u202EevilA", text: "\u2066x\u202Ey", scope: "room", at_ms: 1 });
    expect(company.talk.shown()).toMatchObject([{ name: "evilA", text: "xy" }]);
  });

  it("remembers to whom a private line went", async () => {
    await company.talk.say("only you", "private", 3, "Grace");
    expect(company.talk.shown("private", 3)).toMatchObject([{ text: "only you", to: 3, toName: "Grace" }]);
    expect(company.talk.shown("private", 2)).toEqual([]);
  });

  it("translates only what others said, once, and keeps the original when that fails", async () => {
    const translator = vi.fn((text: string) => (text === "b" ? Promise.reject(new Error("no")) : Promise.resolve(`<${text}>`)));
    company.translator = translator;
    said(1, 2, "a");
    said(2, 2, "b");
    for (const line of company.talk.shown()) await company.talk.translate(line, "es");
    await company.talk.translate(company.talk.shown()[0]!, "es");
    expect([company.talk.translationOf(1), company.talk.translationOf(2)]).toEqual(["<a>", undefined]);
    expect(translator).toHaveBeenCalledTimes(2);
  });
});

describe("people", () => {
  it("are nearest first from where one stands, without those whose names are not known", () => {
    wire.add({ ...person(9, "x"), card: null });
    company.update(8, 0, 0, 0);
    expect(company.people().map(({ name }) => name)).toEqual(["Lin", "Ada", "Grace"]);
  });

  it("that one walks along with are given to the guide, and it ends when they leave", () => {
    const led: (number | null)[] = [];
    company.addEventListener("followed", (event) => led.push((event as CustomEvent<{ slot: number } | null>).detail?.slot ?? null));
    company.follow(2);
    const ada = wire.person(2)!;
    wire.crowd.people.delete(2);
    wire.tell("leave", ada);
    expect(led).toEqual([2, null]);
    expect(company.notices.map(({ kind, name }) => [kind, name])).toEqual([["lost", "Ada"]]);
  });

  it("are reported to the hosts by number, never by name", async () => {
    await company.report(2, "spam", "x".repeat(600));
    expect(wire.did("report")).toEqual([{ do: "report", who: 2, reason: "spam", text: "x".repeat(500) }]);
    expect(company.notices.at(-1)?.kind).toBe("reported");
  });

  it("tell of a refusal where nobody waits for it", async () => {
    wire.refuses = new Refused("moderation.refused", "Only hosts.");
    await company.sanction("kick", 2);
    expect(company.notices.at(-1)).toMatchObject({ kind: "refused", name: "moderation.refused" });
  });
});

describe("a party", () => {
  it("is what the server says, and an invitation waits for an answer", async () => {
    wire.tell("invited", { who: 2, name: "Ada" });
    const [notice] = company.notices;
    expect(notice).toMatchObject({ kind: "invited", who: 2, isAsking: true });
    await company.accept(notice!);
    expect(wire.did("party")).toEqual([{ do: "party", op: "accept", who: 2 }]);
    wire.tell("party", { members: [[2, "Ada"], [1, "Mira"]], code: "K7" });
    expect(company.party).toMatchObject({ code: "K7", leads: false });
    expect(company.notices).toEqual([]);
    wire.tell("party", { members: [[2, "Ada"], [1, "Mira"], [3, "Grace"]], code: "K7" });
    expect(company.notices).toMatchObject([{ kind: "joined", name: "Grace" }]);
    wire.tell("party", { members: [], code: "" });
    expect(company.party.members).toEqual([]);
  });

  it("does not hear of invitations by somebody who is blocked", async () => {
    await company.block(2);
    wire.tell("invited", { who: 2, name: "Ada" });
    expect(company.notices.some(({ kind }) => kind === "invited")).toBe(false);
  });

  it("is in the link that brings a friend here", () => {
    wire.tell("party", { members: [[1, "Mira"]], code: "K7" });
    expect(company.link("https://shop.example/?rung=list#/p/x")).toBe("https://shop.example/?store=boutique&room=boutique&with=MIRA-1&party=K7");
  });
});

describe("looking together", () => {
  it("sends turns ten times a second at most, and the last one always", async () => {
    table.open("mere-tote", "SKU-1");
    await company.looking.share("mere-tote", "SKU-1");
    for (let i = 1; i <= 100; i++) {
      table.turn(i / 100);
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(200);
    const sent = wire.did("share");
    expect(sent.length).toBeLessThanOrEqual(12);
    expect(sent.at(-1)).toMatchObject({ product: "mere-tote", variant: "SKU-1", yaw: centidegrees(1) });
  });

  it("shows what is followed at the leader's angle, and puts it down with them", async () => {
    wire.tell("shared", { who: 2, ...view("halo-lamp") });
    expect(table.product).toBeNull();
    const [notice] = company.notices;
    expect(notice).toMatchObject({ kind: "shown", who: 2, text: "halo-lamp", isAsking: true });
    await company.accept(notice!);
    wire.tell("shared", { who: 2, ...view("halo-lamp", { yaw: 9000, distance_mm: 500 }) });
    await settled();
    expect(table).toMatchObject({ product: "halo-lamp", distance_m: 0.5 });
    expect(table.yaw).toBeCloseTo(Math.PI / 2);
    wire.tell("unshared", { who: 2 });
    await vi.advanceTimersByTimeAsync(2000);
    expect(company.looking.role).toBe("none");
    expect(company.notices.at(-1)?.kind).toBe("look_over");
  });

  it("goes on with the next leader when the first one leaves", async () => {
    wire.tell("shared", { who: 2, ...view("halo-lamp") });
    await company.looking.follow(2);
    wire.tell("unshared", { who: 2 });
    wire.tell("shared", { who: 3, ...view("halo-lamp", { yaw: 100 }) });
    await vi.advanceTimersByTimeAsync(5000);
    expect(company.looking).toMatchObject({ role: "following", leader: 3 });
  });

  it("leads when the lead is handed to oneself", async () => {
    wire.tell("shared", { who: 2, ...view("halo-lamp") });
    await company.looking.follow(2);
    wire.tell("unshared", { who: 2 });
    wire.tell("shared", { who: 1, ...view("halo-lamp") });
    await vi.advanceTimersByTimeAsync(5000);
    expect(company.looking.role).toBe("leading");
    table.turn(1);
    expect(wire.did("share").at(-1)).toMatchObject({ product: "halo-lamp", yaw: centidegrees(1) });
  });

  it("does not take what it does itself to the close-up for the shopper's doing", async () => {
    wire.tell("shared", { who: 2, ...view("halo-lamp") });
    await company.looking.follow(2);
    wire.tell("shared", { who: 2, ...view("halo-lamp", { yaw: 500 }) });
    await settled();
    expect(wire.did("share")).toEqual([]);
    table.close();
    expect(wire.did("unshare")).toHaveLength(1);
  });

  it("shows the room one furnishes, the last state always, and a server that knows no plans nothing of them", async () => {
    await company.looking.furnish("sofa~S~0~0~0~0", "sofa", [2, 3]);
    for (let i = 1; i <= 50; i++) {
      void company.looking.furnish(`sofa~S~${i}~0~0~0`, "sofa");
      await vi.advanceTimersByTimeAsync(20);
    }
    await vi.advanceTimersByTimeAsync(1000);
    const sent = wire.did("share");
    expect(sent[0]).toEqual({ do: "share", product: "sofa", plan: "sofa~S~0~0~0~0", to: [2, 3] });
    expect(sent.at(-1)).toEqual({ do: "share", product: "sofa", plan: "sofa~S~50~0~0~0", to: [] });
    expect(sent.length).toBeLessThanOrEqual(5);
    company.looking.stop();
    await company.looking.share("mere-tote", "SKU-1");
    expect(Object.keys(wire.did("share").at(-1)!)).not.toContain("plan");
  });

  it("sees a friend's room as it is furnished, until one has seen enough", async () => {
    const visited = Object.assign(new EventTarget(), { shown: [] as unknown[], show: (plan: string, who: number) => void visited.shown.push([plan, who]), close: () => void visited.shown.push("closed") });
    company.looking.visits(visited);
    wire.tell("shared", { who: 2, ...view("sofa", { plan: "sofa~S~0~0~0~0" }) });
    const [notice] = company.notices;
    expect(notice).toMatchObject({ kind: "room", who: 2, isAsking: true });
    wire.tell("shared", { who: 2, ...view("lamp", { plan: "lamp~L~0~0~0~0" }) });
    expect(company.notices).toHaveLength(1);
    await company.accept(notice!);
    wire.tell("shared", { who: 2, ...view("lamp", { plan: "lamp~L~9~0~0~0" }) });
    expect(visited.shown).toEqual([["lamp~L~9~0~0~0", 2]]);
    expect(table.product).toBeNull();
    visited.dispatchEvent(new Event("closed"));
    expect(company.looking.role).toBe("none");
    expect(wire.did("unshare")).toHaveLength(1);
  });

  it("leads nobody's room but its own", async () => {
    wire.tell("shared", { who: 2, ...view("sofa", { plan: "sofa~S~0~0~0~0" }) });
    await company.looking.follow(2);
    wire.tell("unshared", { who: 2 });
    wire.tell("shared", { who: 1, ...view("sofa", { plan: "sofa~S~0~0~0~0" }) });
    expect(company.looking.role).toBe("none");
    expect(wire.did("unshare")).toHaveLength(1);
  });

  it("hands a product over: who takes it leads, and the giver looks along", async () => {
    const other = new ScriptedWire(2, "Ada").add(person(1, "Mira"));
    const ada = new Company(other, { store: "boutique", room: "boutique" });
    const hers = new Table();
    ada.attach(hers);
    table.open("mere-tote", null);
    await company.looking.hand("mere-tote", "SKU-1", 2);
    // As the server passes it on.
    for (const act of wire.acts.splice(0)) {
      if (act.do === "react") other.tell("reacted", { who: 1, kind: act["kind"], to: act["to"], product: act["product"] });
      if (act.do === "share") other.tell("shared", { who: 1, ...view("mere-tote", { variant: act["variant"] }) });
    }
    expect(ada.notices).toMatchObject([{ kind: "handed", name: "Mira", text: "mere-tote", isAsking: true }]);
    await ada.accept(ada.notices[0]!);
    const taken = other.did("react").at(-1)!;
    expect(other.did("follow")).toEqual([{ do: "follow", who: 1 }]);
    wire.tell("reacted", { who: 2, kind: taken["kind"], to: 1, product: taken["product"] });
    expect(company.notices).toMatchObject([{ kind: "taken", name: "Ada" }]);
    expect(wire.did("lead")).toEqual([{ do: "lead", to: 2 }]);
    wire.tell("unshared", { who: 1 });
    wire.tell("shared", { who: 2, ...view("mere-tote") });
    other.tell("unshared", { who: 1 });
    other.tell("shared", { who: 2, ...view("mere-tote") });
    await vi.advanceTimersByTimeAsync(5000);
    expect([company.looking.role, ada.looking.role]).toEqual(["following", "leading"]);
    expect(hers.product).toBe("mere-tote");
    ada.dispose();
  });

  it("knows a handed product also when the word for it comes after the product", () => {
    wire.tell("shared", { who: 2, ...view("halo-lamp") });
    wire.tell("reacted", { who: 2, kind: "sparkle", to: 1, product: "halo-lamp" });
    expect(company.notices).toMatchObject([{ kind: "handed" }]);
  });

  it("sends no variant that the wire could not carry", async () => {
    await company.looking.share("mere-tote", "Bone & tan", [2]);
    expect(wire.did("share")).toMatchObject([{ variant: null, to: [2] }]);
  });

  it("turns angles into the wire's and back within one turn", () => {
    for (const angle of [0, 1, -1, 3.1, -3.1]) expect(radians(centidegrees(angle))).toBeCloseTo(angle, 3);
    expect(Math.abs(centidegrees(123.4))).toBeLessThanOrEqual(18_000);
  });
});

describe("a new seat", () => {
  it("forgets whom numbers meant, and a party that is no more", async () => {
    wire.tell("ready", { isFresh: true });
    wire.tell("party", { members: [[1, "Mira"], [2, "Ada"]], code: "K7" });
    company.quiet(3);
    company.follow(2);
    wire.tell("shared", { who: 2, ...view("halo-lamp") });
    wire.tell("ready", { isFresh: false });
    expect([company.isHidden(3), company.followed, company.party.members.length]).toEqual([true, 2, 2]);
    wire.tell("ready", { isFresh: true });
    await vi.advanceTimersByTimeAsync(5000);
    expect([company.isHidden(3), company.followed, company.party.members.length, company.looking.showings.length, company.notices.length]).toEqual([false, 0, 0, 0, 0]);
  });
});

describe("gestures and order", () => {
  it("have the eight numbers that everybody who draws people knows", () => {
    expect(EMOTES.map(({ id, word }) => `${id} ${word}`)).toEqual(["1 wave", "2 point", "3 applaud", "4 dance", "5 thumbs_up", "6 heart", "7 laugh", "8 wow"]);
    expect(EMOTES.every(({ reaction }) => !reaction || pathOf(reaction))).toBe(true);
    expect(pathOf("constructor")).toBe("");
  });

  it("are shown to those who see bodies and to those who do not", () => {
    company.emote(6);
    company.emote(99);
    expect(wire.shown).toEqual([{ emote: 6 }]);
    expect(wire.did("react")).toEqual([{ do: "react", kind: "heart" }]);
  });

  it("tell what a host did to oneself and to the room", () => {
    wire.tell("moderated", { op: "mute", until_ms: Date.now() + 600_000, reason: "", seconds: 0 });
    wire.tell("moderated", { op: "slow", until_ms: null, reason: "", seconds: 15 });
    expect(company).toMatchObject({ slow_s: 15, mutedUntil_ms: Date.now() + 600_000 });
    expect(company.notices.map(({ kind, n }) => [kind, n])).toEqual([["muted", 10], ["slow", 15]]);
  });
});
