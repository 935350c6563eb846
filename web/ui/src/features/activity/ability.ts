// What an ability gave on one entry: "Trailblazer +38 XP". Pure; the same whole numbers as the entry's own.
import type { Receipt } from "@/lib/types";
import { Inputs } from "./inputs";

const WHOLE_BP = 10_000n;

/** Of the entry that first booked a payment, as later ones book differences; null where no ability worked. */
export function abilityOf(receipt: Receipt): { name: string; xp: number } | null {
  if (receipt.kind !== "payment" || receipt.reason !== "conversion") return null;
  const inputs = new Inputs(receipt);
  const [points, bp] = [inputs.whole("points"), inputs.whole("ability_bp")];
  const multiplier = receipt.multiplier_bp;
  const name = inputs.text("ability_name");
  if (!name || points === null || bp === null || bp <= 0 || multiplier === null) return null;
  const awarded = (BigInt(points) * BigInt(multiplier)) / WHOLE_BP;
  const plain = (BigInt(points) * BigInt(multiplier - bp)) / WHOLE_BP;
  return { name, xp: Number(awarded - plain) };
}
