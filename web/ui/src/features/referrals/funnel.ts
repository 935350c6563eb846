// How far people got, in a line. Pure.
import { plural } from "@lingui/core/macro";
import type { Funnel } from "@/lib/types";

/** "12 visitors · 3 bought · 4 renewals": what is zero after the visitors is left out. */
export function steps({ visitors, referrals, renewals }: Funnel): string {
  const told = [
    plural(visitors, { one: "# visitor", other: "# visitors" }),
    referrals > 0 && plural(referrals, { one: "# bought", other: "# bought" }),
    renewals > 0 && plural(renewals, { one: "# renewal", other: "# renewals" }),
  ];
  return told.filter(Boolean).join(" · ");
}
