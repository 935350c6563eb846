// The heading of a screen: the first thing that is read out when one arrives there.
import { Heading, Text } from "frosted-ui";
import type { ReactNode } from "react";

/** Every screen has one heading of this name; the focus goes there when the screen changes. */
export const SCREEN_HEADING = "screen-heading";

export function ScreenHead({ title, text }: { title: string; text?: ReactNode }) {
  return (
    <header className="screen-head">
      <Heading size="7" render={<h1 id={SCREEN_HEADING} tabIndex={-1} />}>
        {title}
      </Heading>
      {text && (
        <Text size="2" color="gray" render={<p />}>
          {text}
        </Text>
      )}
    </header>
  );
}

/** Bring the reader to the screen's heading. */
export function focusHeading(): void {
  document.getElementById(SCREEN_HEADING)?.focus({ preventScroll: true });
}
