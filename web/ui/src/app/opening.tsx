// The page's shape while the session opens, so that nothing jumps when it has. `index.html` shows the same before that.
import { t } from "@lingui/core/macro";
import { Skeleton } from "frosted-ui";

export function Opening() {
  return (
    <div className="opening" role="status" aria-label={t`Opening your page`}>
      <Skeleton.Rect className="opening-head" />
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
