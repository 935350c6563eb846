// The guild one is in: how it stands, what it does this week, and behind tabs its chat, members and requests.
import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useState } from "react";
import { Icon } from "@/components/icons";
import { Meter } from "@/components/meter";
import { ScreenHead } from "@/components/screen-head";
import { Tabs, type Tab } from "@/components/tabs";
import { printCount } from "@/lib/numbers";
import type { Guild } from "@/lib/types";
import { useGetChannelQuery } from "../api/channel";
import { useGetGuildRequestsQuery } from "../api/guilds";
import { accessName } from "../words";
import { Chat } from "./chat";
import { FindGuild } from "./find-guild";
import { GuildForm } from "./guild-form";
import { GuildQuests, WeekQuest } from "./guild-quest";
import { LeaveGuild } from "./leave-guild";
import { Members } from "./members";
import { Requests } from "./requests";
import "./guilds.css";

export function MyGuild({ guild }: { guild: Guild }) {
  const [editing, setEditing] = useState(false);
  const mayLetIn = guild.may.includes("let_in");
  const requests = useGetGuildRequestsQuery(guild.id, { skip: !mayLetIn });
  const waiting = requests.data?.filter(({ kind }) => kind === "request").length ?? 0;
  const tabs: (Tab | false)[] = [
    { key: "chat", name: t`Chat`, content: <Chat guild={guild} /> },
    { key: "members", name: t`Members`, content: <Members guild={guild} /> },
    mayLetIn && {
      key: "requests",
      name: waiting > 0 ? t`Requests (${waiting})` : t`Requests`,
      content: <Requests guild={guild} />,
    },
    { key: "quests", name: t`Quests`, content: <GuildQuests guild={guild} /> },
    { key: "find", name: t`All guilds`, content: <FindGuild hasGuild /> },
  ];
  return (
    <>
      <ScreenHead title={guild.name} text={guild.about || undefined} />
      <section className="guild-top" aria-label={t`How your guild stands`}>
        <div className="guild-facts">
          <Standing guild={guild} />
          <div className="guild-acts">
            {guild.may.includes("edit") && (
              <Button size="2" variant="soft" color="gray" onClick={() => setEditing(true)}>
                <Trans>Edit</Trans>
              </Button>
            )}
            <LeaveGuild guild={guild} />
          </div>
        </div>
        <WeekQuest guild={guild} />
      </section>
      <div className="guild-tabs">
        <Tabs label={t`Parts of the guild`} tabs={tabs.filter((tab) => tab !== false)} />
      </div>
      {editing && <GuildForm guild={guild} onClose={() => setEditing(false)} />}
    </>
  );
}

function Standing({ guild }: { guild: Guild }) {
  const online = useGetChannelQuery(guild.id).data?.online ?? 0;
  const { level } = guild;
  const xp = Math.max(guild.level_xp, 0);
  const left = printCount(Math.max(guild.next_level_xp - xp, 0));
  const next = level + 1;
  return (
    <div className="guild-standing">
      <div className="guild-level num" aria-hidden="true">
        <Icon name="shield" size={56} />
        <b>{level}</b>
      </div>
      <div className="guild-words">
        <Text size="3" weight="semi-bold" render={<p />}>
          <Trans>Guild level {level}</Trans>
        </Text>
        <Meter label={t`To guild level ${next}`} value={xp} goal={guild.next_level_xp} size="2" />
        <Text size="1" color="gray" className="num" render={<p />}>
          <Trans>
            {left} XP to level {next}
          </Trans>
        </Text>
        <Text size="1" color="gray" className="guild-small" render={<p />}>
          <span>
            {plural(guild.members, { one: "# member", other: "# members" })} · {accessName(guild.access)}
          </span>
          {online > 0 && (
            <span className="guild-online" role="status">
              {plural(online, { one: "# online", other: "# online" })}
            </span>
          )}
        </Text>
      </div>
    </div>
  );
}
