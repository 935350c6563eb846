// Who is in a guild, what each brought, and for who leads what can be done about it.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Avatar, Button, DropdownMenu } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { Icon } from "@/components/icons";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { useGetProfileQuery } from "@/lib/member";
import { printXp } from "@/lib/numbers";
import type { Guild, GuildMember, GuildRole } from "@/lib/types";
import { useGetGuildMembersInfiniteQuery, useGiveGuildRoleMutation, useRemoveFromGuildMutation } from "../api/guilds";
import { roleName } from "../words";

export function Members({ guild }: { guild: Guild }) {
  const query = useGetGuildMembersInfiniteQuery(guild.id);
  const { members, max_members } = guild;
  return (
    <Panel title={t`Members`} note={t`${members} of ${max_members}`} busy={isBusy(query)}>
      <Answer query={query} what={t`The members`}>
        {({ pages }) => (
          <List label={t`Members`}>
            {pages
              .flatMap(({ items }) => items)
              .map((member) => (
                <MemberLine key={member.member_id} guild={guild} member={member} />
              ))}
          </List>
        )}
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
    </Panel>
  );
}

function MemberLine({ guild, member }: { guild: Guild; member: GuildMember }) {
  const isMe = useGetProfileQuery().data?.id === member.member_id;
  const { username, level } = member;
  return (
    <Line
      sign={<Avatar size="3" src={member.avatar_url ?? undefined} fallback={username.slice(0, 1).toUpperCase()} />}
      title={
        <>
          {username} {isMe && <span className="guild-you">{t`you`}</span>}
        </>
      }
      text={
        <>
          {roleName(member.role)} · <Trans>Level {level}</Trans>
        </>
      }
      figures={
        <span className="guild-member-end">
          {printXp(member.xp)}
          <MemberActs guild={guild} member={member} isMe={isMe} />
        </span>
      }
    />
  );
}

function MemberActs({ guild, member, isMe }: { guild: Guild; member: GuildMember; isMe: boolean }) {
  const [give] = useGiveGuildRoleMutation();
  const [remove] = useRemoveFromGuildMutation();
  const { username } = member;
  const one = { guild: guild.id, member: member.member_id };
  const after = ({ error }: { error?: unknown }, done: string) =>
    error ? tell("error", username, asFailure(error).message) : tell("success", username, done);
  const roles = guild.may.includes("give_roles") && member.role !== "leader" ? rolesFor(member.role) : [];
  if (isMe || (roles.length === 0 && !member.may_remove)) return null;
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger>
        <Button size="2" variant="ghost" color="gray" aria-label={t`What to do with ${username}`}>
          <Icon name="more" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content size="2" align="end">
        {roles.map(([role, words]) => (
          <DropdownMenu.Item
            key={role}
            onClick={() => void give({ ...one, role }).then((answer) => after(answer, roleName(role)))}
          >
            {words}
          </DropdownMenu.Item>
        ))}
        {member.may_remove && (
          <DropdownMenu.Item
            color="danger"
            onClick={() => void remove(one).then((answer) => after(answer, t`Removed from the guild.`))}
          >
            <Trans>Remove from the guild</Trans>
          </DropdownMenu.Item>
        )}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

function rolesFor(role: GuildRole): [GuildRole, string][] {
  const other: [GuildRole, string] =
    role === "officer" ? ["member", t`Make a plain member`] : ["officer", t`Make an officer`];
  return [other, ["leader", t`Hand the lead over`]];
}
