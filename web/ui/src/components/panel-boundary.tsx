// A fault in one part of a page stays in that part: the others go on, and this one can be tried again.
import { t } from "@lingui/core/macro";
import { Component, type ReactNode } from "react";
import { Trouble } from "./problem";

export class PanelBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <Trouble
        title={t`This part broke.`}
        text={t`Your figures are safe. The rest of the page goes on.`}
        retry={() => this.setState({ broken: false })}
      />
    );
  }
}
