// Tells the member what happened, in toasts. A flood becomes one toast that counts on.
import { toast } from "frosted-ui";
import type { Notice } from "@/lib/types";
import { tellingOf, type Message } from "./effects";

export class Teller {
  /** How many updates the open summary stands for. */
  private summed = 0;
  /** A summary that closes is never reopened: its name goes with it. */
  private round = 0;

  tell(notices: Notice[]): void {
    const { messages, summary } = tellingOf(notices, this.summed);
    messages.forEach((message) => show(message));
    if (!summary) return;
    this.summed = summary.counts;
    const round = this.round;
    show(summary, { id: `updates-${round}`, onClose: () => this.closed(round) });
  }

  private closed(round: number): void {
    if (round !== this.round) return;
    this.round += 1;
    this.summed = 0;
  }
}

function show(message: Message, options: { id?: string; onClose?: () => void } = {}): void {
  toast[message.tone](message.title, { description: message.text || undefined, ...options });
}
