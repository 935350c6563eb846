// What is pressed, filled in and opened.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextField } from "frosted-ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Field } from "@/components/field";
import { Hint } from "@/components/hint";
import { Icon, iconNames } from "@/components/icons";
import { LinkButton } from "@/components/link-button";
import { Modal } from "@/components/modal";
import { Tabs } from "@/components/tabs";
import type { Section } from "./section";

const FORM = v.object({ name: v.pipe(v.string(), v.trim(), v.minLength(3, "At least 3 characters.")) });

function Buttons() {
  return (
    <div className="gallery-row">
      {(["solid", "soft", "surface", "ghost"] as const).map((variant) => (
        <Button key={variant} variant={variant}>
          {variant}
        </Button>
      ))}
      <Button disabled>disabled</Button>
      <Button loading>loading</Button>
      <Button variant="solid" color="danger">
        danger
      </Button>
      <LinkButton href="/discover">a link</LinkButton>
    </div>
  );
}

function Forms() {
  const form = useForm({ resolver: valibotResolver(FORM), defaultValues: { name: "" } });
  return (
    <form className="field" noValidate onSubmit={(event) => void form.handleSubmit(() => undefined)(event)}>
      <Field name="Name" hint="As others will see it." error={form.formState.errors.name?.message}>
        {(control) => (
          <TextField.Root size="3">
            <TextField.Input {...control} {...form.register("name")} />
          </TextField.Root>
        )}
      </Field>
      <Button type="submit" variant="solid">
        Save
      </Button>
    </form>
  );
}

function TabPanels() {
  return (
    <Tabs
      label="Parts"
      tabs={[
        { key: "one", name: "One", content: <p>The first part.</p> },
        { key: "two", name: "Two", content: <p>The second part.</p> },
      ]}
    />
  );
}

function Modals() {
  const [kind, setKind] = useState<"plain" | "asks" | null>(null);
  const close = () => setKind(null);
  return (
    <div className="gallery-row">
      <Button onClick={() => setKind("plain")}>Open a dialog</Button>
      <Button onClick={() => setKind("asks")}>Ask something</Button>
      <Modal
        open={kind !== null}
        asks={kind === "asks"}
        onClose={close}
        title={kind === "asks" ? "Are you sure?" : "A dialog"}
        description="What it is about."
      >
        <div className="modal-foot">
          <Button onClick={close}>Close</Button>
        </div>
      </Modal>
    </div>
  );
}

function Hints() {
  return (
    <Hint about="What is this?" text="It explains itself when it is pressed.">
      Press me
    </Hint>
  );
}

function Icons() {
  return (
    <div className="gallery-row">
      {iconNames().map((name) => (
        <span key={name}>
          <Icon name={name} size={20} /> {name}
        </span>
      ))}
    </div>
  );
}

export const inputSections: Section[] = [
  { name: "Button", Example: Buttons },
  { name: "Field", Example: Forms },
  { name: "Tabs", Example: TabPanels },
  { name: "Modal", Example: Modals },
  { name: "Hint", Example: Hints },
  { name: "Icons", Example: Icons },
];
