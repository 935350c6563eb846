// The pages for those who do not get to the dashboard, each with the reason and the way on.
import { Button } from "frosted-ui";
import { FullPage } from "@/components/full-page";
import { whopHome } from "@/lib/frame";

export function OutsideWhop() {
  return (
    <FullPage
      title="Open inside Whop"
      text="Whop Legends lives inside your communities. Open it from the sidebar of one of them, and Whop tells us who you are."
    >
      {/* It leads away, so it is a link to those who listen, though it looks like a button. */}
      <Button
        size="3"
        variant="solid"
        nativeButton={false}
        // eslint-disable-next-line jsx-a11y/no-redundant-roles -- the button around it would say "button"
        render={<a role="link" href={whopHome()} target="_blank" rel="noreferrer" />}
      >
        Go to Whop
      </Button>
    </FullPage>
  );
}

export function NoAccess({ message }: { message: string }) {
  return <FullPage title="No access" text={message || "This part of the community is open to its members only."} />;
}

export function CannotStart({ message, retry }: { message: string; retry: () => void }) {
  return (
    <FullPage title="We could not open your page" text={message}>
      <Button size="3" variant="solid" onClick={retry}>
        Try again
      </Button>
    </FullPage>
  );
}
