// One class: emblem, what it is good for, its figures under the present rules, and the button that chooses it.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { Emblem, CLASS_TITLES } from "@/components/emblem";
import { Icon } from "@/components/icons";
import { printMoney, printRate, printXp } from "@/lib/numbers";
import type { CharacterClass, ClassComparison, ClassRule } from "@/lib/types";

const PLAIN_BP = 10_000;

const TAGLINES = {
  scout: msg`First over every ridge. Levels fastest.`,
  sage: msg`Reads the big deals. A bit of both.`,
  champion: msg`Carries the banner. Earns the most.`,
} satisfies Record<CharacterClass, unknown>;

const HUES = { scout: "jade", sage: "iris", champion: "amber" } as const;

interface ClassCardProps {
  name: CharacterClass;
  rule: ClassRule | undefined;
  /** What the member's last thirty days would have brought in it; nothing where there were no deeds. */
  worth: Worth | undefined;
  current: boolean;
  disabled: boolean;
  onChoose: () => void;
}

export function ClassCard({ name, rule, worth, current, disabled, onChoose }: ClassCardProps) {
  const { i18n } = useLingui();
  const title = CLASS_TITLES[name];
  return (
    <li className="class-card" data-class={name} data-current={current || undefined}>
      <Emblem name={name} size={72} />
      <div className="class-words">
        <Text size="4" weight="bold" render={<h3 />}>
          {title}
        </Text>
        <Text size="2" color="gray" render={<p />}>
          {i18n._(TAGLINES[name])}
        </Text>
      </div>
      {rule && <ClassFigures rule={rule} />}
      {worth && <ClassWorth worth={worth} />}
      <Button
        className="class-choose"
        size="3"
        variant={current ? "soft" : "solid"}
        color={HUES[name]}
        disabled={disabled || current}
        onClick={onChoose}
        aria-label={current ? t`${title} is your class` : t`Choose ${title}`}
      >
        {current ? t`Your class` : t`Choose ${title}`}
      </Button>
    </li>
  );
}

export type Worth = ClassComparison["classes"][number];

function ClassWorth({ worth }: { worth: Worth }) {
  const money = worth.commission.map((one) => printMoney(one)).join(" · ");
  return (
    <p className="class-worth num">
      <Trans>Your last 30 days in it</Trans>
      <b>
        {printXp(worth.xp)}
        {money && ` · ${money}`}
      </b>
    </p>
  );
}

export function ClassFigures({ rule }: { rule: ClassRule }) {
  return (
    <ul className="class-figures" role="list">
      <li>
        <Icon name="bolt" />
        <span>
          <Trans>
            <b>{extra(rule.xp_bp)}</b> XP
          </Trans>
        </span>
      </li>
      <li>
        <Icon name="coin" />
        <span>
          <Trans>
            <b>{extra(rule.commission_bp)}</b> commission
          </Trans>
        </span>
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
  if (basisPoints === PLAIN_BP) return t`Standard`;
  const more = basisPoints - PLAIN_BP;
  return `${more > 0 ? "+" : ""}${printRate(more)}`;
}
