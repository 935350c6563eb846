// What brought a buyer, in words. Pure.
import { t } from "@lingui/core/macro";
import type { Named } from "@/lib/types";

export function sourceName(source: string): string {
  const names: Record<string, string> = {
    code: t`link`,
    click: t`link`,
    membership: t`link, told with the membership`,
    promo: t`promo code`,
    affiliate: t`affiliate on Whop`,
    manual: t`your decision`,
  };
  return names[source] ?? t`nothing`;
}

export function whoIs({ username, user_id }: Named): string {
  return username || user_id || t`nobody`;
}
