import { describe, expect, it } from "vitest";
import { Object3D, Quaternion, Vector3 } from "three";
import { wrapped } from "../../src/angle";
import { placeHead, rigYaw, SnapTurn, turnAbout, yawOf } from "../../src/xr/turn";

const headIn = (rig: Object3D, head: Vector3): Vector3 => {
  rig.updateMatrixWorld(true);
  return head.clone().applyMatrix4(rig.matrixWorld);
};

describe("turning", () => {
  it("turns the view about the head and moves the head nowhere", () => {
    for (const head of [new Vector3(0.4, 1.5, -0.7), new Vector3(-1, 1.1, 0.2), new Vector3(0, 1.7, 0)]) {
      for (const angle of [Math.PI / 6, -Math.PI / 6, Math.PI / 4, 3]) {
        const rig = new Object3D();
        rig.rotation.y = 1.1;
        rig.position.set(2, 0.3, -3);
        const before = headIn(rig, head);
        const look = (): number => yawOf(new Quaternion().setFromRotationMatrix(rig.matrixWorld));
        const looked = look();
        turnAbout(rig, head, angle);
        expect(headIn(rig, head).distanceTo(before)).toBeLessThan(1e-9);
        expect(wrapped(looked - look())).toBeCloseTo(wrapped(angle)); // to the right is a smaller yaw
      }
    }
  });

  it("puts the head over a place and lets it look where one looked", () => {
    const rig = new Object3D();
    const headRotation = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), 0.8);
    const head = new Vector3(0.3, 1.62, 0.5);
    rig.rotation.y = rigYaw(2.2, yawOf(headRotation));
    placeHead(rig, head, -1.5, 0.2, 4);
    const world = headIn(rig, head);
    expect(world.x).toBeCloseTo(-1.5);
    expect(world.y).toBeCloseTo(1.82);
    expect(world.z).toBeCloseTo(4);
    expect(wrapped(yawOf(new Quaternion().setFromRotationMatrix(rig.matrixWorld).multiply(headRotation)) - 2.2)).toBeCloseTo(0);
  });

  it("turns once a push, however long the stick is held, and again after it came back", () => {
    const snap = new SnapTurn();
    const turns = [0, 0.5, 0.8, 1, 1, 0.6, 0.5, 0.3, 0, -0.9, -1, 0, 0.9].map((x) => snap.update(x));
    expect(turns).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0, -1, 0, 0, 1]);
  });

  it("does not turn when the stick is pushed ahead more than aside", () => {
    expect(new SnapTurn().update(0.72, 0.8)).toBe(0);
  });
});
