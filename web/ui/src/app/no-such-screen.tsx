// An address inside the view that leads nowhere, or to something this role does not have.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "react-router";
import { ScreenHead } from "@/components/screen-head";

export function NoSuchScreen({ home }: { home: string }) {
  return (
    <>
      <ScreenHead title={t`There is no such page`} text={t`It may have moved, or it is not for your role.`} />
      <p className="plain">
        <Link className="text-link" to={home}>
          <Trans>Back to the first page</Trans>
        </Link>
      </p>
    </>
  );
}
