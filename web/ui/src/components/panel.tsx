// A titled part of the page: a card with a heading that screen readers can jump to.
import { Card, Heading, Text } from "frosted-ui";
import { useId, type ReactNode } from "react";
import { PanelBoundary } from "./panel-boundary";
import "./panel.css";

interface PanelProps {
  title: string;
  /** Small words beside the title. */
  note?: ReactNode;
  /** Something to press, at the far end of the heading. */
  action?: ReactNode;
  busy?: boolean | undefined;
  children: ReactNode;
}

export function Panel({ title, note, action, busy, children }: PanelProps) {
  const id = useId();
  return (
    <Card size="3" className="panel" render={<section aria-labelledby={id} aria-busy={busy ?? false} />}>
      <PanelHead id={id} title={title} note={note} action={action} />
      <PanelBoundary>{children}</PanelBoundary>
    </Card>
  );
}

/** The same without the card, for parts whose children are cards themselves. */
export function OpenPanel({ title, note, action, busy, children }: PanelProps) {
  const id = useId();
  return (
    <section className="open-panel" aria-labelledby={id} aria-busy={busy ?? false}>
      <PanelHead id={id} title={title} note={note} action={action} />
      <PanelBoundary>{children}</PanelBoundary>
    </section>
  );
}

function PanelHead({ id, title, note, action }: Pick<PanelProps, "title" | "note" | "action"> & { id: string }) {
  return (
    <header className="panel-head">
      <Heading size="4" render={<h2 id={id} />}>
        {title}
      </Heading>
      {note !== undefined && (
        <Text size="1" color="gray" className="panel-note">
          {note}
        </Text>
      )}
      {action}
    </header>
  );
}
