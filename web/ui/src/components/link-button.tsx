// Leads away but looks like a button; to those who listen it is the link that it is.
import { Button } from "frosted-ui";
import type { ReactNode } from "react";

export function LinkButton({ href, children }: { href: string; children: ReactNode }) {
  // eslint-disable-next-line jsx-a11y/no-redundant-roles -- the button around it would say "button"
  const link = <a role="link" href={href} target="_blank" rel="noreferrer" />;
  return (
    <Button size="3" variant="solid" nativeButton={false} render={link}>
      {children}
    </Button>
  );
}
