// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FigureChooser } from "../../src/avatar/chooser";
import { PLAIN, read, written } from "../../src/avatar/look";
import { surprise } from "../../src/avatar/palette";
import { LANGUAGES, speak, type Language } from "../../src/ui/words";

vi.mock("../../src/avatar/portrait", () => ({
  Portrait: class {
    show(): void {}
    showOwn(): void {}
    frame(): void {}
    turn(): void {}
    wave(): void {}
    dispose(): void {}
  },
}));

let chooser: FigureChooser;
const all = <E extends Element>(selector: string): E[] => [...chooser.renderRoot.querySelectorAll<E>(selector)];
const settled = (): Promise<unknown> => chooser.updateComplete;

beforeEach(async () => {
  chooser = new FigureChooser();
  document.body.append(chooser);
  await settled();
});

afterEach(() => {
  chooser.remove();
  speak("en");
});

/** Use a choice as a hand or a key does. */
async function choose(name: string, value: string): Promise<void> {
  const input = all<HTMLInputElement>(`input[name="${name}"]`).find((one) => one.value === value);
  if (!input) throw new Error(`${name} has no ${value}`);
  input.checked = true;
  input.dispatchEvent(new Event("change"));
  await settled();
}

describe("the figure chooser", () => {
  it("names every control in every language", async () => {
    for (const language of Object.keys(LANGUAGES) as Language[]) {
      speak(language);
      await settled();
      for (const group of all('[role="radiogroup"]')) expect(group.getAttribute("aria-label"), language).toBeTruthy();
      const inputs = all<HTMLInputElement>("input");
      expect(inputs.length).toBeGreaterThan(50);
      for (const input of inputs) {
        const name = input.getAttribute("aria-label") ?? input.closest("label")?.textContent?.trim();
        expect(name, `${language} ${input.name} ${input.value}`).toBeTruthy();
      }
    }
  });

  it("tells each choice once, and the look goes through the wire as it was chosen", async () => {
    let told = 0;
    chooser.addEventListener("change", () => told++);
    await choose("figure", "kofi");
    await choose("hair", "curls");
    await choose("outfit", "suit");
    await choose("skin", "#5a3825");
    await choose("top", "#565b45");
    expect(told).toBe(5);
    expect(chooser.value).toMatchObject({ body: "kofi", hair: "curls", outfit: "suit" });
    expect(chooser.value.tint[0]).toBe(0x5a3825);
    expect(chooser.value.tint[2]).toBe(0x565b45);
    const { avatar, tint } = written(chooser.value);
    expect(read(avatar, tint)).toEqual(chooser.value);
  });

  it("says in words what a slider does", async () => {
    const slider = all<HTMLInputElement>('input[type="range"]')[0]!;
    expect(slider.getAttribute("aria-valuetext")).toBe("in between");
    slider.value = "-3";
    slider.dispatchEvent(new Event("input"));
    await settled();
    expect(chooser.value.shape.tall).toBe(-3);
    expect(slider.getAttribute("aria-valuetext")).toBe("shorter 3");
  });

  it("keeps the wheelchair when it surprises", async () => {
    const chair = all<HTMLInputElement>('input[role="switch"]')[0]!;
    chair.checked = true;
    chair.dispatchEvent(new Event("change"));
    await settled();
    all<HTMLButtonElement>(".pill")[0]!.click();
    expect(chooser.value.isSeated).toBe(true);
  });

  it("refuses a file that is no body with a sentence, and shows its name as text", async () => {
    const input = all<HTMLInputElement>('input[type="file"]')[0]!;
    const file = new File(["<svg onload=alert(1)>, and more than enough to be read as a head"], "<img src=x onerror=alert(1)>.glb");
    Object.defineProperty(input, "files", { value: [file], configurable: true });
    input.dispatchEvent(new Event("change"));
    await vi.waitFor(() => expect(all("#own-state.problem")[0]?.textContent).toMatch(/GLB or VRM/), { timeout: 30_000 });
    expect(all("img")).toHaveLength(0);
    expect(chooser.file).toBeNull();
  }, 40_000);
});

describe("a surprise", () => {
  it("is always a look that the wire can carry, from what there is", () => {
    let seed = 1;
    const chance = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let i = 0; i < 300; i++) {
      const look = surprise(["ada", "ben"], ["bob"], ["linen", "suit"], i % 2 === 0, chance);
      const { avatar, tint } = written(look);
      expect(read(avatar, tint)).toEqual(look);
      expect(look.tint[2]).not.toBe(look.tint[3]);
      expect(look).not.toEqual(PLAIN);
    }
  });
});
