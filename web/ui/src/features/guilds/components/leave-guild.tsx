// Leaving: said clearly what becomes of the guild, and asked once more.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button } from "frosted-ui";
import { useState } from "react";
import { Modal } from "@/components/modal";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { useGetProfileQuery } from "@/lib/member";
import type { Guild } from "@/lib/types";
import { useRemoveFromGuildMutation } from "../api/guilds";
import { Disband } from "./guild-dialog";

export function LeaveGuild({ guild }: { guild: Guild }) {
  const [asking, setAsking] = useState(false);
  const me = useGetProfileQuery().data?.id;
  const [remove, { isLoading }] = useRemoveFromGuildMutation();
  const { name } = guild;
  const leave = async () => {
    const answer = await remove({ guild: guild.id, member: me ?? "" });
    if (answer.error) tell("error", name, asFailure(answer.error).message);
    else tell("info", name, t`You left the guild.`);
    setAsking(false);
  };
  return (
    <>
      <Button size="2" variant="soft" color="gray" onClick={() => setAsking(true)}>
        <Trans>Leave</Trans>
      </Button>
      <Modal
        open={asking}
        onClose={() => setAsking(false)}
        asks
        title={t`Leave ${name}?`}
        description={whatBecomes(guild)}
      >
        <div className="modal-foot">
          {guild.role === "leader" && guild.members > 1 && <Disband guild={guild} onDone={() => setAsking(false)} />}
          <Button type="button" size="3" variant="soft" color="gray" onClick={() => setAsking(false)}>
            <Trans>Stay</Trans>
          </Button>
          <Button
            type="button"
            size="3"
            variant="solid"
            color="danger"
            loading={isLoading}
            onClick={() => void leave()}
          >
            <Trans>Leave</Trans>
          </Button>
        </div>
      </Modal>
    </>
  );
}

function whatBecomes({ role, members }: Guild): string {
  if (members === 1) return t`You are the last one: the guild ends with you.`;
  if (role === "leader") return t`Your longest-serving officer will lead, or else your longest-serving member.`;
  return t`The XP you earned here stays with the guild. What you earn from now on no longer counts for it.`;
}
