import { describe, expect, it } from "vitest";
import { PLAIN, read, written, type Look } from "../../src/avatar/look";

const LOOK: Look = { body: "noor", hair: "curls", outfit: "dress", shape: { tall: -2, wide: 3, strong: 0, old: 1 }, isSeated: true, tint: [1, 2, 3, 0xffffff] };

describe("a look", () => {
  it("comes back as it was written, within what the wire allows", () => {
    const { avatar, tint } = written(LOOK);
    expect(read(avatar, tint)).toEqual(LOOK);
    expect(avatar).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/);
  });

  it("is plain where it is strange", () => {
    const found = read("<b>//../h9w", [-1.5, Number.NaN]);
    expect(found).toEqual({ ...PLAIN, shape: { ...PLAIN.shape, tall: 4 } });
  });
  it("keeps a body of one's own through the wire, with colours for those who cannot see it, and no other file's name", () => {
    const own = `own/${"0a".repeat(16)}`;
    const look = { ...PLAIN, own };
    expect(read(written(look).avatar, written(look).tint)).toEqual(look);
    for (const strange of ["own/../../x", "own/ABC", `${own}/x`, "https://elsewhere.example/x.glb"]) expect(read(strange, []).own).toBeUndefined();
  });
});
