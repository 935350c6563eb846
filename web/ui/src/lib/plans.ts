// What Whop's plans are called where somebody chooses one. Pure.
import type { Plan } from "./types";

/** "Raid Pass, Monthly"; the id where Whop gives no words. */
export function planName({ id, title, product_title }: Plan): string {
  return [product_title, title].filter(Boolean).join(", ") || id;
}
