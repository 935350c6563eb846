// Before the first choice: the three classes, inviting. Afterwards: the present one, and a dialog to change it.
import { Button, Dialog, Text } from "frosted-ui";
import { useState } from "react";
import { CLASS_TITLES, Emblem } from "@/components/emblem";
import { OpenPanel, Panel } from "@/components/panel";
import { useNow } from "@/components/use-now";
import type { CharacterClass, Member } from "@/lib/types";
import { changeTerms, firstTerms } from "../class-terms";
import { LEVEL_HEADING } from "../level";
import { useGetClassRulesQuery } from "../api/get-class-rules";
import { ClassFigures } from "./class-card";
import { ClassPicker } from "./class-picker";

export function FirstClassChoice({ member }: { member: Member }) {
  const now = useNow();
  const { data: rules } = useGetClassRulesQuery();
  return (
    <OpenPanel title="Choose your class" note="It decides what every referral is worth to you.">
      <Text size="2" color="gray" className="class-terms" render={<p />}>
        {firstTerms(rules?.class_change_days)}
      </Text>
      <ClassPicker member={member} now={now} onChosen={() => document.getElementById(LEVEL_HEADING)?.focus()} />
    </OpenPanel>
  );
}

export function ClassPanel({ member, name }: { member: Member; name: CharacterClass }) {
  const { data: rules } = useGetClassRulesQuery();
  const rule = rules?.classes.find((entry) => entry.key === name);
  return (
    <Panel title="Your class" action={<ChangeClass member={member} name={name} days={rules?.class_change_days} />}>
      <div className="class-now" data-class={name}>
        <Emblem name={name} size={56} />
        <div className="class-now-words">
          <Text size="3" weight="bold" render={<p />}>
            {CLASS_TITLES[name]}
          </Text>
          {rule && <ClassFigures rule={rule} />}
        </div>
      </div>
    </Panel>
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
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger>
        <Button size="1" variant="soft" color="gray">
          Change class
        </Button>
      </Dialog.Trigger>
      <Dialog.Content size="3" className="class-dialog">
        <div className="class-dialog-head">
          <Dialog.Title>Change your class</Dialog.Title>
          {/* First in order, so that opening the dialog on a phone does not scroll to its end. */}
          <Dialog.Close>
            <Button variant="soft" color="gray" size="2">
              Keep my class
            </Button>
          </Dialog.Close>
        </div>
        <Dialog.Description size="2" color="gray">
          {changeTerms({ name, changeAt: member.class_change_at, days }, now)}
        </Dialog.Description>
        <ClassPicker member={member} now={now} onChosen={() => setOpen(false)} />
      </Dialog.Content>
    </Dialog.Root>
  );
}
