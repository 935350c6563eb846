// The member at a glance: emblem, level, the way to the next one, prestige.
import { Avatar, Heading, Text } from "frosted-ui";
import { Emblem, CLASS_TITLES } from "@/components/emblem";
import { Icon } from "@/components/icons";
import { Meter } from "@/components/meter";
import { Scene } from "@/components/scene";
import { printCount } from "@/lib/numbers";
import type { Member } from "@/lib/types";
import { levelBar, LEVEL_HEADING, type LevelBar } from "../level";
import { LevelRing } from "./level-ring";
import "./hero.css";

export function Hero({ member }: { member: Member }) {
  const bar = levelBar(member);
  const name = member.character_class ?? "novice";
  return (
    <section className="hero" data-class={name} aria-label="Your level">
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
          <Heading size="8" render={<h1 id={LEVEL_HEADING} tabIndex={-1} />}>
            Level <span data-testid="level">{printCount(member.level)}</span>
          </Heading>
          <Text size="2" color="gray" className="num">
            <b data-testid="xp">{printCount(member.experience_points)}</b> / {printCount(member.next_level_xp)} XP
          </Text>
        </div>
        <Meter label={`Progress to level ${member.level + 1}`} value={bar.value} goal={bar.goal} size="4" />
        <Text size="2" color="gray" render={<p />}>
          {wayToGo(bar, member.level)}
        </Text>
      </div>
    </section>
  );
}

function wayToGo(bar: LevelBar, level: number): string {
  if (bar.debt > 0) {
    return `${printCount(bar.debt)} XP were taken back after refunds and are earned back first; then ${printCount(bar.toNext - bar.debt)} XP to level ${level + 1}.`;
  }
  return `${printCount(bar.toNext)} XP to level ${level + 1}`;
}

function Prestige({ level }: { level: number }) {
  if (level === 0) return null;
  return (
    <span className="chip chip-prestige">
      <Icon name="star" size={12} /> Prestige {level}
    </span>
  );
}
