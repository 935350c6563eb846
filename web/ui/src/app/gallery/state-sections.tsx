// How a part of a page looks while it waits, when it failed, when it is empty and when it broke.
import { Button } from "frosted-ui";
import { useState } from "react";
import { Answer } from "@/components/answer";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import type { Section } from "./section";

const nothing = () => undefined;

function Answers() {
  return (
    <>
      <Panel title="Waiting" busy>
        <Answer query={{ refetch: nothing }} what="This">
          {() => null}
        </Answer>
      </Panel>
      <Panel title="Failed">
        <Answer
          query={{ error: { kind: "unreachable", message: "The server could not be reached." }, refetch: nothing }}
          what="This"
        >
          {() => null}
        </Answer>
      </Panel>
      <Panel title="Empty">
        <Answer
          query={{ data: [], refetch: nothing }}
          what="This"
          isEmpty={() => true}
          empty={<Nothing title="Nothing yet" text="What will bring something stands here." />}
        >
          {() => null}
        </Answer>
      </Panel>
      <Panel title="There" note="with a note" action={<Button size="2">Act</Button>}>
        <Answer query={{ data: "Here it is.", refetch: nothing }} what="This">
          {(text) => <p className="plain">{text}</p>}
        </Answer>
      </Panel>
    </>
  );
}

function Broken() {
  const [broken, setBroken] = useState(false);
  return (
    <Panel title="A part that can break">
      <Button size="2" variant="soft" onClick={() => setBroken(true)}>
        Break it
      </Button>
      {broken && <Bomb />}
    </Panel>
  );
}

function Bomb(): never {
  throw new Error("broken on purpose");
}

function Toasts() {
  return (
    <div className="gallery-row">
      {(["success", "info", "warning", "error"] as const).map((tone) => (
        <Button key={tone} size="2" variant="soft" onClick={() => tell(tone, `A ${tone}`, "And what it is about.")}>
          Tell a {tone}
        </Button>
      ))}
    </div>
  );
}

export const stateSections: Section[] = [
  { name: "Panel and answer", Example: Answers },
  { name: "Panel boundary", Example: Broken },
  { name: "Toasts", Example: Toasts },
];
