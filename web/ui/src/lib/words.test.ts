import { describe, expect, test } from "vitest";
import { appearanceFromCookie } from "./theme";
import { printAgo, printDay, printLeft } from "./times";
import { chooseLanguage } from "./words";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const at = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();

describe("times", () => {
  test.each([
    [-59, "just now"],
    [-60, "1 min ago"],
    [-3_599, "59 min ago"],
    [-3_600, "1 h ago"],
    [-86_400, "1 day ago"],
    [-6 * 86_400, "6 days ago"],
    [-7 * 86_400, "15 Nov 2026"],
  ])("%i seconds away read as %s", (seconds, words) => expect(printAgo(at(seconds), NOW)).toBe(words));

  test.each([
    [0, "ended"],
    [30, "less than a minute left"],
    [90, "1 min left"],
    [5 * 3_600 + 720, "5 h 12 min left"],
    [3_600, "1 h left"],
    [86_399, "23 h 59 min left"],
    [86_400, "1 day left"],
    [2 * 86_400 + 9_000, "2 days 2 h left"],
    [3 * 86_400 - 1, "2 days 23 h left"],
  ])("%i seconds ahead read as %s", (seconds, words) => expect(printLeft(at(seconds), NOW)).toBe(words));
});

test.each([
  ["whop-frosted-theme=appearance:dark", "dark"],
  ["a=b; whop-frosted-theme=accent:blue,appearance%3Alight; c=d", "light"],
  ["whop-frosted-theme=appearance:pink", null],
  ["other=appearance:dark", null],
  ["", null],
])("the theme cookie %s says %s", (cookie, appearance) => expect(appearanceFromCookie(cookie)).toBe(appearance));

test.each([
  [["de-AT", "en-US"], "en"],
  [["EN-gb"], "en"],
  [["toString", "fr"], "en"],
  [[], "en"],
])("a visitor who reads %j is spoken to in %s", (wanted, name) => expect(chooseLanguage(wanted)).toBe(name));

test("a day of the calendar is the same day wherever it is read, and names its year only when it is another", () => {
  expect(printDay("2026-12-28", NOW)).toBe("28 Dec");
  expect(printDay("2027-01-03", NOW)).toBe("3 Jan 2027");
});
