import { Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import type { Row } from "../../src/api";
import { Lent, onTheWire, withinReach, type LentLine } from "../../src/world/lent";
import type { Slot } from "../../src/world/plan";
import { Stand } from "../../src/world/stand";

const CORNER_MM = [-4600, -6000];

class Line extends EventTarget implements LentLine {
  readonly member = 7;
  readonly welcome = { floor: { corner_mm: CORNER_MM } };
  person(member: number): { x: number; y: number; z: number; yaw: number } | null {
    return member === 3 ? { x: 1, y: 0, z: 2, yaw: 0 } : null;
  }
  held(who: number | null, position: Vector3, turn = new Quaternion()): void {
    this.dispatchEvent(new CustomEvent("held", { detail: { thing: "shelf-1", who, ...onTheWire(CORNER_MM, position, turn) } }));
  }
}

const SHELF = new Vector3(3, 1.1, -2);
const stand = (): Stand => {
  const slot = { id: "shelf-1", position: SHELF.toArray(), yaw_deg: 90, product: "terra-vase", room_m: [1, 1, 1], isHero: false } as unknown as Slot;
  return new Stand(slot, { id: "terra-vase", dimensions_m: [0.2, 0.3, 0.2] } as unknown as Row, 1);
};

function room(): { line: Line; one: Stand; lent: Lent; given: number[]; mine: { is: boolean }; pass(frames: number): void; lines: { now: Line | null } } {
  const [line, one] = [new Line(), stand()];
  const given: number[] = [];
  const mine = { is: false };
  const lines: { now: Line | null } = { now: line };
  const lent = new Lent({ stands: () => [one], line: () => lines.now, isMine: () => mine.is, given: (_stand, from) => void given.push(from), moved: () => undefined });
  const pass = (frames: number): void => {
    for (let i = 0; i < frames; i++) lent.update(1 / 60);
  };
  pass(1);
  return { line, one, lent, given, mine, pass, lines };
}

describe("a product in somebody's hands", () => {
  it("goes where the hands go and back to its shelf when it is let go", () => {
    const { line, one, lent, pass } = room();
    const place = new Vector3(0.4, 1.3, 0.7);
    const turn = new Quaternion().setFromAxisAngle(new Vector3(1, 0, 0), 0.6);
    line.held(3, SHELF);
    line.held(3, place, turn);
    pass(120);
    expect(lent.ownerOf("shelf-1")).toBe(3);
    expect(one.group.position.distanceTo(place)).toBeLessThan(0.01);
    expect(one.group.quaternion.angleTo(turn)).toBeLessThan(0.01);
    line.held(null, place);
    pass(180);
    expect(one.group.position.toArray()).toEqual(SHELF.toArray());
    expect(lent.ownerOf("shelf-1")).toBe(null);
  });
  it("is before the chest of whoever took it until their hand says where it is", () => {
    const { line, one, pass } = room();
    line.held(3, SHELF);
    pass(120);
    expect(one.group.position.x).toBeCloseTo(1, 2);
    expect(one.group.position.z).toBeCloseTo(2.4, 2);
  });
  it("is given once when it is handed to oneself, and goes home here", () => {
    const { line, one, given, pass } = room();
    line.held(3, new Vector3(0, 1, 0));
    pass(30);
    line.held(7, new Vector3(0, 1, 0));
    pass(180);
    expect(given).toEqual([3]);
    expect(one.group.position.toArray()).toEqual(SHELF.toArray());
  });
  it("is let be while it is in one's own hands", () => {
    const { line, one, mine, given, pass } = room();
    mine.is = true;
    one.group.position.set(9, 9, 9);
    line.held(7, new Vector3(0, 1, 0));
    line.held(7, new Vector3(0, 1.2, 0));
    pass(60);
    expect(given).toEqual([]);
    expect(one.group.position.toArray()).toEqual([9, 9, 9]);
  });
  it("goes home when one leaves the room for another", () => {
    const { line, lines, one, pass } = room();
    line.held(3, new Vector3(0, 1, 0));
    pass(60);
    lines.now = new Line();
    pass(240);
    expect(one.group.position.toArray()).toEqual(SHELF.toArray());
  });
});

describe("reach", () => {
  it("lets things be put where they are near, and no further than the server allows", () => {
    const feet = { x: 0, z: 0 };
    expect(withinReach(new Vector3(1, 1.2, -1), feet).toArray()).toEqual([1, 1.2, -1]);
    const far = withinReach(new Vector3(30, 1.2, 40), feet);
    expect(Math.hypot(far.x, far.z)).toBeCloseTo(2.4);
    expect(Math.atan2(far.x, far.z)).toBeCloseTo(Math.atan2(30, 40));
  });
});
