// Serves the web client's sources to a browser test, before the store at SHOWROOM_SERVER. Prints its address.
import { createServer } from "../../webclient/node_modules/vite/dist/node/index.js";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../webclient/", import.meta.url));
const server = await createServer({
  root,
  configFile: `${root}vite.config.ts`,
  cacheDir: process.argv[2],
  logLevel: "error",
  // Nothing reloads under a running test.
  server: { port: 0, hmr: false, watch: null },
});
await server.listen();
console.log(server.resolvedUrls.local[0].replace("localhost", "127.0.0.1"));
