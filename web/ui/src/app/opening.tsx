// The page's shape while the session opens, so that nothing jumps when it has. `index.html` shows the same before that.
import { t } from "@lingui/core/macro";
import { Skeleton } from "frosted-ui";
import mark from "@/assets/mark.svg";
import { APP_NAME } from "@/lib/words";

export function Opening() {
  return (
    <div className="opening" role="status" aria-label={t`Opening your page`}>
      <b className="opening-head">
        <img src={mark} alt="" width={32} height={32} />
        {APP_NAME}
      </b>
      <OpeningScreen />
    </div>
  );
}

/** The same without the head, while a screen's code is on its way. */
export function OpeningScreen() {
  return (
    <>
      <Skeleton.Rect className="opening-hero" />
      <div className="columns">
        <Skeleton.Rect className="opening-block" />
        <Skeleton.Rect className="opening-block" />
      </div>
    </>
  );
}
