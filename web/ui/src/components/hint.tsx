// A word that explains itself when it is pressed: with a finger, a key or a mouse alike, which a tooltip is not.
import { useId, type ReactNode } from "react";
import "./hint.css";

interface HintProps {
  /** What it explains, for those who only hear the button. */
  about: string;
  text: string;
  className?: string;
  children: ReactNode;
}

export function Hint({ about, text, className = "", children }: HintProps) {
  const id = useId();
  return (
    <>
      <button type="button" className={`hint ${className}`} popoverTarget={id} aria-label={about}>
        {children}
      </button>
      <div id={id} popover="auto" className="hint-text" role="note">
        {text}
      </div>
    </>
  );
}
