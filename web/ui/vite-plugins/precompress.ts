// Writes each text of the build a second and third time, compressed as hard as it goes: the server only picks.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Below this the header that names the encoding costs what is saved. */
const SMALLEST = 512;
const TEXT = /\.(js|css|svg)$/;

/** It reads what was written: other plugins still change the code while the bundle is generated. */
export function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    writeBundle: {
      order: "post",
      handler: ({ dir }) => {
        if (dir === undefined) return;
        for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
          if (TEXT.test(name)) compress(join(dir, name));
        }
      },
    },
  };
}

function compress(path: string): void {
  const source = readFileSync(path);
  if (source.length < SMALLEST) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: source.length };
  writeFileSync(`${path}.br`, brotliCompressSync(source, { params }));
  writeFileSync(`${path}.gz`, gzipSync(source, { level: 9 }));
}
