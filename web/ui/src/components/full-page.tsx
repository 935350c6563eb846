// A page that has one thing to say: open inside Whop, no access, cannot be reached.
import { Heading, Text } from "frosted-ui";
import type { ReactNode } from "react";
import { Emblem } from "./emblem";
import { Scene } from "./scene";
import "./full-page.css";

export function FullPage({ title, text, children }: { title: string; text: ReactNode; children?: ReactNode }) {
  return (
    <main className="full-page" data-class="novice">
      <Scene />
      <div className="full-page-words">
        <div className="full-page-crests" aria-hidden="true">
          <Emblem name="scout" size={56} />
          <Emblem name="sage" size={76} />
          <Emblem name="champion" size={56} />
        </div>
        <Heading size="7" align="center" render={<h1 />}>
          {title}
        </Heading>
        <Text size="3" color="gray" align="center" className="full-page-text" render={<p />}>
          {text}
        </Text>
        {children}
      </div>
    </main>
  );
}
