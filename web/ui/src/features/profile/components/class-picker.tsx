// The three classes side by side. Each choice asks first; one after the first has to wait its time.
import { t } from "@lingui/core/macro";
import { useEffect, useState } from "react";
import { CLASS_TITLES } from "@/components/emblem";
import { preloadModal } from "@/components/modal";
import { tell } from "@/components/toasts";
import { useGetClassesQuery } from "@/lib/ahead";
import { asFailure } from "@/lib/api";
import { printMoment } from "@/lib/times";
import type { CharacterClass, Member } from "@/lib/types";
import { useChooseClassMutation } from "../api/choose-class";
import { useGetRulesQuery } from "@/lib/rules";
import { choiceTerms } from "../class-terms";
import { ClassCard } from "./class-card";
import { ConfirmClass } from "./confirm-class";
import "./class-picker.css";

const CLASSES: CharacterClass[] = ["scout", "sage", "champion"];

interface ClassPickerProps {
  member: Member;
  now: number;
  onChosen?: () => void;
}

export function ClassPicker({ member, now, onChosen }: ClassPickerProps) {
  const { data: rules } = useGetRulesQuery();
  const { data: compared } = useGetClassesQuery();
  // All the same nothing says nothing: shown once there were deeds to compare.
  const worths = compared?.classes.some(({ xp }) => xp > 0) ? compared.classes : undefined;
  const [choose, { isLoading }] = useChooseClassMutation();
  const [wanted, setWanted] = useState<CharacterClass | null>(null);
  useEffect(preloadModal, []);
  const waits = member.class_change_at !== null && Date.parse(member.class_change_at) > now;
  const take = async (name: CharacterClass) => {
    const answer = await choose(name);
    setWanted(null);
    if (answer.error) {
      tell("error", t`Your class was not changed`, whyNot(answer.error));
      return;
    }
    const title = CLASS_TITLES[name];
    tell("success", t`You are a ${title} now`);
    onChosen?.();
  };
  return (
    <>
      <ul className="class-cards" role="list" aria-label={t`Classes`}>
        {CLASSES.map((name) => (
          <ClassCard
            key={name}
            name={name}
            worth={worths?.find((one) => one.key === name)}
            rule={rules?.classes.find((rule) => rule.key === name)}
            current={member.character_class === name}
            disabled={waits}
            onChoose={() => setWanted(name)}
          />
        ))}
      </ul>
      <ConfirmClass
        name={wanted}
        present={member.character_class}
        terms={choiceTerms(member.character_class === null, rules?.class_change_days, now)}
        choosing={isLoading}
        onTake={(name) => void take(name)}
        onClose={() => setWanted(null)}
      />
    </>
  );
}

function whyNot(error: unknown): string {
  const failure = asFailure(error);
  if (failure.kind === "refused" && failure.code === "class_change_too_early") {
    const at = failure.details["available_at"];
    if (typeof at !== "string") return failure.message;
    const moment = printMoment(at);
    return t`You can switch again on ${moment}.`;
  }
  return failure.message;
}
