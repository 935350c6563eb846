// Tells the member what happened: one toast a kind of news, which counts on while it is open, so that a flood never
// piles up and never hides what it was about. What is celebrated goes its own way.
import { tell as toast } from "@/components/toasts";
import { byType, type Registry } from "@/lib/notices";
import type { Notice } from "@/lib/types";

export interface TellerPorts {
  registry: Registry;
  toast: typeof toast;
  celebrate: (notices: Notice[]) => void;
}

export class Teller {
  /** What the open toast of each kind stands for. */
  private readonly open = new Map<string, Notice[]>();
  /** A toast that closes is never reopened: its name goes with it. */
  private round = 0;

  constructor(private readonly ports: TellerPorts) {}

  tell(notices: readonly Notice[]): void {
    for (const [type, heard] of byType(notices)) {
      const kind = this.ports.registry.kindOf(type);
      if (kind?.celebrate) this.ports.celebrate(heard);
      if (kind?.tell) this.show(type, heard);
    }
  }

  private show(type: string, heard: readonly Notice[]): void {
    const all = [...(this.open.get(type) ?? []), ...heard];
    const message = this.ports.registry.messageFor(all);
    if (!message) return;
    if (!this.open.has(type)) this.round += 1;
    const id = `${type}-${this.round}`;
    this.open.set(type, all);
    this.ports.toast(message.tone, message.title, message.text, { id, onClose: () => this.closed(type, all[0]) });
  }

  private closed(type: string, first: Notice | undefined): void {
    if (this.open.get(type)?.[0] === first) this.open.delete(type);
  }
}
