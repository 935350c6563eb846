// A part whose code comes later than the page's own: it is shown once its words and icons are there too.
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import { restOfWords } from "@/lib/words";
import { restOfIcons } from "./icons";

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>;

export function later<Props>(load: Load<Props>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(withWords(load));
}

export function withWords<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => {
    const [part] = await Promise.all([load(), restOfWords(), restOfIcons()]);
    return part;
  };
}
