// All guilds of the company to choose from: invitations first, then a list that can be searched.
import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Card, Text, TextField } from "frosted-ui";
import { useDeferredValue, useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Icon } from "@/components/icons";
import { OpenPanel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import type { Guild } from "@/lib/types";
import {
  useAnswerRequestMutation,
  useAskGuildMutation,
  useGetGuildsInfiniteQuery,
  useJoinGuildMutation,
} from "../api/guilds";
import { useGetProfileQuery } from "@/lib/member";
import { accessName } from "../words";
import { GuildDialog } from "./guild-dialog";
import { GuildForm } from "./guild-form";
import "./guilds.css";

export function FindGuild({ hasGuild }: { hasGuild: boolean }) {
  const [search, setSearch] = useState("");
  const [founding, setFounding] = useState(false);
  const wanted = useDeferredValue(search.trim());
  const query = useGetGuildsInfiniteQuery({ search: wanted, only: "" });
  const invited = useGetGuildsInfiniteQuery({ search: "", only: "invited" }, { skip: hasGuild });
  const invitations = invited.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <div className="guild-find">
      {!hasGuild && invitations.length > 0 && (
        <OpenPanel title={t`You are invited`}>
          <Cards guilds={invitations} hasGuild={false} />
        </OpenPanel>
      )}
      <OpenPanel
        title={t`Guilds`}
        busy={isBusy(query)}
        action={
          !hasGuild && (
            <Button size="2" variant="solid" onClick={() => setFounding(true)}>
              <Trans>Create a guild</Trans>
            </Button>
          )
        }
      >
        <TextField.Root size="3" className="guild-search">
          <TextField.Input
            type="search"
            aria-label={t`Search guilds by name`}
            placeholder={t`Search by name`}
            maxLength={40}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </TextField.Root>
        <Answer
          query={query}
          what={t`The guilds`}
          isEmpty={({ pages }) => !pages[0]?.items.length}
          empty={<NoGuilds search={wanted} hasGuild={hasGuild} />}
        >
          {({ pages }) => <Cards guilds={pages.flatMap(({ items }) => items)} hasGuild={hasGuild} />}
        </Answer>
        {query.hasNextPage && (
          <Button
            size="2"
            variant="soft"
            color="gray"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            <Trans>Show more</Trans>
          </Button>
        )}
      </OpenPanel>
      {founding && <GuildForm onClose={() => setFounding(false)} />}
    </div>
  );
}

function NoGuilds({ search, hasGuild }: { search: string; hasGuild: boolean }) {
  if (search) return <Nothing title={t`No guild of this name`} text={t`Try a shorter part of its name.`} />;
  return (
    <Nothing
      title={t`No guilds yet`}
      text={hasGuild ? t`Yours is the first.` : t`Create the first one and invite your friends.`}
    />
  );
}

function Cards({ guilds, hasGuild }: { guilds: Guild[]; hasGuild: boolean }) {
  return (
    <ul className="guild-cards" role="list">
      {guilds.map((guild) => (
        <GuildCard key={guild.id} guild={guild} hasGuild={hasGuild} />
      ))}
    </ul>
  );
}

function GuildCard({ guild, hasGuild }: { guild: Guild; hasGuild: boolean }) {
  const [open, setOpen] = useState(false);
  const { name, level, members, max_members } = guild;
  const places = Math.max(max_members - members, 0);
  return (
    <Card size="2" className="guild-card" render={<li />}>
      <div className="guild-card-head">
        <span className="guild-badge num" aria-hidden="true">
          <Icon name="shield" size={36} />
          <b>{level}</b>
        </span>
        <div className="guild-card-words">
          <Text size="3" weight="semi-bold" render={<h3 />}>
            {name}
          </Text>
          <Text size="1" color="gray" render={<p />}>
            <Trans>Level {level}</Trans> · {accessName(guild.access)}
          </Text>
        </div>
      </div>
      {guild.about && (
        <Text size="2" color="gray" className="guild-about" render={<p />}>
          {guild.about}
        </Text>
      )}
      <div className="guild-card-foot">
        <Text size="1" color="gray" className="num">
          <Trans>
            {members} of {max_members} members
          </Trans>
          {places === 0 ? ` · ${t`full`}` : ` · ${plural(places, { one: "# place free", other: "# places free" })}`}
        </Text>
        <span className="guild-card-acts">
          <Button size="2" variant="ghost" color="gray" aria-label={t`Look at ${name}`} onClick={() => setOpen(true)}>
            <Trans>Look</Trans>
          </Button>
          <WayIn guild={guild} hasGuild={hasGuild} isFull={places === 0} />
        </span>
      </div>
      {open && <GuildDialog guild={guild} onClose={() => setOpen(false)} />}
    </Card>
  );
}

/** The one thing to press: join, ask, or take back what one asked. */
function WayIn({ guild, hasGuild, isFull }: { guild: Guild; hasGuild: boolean; isFull: boolean }) {
  const me = useGetProfileQuery().data?.id;
  const [join, joining] = useJoinGuildMutation();
  const [ask, asking] = useAskGuildMutation();
  const [answer, answering] = useAnswerRequestMutation();
  const { id, name } = guild;
  const after = (result: { error?: unknown }, done: string) =>
    result.error ? tell("error", name, asFailure(result.error).message) : tell("success", name, done);
  const decline = async (done: string) => after(await answer({ guild: id, member: me ?? "", answer: "decline" }), done);
  if (guild.role) return <span className="guild-mine">{t`Your guild`}</span>;
  if (hasGuild) return null;
  if (guild.asked === "request")
    return (
      <Button
        size="2"
        variant="soft"
        color="gray"
        loading={answering.isLoading}
        aria-label={t`Take back your request to ${name}`}
        onClick={() => void decline(t`You took your request back.`)}
      >
        <Trans>Asked · take back</Trans>
      </Button>
    );
  const isInvited = guild.asked === "invite";
  return (
    <>
      {isInvited && (
        <Button
          size="2"
          variant="soft"
          color="gray"
          loading={answering.isLoading}
          aria-label={t`Decline the invitation of ${name}`}
          onClick={() => void decline(t`You declined.`)}
        >
          <Trans>No, thanks</Trans>
        </Button>
      )}
      {(isInvited || guild.access === "open") && (
        <Button
          size="2"
          variant="solid"
          disabled={isFull}
          loading={joining.isLoading}
          aria-label={t`Join ${name}`}
          onClick={() => void join(id).then((result) => after(result, t`Welcome!`))}
        >
          <Trans>Join</Trans>
        </Button>
      )}
      {!isInvited && guild.access === "request" && (
        <Button
          size="2"
          variant="solid"
          loading={asking.isLoading}
          aria-label={t`Ask to join ${name}`}
          onClick={() => void ask(id).then((result) => after(result, t`They will answer you here.`))}
        >
          <Trans>Ask to join</Trans>
        </Button>
      )}
    </>
  );
}
