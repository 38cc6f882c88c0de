/**
 * What the store costs, for the benchmark and for whoever asks: with `?measure` in the address, `showroom.measure()` and
 * `showroom.steps(n)` in the console. Reads only; loaded only then.
 */
import type { Scene } from "./scene";
import type { Visit } from "./visit";

declare global {
  interface Window {
    gc?: () => void;
    showroom?: { measure(): unknown; steps(n: number): Promise<unknown> };
  }
}

const AT_ONCE = 25;

export function measured(scene: () => Scene | null, visit: () => Visit | null): void {
  const heap = (): number => {
    window.gc?.();
    return (performance as Performance & { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0;
  };
  /** Where the others are drawn now, metres and radians. */
  const others = (): object[] =>
    [...(visit()?.session.crowd.people.values() ?? [])].map(({ card, x, z, yaw, mode, focus, emoteTurn }) => ({ name: card?.name ?? "", x, z, yaw, mode, focus, emoteTurn }));
  const measure = (): object | null => {
    const now = scene();
    if (!now) return null;
    const { renderer } = now.world;
    return {
      draws: renderer.info.render.calls, triangles: renderer.info.render.triangles, memory: now.world.memory(),
      products: now.stock.stands.length, people: visit()?.session.crowd.people.size ?? 0, isPictured: now.stock.isPictured,
      stand: now.stand, others: others(),
    };
  };
  window.showroom = {
    measure,
    /** Our own work for n frames, without the drawing: milliseconds each, and what the heap grew by. */
    async steps(n) {
      const now = scene();
      if (!now) return null;
      const took: number[] = [];
      const step = (): void => {
        const began = performance.now();
        now.world.update(1 / 60);
        took.push(performance.now() - began);
      };
      for (let i = 0; i < AT_ONCE; i++) step();
      took.length = 0;
      const before = heap();
      for (let i = 0; i < n; i++) {
        step();
        if (i % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
      }
      const grown = heap() - before - 8 * n; // the times themselves
      took.sort((a, b) => a - b);
      const at = (share: number): number => took[Math.min(n - 1, Math.floor(share * n))] ?? 0;
      return { frames: n, heap_growth_bytes: grown, update_ms: { p50: at(0.5), p99: at(0.99), max: at(1) } };
    },
  };
}
