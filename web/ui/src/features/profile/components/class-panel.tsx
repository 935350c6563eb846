// Before the first choice: the three classes, inviting. Afterwards: the present one, and a dialog to change it.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useState } from "react";
import { CLASS_TITLES, Emblem } from "@/components/emblem";
import { Modal, preloadModal } from "@/components/modal";
import { OpenPanel, Panel } from "@/components/panel";
import { focusHeading } from "@/components/screen-head";
import { useNow } from "@/components/use-now";
import { useGetClassesQuery } from "@/lib/ahead";
import { printXp } from "@/lib/numbers";
import type { CharacterClass, Member } from "@/lib/types";
import { changeTerms, firstTerms } from "../class-terms";
import { useGetRulesQuery } from "@/lib/rules";
import { ClassFigures } from "./class-card";
import { ClassPicker } from "./class-picker";

export function FirstClassChoice({ member }: { member: Member }) {
  const now = useNow();
  const { data: rules } = useGetRulesQuery();
  return (
    <OpenPanel title={t`Choose your class`} note={t`It decides what every referral is worth to you.`}>
      <Text size="2" color="gray" className="class-terms" render={<p />}>
        {firstTerms(rules?.class_change_days)}
      </Text>
      <ClassPicker member={member} now={now} onChosen={focusHeading} />
    </OpenPanel>
  );
}

export function ClassPanel({ member, name }: { member: Member; name: CharacterClass }) {
  const { data: rules } = useGetRulesQuery();
  const rule = rules?.classes.find((entry) => entry.key === name);
  return (
    <Panel title={t`Your class`} action={<ChangeClass member={member} name={name} days={rules?.class_change_days} />}>
      <div className="class-now" data-class={name}>
        <Emblem name={name} size={56} />
        <div className="class-now-words">
          <Text size="3" weight="bold" render={<p />}>
            {CLASS_TITLES[name]}
          </Text>
          {rule && <ClassFigures rule={rule} />}
          <AbilityGave name={name} ability={rule?.ability?.name} />
        </div>
      </div>
    </Panel>
  );
}

/** What the class's ability brought lately; nothing where it brought nothing. */
function AbilityGave({ name, ability }: { name: CharacterClass; ability: string | undefined }) {
  const { data } = useGetClassesQuery();
  const given = data?.classes.find((one) => one.key === name)?.ability_xp ?? 0;
  if (!ability || given <= 0) return null;
  const xp = printXp(given);
  return (
    <Text size="1" color="gray" className="class-gave num" render={<p />}>
      <Trans>
        {ability}: <b>{xp}</b> in the last 30 days
      </Trans>
    </Text>
  );
}

interface ChangeClassProps {
  member: Member;
  name: CharacterClass;
  days: number | undefined;
}

function ChangeClass({ member, name, days }: ChangeClassProps) {
  const [open, setOpen] = useState(false);
  const now = useNow();
  return (
    <>
      <Button
        size="2"
        variant="soft"
        color="gray"
        aria-haspopup="dialog"
        onPointerEnter={preloadModal}
        onFocus={preloadModal}
        onClick={() => setOpen(true)}
      >
        <Trans>Change class</Trans>
      </Button>
      <Modal
        wide
        open={open}
        onClose={() => setOpen(false)}
        title={t`Change your class`}
        description={changeTerms({ name, changeAt: member.class_change_at, days }, now)}
        action={
          // First in order, so that opening the dialog on a phone does not scroll to its end.
          <Button variant="soft" color="gray" size="2" onClick={() => setOpen(false)}>
            <Trans>Keep my class</Trans>
          </Button>
        }
      >
        <ClassPicker member={member} now={now} onChosen={() => setOpen(false)} />
      </Modal>
    </>
  );
}
