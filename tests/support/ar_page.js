/*
 * A shopper with an emulated headset in an emulated room, driven from a test: run in the page after iwer's and its
 * synthetic environment's scripts. Everything steps by frames of the session, never by time. Places are the room's.
 */
(() => {
  const device = new IWER.XRDevice(IWER.metaQuest3, { stereoEnabled: false, fovy: Math.PI / 2.4 });
  device.installRuntime({ forceInstall: true });
  const element = () => document.querySelector("place-room");
  const frames = (n = 1) => new Promise((done) => {
    const step = () => (n-- <= 0 ? done() : requestAnimationFrame(step));
    requestAnimationFrame(step);
  });
  /** The turn that makes -z look along a way, upright; xyzw. */
  const toward = (from, to) => {
    const [x, y, z] = to.map((value, i) => value - from[i]);
    const long = Math.hypot(x, y, z);
    const yaw = Math.atan2(-x, -z) / 2;
    const pitch = Math.asin(y / long) / 2;
    const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
    return [cy * sp, sy * cp, -sy * sp, cy * cp];
  };
  window.ar = {
    device, frames,
    /** The room as it was captured; before the session. */
    furnish: (scene) => {
      if (!device.sem) device.installSEM(IWER_SEM.SyntheticEnvironmentModule);
      device.sem.loadEnvironment(scene);
    },
    stand: async (at, look) => {
      device.position.set(...at);
      device.quaternion.set(...toward(at, look));
      await frames(2);
    },
    point: async (target, side = "right") => {
      const { x, y, z } = device.position;
      const at = [x + (side === "left" ? -0.15 : 0.15), y - 0.3, z];
      device.controllers[side].position.set(...at);
      device.controllers[side].quaternion.set(...toward(at, target));
      await frames(2);
    },
    button: async (id, value, side = "right") => {
      device.controllers[side].updateButtonValue(id, value);
      await frames(2);
    },
    stick: async (x, n, side = "right") => {
      device.controllers[side].updateAxes("thumbstick", x, 0);
      await frames(n);
      device.controllers[side].updateAxes("thumbstick", 0, 0);
      await frames(2);
    },
    press: async (id) => {
      const { panel } = element().ar.panel;
      let target = null;
      for (let turn = 0; turn < 60 && !target; turn++) {
        target = panel.targets.find((one) => one.id === id) ?? null;
        if (!target) await frames(1);
      }
      if (!target) throw new Error(`nothing to press is called ${id}: ${panel.targets.map((one) => one.id).join(" ")}`);
      const at = panel.at(target.x + target.width / 2, target.y + target.height / 2, panel.mesh.position.clone()).toArray();
      await window.ar.point(at);
      await window.ar.button("trigger", 1);
      await window.ar.button("trigger", 0);
    },
    /** Point at a place of the room and press. */
    put: async (target) => {
      await window.ar.point(target);
      await window.ar.button("trigger", 1);
      await window.ar.button("trigger", 0);
    },
    /** For so many frames, and a minute: what comes from the server counts no frames. */
    waitFor: async (test, most = 600) => {
      for (let turn = 0, end_ms = performance.now() + 60_000; turn < most || performance.now() < end_ms; turn++) {
        if (await test()) return true;
        await frames(1);
      }
      return false;
    },
    words: () => {
      const found = [];
      const walk = (laid) => {
        if (laid.box.kind === "text") found.push(laid.lines.join(" "));
        for (const child of laid.children) walk(child);
      };
      const { panel } = element().ar.panel;
      if (panel.view) walk(panel.view);
      return found;
    },
    pieces: () => element().home.arrangement.pieces.map((one) => ({
      product: one.ware.product, at: [one.x_m, one.y_m, one.z_m], yaw: one.yaw_rad, sku: one.sku, verdict: element().home.arrangement.verdict(one.id),
      drawn: element().ar?.stage.figure(one.id)?.measured().toArray() ?? null, hasModel: element().ar?.stage.figure(one.id)?.hasModel ?? false,
    })),
  };
})();
