/** Builds the client as `npm run build` does, writes nothing, and adds up what a browser loads before the first picture. */
import { gzipSync } from "node:zlib";
import { build, type Rollup } from "vite";
import { beforeAll, describe, expect, it } from "vitest";

const MOST_BYTES = 300_000;
let files: Map<string, Rollup.OutputChunk | Rollup.OutputAsset>;

/** A chunk with everything that it imports statically, and its styles. */
function closure(start: string, into = new Set<string>()): Set<string> {
  if (into.has(start)) return into;
  into.add(start);
  const found = files.get(start);
  if (found?.type !== "chunk") return into;
  for (const other of found.imports) closure(other, into);
  for (const style of (found as Rollup.OutputChunk & { viteMetadata?: { importedCss: Set<string> } }).viteMetadata?.importedCss ?? []) into.add(style);
  return into;
}

const gzipped = (names: Iterable<string>): number => [...names].reduce((sum, name) => {
  const found = files.get(name);
  return sum + (found ? gzipSync(found.type === "chunk" ? found.code : found.source).length : 0);
}, 0);

const chunkOf = (module: string): string => {
  const found = [...files.values()].find((file) => file.type === "chunk" && (file.facadeModuleId?.endsWith(module) || file.moduleIds.some((id) => id.endsWith(module))));
  if (!found) throw new Error(`no chunk for ${module}`);
  return found.fileName;
};

beforeAll(async () => {
  const made = (await build({ logLevel: "silent", build: { write: false } })) as Rollup.RollupOutput;
  files = new Map(made.output.map((file) => [file.fileName, file]));
}, 180_000);

describe("what is loaded", () => {
  it("before the first picture of the store stays under 300 kB, gzipped", () => {
    const names = closure(chunkOf("index.html"));
    for (const module of ["src/app/scene.ts", "src/world/manifest.ts"]) closure(chunkOf(module), names);
    expect(gzipped(names)).toBeLessThan(MOST_BYTES);
  });
  it("before the list of products has nothing of three, the wire, the shop or a headset in it", () => {
    const names = closure(chunkOf("index.html"));
    const modules = [...names].flatMap((name) => {
      const found = files.get(name);
      return found?.type === "chunk" ? found.moduleIds : [];
    });
    expect(modules.length).toBeGreaterThan(20);
    expect(modules.filter((id) => /node_modules\/(three|lit|@msgpack)|src\/(net\/session|shop\/|together\/|xr\/|world\/world)/.test(id))).toEqual([]);
    expect(gzipped(names)).toBeLessThan(60_000);
  });
  it("by another site's page is one file that imports nothing", () => {
    const found = files.get("embed.js");
    expect(found?.type === "chunk" && found.imports.length + found.dynamicImports.length).toBe(0);
  });
});
