// One class: emblem, what it is good for, its figures under the present rules, and the button that chooses it.
import { Button, Text } from "frosted-ui";
import { Emblem, CLASS_TITLES } from "@/components/emblem";
import { Icon } from "@/components/icons";
import { printRate } from "@/lib/numbers";
import type { CharacterClass, ClassRule } from "@/lib/types";

const PLAIN_BP = 10_000;

const TAGLINES: Record<CharacterClass, string> = {
  scout: "First over every ridge. Levels fastest.",
  sage: "Reads the big deals. A bit of both.",
  champion: "Carries the banner. Earns the most.",
};

const HUES = { scout: "jade", sage: "iris", champion: "amber" } as const;

interface ClassCardProps {
  name: CharacterClass;
  rule: ClassRule | undefined;
  current: boolean;
  disabled: boolean;
  onChoose: () => void;
}

export function ClassCard({ name, rule, current, disabled, onChoose }: ClassCardProps) {
  const title = CLASS_TITLES[name];
  return (
    <li className="class-card" data-class={name} data-current={current || undefined}>
      <Emblem name={name} size={72} />
      <div className="class-words">
        <Text size="4" weight="bold" render={<h3 />}>
          {title}
        </Text>
        <Text size="2" color="gray" render={<p />}>
          {TAGLINES[name]}
        </Text>
      </div>
      {rule && <ClassFigures rule={rule} />}
      <Button
        className="class-choose"
        size="3"
        variant={current ? "soft" : "solid"}
        color={HUES[name]}
        disabled={disabled || current}
        onClick={onChoose}
        aria-label={current ? `${title} is your class` : `Choose ${title}`}
      >
        {current ? "Your class" : `Choose ${title}`}
      </Button>
    </li>
  );
}

export function ClassFigures({ rule }: { rule: ClassRule }) {
  return (
    <ul className="class-figures">
      <li>
        <Icon name="bolt" /> <b>{extra(rule.xp_bp)}</b> XP
      </li>
      <li>
        <Icon name="coin" /> <b>{extra(rule.commission_bp)}</b> commission
      </li>
      {rule.ability && (
        <li className="class-ability">
          <Icon name="star" />
          <span>
            <b>{rule.ability.name}</b> {rule.ability.description}
          </span>
        </li>
      )}
    </ul>
  );
}

function extra(basisPoints: number): string {
  if (basisPoints === PLAIN_BP) return "Standard";
  const more = basisPoints - PLAIN_BP;
  return `${more > 0 ? "+" : ""}${printRate(more)}`;
}
