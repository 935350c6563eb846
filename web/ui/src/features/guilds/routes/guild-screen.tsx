// The member's guild, or the way into one.
import { t } from "@lingui/core/macro";
import { Answer } from "@/components/answer";
import { ScreenHead } from "@/components/screen-head";
import { useGetMyGuildQuery } from "../api/guilds";
import { FindGuild } from "../components/find-guild";
import { MyGuild } from "../components/my-guild";

export default function GuildScreen() {
  const query = useGetMyGuildQuery();
  return (
    <Answer query={query} what={t`Your guild`}>
      {(guild) => (guild ? <MyGuild guild={guild} /> : <NoGuild />)}
    </Answer>
  );
}

function NoGuild() {
  return (
    <>
      <ScreenHead title={t`Guild`} text={t`Team up: talk, level up together, and finish a quest every week.`} />
      <FindGuild hasGuild={false} />
    </>
  );
}
