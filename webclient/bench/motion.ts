/**
 * How smoothly others' motion is drawn over a bad link, as JSON: acceleration spikes of what is drawn, beside the
 * latest position as it comes, straight lines at 100 ms, Hermite curves as late as ours, and the truth.
 *
 *     npx vite-node bench/motion.ts [seconds]
 */

import { simulate, type Link, type Scene } from "./simulation";

const seconds = Number(process.argv[2] ?? 60);
const LINKS: Readonly<Record<string, Link>> = {
  "5 % loss, 80 ms jitter": { latency_ms: 30, jitter_ms: 80, loss: 0.05 },
  "1 % loss, 30 ms jitter": { latency_ms: 30, jitter_ms: 30, loss: 0.01 },
  "a good line": { latency_ms: 10, jitter_ms: 4, loss: 0 },
};
const found: Record<string, unknown> = {};
for (const [name, link] of Object.entries(LINKS)) {
  for (const kind of ["strollers", "typists"] as const) {
    const scene: Scene = { link, seconds, people: 12, seed: 7, kind };
    found[`${kind}, ${name}`] = simulate(scene);
  }
}
console.log(JSON.stringify({ unit: "m/s²", seconds, people: 12, scenes: found }, null, 1));
