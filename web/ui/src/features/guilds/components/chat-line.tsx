// One message: who, when, what; and what can be done about it.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Avatar, Button, DropdownMenu } from "frosted-ui";
import { Icon } from "@/components/icons";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import type { Guild, GuildEntry } from "@/lib/types";
import { useDeleteMessageMutation, useReportMessageMutation } from "../api/channel";
import { printClock } from "../clock";
import type { Unsent } from "../unsent";

interface ChatLineProps {
  guild: Guild;
  entry: GuildEntry;
  isMine: boolean;
  /** The one before is of the same voice: no name again. */
  follows: boolean;
}

export function ChatLine({ guild, entry, isMine, follows }: ChatLineProps) {
  const { username } = entry;
  return (
    <li className="chat-line" data-mine={isMine || undefined} data-follows={follows || undefined}>
      {!isMine && <Avatar size="2" className="chat-face" fallback={username.slice(0, 1).toUpperCase()} />}
      <div className="chat-words">
        {!follows && (
          <div className="chat-head">
            {!isMine && <b>{username}</b>} <time dateTime={entry.at}>{printClock(entry.at)}</time>
          </div>
        )}
        <div className="chat-bubble" data-gone={entry.deleted || undefined}>
          {entry.deleted ? t`This message was removed.` : entry.text}
        </div>
        {entry.reports > 0 && (
          <span className="chat-reports">
            <Trans>Reported: {entry.reports}</Trans>
          </span>
        )}
      </div>
      {!entry.deleted && <Acts guild={guild} entry={entry} isMine={isMine} />}
    </li>
  );
}

function Acts({ guild, entry, isMine }: { guild: Guild; entry: GuildEntry; isMine: boolean }) {
  const [remove] = useDeleteMessageMutation();
  const [report] = useReportMessageMutation();
  const { username } = entry;
  const one = { guild: guild.id, number: entry.number };
  const mayRemove = isMine || entry.may_delete || guild.may.includes("delete_message");
  const after = ({ error }: { error?: unknown }, done: string) =>
    error ? tell("error", t`That did not work`, asFailure(error).message) : tell("success", done);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger>
        <Button
          size="1"
          variant="ghost"
          color="gray"
          className="chat-acts"
          aria-label={isMine ? t`What to do with your message` : t`What to do with the message of ${username}`}
        >
          <Icon name="more" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content size="2" align="end">
        {!isMine && (
          <DropdownMenu.Item
            onClick={() => void report(one).then((answer) => after(answer, t`Thanks. They will look at it.`))}
          >
            <Trans>Report</Trans>
          </DropdownMenu.Item>
        )}
        {mayRemove && (
          <DropdownMenu.Item
            color="danger"
            onClick={() => void remove(one).then((answer) => after(answer, t`Message removed`))}
          >
            <Trans>Remove</Trans>
          </DropdownMenu.Item>
        )}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

export function UnsentLine({ message, again, drop }: { message: Unsent; again: () => void; drop: () => void }) {
  return (
    <li className="chat-line" data-mine data-unsent={message.problem ? "failed" : "sending"}>
      <div className="chat-words">
        <div className="chat-bubble">{message.text}</div>
        <div className="chat-head" role="status">
          {message.problem ? t`Not sent: ${message.problem}` : t`Sending…`}
        </div>
        {message.problem && (
          <span className="chat-again">
            <Button size="1" variant="soft" onClick={again}>
              <Trans>Send again</Trans>
            </Button>
            <Button size="1" variant="ghost" color="gray" onClick={drop}>
              <Trans>Drop it</Trans>
            </Button>
          </span>
        )}
      </div>
    </li>
  );
}
