// The member at a glance: emblem, level, the way to the next one, prestige.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Avatar, Heading, Text } from "frosted-ui";
import { CLASS_TITLES, Emblem } from "@/components/emblem";
import { Icon } from "@/components/icons";
import { Meter } from "@/components/meter";
import { Scene } from "@/components/scene";
import { SCREEN_HEADING } from "@/components/screen-head";
import { printCount } from "@/lib/numbers";
import type { Member } from "@/lib/types";
import { levelBar, wayToGo } from "../level";
import { LevelRing } from "./level-ring";
import "./hero.css";

export function Hero({ member }: { member: Member }) {
  const bar = levelBar(member);
  const name = member.character_class ?? "novice";
  const next = member.level + 1;
  return (
    <section className="hero" data-class={name} aria-label={t`Your level`}>
      <Scene />
      {/* A new key restarts the animation: once for each level reached while the page is open. */}
      <div className="hero-crest" key={member.level}>
        <LevelRing value={bar.value} goal={bar.goal} />
        <Emblem name={name} size={84} />
      </div>
      <div className="hero-words">
        <div className="hero-who">
          <Avatar size="1" src={member.avatar_url ?? undefined} fallback={member.username} alt="" />
          <Text size="2" weight="medium" className="hero-name">
            {member.username}
          </Text>
          <span className="chip">{CLASS_TITLES[name]}</span>
          <Prestige level={member.prestige_level} />
        </div>
        <div className="hero-level">
          {/* The choice of a class leaves the page with its buttons; the focus comes here. */}
          <Heading size="8" render={<h1 id={SCREEN_HEADING} tabIndex={-1} />}>
            <Trans>
              Level <span data-testid="level">{printCount(member.level)}</span>
            </Trans>
          </Heading>
          <Text size="2" color="gray" className="num">
            <b data-testid="level-xp">{printCount(bar.value)}</b> / {printCount(bar.goal)} XP
          </Text>
        </div>
        <Meter label={t`Progress to level ${next}`} value={bar.value} goal={bar.goal} size="4" />
        <Text size="2" color="gray" className="hero-way num" render={<p />}>
          <span>{wayToGo(bar, member.level)}</span>
          <span>
            <Trans>
              <b data-testid="xp">{printCount(member.experience_points)}</b> XP in all
            </Trans>
          </span>
        </Text>
      </div>
    </section>
  );
}

function Prestige({ level }: { level: number }) {
  if (level === 0) return null;
  return (
    <span className="chip chip-prestige">
      <Icon name="star" size={12} /> <Trans>Prestige {level}</Trans>
    </span>
  );
}
