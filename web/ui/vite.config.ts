// The build: hashed files below /static/ui/, nothing inlined, so that a strict content policy holds.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  base: "/static/ui/",
  resolve: { alias: { "@": "/src" } },
  build: {
    outDir: "dist",
    // A font or picture turned into a data: address would be refused by font-src 'self'.
    assetsInlineLimit: 0,
    // The polyfill is an inline script, and every browser we support preloads modules itself.
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  test: { environment: "node", include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
