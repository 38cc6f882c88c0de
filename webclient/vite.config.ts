import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KTX2Loader } from "three/examples/jsm/loaders/KTX2Loader.js";
import { defineConfig, type Plugin, type ProxyOptions } from "vite";

/**
 * three's texture worker as files of our own, from the installed package: a copy in the repository would go stale.
 *
 * KTX2Loader would start it from a blob, which inherits the page's policy, and the transcoder's glue code needs
 * `unsafe-eval`. From an address it has a policy of its own, and the page keeps its strict one.
 */
function textureWorker(): Plugin {
  const folder = new URL("./node_modules/three/examples/jsm/libs/basis/", import.meta.url);
  const read = (name: string): Buffer => readFileSync(fileURLToPath(new URL(name, folder)));
  const three = KTX2Loader as unknown as { BasisWorker(): void } & Record<string, unknown>;
  const body = three.BasisWorker.toString();
  const tables = ["EngineFormat", "EngineType", "TranscoderFormat", "BasisFormat"].filter((name) => name in three);
  const files: Readonly<Record<string, () => string | Buffer>> = {
    "basis/worker.js": () =>
      [
        ...tables.map((name) => `let _${name} = ${JSON.stringify(three[name])};`),
        read("basis_transcoder.js").toString(),
        body.slice(body.indexOf("{") + 1, body.lastIndexOf("}")),
      ].join("\n"),
    "basis/transcoder.wasm": () => read("basis_transcoder.wasm"),
  };
  return {
    name: "texture-worker",
    generateBundle() {
      for (const [fileName, source] of Object.entries(files)) this.emitFile({ type: "asset", fileName, source: source() });
    },
    configureServer(server) {
      server.middlewares.use((request, answer, next) => {
        const found = files[(request.url ?? "").slice(1)];
        if (!found) return next();
        answer.setHeader("Content-Type", request.url?.endsWith(".js") ? "text/javascript" : "application/wasm");
        answer.end(found());
      });
    },
  };
}

/** Where `npm run dev` finds the store. */
const SERVER = process.env["SHOWROOM_SERVER"] ?? "http://127.0.0.1:8787";

/** As the server's own page: it takes writes and sockets from no other. */
const asOwnPage: ProxyOptions = {
  target: SERVER,
  changeOrigin: true,
  ws: true,
  configure: (proxy) => {
    proxy.on("proxyReq", (request) => request.setHeader("Origin", SERVER));
    proxy.on("proxyReqWs", (request) => request.setHeader("Origin", SERVER));
  },
};

/** Pictures of stores to show before they are built: `{store}-{mood}`. */
function splashes(): readonly string[] {
  const folder = new URL("./public/splash/", import.meta.url);
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".webp")).map((name) => name.slice(0, -5)) : [];
}

export default defineConfig({
  define: { __SPLASHES__: JSON.stringify(splashes()) },
  plugins: [textureWorker()],
  build: {
    target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 900,
    rollupOptions: {
      input: { index: "index.html", frame: "embed.html", embed: "src/embed/embed.ts" },
      // Other sites' pages name this one file: its address never changes.
      output: { entryFileNames: (chunk) => (chunk.name === "embed" ? "embed.js" : "assets/[name]-[hash].js") },
      preserveEntrySignatures: "exports-only",
    },
  },
  worker: { format: "es" },
  server: { proxy: Object.fromEntries(["/api", "/blobs", "/feeds", "/live"].map((path) => [path, asOwnPage])) },
});
