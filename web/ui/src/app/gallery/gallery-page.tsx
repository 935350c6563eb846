// Every primitive in all its states, side by side: where to look before building a new one. Development only, and not
// translated.
import { useState } from "react";
import { ScreenHead } from "@/components/screen-head";
import { Button } from "frosted-ui";
import { dataSections } from "./data-sections";
import { inputSections } from "./input-sections";
import { stateSections } from "./state-sections";
import type { Section } from "./section";
import "./gallery.css";

const SECTIONS: Section[] = [...dataSections, ...stateSections, ...inputSections];

export default function GalleryPage() {
  const [dark, setDark] = useState(() => document.documentElement.classList.contains("dark"));
  const turn = () => {
    const root = document.documentElement;
    root.classList.toggle("dark", !dark);
    root.classList.toggle("light", dark);
    root.style.colorScheme = dark ? "light" : "dark";
    setDark(!dark);
  };
  return (
    <main className="gallery">
      <ScreenHead title="Primitives" text="src/components: what every screen is built from, in all its states." />
      <Button size="3" variant="soft" onClick={turn}>
        {dark ? "Show in light" : "Show in dark"}
      </Button>
      {SECTIONS.map(({ name, Example }) => (
        <section key={name} aria-label={name} className="gallery-section">
          <h2>{name}</h2>
          <Example />
        </section>
      ))}
    </main>
  );
}
