import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { fingerprint } from "./fingerprint.ts";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/boximator/studio/static");

export default defineConfig({
  root: here,
  base: "./",
  plugins: [
    react(),
    {
      name: "fingerprint",
      apply: "build",
      closeBundle: () => writeFileSync(join(out, "sources.sha256"), `${fingerprint(here)}\n`),
    },
  ],
  build: {
    outDir: out,
    emptyOutDir: true,
    target: "es2022",
    // The content security policy allows no inline anything: fonts and pictures are files of their own.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        entryFileNames: "assets/studio.js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8600" } },
});
