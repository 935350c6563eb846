// The last net: a fault of the page itself shows a way out instead of a blank frame.
import { t } from "@lingui/core/macro";
import { Component, type ReactNode } from "react";
import { CannotStart } from "@/features/session/components/session-pages";

export class Crash extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    return (
      <CannotStart
        message={t`Something on this page broke. Your figures are safe.`}
        retry={() => window.location.reload()}
      />
    );
  }
}
