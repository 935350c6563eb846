// Typed reading of what a receipt was computed from; null for what is missing.
import { printMoney, printShare } from "@/lib/numbers";
import type { InputValue, Receipt } from "@/lib/types";

export class Inputs {
  private readonly values: Record<string, InputValue>;
  constructor(receipt: Receipt) {
    this.values = receipt.inputs;
  }

  whole(name: string): number | null {
    const value = this.values[name];
    return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
  }

  text(name: string): string {
    const value = this.values[name];
    return typeof value === "string" ? value : "";
  }

  className(): string {
    const key = this.text("class");
    return this.text("class_title") || key.charAt(0).toUpperCase() + key.slice(1);
  }

  print(amount: number): string {
    return printMoney({ amount_minor: amount, currency: this.text("currency"), exponent: this.whole("exponent") ?? 0 });
  }

  money(name: string): string | null {
    const amount = this.whole(name);
    return amount === null || this.text("currency") === "" ? null : this.print(amount);
  }

  /** The part of the payment that was taken back, in words; null for nothing. */
  share(): string | null {
    const taken = this.values["taken"];
    if (!Array.isArray(taken)) return null;
    const [part, whole] = taken;
    return typeof part === "number" && typeof whole === "number" && part > 0 ? printShare(part, whole) : null;
  }

  /** True when the cap, and not the rates, gave the commission. */
  isCapped(): boolean {
    const [base, rate, share, cap] = ["base_minor", "rate_bp", "class_commission_bp", "cap_bp"].map((name) =>
      this.whole(name),
    );
    if (base == null || rate == null || share == null || cap == null) return false;
    return BigInt(rate) * BigInt(share) > BigInt(cap) * 10_000n && base > 0;
  }
}
