// What a part of the page shows when its figures could not be fetched: the reason and a way to try again.
import { Button, Text } from "frosted-ui";
import { asFailure } from "@/lib/api";
import "./problem.css";

export function Problem({ what, error, retry }: { what: string; error: unknown; retry: () => void }) {
  return (
    <div className="problem" role="alert">
      <div>
        <Text size="2" weight="medium" render={<p />}>
          {what} could not be loaded.
        </Text>
        <Text size="1" color="gray" render={<p />}>
          {asFailure(error).message}
        </Text>
      </div>
      <Button size="2" variant="soft" color="gray" onClick={retry}>
        Try again
      </Button>
    </div>
  );
}

/** What it shows when there is nothing yet, and what will bring something. */
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
