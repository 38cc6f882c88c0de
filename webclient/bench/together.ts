/** The company's panels on the bench, with people who are not there: hostile names, long ones, all kinds of notices. */
import { PLAIN } from "../src/avatar/look";
import { Refused, Session, type Card, type Person } from "../src/net";
import { Company } from "../src/together";
import type { Wire } from "../src/together/wire";
import type { Shop } from "../src/shop";

const NAMES = ["Ada", "<img onerror=alert(1)>", "\u202Eevil\u202C Otto", "一二三四五六七八九十一二三四五六七八九十一二三四", "WWWWWWWWWWWWWWWWWWWWWWWW", "Grace Hopper", "مريم", "Bot Lina", "Hostess"];

class Scripted extends EventTarget implements Wire {
  state = "open";
  member = 100;
  me: Person | null = person(100, "Mira", "host", 0, 0);
  welcome = { ice: [] };
  seat = { code: "ADA-7X2K" };
  crowd = { people: new Map<number, Person>() };
  person(member: number): Person | null {
    return [...this.crowd.people.values(), this.me].find((one) => one?.card?.member === member) ?? null;
  }
  show(): void {}
  say(text: string, scope = "room"): Promise<void> {
    if (/http/.test(text)) return Promise.reject(new Refused("chat.refused", "Links are not allowed here. Say it in words."));
    if (/fast/.test(text)) return Promise.reject(new Refused("chat.too_fast", "Too many messages. Wait 9 s.", 9000));
    if (/slow/.test(text)) return new Promise(() => undefined);
    this.tell("said", { id: Date.now(), who: this.member, name: "Mira", text, scope, at_ms: Date.now() });
    return Promise.resolve();
  }
  act(action: { do: string; [field: string]: unknown }): Promise<void> {
    if (action.do === "react") this.tell("reacted", { who: this.member, kind: action["kind"], to: null, product: null });
    if (action.do === "party" && action["op"] === "create") this.tell("party", { members: [[100, "Mira"]], code: "K7QX2P" });
    return Promise.resolve();
  }
  tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function person(member: number, name: string, role: string, x: number, z: number): Person {
  const card: Card = { slot: member, rev: 0, member, name, role, avatar: "", tint: [], wears: [], party: 0, muted: false };
  return { slot: member, rev: 0, card, x, y: 0, z, yaw: 0, vx: 0, vz: 0, animation: 0, emote: 0, emoteTurn: 0, mode: 0, focus: 0, head: null, left: null, right: null, isFar: false, isTalking: false };
}

export async function prepare(made: Record<string, () => HTMLElement>, shop: Shop, query: URLSearchParams): Promise<void> {
  let wire: Wire;
  let company: Company;
  if (query.get("together") === "live") {
    // Both of one page's life: as the store does it.
    const session = new Session({ server: "", store: "boutique", room: "boutique", nickname: query.get("name") ?? "Mira", look: PLAIN, friend: query.get("with") ?? "", party: query.get("party") ?? "" });
    await session.open();
    wire = session;
    company = new Company(session, { store: "boutique", room: "boutique" });
    shop.join(session);
    const frame = (now: number): void => {
      session.update(now);
      const { me } = session;
      if (me) company.update(me.x, me.y, me.z, me.yaw);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  } else {
    const scripted = new Scripted();
    NAMES.forEach((name, i) => scripted.crowd.people.set(i + 1, person(i + 1, name, i === 7 ? "bot" : i === 8 ? "host" : "guest", (i % 3) * 2.2 + 0.4, i * 1.4)));
    wire = scripted;
    company = new Company(scripted, { store: "boutique", room: "boutique" });
    const [ada] = scripted.crowd.people.values();
    if (ada) ada.isTalking = true;
    if (!query.has("bare")) {
      const now = Date.now();
      const say = (id: number, who: number, text: string, scope = "room", ago_s = 60): void => scripted.tell("said", { id, who, name: NAMES[who - 1] ?? "Mira", text, scope, at_ms: now - ago_s * 1000 });
      say(1, 1, "Hello! Is anybody looking at the tote in olive?", "room", 300);
      say(2, 1, "It is the last one.", "room", 280);
      say(3, 2, "<script>alert(1)</script><b>bold?</b>", "room", 200);
      say(4, 3, "\u202Etxet desrever \u202C and back", "near", 180);
      say(5, 4, "这个包真好看,我也想要一个。WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW", "room", 120);
      say(6, 100, "I have it in my hands, come and see.", "room", 100);
      say(7, 7, "مرحبا، كم السعر؟", "room", 90);
      say(8, 6, "Only between us: the lamp would look good at yours.", "private", 30);
      scripted.tell("party", { members: [[100, "Mira"], [1, "Ada"]], code: "K7QX2P" });
      scripted.tell("invited", { who: 5, name: NAMES[4] });
      scripted.tell("reacted", { who: 1, kind: "sparkle", to: 100, product: "mere-tote" });
      scripted.tell("shared", { who: 1, product: "mere-tote", variant: "BAG-MERE-OLI", yaw: 0, pitch: 0, distance_mm: 900 });
      scripted.tell("shared", { who: 2, product: "halo-lamp", variant: null, yaw: 0, pitch: 0, distance_mm: 900 });
      void company.talk.say("see http://example.com", "room");
      void company.talk.say("too fast for this room", "room");
      void company.talk.say("a slow one under way", "room");
    }
    if (query.has("translate")) company.translator = (text, _from, to) => Promise.resolve(`[${to}] ${text}`);
  }
  Object.assign(window, { __company: company, __wire: wire });
  const of = (tag: string, more: object = {}) => (): HTMLElement => Object.assign(document.createElement(tag), { company, ...more });
  Object.assign(made, {
    chat: of("together-chat"), people: of("together-people", { product: query.get("product") ?? "" }), emotes: of("together-emotes"), voice: of("together-voice"), invite: of("together-invite"), toasts: of("together-toasts"),
    reactions: of("together-reactions"), captions: of("together-captions"),
  });
  document.addEventListener("message", (event) => {
    const { member, name } = (event as CustomEvent<{ member: number; name: string }>).detail;
    (document.querySelector("together-chat") as unknown as { address(member: number, name: string): void } | null)?.address(member, name);
  });
}
