// What was announced, newest first, and how many members it has reached.
import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Text } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { useNow } from "@/components/use-now";
import { printAgo } from "@/lib/times";
import type { Announcement } from "@/lib/types";
import { useGetAnnouncementsQuery } from "../api/announcements";

export function PastPanel() {
  const now = useNow();
  const query = useGetAnnouncementsQuery();
  return (
    <Panel title={t`What you announced`} busy={isBusy(query)}>
      <Answer
        query={query}
        what={t`Your announcements`}
        isEmpty={(list) => list.length === 0}
        empty={
          <Text size="2" color="gray" render={<p className="plain" />}>
            <Trans>Nothing yet. What you announce shows up here.</Trans>
          </Text>
        }
      >
        {(list) => (
          <List label={t`Announcements`}>
            {list.map((one) => (
              <Line
                key={one.id}
                title={one.title}
                text={one.text}
                figures={
                  <>
                    {printAgo(one.created_at, now)}
                    <small>{reached(one)}</small>
                  </>
                }
              />
            ))}
          </List>
        )}
      </Answer>
    </Panel>
  );
}

function reached({ told, is_done, by_operator }: Announcement): string {
  if (by_operator) return t`by the operators`;
  const members = plural(told, { one: "# member", other: "# members" });
  return is_done ? t`reached ${members}` : t`${members} so far`;
}
