import { Group } from "three";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Own } from "../../src/avatar/own";

const name = (n: number): string => `own/${String(n).padStart(32, "0")}`;
const address = (n: number): string => `/api/avatars/${String(n).padStart(32, "0")}.glb`;

describe("bodies that others brought", () => {
  const asked: string[] = [];
  const answers = new Map<string, (answer: Response) => void>();
  let own: Own;

  beforeEach(() => {
    asked.length = 0;
    answers.clear();
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url);
      return new Promise<Response>((resolve) => answers.set(url, resolve));
    });
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    own = new Own(new Group(), () => undefined);
  });
  afterEach(() => {
    own.dispose();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("are asked for once each, and only so many at a time", () => {
    for (let row = 0; row < 9; row++) {
      own.wear(row, name(row));
      own.wear(row, name(row));
    }
    expect(asked).toEqual([0, 1, 2, 3, 4, 5].map(address));
  });

  it("come in the place of who goes, unless they went themselves", () => {
    for (let row = 0; row < 9; row++) own.wear(row, name(row));
    own.letGo(6);
    own.letGo(2);
    own.letGo(0);
    expect(asked.slice(6)).toEqual([7, 8].map(address));
  });

  it("come in the place of one that cannot be had", async () => {
    for (let row = 0; row < 7; row++) own.wear(row, name(row));
    answers.get(address(3))!(new Response("", { status: 404 }));
    await vi.waitFor(() => expect(asked.slice(6)).toEqual([address(6)]));
    // Their card comes again: so does the attempt.
    own.letGo(6);
    own.wear(3, name(3));
    expect(asked.at(-1)).toBe(address(3));
  });

  it("are asked for no more once all is over", () => {
    for (let row = 0; row < 9; row++) own.wear(row, name(row));
    own.dispose();
    expect(asked).toHaveLength(6);
  });
});
