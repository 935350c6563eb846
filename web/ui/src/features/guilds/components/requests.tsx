// Who would like to be let in, who was invited, and inviting somebody.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Avatar, Button, TextField } from "frosted-ui";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Answer, isBusy } from "@/components/answer";
import { Field } from "@/components/field";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { useNow } from "@/components/use-now";
import { asFailure } from "@/lib/api";
import { printAgo } from "@/lib/times";
import type { Guild, GuildRequest } from "@/lib/types";
import { useAnswerRequestMutation, useGetGuildRequestsQuery, useInviteToGuildMutation } from "../api/guilds";

const MISSING = msg`Whom? Write their user name.`;

export function Requests({ guild }: { guild: Guild }) {
  const query = useGetGuildRequestsQuery(guild.id);
  return (
    <div className="guild-requests">
      <Panel title={t`Invite`}>
        <Invite guild={guild} />
      </Panel>
      <Panel title={t`Open requests`} busy={isBusy(query)}>
        <Answer
          query={query}
          what={t`The requests`}
          isEmpty={(found) => found.length === 0}
          empty={<Nothing title={t`Nobody is waiting`} text={t`Who asks to join shows up here.`} />}
        >
          {(found) => (
            <List label={t`Open requests`}>
              {found.map((request) => (
                <RequestLine key={request.member_id} guild={guild} request={request} />
              ))}
            </List>
          )}
        </Answer>
      </Panel>
    </div>
  );
}

function RequestLine({ guild, request }: { guild: Guild; request: GuildRequest }) {
  const now = useNow();
  const [answer, { isLoading }] = useAnswerRequestMutation();
  const { username, level } = request;
  const isRequest = request.kind === "request";
  const say = async (word: "accept" | "decline") => {
    const result = await answer({ guild: guild.id, member: request.member_id, answer: word });
    if (result.error) tell("error", username, asFailure(result.error).message);
  };
  return (
    <Line
      sign={<Avatar size="3" src={request.avatar_url ?? undefined} fallback={username.slice(0, 1).toUpperCase()} />}
      title={username}
      text={
        <>
          <Trans>Level {level}</Trans> · {isRequest ? printAgo(request.at, now) : t`invited`}
        </>
      }
      figures={
        <span className="guild-answers">
          <Button
            size="2"
            variant="soft"
            color="gray"
            disabled={isLoading}
            aria-label={isRequest ? t`Decline ${username}` : t`Take back the invitation of ${username}`}
            onClick={() => void say("decline")}
          >
            {isRequest ? t`Decline` : t`Take back`}
          </Button>
          {isRequest && (
            <Button
              size="2"
              variant="solid"
              disabled={isLoading}
              aria-label={t`Let ${username} in`}
              onClick={() => void say("accept")}
            >
              <Trans>Let in</Trans>
            </Button>
          )}
        </span>
      }
    />
  );
}

function Invite({ guild }: { guild: Guild }) {
  const { i18n } = useLingui();
  const [invite, { isLoading }] = useInviteToGuildMutation();
  const schema = v.object({ username: v.pipe(v.string(), v.trim(), v.minLength(1, i18n._(MISSING))) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { username: "" } });
  const submit = form.handleSubmit(async ({ username }) => {
    const answer = await invite({ guild: guild.id, username });
    if (answer.error) return form.setError("username", { message: asFailure(answer.error).message });
    tell("success", username, t`They are told.`);
    form.reset();
  });
  return (
    <form className="guild-invite" onSubmit={(event) => void submit(event)} noValidate>
      <Field
        name={t`User name`}
        hint={t`Of somebody in this community.`}
        error={form.formState.errors.username?.message}
      >
        {(control) => (
          <TextField.Root size="3">
            <TextField.Input autoComplete="off" maxLength={100} {...control} {...form.register("username")} />
          </TextField.Root>
        )}
      </Field>
      <Button type="submit" size="3" variant="solid" loading={isLoading}>
        <Trans>Invite</Trans>
      </Button>
    </form>
  );
}
