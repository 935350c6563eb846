// A closer look at a guild: its words and its members, and for the company's moderators the means to keep order.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useState } from "react";
import { Modal } from "@/components/modal";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { printCount } from "@/lib/numbers";
import { printDate } from "@/lib/times";
import type { Guild } from "@/lib/types";
import { useDisbandGuildMutation } from "../api/guilds";
import { Members } from "./members";

export function GuildDialog({ guild, onClose }: { guild: Guild; onClose: () => void }) {
  const xp = printCount(guild.xp);
  const since = printDate(guild.created_at);
  return (
    <Modal open onClose={onClose} title={guild.name} description={guild.about || undefined} wide>
      <Text size="2" color="gray" className="num" render={<p />}>
        <Trans>
          Level {guild.level} · {xp} XP · since {since}
        </Trans>
      </Text>
      <Members guild={guild} />
      <div className="modal-foot">
        {guild.may.includes("disband") && <Disband guild={guild} onDone={onClose} />}
        <Button type="button" size="3" variant="soft" color="gray" onClick={onClose}>
          <Trans>Close</Trans>
        </Button>
      </div>
    </Modal>
  );
}

/** Pressed twice: the second press means it. */
export function Disband({ guild, onDone }: { guild: Guild; onDone: () => void }) {
  const [sure, setSure] = useState(false);
  const [disband, { isLoading }] = useDisbandGuildMutation();
  const press = async () => {
    if (!sure) return setSure(true);
    const answer = await disband(guild.id);
    if (answer.error) return tell("error", guild.name, asFailure(answer.error).message);
    tell("success", guild.name, t`The guild is disbanded.`);
    onDone();
  };
  return (
    <Button
      type="button"
      size="3"
      variant={sure ? "solid" : "soft"}
      color="danger"
      loading={isLoading}
      onClick={() => void press()}
    >
      {sure ? t`Yes, disband it for everybody` : t`Disband`}
    </Button>
  );
}
