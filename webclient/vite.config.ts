import { defineConfig } from "vite";

// three's KTX2Loader names its transcoder by URL, so Vite puts it beside the other files: nothing comes from a CDN.
export default defineConfig({
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 900 },
  server: { proxy: { "/api": "http://127.0.0.1:8787", "/blobs": "http://127.0.0.1:8787" } },
});
