// The pages for those who do not get to a screen, each with the reason and the way on.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button } from "frosted-ui";
import { FullPage } from "@/components/full-page";
import { LinkButton } from "@/components/link-button";
import { whopHome } from "@/lib/iframe";

export function OutsideWhop() {
  return (
    <FullPage
      title={t`Open inside Whop`}
      text={t`Whop Legends lives inside your communities. Open it from the sidebar of one of them, and Whop tells us who you are.`}
    >
      <LinkButton href={whopHome()}>
        <Trans>Go to Whop</Trans>
      </LinkButton>
    </FullPage>
  );
}

export function NoAccess({ message }: { message: string }) {
  return <FullPage title={t`No access`} text={message || t`This part of the community is open to its members only.`} />;
}

/** Somebody of the company whose role has no screen in this view. */
export function NothingForYou({ company }: { company: string }) {
  return (
    <FullPage
      title={t`This page is for the team`}
      text={t`Here the team of ${company} looks after the game. Your own page is in the sidebar of the community.`}
    />
  );
}

export function CannotStart({ message, retry }: { message: string; retry: () => void }) {
  return (
    <FullPage title={t`We could not open your page`} text={message}>
      <Button size="3" variant="solid" onClick={retry}>
        <Trans>Try again</Trans>
      </Button>
    </FullPage>
  );
}
