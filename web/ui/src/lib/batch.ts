// Gather what comes in a burst and hand it over together: the first at once, the rest a moment later.

export class Batch<Item> {
  private waiting: Item[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly everyMs: number,
    private readonly handOver: (items: Item[]) => void,
  ) {}

  add(items: Iterable<Item>): void {
    this.waiting.push(...items);
    if (this.waiting.length > 0 && this.timer === undefined) this.flush();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
  }

  private flush(): void {
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const items = this.waiting;
    this.waiting = [];
    this.timer = setTimeout(() => this.flush(), this.everyMs);
    this.handOver(items);
  }
}
