// The guild's chat: live, in order, read upwards page by page; what could not be sent stays until it is.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { Answer } from "@/components/answer";
import { Nothing } from "@/components/problem";
import { useGetProfileQuery } from "@/lib/member";
import type { Guild, GuildEntry } from "@/lib/types";
import { useGetChannelQuery, useGetOlderMutation } from "../api/channel";
import type { Channel } from "../channel";
import { useUnsent } from "../unsent";
import { useSending } from "../use-sending";
import { useFoot } from "../use-foot";
import { changeText } from "../words";
import { ChatLine, UnsentLine } from "./chat-line";
import { Composer } from "./composer";
import "./chat.css";

export function Chat({ guild }: { guild: Guild }) {
  const query = useGetChannelQuery(guild.id);
  return (
    <section className="chat" aria-label={t`Chat`}>
      <Answer query={query} what={t`The chat`}>
        {(channel) => <Talk guild={guild} channel={channel} />}
      </Answer>
    </section>
  );
}

function Talk({ guild, channel }: { guild: Guild; channel: Channel }) {
  const me = useGetProfileQuery().data?.id;
  const waiting = useUnsent(guild.id);
  const sending = useSending(guild.id, channel.isLive);
  const shown = channel.entries.filter(isShown);
  const { scroller, scrolled, toFoot, keep, isAway } = useFoot(`${channel.last} ${waiting.length}`);
  return (
    <>
      <div className="chat-scroll" ref={scroller} onScroll={scrolled}>
        {channel.hasOlder && <Older guild={guild} first={channel.entries[0]?.number ?? 0} keep={keep} />}
        <ol className="chat-lines" role="log" aria-label={t`Messages`}>
          {shown.map((entry, place) =>
            entry.type === "guild_message" ? (
              <ChatLine
                key={entry.number}
                guild={guild}
                entry={entry}
                isMine={entry.member_id === me}
                follows={isSameVoice(shown[place - 1], entry)}
              />
            ) : (
              <li key={entry.number} className="chat-change">
                {changeText(entry)}
              </li>
            ),
          )}
          {waiting.map((message) => (
            <UnsentLine
              key={message.key}
              message={message}
              again={() => void sending.send(message)}
              drop={() => sending.drop(message)}
            />
          ))}
        </ol>
        {shown.length === 0 && waiting.length === 0 && (
          <Nothing title={t`Nobody has said anything yet`} text={t`Say hello!`} />
        )}
      </div>
      {isAway && (
        <Button size="1" variant="solid" className="chat-down" onClick={toFoot}>
          <Trans>To the newest</Trans>
        </Button>
      )}
      {!channel.isLive && (
        <Text size="1" color="gray" className="chat-state" role="status">
          <Trans>Connecting… new messages come a little later.</Trans>
        </Text>
      )}
      <Composer onSend={sending.say} />
    </>
  );
}

function Older({ guild, first, keep }: { guild: Guild; first: number; keep: () => void }) {
  const [load, { isLoading }] = useGetOlderMutation();
  return (
    <div className="chat-older">
      <Button
        size="2"
        variant="soft"
        color="gray"
        loading={isLoading}
        onClick={() => {
          keep();
          void load({ guild: guild.id, before: first });
        }}
      >
        <Trans>Show earlier messages</Trans>
      </Button>
    </div>
  );
}

function isShown(entry: GuildEntry): boolean {
  return entry.type === "guild_message" || changeText(entry) !== "";
}

const SAME_VOICE_MS = 5 * 60_000;

function isSameVoice(before: GuildEntry | undefined, entry: GuildEntry): boolean {
  return (
    before?.type === "guild_message" &&
    before.member_id === entry.member_id &&
    Date.parse(entry.at) - Date.parse(before.at) < SAME_VOICE_MS
  );
}
