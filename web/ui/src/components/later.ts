// A part whose code comes later than the page's own: it is shown once its words are there too.
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import { restOfWords } from "@/lib/words";

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>;

export function later<Props>(load: Load<Props>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(withWords(load));
}

export function withWords<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => {
    const [part] = await Promise.all([load(), restOfWords()]);
    return part;
  };
}
