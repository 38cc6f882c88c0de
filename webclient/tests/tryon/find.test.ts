import { describe, expect, it } from "vitest";
import { Finder, type View } from "../../src/tryon/find";

/** A face at a place of the frame, as the tracker sees it in a view; null where it is outside or too small. */
function seenIn(view: View, x: number, y: number, wide: number, least = 0.1): Float32Array | null {
  const [u, v, w] = [(x - view.x) * view.zoom, (y - view.y) * view.zoom, wide * view.zoom];
  if (u - w / 2 < 0 || u + w / 2 > 1 || v - w / 2 < 0 || v + w / 2 > 1 || w < least) return null;
  return Float32Array.of(u - w / 2, v, 0, u + w / 2, v, 0, u, v - w / 2, 0, u, v + w / 2, 0);
}

describe("looking for a face", () => {
  it("finds one too small for the whole frame within a second of a slow camera, wherever heads are", () => {
    for (const [x, y] of [[0.5, 0.4], [0.2, 0.35], [0.8, 0.45], [0.5, 0.7], [0.35, 0.5]] as const) {
      const finder = new Finder();
      let frames = 0;
      for (; frames < 12; frames++) {
        const face = seenIn(finder.view, x, y, 0.055);
        finder.found(face ? [face] : []);
        if (face) break;
      }
      expect(frames).toBeLessThan(9);
    }
  });

  it("says where in the frame it is, whatever part was enlarged", () => {
    const finder = new Finder();
    for (let i = 0; i < 20; i++) {
      const face = seenIn(finder.view, 0.3, 0.4, 0.06, i > 8 ? 0 : 0.1);
      finder.found(face ? [face] : []);
      if (!face) continue;
      expect(face[0]).toBeCloseTo(0.27, 5);
      expect(face[1]).toBeCloseTo(0.4, 5);
    }
  });

  it("opens again without the face leaving its place in the view by more than a third of its width, nor shrinking by a quarter", () => {
    for (const [x, y] of [[0.5, 0.4], [0.12, 0.3], [0.9, 0.5]] as const) {
      const finder = new Finder();
      let last: readonly [number, number, number] | null = null;
      for (let i = 0; i < 80; i++) {
        const { zoom } = finder.view;
        const face = seenIn(finder.view, x, y, 0.06, last ? 0 : 0.1);
        if (last) expect(face).not.toBeNull();
        if (face) {
          const now = [(face[0]! + face[3]!) / 2, face[1]!, zoom] as const;
          if (last) {
            expect(Math.hypot(now[0] - last[0], now[1] - last[1])).toBeLessThan(0.06 * last[2] / 3);
            expect(last[2] / now[2]).toBeLessThan(1.25);
          }
          last = now;
        }
        finder.found(face ? [face] : []);
      }
      expect(finder.view).toEqual({ x: 0, y: 0, zoom: 1 });
    }
  });
});
