/**
 * Two shoppers of the browser's network client against a real server, from Node: they meet, talk, lose the link and
 * come back. Prints JSON; exits 1 if something that must be was not.
 *
 *     showroom bots 12 --room boutique/boutique --server http://127.0.0.1:8787 --seconds 60 &
 *     npx vite-node bench/live.ts http://127.0.0.1:8787 boutique boutique 30
 */

import WebSocket from "ws";
import { PLAIN } from "../src/avatar/look";
import { seatTicket, Session, type Corrected, type Person, type WebSocketLike } from "../src/net/index";

const [server = "http://127.0.0.1:8787", store = "boutique", room = "boutique", seconds = "30"] = process.argv.slice(2);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const problems: string[] = [];
const must = (isSo: boolean, what: string): void => {
  if (!isSo) problems.push(what);
};

class Shopper {
  readonly heard: string[] = [];
  readonly reacted: unknown[] = [];
  readonly corrections: Corrected[] = [];
  readonly states: string[] = [];
  socket: WebSocket | null = null;
  poses = 0;
  frames = 0;
  readonly at = { x: 0, y: 0, z: 0, yaw: 0, vx: 0, vz: 0, turning: 0, animation: 0 };
  readonly session: Session;

  constructor(readonly name: string, token: string) {
    this.session = new Session({
      server, store, room, nickname: name, look: PLAIN,
      ticket: (request) => seatTicket(request, { Authorization: `Bearer ${token}` }),
      socket: (url, protocol) => {
        this.socket = new WebSocket(url, protocol, { perMessageDeflate: false });
        const send = this.socket.send.bind(this.socket);
        this.socket.send = ((data: Uint8Array) => {
          if (data[0] === 2) this.poses++;
          send(data);
        }) as never;
        this.socket.addEventListener("message", ({ data }) => (this.frames += new Uint8Array(data as ArrayBuffer)[0] === 0x42 ? 1 : 0));
        return this.socket as unknown as WebSocketLike;
      },
    });
    const { session } = this;
    session.addEventListener("said", ({ detail }) => this.heard.push(`${detail.name}: ${detail.text}`));
    session.addEventListener("reacted", ({ detail }) => this.reacted.push(detail));
    session.addEventListener("corrected", ({ detail }) => {
      this.corrections.push(detail);
      Object.assign(this.at, { x: detail.x, y: detail.y, z: detail.z, yaw: detail.yaw, vx: 0, vz: 0 });
    });
    session.addEventListener("change", () => this.states.push(session.state));
  }

  /** Walk for some seconds at 60 frames a second. */
  async walk(seconds_: number, vx: number, vz: number): Promise<void> {
    const end = performance.now() + seconds_ * 1000;
    let last = performance.now();
    while (performance.now() < end) {
      const now = performance.now();
      Object.assign(this.at, { x: this.at.x + (vx * (now - last)) / 1000, z: this.at.z + (vz * (now - last)) / 1000, vx, vz });
      last = now;
      this.session.pose(this.at);
      this.session.update(now);
      await wait(16);
    }
    Object.assign(this.at, { vx: 0, vz: 0 });
    this.session.pose(this.at);
  }
}

/** A guest's pass. A browser has it as a cookie; here it is sent as a bearer token. */
async function pass(name: string): Promise<string> {
  const answer = await fetch(`${server}/api/guests`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name }) });
  if (!answer.ok) throw new Error(`/api/guests: ${answer.status}`);
  return ((await answer.json()) as { token: string }).token;
}

const tokens = [await pass("Ada"), await pass("Bo")] as const;
const ada = new Shopper("Ada", tokens[0]);
const bo = new Shopper("Bo", tokens[1]);
await Promise.all([ada.session.open(), bo.session.open()]);
must(ada.session.state === "open" && bo.session.state === "open", `open: ${JSON.stringify([ada.session.problem, bo.session.problem])}`);
await Promise.all([ada.walk(1.5, 0, 0), bo.walk(1.5, 0, 0)]);

// They see each other and everybody else, with names.
const names = (it: Shopper): string[] => [...it.session.crowd.people.values()].map((p) => p.card?.name ?? (p.isFar ? "(far)" : "?"));
must(names(ada).includes("Bo") && names(bo).includes("Ada"), `they see each other: ${names(ada)} | ${names(bo)}`);
must(!names(ada).includes("?"), `everybody near has a card: ${names(ada)}`);

// Talk, and react.
await Promise.all([ada.session.say("hello Bo"), ada.walk(0.4, 0, 0), bo.walk(0.4, 0, 0)]);
const boMember = bo.session.member;
await ada.session.say("just you", "private", boMember).catch((why: unknown) => problems.push(`private: ${String(why)}`));
await ada.session.act({ do: "react", kind: "heart", to: boMember });
must(bo.heard.filter((line) => line === "Ada: hello Bo").length === 1, `Bo hears once: ${bo.heard}`);
must(bo.heard.includes("Ada: just you"), "Bo hears the whisper");
must(bo.reacted.filter((it) => (it as { who: number }).who === ada.session.member).length === 1, "Bo gets the heart");
const refusal = await ada.session.act({ do: "follow", who: 4000000000 }).then(() => null, (why: { code: string }) => why.code);
must(refusal !== null, "following nobody is refused");

