// Where one writes: Enter sends, Shift and Enter makes a new line.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, TextArea } from "frosted-ui";
import { useState, type KeyboardEvent } from "react";

const LONGEST = 2_000;

export function Composer({ onSend }: { onSend: (text: string) => void }) {
  const [text, setText] = useState("");
  const words = text.trim();
  const send = () => {
    if (!words) return;
    onSend(words);
    setText("");
  };
  const pressed = (event: KeyboardEvent) => {
    // While a word is being put together (Japanese, Chinese), Enter chooses it.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextArea
        size="3"
        rows={1}
        className="composer-text"
        aria-label={t`Message to your guild`}
        placeholder={t`Message`}
        maxLength={LONGEST}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={pressed}
      />
      <Button type="submit" size="3" variant="solid" disabled={!words} focusableWhenDisabled>
        <Trans>Send</Trans>
      </Button>
    </form>
  );
}
