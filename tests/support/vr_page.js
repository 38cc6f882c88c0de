/*
 * A shopper with an emulated headset, driven from a test: run in the page after iwer's own script.
 *
 * Everything steps by frames of the session, never by time. `place` and `point` speak of the room; the emulated device
 * lives in the headset's own space, which the store's rig carries about.
 */
(() => {
  const device = new IWER.XRDevice(IWER.metaQuest3, { stereoEnabled: window.__stereo === true, fovy: Math.PI / 2 });
  device.installRuntime({ forceInstall: true });
  device.position.set(0, 1.62, 0);
  const store = () => window.__vr;
  const inside = () => store().headset.inside;
  const vector = (x, y, z) => new (store().world.rig.position.constructor)(x, y, z);
  const frames = (n = 1) => new Promise((done) => {
    const step = () => (n-- <= 0 ? done() : requestAnimationFrame(step));
    requestAnimationFrame(step);
  });
  const hand = (side) => (device.primaryInputMode === "hand" ? device.hands[side] : device.controllers[side]);
  /** In the headset's space: put a hand there, pointing at a place of the room. */
  const reach = (side, at, target) => {
    const { rig } = store().world;
    rig.updateMatrixWorld(true);
    const to = rig.worldToLocal(vector(...target));
    const from = vector(...at);
    const pose = new rig.constructor();
    pose.position.copy(from);
    pose.lookAt(from.clone().multiplyScalar(2).sub(to)); // rays leave along -z
    hand(side).position.set(...at);
    hand(side).quaternion.set(...pose.quaternion.toArray());
  };
  const beside = (side) => {
    const { local } = inside().head;
    return [local.x + (side === "left" ? -0.2 : 0.2), local.y - 0.35, local.z - 0.25];
  };
  window.vr = {
    device, frames, reach,
    /** Point a hand at a place of the room from where hands usually are. */
    point: async (side, target, at = null) => {
      reach(side, at ?? beside(side), target);
      await frames(2);
    },
    button: async (side, id, value) => {
      if (device.primaryInputMode === "hand") hand(side).updatePinchValue(value);
      else hand(side).updateButtonValue(id, value);
      await frames(2);
    },
    stick: async (side, x, y) => {
      hand(side).updateAxes("thumbstick", x, y);
      await frames(3);
    },
    /** Where on the room a thing to press lies, on whichever panel is open. */
    spot: (id) => {
      for (const panel of [inside().menu, inside().card, inside().wrist.panel]) {
        if (!panel.isOpen) continue;
        const target = panel.targets.find((one) => one.id === id);
        if (target) return panel.at(target.x + target.width / 2, target.y + target.height / 2, vector(0, 0, 0)).toArray();
      }
      return null;
    },
    /** Everything that can be pressed now. */
    targets: () => [inside().menu, inside().card].filter((panel) => panel.isOpen).flatMap((panel) => panel.targets.map(({ id, label, width, height, isOff }) => ({ id, label, width, height, isOff }))),
    press: async (id, side = "right") => {
      let at = null;
      for (let turn = 0; turn < 240 && !at; turn++) {
        at = window.vr.spot(id);
        if (!at) await frames(1);
      }
      if (!at) throw new Error(`nothing to press is called ${id}: ${window.vr.targets().map((one) => one.id).join(" ")}`);
      await window.vr.point(side, at);
      await window.vr.button(side, "trigger", 1);
      await window.vr.button(side, "trigger", 0);
    },
    /** Words on the open panels, in reading order. */
    words: () => {
      const found = [];
      const walk = (laid) => {
        if (laid.box.kind === "text") found.push(laid.lines.join(" "));
        for (const child of laid.children) walk(child);
      };
      for (const panel of [inside().menu, inside().card, inside().notes.panel]) if (panel.isOpen && panel.view) walk(panel.view);
      return found;
    },
    head: () => ({ x: inside().head.world.x, y: inside().head.world.y, z: inside().head.world.z, yaw: inside().head.yaw }),
    stand: (product) => {
      const { group, slot, row } = store().stock.stands.find((one) => one.row.id === product);
      return { at: group.position.toArray(), home: [...slot.position], turn: group.quaternion.toArray(), size: [...row.dimensions_m], scale: group.scale.x, yaw: slot.yaw_deg };
    },
    /** For so many frames, and a minute: what comes from the server counts no frames. */
    waitFor: async (test, most = 900) => {
      for (let turn = 0, end_ms = performance.now() + 60_000; turn < most || performance.now() < end_ms; turn++) {
        if (await test()) return true;
        await frames(1);
      }
      return false;
    },
    draws: () => store().world.renderer.info.render.calls,
  };
})();
