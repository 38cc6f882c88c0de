import { BoxGeometry, Color, Group, Mesh, MeshPhysicalMaterial, MeshStandardMaterial } from "three";
import { describe, expect, it } from "vitest";
import { seeThrough } from "../src/viewer/glass";

describe("glass over a page", () => {
  it("covers by its tint and not by a picture behind it, once; what is no glass stays as it is", () => {
    const lens = new MeshPhysicalMaterial({ transmission: 1, thickness: 0.002, attenuationDistance: 0.001, attenuationColor: new Color(0.5, 0.4, 0.2) });
    const frame = new MeshStandardMaterial({ color: 0x8a5a30 });
    const model = new Group().add(new Mesh(new BoxGeometry(), [lens, frame]));
    seeThrough(model);
    expect([lens.transmission, lens.transparent, lens.depthWrite]).toEqual([0, true, false]);
    // Two attenuation lengths deep: the colour squared.
    expect(lens.color.toArray().map((part) => Number(part.toFixed(4)))).toEqual([0.25, 0.16, 0.04]);
    const tint = lens.color.clone();
    seeThrough(model);
    expect(lens.color.equals(tint)).toBe(true);
    expect([frame.transparent, frame.color.getHex()]).toEqual([false, 0x8a5a30]);
  });
});
