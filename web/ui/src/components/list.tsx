// A list of lines: a picture or sign, words, and figures at the far end.
import type { ReactNode } from "react";
import "./list.css";

export function List({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className="list" role="list" aria-label={label}>
      {children}
    </ul>
  );
}

interface LineProps {
  sign?: ReactNode;
  title: ReactNode;
  text?: ReactNode;
  figures?: ReactNode;
}

export function Line({ sign, title, text, figures }: LineProps) {
  return (
    <li className="line">
      {sign}
      <div className="line-words">
        <div className="line-title">{title}</div>
        {text && <div className="line-text">{text}</div>}
      </div>
      {figures && <div className="line-figures num">{figures}</div>}
    </li>
  );
}
