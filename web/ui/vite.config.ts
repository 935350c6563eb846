// The build: hashed files below /static/ui/, nothing inlined, so that a strict content policy holds.
import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { paintFirst } from "./vite-plugins/paint-first.ts";
import { precompress } from "./vite-plugins/precompress.ts";

// What never changes between two of our builds keeps its name, and with it its place in the browser's cache.
const GROUND =
  /node_modules\/(react|react-dom|scheduler|react-redux|redux|reselect|immer|@reduxjs|use-sync-external-store|react-router|@lingui\/(core|react))\//;
// Frosted UI as far as the first picture needs it: one file instead of a dozen tiny ones.
const FIRST =
  /node_modules\/(classnames|frosted-ui\/dist\/esm\/(theme|helpers|use-theme)|frosted-ui\/dist\/esm\/components\/(avatar|base-button|button|callout|heading|progress|skeleton|spinner|text)\/|@base-ui\/react\/(avatar|progress|meter|merge-props)\/|@base-ui\/react\/internals\/(use-button|useRenderElement|useTransitionStatus))/;
export default defineConfig({
  plugins: [
    lingui({ macroTransform: true, failOnMissing: true, failOnCompileError: true }),
    react(),
    paintFirst(),
    precompress(),
  ],
  base: "/static/ui/",
  resolve: { alias: { "@": "/src" } },
  build: {
    outDir: "dist",
    // Which file needs which: the sizes of the first load are tested from it.
    manifest: "manifest.json",
    // A font or picture turned into a data: address would be refused by font-src 'self'.
    assetsInlineLimit: 0,
    // The polyfill is an inline script, and every browser we support preloads modules itself.
    // What a screen imports is found when it comes, and all styles are one small file: the list of what all screens
    // need would be a tenth of our own part of the first load.
    modulePreload: { polyfill: false, resolveDependencies: () => [] },
    cssCodeSplit: false,
    sourcemap: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "ground", test: GROUND },
            { name: "first", test: FIRST },
          ],
        },
      },
    },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    setupFiles: ["src/test/words.ts"],
    // A busy machine is slow, which is no fault of the page.
    testTimeout: 30_000,
  },
});
