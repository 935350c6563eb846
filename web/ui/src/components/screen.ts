// A screen of the app: where it lies, who sees it, and how its code is fetched. Features make them, the shell shows them.
import type { MessageDescriptor } from "@lingui/core";
import { lazy, type ComponentType } from "react";
import type { Role } from "@/lib/types";
import type { IconName } from "./icons";
import { withWords } from "./later";

/** Whop opens the app in two views: the members' (an experience) and the team's (a company's dashboard). */
export type View = "experience" | "dashboard";

export interface Who {
  role: Role;
  /** False for an operator who is no member of the company. */
  isMember: boolean;
}

type Load = () => Promise<{ default: ComponentType }>;

interface ScreenPlan {
  view: View;
  /** Behind the view's own address; empty for its first screen. */
  path: string;
  name: MessageDescriptor;
  icon: IconName;
  roles: readonly Role[];
  /** True where it shows the visitor's own figures. */
  forMembers?: boolean;
  load: Load;
  /** True for a screen that says nothing but the first words (see lingui.config.ts). */
  isFirst?: boolean;
}

export interface Screen extends ScreenPlan {
  Component: ComponentType;
  /** Fetch the code now: the pointer is on its way to the link. */
  preload: () => void;
}

export const EVERYBODY: readonly Role[] = ["member", "moderator", "creator", "admin"];
export const TEAM: readonly Role[] = ["moderator", "creator", "admin"];

export function screen(plan: ScreenPlan): Screen {
  const load = once(plan.isFirst ? plan.load : withWords(plan.load));
  return { ...plan, Component: lazy(load), preload: () => void load().catch(() => undefined) };
}

/** The screens of a view that somebody may see, in the order of the navigation. */
export function screensFor(screens: readonly Screen[], view: View, who: Who): Screen[] {
  return screens.filter(
    (one) => one.view === view && one.roles.includes(who.role) && (who.isMember || !one.forMembers),
  );
}

/** Fetch once; an attempt that failed does not stay. */
function once(load: Load): Load {
  let loaded: ReturnType<Load> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
