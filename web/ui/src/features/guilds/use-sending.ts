// Sending messages: shown at once, sent again by itself after an outage, and never doubled (each has a key).
import { useCallback, useEffect } from "react";
import { asFailure, useApiDispatch } from "@/lib/api";
import { channelApi, useSayInGuildMutation } from "./api/channel";
import { added } from "./channel";
import { newKey, unsent, type Unsent } from "./unsent";

export function useSending(guild: string, isLive: boolean) {
  const [post] = useSayInGuildMutation();
  const dispatch = useApiDispatch();
  const send = useCallback(
    async (message: Unsent) => {
      unsent.put(guild, { ...message, problem: "", retries: false });
      const { data, error } = await post({ guild, text: message.text, key: message.key });
      if (!data) {
        const failure = asFailure(error);
        const passes = failure.kind === "unreachable" || failure.status >= 500;
        unsent.put(guild, { ...message, problem: failure.message, retries: passes });
        return;
      }
      unsent.drop(guild, message.key);
      // Its own frame may still be on the way; only the next number can be put in without a gap.
      dispatch(
        channelApi.util.updateQueryData("getChannel", guild, (channel) =>
          data.number === channel.last + 1 ? added(channel, [data]) : channel,
        ),
      );
    },
    [dispatch, guild, post],
  );
  useEffect(() => {
    if (isLive) for (const message of unsent.of(guild)) if (message.retries) void send(message);
  }, [guild, isLive, send]);
  return {
    send,
    say: (text: string) => void send({ key: newKey(), text, problem: "", retries: false }),
    drop: ({ key }: Unsent) => unsent.drop(guild, key),
  };
}
