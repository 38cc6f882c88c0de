/** Builds the bodies' page of the try-on benchmark by itself, as the product is built; figures and trackers are served beside it. */
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  worker: { format: "es" },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 2000, emptyOutDir: true, rollupOptions: { input: ["bench/bodies.html"] } },
});
