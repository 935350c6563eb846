// Where the words of the pages lie: two catalogues a language, English being what stands in the code. `first` is
// what the page says until the member's level shows; the rest comes with the first screen that needs it.
import { defineConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";
import { createSwcExtractor } from "@lingui/native-tools";

const FIRST = [
  "src/app/*.tsx",
  "src/app/screens.ts",
  "src/app/screens/home-screen.tsx",
  "src/components",
  "src/lib/!(whop-runs).ts",
  "src/features/*/routes.ts",
  "src/features/session",
  "src/features/live/components/live-badge.tsx",
  "src/features/profile/level.ts",
  "src/features/profile/components/hero.tsx",
];
const NONE = ["**/*.test.*", "src/test/**"];

export default defineConfig({
  sourceLocale: "en",
  locales: ["en"],
  catalogs: [
    { path: "src/locales/{locale}/first", include: FIRST, exclude: NONE },
    { path: "src/locales/{locale}/rest", include: ["src"], exclude: [...NONE, ...FIRST] },
  ],
  extractors: [createSwcExtractor()],
  // Line numbers would change the catalogue with every unrelated edit.
  format: formatter({ lineNumbers: false }),
});
