// A prestige explained, and asked for: what begins anew, what stays, and what it is good for.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useState } from "react";
import { Icon } from "@/components/icons";
import { Modal, preloadModal } from "@/components/modal";
import { Panel } from "@/components/panel";
import { focusHeading } from "@/components/screen-head";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { printRate } from "@/lib/numbers";
import { useGetRulesQuery } from "@/lib/rules";
import type { Member, Rules } from "@/lib/types";
import { usePrestigeMutation } from "../api/prestige";
import { prestigeState } from "../prestige-terms";
import "./prestige.css";

export function PrestigePanel({ member }: { member: Member }) {
  const { data } = useGetRulesQuery();
  if (!data) return null;
  const rules = data.prestige;
  const state = prestigeState(member, rules);
  if (state === "far" || state === "used_up") return null;
  return (
    <Panel title={t`Prestige`}>
      <div className="prestige" data-open={state === "open" || undefined}>
        <span className="prestige-star">
          <Icon name="star" size={30} />
        </span>
        {state === "open" ? <Open member={member} rules={rules} /> : <Near member={member} rules={rules} />}
      </div>
    </Panel>
  );
}

interface Props {
  member: Member;
  rules: Rules["prestige"];
}

function Near({ member, rules }: Props) {
  const left = rules.from_level - member.level;
  const more = printRate(rules.bonus_bp);
  return (
    <Text size="2" color="gray" render={<p />}>
      <Trans>
        {left} levels to go. From level {rules.from_level} on you can start over with {more} more XP for everything.
      </Trans>
    </Text>
  );
}

function Open({ member, rules }: Props) {
  const [asked, setAsked] = useState(false);
  const [start, { isLoading }] = usePrestigeMutation();
  const next = member.prestige_level + 1;
  const more = printRate(rules.bonus_bp);
  const take = async () => {
    const answer = await start(next);
    setAsked(false);
    if (answer.error) tell("error", t`Your run goes on`, asFailure(answer.error).message);
    else focusHeading();
  };
  return (
    <>
      <div className="prestige-words">
        <Text size="3" weight="bold" render={<p />}>
          <Trans>You can prestige</Trans>
        </Text>
        <Text size="2" color="gray" render={<p />}>
          <Trans>Start over at level 1 and get {more} more XP for everything, for good.</Trans>
        </Text>
      </div>
      <Button size="3" variant="solid" onPointerEnter={preloadModal} onClick={() => setAsked(true)}>
        <Trans>Prestige</Trans>
      </Button>
      <Modal
        open={asked}
        asks
        onClose={() => !isLoading && setAsked(false)}
        title={t`Start over as prestige ${next}?`}
        description={t`You can do this ${rules.times} times. It cannot be undone.`}
      >
        <Terms more={more} />
        <div className="modal-foot">
          <Button size="3" variant="soft" color="gray" disabled={isLoading} onClick={() => setAsked(false)}>
            <Trans>Not yet</Trans>
          </Button>
          <Button size="3" variant="solid" loading={isLoading} focusableWhenDisabled onClick={() => void take()}>
            <Trans>Start over</Trans>
          </Button>
        </div>
      </Modal>
    </>
  );
}

function Terms({ more }: { more: string }) {
  return (
    <ul className="prestige-terms" role="list">
      <li>
        <Icon name="undo" /> <Trans>Your level starts again. XP above the level it takes comes along.</Trans>
      </li>
      <li>
        <Icon name="bolt" /> <Trans>From now on everything brings {more} more XP.</Trans>
      </li>
      <li>
        <Icon name="check" />{" "}
        <Trans>Money, lifetime XP, referrals, achievements, class and streak stay as they are.</Trans>
      </li>
    </ul>
  );
}
