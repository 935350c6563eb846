// For those who look around on Whop before they install anything: what the game is. No sign-in, no figures.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Heading, Text } from "frosted-ui";
import { useEffect } from "react";
import { Emblem, type ClassName } from "@/components/emblem";
import { Icon, type IconName } from "@/components/icons";
import { LinkButton } from "@/components/link-button";
import { Scene } from "@/components/scene";
import { whopHome } from "@/lib/iframe";
import "./discover.css";

export default function DiscoverPage() {
  useEffect(() => {
    document.title = t`Whop Legends: referrals as a game`;
  }, []);
  return (
    <main className="discover" data-class="novice">
      <section className="discover-top">
        <Scene />
        <div className="discover-crests" aria-hidden="true">
          {(["scout", "sage", "champion"] as ClassName[]).map((name) => (
            <Emblem key={name} name={name} size={72} />
          ))}
        </div>
        <Heading size="8" align="center" render={<h1 />}>
          <Trans>Bring a friend. Level up. Get paid.</Trans>
        </Heading>
        <Text size="3" color="gray" align="center" className="discover-lead" render={<p />}>
          <Trans>
            Whop Legends turns a community's referrals into a game: every member has a link, and every sale through it
            gives them XP and a share of the money.
          </Trans>
        </Text>
        <LinkButton href={whopHome()}>
          <Trans>Find a community on Whop</Trans>
        </LinkButton>
      </section>
      <ul className="discover-points" role="list">
        {points().map(({ icon, title, text }) => (
          <li key={icon}>
            <Icon name={icon} size={22} />
            <Heading size="4" render={<h2 />}>
              {title}
            </Heading>
            <Text size="2" color="gray" render={<p />}>
              {text}
            </Text>
          </li>
        ))}
      </ul>
    </main>
  );
}

function points(): { icon: IconName; title: string; text: string }[] {
  return [
    {
      icon: "shield",
      title: t`Pick a class`,
      text: t`A Scout levels fastest, a Champion earns the most, a Sage does a bit of both.`,
    },
    {
      icon: "scroll",
      title: t`Finish quests`,
      text: t`New ones every day, week and month: share your link, bring somebody, come back tomorrow.`,
    },
    {
      icon: "coin",
      title: t`See every cent`,
      text: t`Each commission shows how it was computed and on which day it is yours.`,
    },
    {
      icon: "chart",
      title: t`For creators`,
      text: t`Refunds and disputes take a commission back by themselves, and the books always add up.`,
    },
  ];
}
