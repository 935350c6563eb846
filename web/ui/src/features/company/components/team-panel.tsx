// Who runs the community, and making others creator.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useState } from "react";
import { Line, List } from "@/components/list";
import { Modal } from "@/components/modal";
import { Panel } from "@/components/panel";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import type { TeamMember } from "@/lib/types";
import { useChangeCompanyMutation } from "../api/change-company";

export function TeamPanel({ team }: { team: TeamMember[] }) {
  const [asked, setAsked] = useState<TeamMember | null>(null);
  return (
    <Panel title={t`Team`}>
      <Text size="2" color="gray" className="plain" render={<p />}>
        <Trans>Everybody of your team on Whop is a moderator here. Creators also see and move money.</Trans>
      </Text>
      <List label={t`Team`}>
        {team.map((one) => (
          <Line
            key={one.user_id}
            title={one.username || one.user_id}
            text={roleName(one)}
            figures={
              !one.is_owner && (
                <Button size="2" variant="soft" color="gray" onClick={() => setAsked(one)}>
                  {one.role === "creator" ? <Trans>Make moderator</Trans> : <Trans>Make creator</Trans>}
                </Button>
              )
            }
          />
        ))}
      </List>
      {asked && <ConfirmRole one={asked} onClose={() => setAsked(null)} />}
    </Panel>
  );
}

function ConfirmRole({ one, onClose }: { one: TeamMember; onClose: () => void }) {
  const [change, { isLoading }] = useChangeCompanyMutation();
  const role = one.role === "creator" ? "moderator" : "creator";
  const name = one.username || one.user_id;
  const confirm = async () => {
    const answer = await change({ roles: [{ user_id: one.user_id, role }] });
    if (answer.error) tell("error", t`Nothing changed`, asFailure(answer.error).message);
    else tell("success", role === "creator" ? t`${name} is a creator now` : t`${name} is a moderator now`);
    onClose();
  };
  return (
    <Modal
      open
      asks
      onClose={onClose}
      title={role === "creator" ? t`Make ${name} a creator?` : t`Make ${name} a moderator?`}
      description={
        role === "creator"
          ? t`They may change rules, pay out, and decide who is credited.`
          : t`They keep members, quests and guilds, and lose everything about money.`
      }
    >
      <div className="modal-foot">
        <Button size="3" variant="soft" color="gray" onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button size="3" variant="solid" loading={isLoading} onClick={() => void confirm()}>
          <Trans>Yes</Trans>
        </Button>
      </div>
    </Modal>
  );
}

function roleName({ role, is_owner }: TeamMember): string {
  if (is_owner) return t`Owner of the account`;
  return role === "creator" ? t`Creator` : t`Moderator`;
}
