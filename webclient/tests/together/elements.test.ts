// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refused } from "../../src/net";
import { Company } from "../../src/together";
import { person, ScriptedWire } from "./scripted";

const HOSTILE = "<img onerror=alert(1)>";
let wire: ScriptedWire;
let company: Company;
const said: string[] = [];
const hear = (event: Event): void => void said.push((event as CustomEvent<string>).detail);

beforeEach(() => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"products": []}')));
  wire = new ScriptedWire(1, "Mira").add(person(2, HOSTILE, {}, 1, 0), person(3, "\u202EW".repeat(24), {}, 2, 0));
  company = new Company(wire, { store: "boutique", room: "boutique" });
  said.length = 0;
  document.addEventListener("announce", hear);
});
afterEach(() => {
  document.removeEventListener("announce", hear);
  document.body.replaceChildren();
  company.dispose();
  vi.unstubAllGlobals();
});

type Element_ = HTMLElement & { updateComplete: Promise<boolean> };
async function shown(tag: string, more: object = {}): Promise<{ element: Element_; root: ShadowRoot; settle(): Promise<void> }> {
  const element = Object.assign(document.createElement(tag), { company, ...more }) as unknown as Element_;
  document.body.append(element);
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 6; i++) {
      await new Promise((done) => setTimeout(done));
      await element.updateComplete;
    }
  };
  await settle();
  return { element, root: element.shadowRoot as ShadowRoot, settle };
}
const press = (root: ShadowRoot, selector: string): void => (root.querySelector(selector) as HTMLElement).click();

describe("the panels of the company", () => {
  it("show names and words as text, whatever they hold", async () => {
    wire.tell("said", { id: 1, who: 2, name: HOSTILE, text: `${HOSTILE}<script>alert(2)</script>`, scope: "room", at_ms: 1 });
    wire.tell("party", { members: [[1, "Mira"], [2, HOSTILE]], code: HOSTILE });
    wire.tell("invited", { who: 3, name: HOSTILE });
    wire.tell("told", { code: "x", text: HOSTILE });
    for (const tag of ["together-chat", "together-people", "together-toasts", "together-invite", "together-captions"]) {
      const { root } = await shown(tag);
      if (tag !== "together-captions") expect(root.textContent, tag).toContain(HOSTILE);
      expect(root.querySelectorAll("script, img, [onerror]"), tag).toHaveLength(0);
      expect(root.textContent, tag).not.toContain("\u202E");
      expect([...root.querySelectorAll("[style]")].filter((one) => !/^\s*--face/.test(one.getAttribute("style") ?? "")), tag).toEqual([]);
    }
  });

  it("say what is typed, and show a refusal with its reason beside it", async () => {
    wire.saying = () => Promise.reject(new Refused("chat.too_fast", "Too many.", 9000));
    const { root, settle } = await shown("together-chat");
    const box = root.querySelector("textarea") as HTMLTextAreaElement;
    box.value = "hello";
    box.dispatchEvent(new Event("input"));
    await settle();
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    await settle();
    expect(root.querySelector(".said.refused")?.textContent).toBe("hello");
    expect(root.querySelector(".under")?.textContent).toMatch(/Wait 9 s/);
    expect(box.value).toBe("");
  });

  it("do not let keys typed in the chat walk or wave", async () => {
    const { root } = await shown("together-chat");
    await shown("together-emotes");
    const typed = new KeyboardEvent("keydown", { key: "1", code: "Digit1", bubbles: true, composed: true });
    root.querySelector("textarea")?.dispatchEvent(typed);
    expect(wire.shown).toEqual([]);
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "6", code: "Digit6" }));
    expect(wire.shown).toEqual([{ emote: 6 }]);
  });

  it("unfold what can be done with somebody, and ask twice before the grave things", async () => {
    wire.me = person(1, "Mira", { role: "host" });
    const { root, settle } = await shown("together-people");
    press(root, ".head");
    await settle();
    press(root, ".grave");
    await settle();
    expect(wire.did("moderate")).toEqual([]);
    press(root, ".grave");
    await settle();
    expect(wire.did("moderate")).toMatchObject([{ op: "kick", who: 2 }]);
  });

  it("offer nothing of a host's to a guest", async () => {
    const { root, settle } = await shown("together-people");
    press(root, ".head");
    await settle();
    expect(root.querySelectorAll(".grave, .room")).toHaveLength(0);
  });

  it("tell what happens once, and take an answer", async () => {
    const { root, settle } = await shown("together-toasts");
    wire.tell("invited", { who: 2, name: "Ada" });
    await settle();
    expect(said).toEqual(["Ada asks you into a party"]);
    press(root, ".act");
    await settle();
    expect(wire.did("party")).toEqual([{ do: "party", op: "accept", who: 2 }]);
    expect(root.querySelectorAll("li")).toHaveLength(0);
    expect(said).toHaveLength(1);
  });
});
