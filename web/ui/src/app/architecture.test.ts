// The direction of imports: app → features → components → lib, and no feature knows another.
import { expect, test } from "vitest";

const files: Record<string, string> = import.meta.glob("../**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});

const MAY_IMPORT: Record<string, string[]> = {
  // Catalogues are data that the build compiles.
  lib: ["lib", "locales"],
  test: ["app", "lib", "test"],
  components: ["components", "lib"],
  features: ["features", "components", "lib", "assets"],
  app: ["app", "features", "components", "lib", "assets"],
};

function layerOf(path: string): string[] {
  return path.replace("../", "").replace(/^\.\//, "app/").split("/");
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/from "@\/([^"]+)"/g)].map((found) => found[1]!);
}

test("imports go one way only", () => {
  const wrong = Object.entries(files).flatMap(([path, text]) => {
    const [layer = "", feature] = layerOf(path);
    return importsOf(text)
      .filter((target) => {
        if (path.includes(".test.")) return false;
        const [other = "", otherFeature] = target.split("/");
        const foreign = layer === "features" && other === "features" && feature !== otherFeature;
        return foreign || !MAY_IMPORT[layer]?.includes(other);
      })
      .map((target) => `${path} imports ${target}`);
  });
  expect(Object.keys(files).length).toBeGreaterThan(40);
  expect(wrong).toEqual([]);
});

test("no file names an address of its own: requests are relative, the relay's address comes from the server", () => {
  const sources = Object.entries(files).filter(([path]) => !path.includes(".test."));
  const absolute = sources.flatMap(([path, text]) => {
    return [...text.matchAll(/["'`](?:https?|wss?):\/\/[^"'`]*/g)].map((found) => `${path}: ${found[0]}`);
  });
  expect(absolute).toEqual([]);
});

test("no file is longer than 400 lines", () => {
  const written = Object.entries(files).filter(([path]) => !path.endsWith("api-types.ts"));
  const long = written.filter(([, text]) => text.split("\n").length > 400);
  expect(long.map(([path]) => path)).toEqual([]);
});
