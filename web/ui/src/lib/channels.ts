// Numbered lists that a screen follows beside the member's own notices, over the same connection: a guild's chat. The
// connection is opened anew with other cursors when what is followed changes; nothing is missed by it.

/** One frame of a list. `id` counts up per list without holes; presence and greetings have none. */
export interface ChannelFrame {
  channel: string;
  type: string;
  id?: number | undefined;
  data: Record<string, unknown>;
  at: string;
}

export interface Follower {
  /** The newest number it has. */
  cursor(): number;
  heard(frame: ChannelFrame): void;
  /** Nothing arrives any more until the list greets again. */
  lost(): void;
}

export class Channels {
  private readonly followers = new Map<string, Follower>();
  private changed: (() => void) | null = null;

  /** Follow a list; the function that is returned ends it. */
  follow(name: string, follower: Follower): () => void {
    this.followers.set(name, follower);
    this.changed?.();
    return () => {
      if (this.followers.get(name) !== follower) return;
      this.followers.delete(name);
      this.changed?.();
    };
  }

  /** How the connection asks for them: "guild:7:12" is what comes after the twelfth. */
  cursors(): string[] {
    return [...this.followers].map(([name, follower]) => `${name}:${follower.cursor()}`);
  }

  hear(frame: ChannelFrame): void {
    this.followers.get(frame.channel)?.heard(frame);
  }

  /** The connection is gone, and with it every list. */
  lose(): void {
    this.followers.forEach((follower) => follower.lost());
  }

  /** Whoever holds the connection hears when other cursors are wanted. */
  whenChanged(changed: () => void): () => void {
    this.changed = changed;
    return () => (this.changed = null);
  }
}

export const channels = new Channels();
