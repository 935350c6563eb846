import { describe, expect, test } from "vitest";
import { printFactor, printMoney, printRate, printXp } from "./numbers";

const money = (amount_minor: number, currency: string, exponent: number) => ({ amount_minor, currency, exponent });

describe("money", () => {
  test.each([
    [money(441, "usd", 2), "$4.41"],
    [money(5, "usd", 2), "$0.05"],
    [money(0, "usd", 2), "$0.00"],
    [money(123456789, "usd", 2), "$1,234,567.89"],
    [money(500, "jpy", 0), "¥500"],
    [money(1000, "kwd", 3), "KWD\u00a01.000"],
    [money(44900, "eur", 2), "€449.00"],
  ])("is printed with all the decimals its currency has: %o", (amount, text) => {
    expect(printMoney(amount)).toBe(text);
  });

  test("below zero keeps its sign even when the whole part is zero", () => {
    expect(printMoney(money(-5, "usd", 2))).toBe("−$0.05");
  });

  test("of sixteen digits loses no cent", () => {
    expect(printMoney(money(9_007_199_254_740_991, "usd", 2))).toBe("$90,071,992,547,409.91");
  });

  test("with eight decimals stays exact", () => {
    expect(printMoney(money(100_000_001, "btc", 8))).toBe("BTC\u00a01.00000001");
  });

  test("in a currency that Intl refuses is still readable", () => {
    expect(printMoney(money(1050, "points", 2))).toBe("10.50 POINTS");
  });

  test("as a movement carries a sign, and nothing carries none", () => {
    expect(printMoney(money(441, "usd", 2), { signed: true })).toBe("+$4.41");
    expect(printMoney(money(-189, "usd", 2), { signed: true })).toBe("−$1.89");
    expect(printMoney(money(0, "usd", 2), { signed: true })).toBe("$0.00");
  });
});

describe("rates and XP", () => {
  test("basis points read as percentages without idle zeros", () => {
    expect(printRate(1000)).toBe("10\u00a0%");
    expect(printRate(1250)).toBe("12.5\u00a0%");
    expect(printRate(5)).toBe("0.05\u00a0%");
  });

  test("a multiplier reads as a factor", () => {
    expect(printFactor(14_500)).toBe("×1.45");
    expect(printFactor(10_000)).toBe("×1");
  });

  test("XP that is taken back has a minus sign", () => {
    expect(printXp(272)).toBe("+272 XP");
    expect(printXp(-81)).toBe("−81 XP");
  });
});
