// The numbers of a rule set that a creator changes: where each stands in the document, and how it is written by hand.
// Everything is whole inside (basis points, cents): what somebody types is moved by its decimal point as text.
import { shiftPoint } from "@/lib/numbers";
import type { RulesDocument } from "@/lib/types";

/** `percent` = basis points, `dollars` = US cents, `count` = a whole number. */
export type Kind = "percent" | "dollars" | "count";
export type Path = readonly (string | number)[];

const PLACES: Record<Kind, number> = { percent: 2, dollars: 2, count: 0 };
const LONGEST = 12;

/** A field's name in the form. */
export function nameOf(path: Path): string {
  return path.join("/");
}

/** The number at a place of the document; null where there is none. */
export function figureAt(document: RulesDocument, path: Path): number | null {
  let found: unknown = document;
  for (const step of path) found = (found as Record<string | number, unknown> | undefined)?.[step];
  return typeof found === "number" ? found : null;
}

/** As somebody would type it: (1250, "percent") → "12.5". */
export function written(value: number, kind: Kind): string {
  return shiftPoint(value, PLACES[kind]).replace(",", ".");
}

/** The whole number behind what was typed; null where that is none: "12.5" percent → 1250. */
export function readFigure(text: string, kind: Kind): number | null {
  const places = PLACES[kind];
  const match = /^(\d+)(?:[.,](\d+))?$/.exec(text.trim());
  if (!match) return null;
  const [, whole = "", fraction = ""] = match;
  if (fraction.length > places || whole.length + places > LONGEST) return null;
  return Number(whole + fraction.padEnd(places, "0"));
}

/** A copy of the document with some numbers set. */
export function withFigures(document: RulesDocument, figures: readonly { path: Path; value: number }[]): RulesDocument {
  const copy = structuredClone(document);
  for (const { path, value } of figures) {
    let place: Record<string | number, unknown> = copy;
    for (const step of path.slice(0, -1)) place = place[step] as Record<string | number, unknown>;
    place[path.at(-1)!] = value;
  }
  return copy;
}
