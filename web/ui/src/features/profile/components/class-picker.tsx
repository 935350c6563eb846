// The three classes side by side. The first choice is free; a later one asks first and has to wait its time.
import { toast } from "frosted-ui";
import { CLASS_TITLES } from "@/components/emblem";
import { asFailure } from "@/lib/api";
import { printMoment } from "@/lib/times";
import type { CharacterClass, Member } from "@/lib/types";
import { useChooseClassMutation } from "../api/choose-class";
import { useGetClassRulesQuery } from "../api/get-class-rules";
import { ClassCard } from "./class-card";
import "./class-picker.css";

const CLASSES: CharacterClass[] = ["scout", "sage", "champion"];

interface ClassPickerProps {
  member: Member;
  now: number;
  onChosen?: () => void;
}

export function ClassPicker({ member, now, onChosen }: ClassPickerProps) {
  const { data: rules } = useGetClassRulesQuery();
  const [choose, { isLoading, originalArgs }] = useChooseClassMutation();
  const waits = member.class_change_at !== null && Date.parse(member.class_change_at) > now;
  const take = async (name: CharacterClass) => {
    const answer = await choose(name);
    if (answer.error) {
      toast.error("Your class was not changed", { description: whyNot(answer.error) });
      return;
    }
    toast.success(`You are a ${CLASS_TITLES[name]} now`);
    onChosen?.();
  };
  return (
    <ul className="class-cards" aria-label="Classes">
      {CLASSES.map((name) => (
        <ClassCard
          key={name}
          name={name}
          rule={rules?.classes.find((rule) => rule.key === name)}
          current={member.character_class === name}
          disabled={isLoading || waits}
          choosing={isLoading && originalArgs === name}
          onChoose={() => void take(name)}
        />
      ))}
    </ul>
  );
}

function whyNot(error: unknown): string {
  const failure = asFailure(error);
  if (failure.kind === "refused" && failure.code === "class_change_too_early") {
    const at = failure.details["available_at"];
    return typeof at === "string" ? `You can change again on ${printMoment(at)}.` : failure.message;
  }
  return failure.message;
}
