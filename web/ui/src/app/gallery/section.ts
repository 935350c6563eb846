// One primitive of the gallery.
import type { ComponentType } from "react";

export interface Section {
  name: string;
  Example: ComponentType;
}