// Ada walks to and fro; Bo sees her go the same way, smoothly.
const seenBy = (it: Shopper, member: number): Person | null => it.session.person(member);
const before = { ...seenBy(bo, ada.session.member)! };
const start = { ...ada.at };
ada.poses = 0;
let peak = 0;
let lastV: [number, number, number] | null = null;
const watching = setInterval(() => {
  const now = performance.now();
  bo.session.update(now);
  const p = seenBy(bo, ada.session.member);
  if (!p) return;
  if (lastV) peak = Math.max(peak, Math.hypot(p.vx - lastV[0], p.vz - lastV[1]) / Math.max((now - lastV[2]) / 1000, 0.01));
  lastV = [p.vx, p.vz, now];
}, 16);
const room_m = ada.session.welcome!.floor;
const towards = start.x > room_m.corner_mm[0] / 1000 + room_m.size_cm[0] / 200 ? -1 : 1;
const corrections = ada.corrections.length;
await ada.walk(1.5, 1.2 * towards, 0);
await ada.walk(0.8, 0, 0);
const after = seenBy(bo, ada.session.member);
must(after !== null && Math.hypot(after.x - ada.at.x, after.z - ada.at.z) < 0.15, `Bo sees Ada where she is: ${JSON.stringify([after && [after.x, after.z], ada.at])}`);
const walkedPoses = ada.poses;

// The link breaks while Ada walks; Bo talks meanwhile.
ada.states.length = 0;
const wasCorrected = ada.corrections.length;
const cutAt = performance.now();
ada.socket!.terminate();
const missed = bo.session.say("while you were away");
const own = ada.session.say("said while away");
await ada.walk(2.5, -1.2 * towards, 0);
await Promise.all([missed, own]);
await Promise.all([ada.walk(0.8, 0, 0), bo.walk(0.8, 0, 0)]);
must(ada.session.state === "open" && ada.states.includes("waiting"), `Ada is back: ${ada.states}`);
must(ada.session.welcome!.resumed, "the seat was resumed");
must(ada.heard.filter((line) => line === "Bo: while you were away").length === 1, `what was missed is heard once: ${ada.heard}`);
must(bo.heard.filter((line) => line === "Ada: said while away").length === 1, `what was said meanwhile is said: ${bo.heard}`);
const home = seenBy(bo, ada.session.member);
must(home !== null && Math.hypot(home.x - ada.at.x, home.z - ada.at.z) < 0.15, `Ada goes on from where she walked: ${JSON.stringify([home && [home.x, home.z], ada.at])}`);
const pulled = ada.corrections.slice(wasCorrected);

// The rest of the time: watch everybody.
const moved = new Map<number, number>();
const places = new Map<number, [number, number]>();
const spikes: number[] = [];
const speeds = new Map<number, [number, number]>();
const forget = ({ slot }: Person): void => void (places.delete(slot), speeds.delete(slot));
ada.session.addEventListener("leave", ({ detail }) => forget(detail));
const until = performance.now() + Number(seconds) * 1000;
let previous = performance.now();
while (performance.now() < until) {
  await wait(16);
  const now = performance.now();
  ada.session.update(now);
  ada.session.pose(ada.at);
  for (const person of ada.session.crowd.people.values()) {
    if (person.isFar) {
      forget(person);
      continue;
    }
    const was = places.get(person.slot);
    if (was) moved.set(person.slot, (moved.get(person.slot) ?? 0) + Math.hypot(person.x - was[0], person.z - was[1]));
    const v: [number, number] = was ? [((person.x - was[0]) / (now - previous)) * 1000, ((person.z - was[1]) / (now - previous)) * 1000] : [0, 0];
    const wasV = speeds.get(person.slot);
    if (was && wasV) spikes.push((Math.hypot(v[0] - wasV[0], v[1] - wasV[1]) / (now - previous)) * 1000);
    if (was) speeds.set(person.slot, v);
    places.set(person.slot, [person.x, person.z]);
  }
  previous = now;
}
clearInterval(watching);
spikes.sort((a, b) => a - b);
const result = {
  people: names(ada).length, names: names(ada).slice(0, 6), walked_m: [...moved.values()].map((m) => Math.round(m * 10) / 10).sort((a, b) => b - a).slice(0, 12),
  poses_for_1_5_s_of_walking: walkedPoses, corrections_while_walking: ada.corrections.length - corrections - pulled.length, corrections_on_return: pulled,
  back_after_ms: Math.round(performance.now() - cutAt - Number(seconds) * 1000), refusal, round_trip_ms: Math.round(ada.session.roundTrip_ms * 10) / 10, delay_ms: Math.round(ada.session.delay_ms),
  acceleration_m_s2: { p50: spikes[Math.floor(spikes.length * 0.5)], p99: spikes[Math.floor(spikes.length * 0.99)], max: spikes.at(-1) }, seen_peak_of_ada: peak,
  from: [before.x, before.z], problems,
};
console.log(JSON.stringify(result, null, 1));
ada.session.close();
bo.session.close();
await wait(300);
process.exit(problems.length ? 1 : 0);
