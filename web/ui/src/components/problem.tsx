// What a part of the page shows instead of figures: why there are none, or what will bring some.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { asFailure } from "@/lib/api";
import "./problem.css";

/** They could not be fetched: the reason and a way to try again. */
export function Problem({ what, error, retry }: { what: string; error: unknown; retry: () => void }) {
  return <Trouble title={t`${what} could not be loaded.`} text={asFailure(error).message} retry={retry} />;
}

export function Trouble({ title, text, retry }: { title: string; text: string; retry: () => void }) {
  return (
    <div className="problem" role="alert">
      <div>
        <Text size="2" weight="medium" render={<p />}>
          {title}
        </Text>
        <Text size="1" color="gray" render={<p />}>
          {text}
        </Text>
      </div>
      <Button size="2" variant="soft" color="gray" onClick={retry}>
        <Trans>Try again</Trans>
      </Button>
    </div>
  );
}

/** There is nothing yet, and what will bring something. */
export function Nothing({ title, text }: { title: string; text: string }) {
  return (
    <div className="nothing">
      <Text size="2" weight="medium" render={<p />}>
        {title}
      </Text>
      <Text size="2" color="gray" render={<p />}>
        {text}
      </Text>
    </div>
  );
}
