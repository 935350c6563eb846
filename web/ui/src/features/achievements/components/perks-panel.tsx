// What the member's levels opened. Nothing is shown where there is nothing.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button } from "frosted-ui";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { tell } from "@/components/toasts";
import type { Perk } from "@/lib/types";
import { useGetPerksQuery } from "../api/get-achievements";

export function PerksPanel() {
  const { data: perks } = useGetPerksQuery();
  if (!perks || perks.length === 0) return null;
  return (
    <Panel title={t`Your perks`} note={t`opened by your levels`}>
      <List label={t`Your perks`}>
        {perks.map((perk) => (
          <Line
            key={perk.id}
            title={perk.title}
            text={
              <>
                <Trans>Level {perk.level}</Trans>
                {perk.kind === "text" && ` · ${perk.content}`}
                {perk.kind === "whop_role" && ` · ${t`Ask the team for the role ${perk.content}.`}`}
              </>
            }
            figures={<Act perk={perk} />}
          />
        ))}
      </List>
    </Panel>
  );
}

function Act({ perk }: { perk: Perk }) {
  const { title, content } = perk;
  if (perk.kind === "link") {
    return (
      <a className="perk-link" href={content} target="_blank" rel="noopener noreferrer" aria-label={t`Open ${title}`}>
        <Trans>Open</Trans>
      </a>
    );
  }
  if (perk.kind !== "promo_code") return null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(content);
      tell("success", t`${content} copied`);
    } catch {
      tell("info", t`Your code: ${content}`);
    }
  };
  return (
    <Button size="2" variant="soft" aria-label={t`Copy the code of ${title}`} onClick={() => void copy()}>
      <code>{content}</code>
    </Button>
  );
}
