// Which numbered notices this page has seen. Shows each number once, in order, and knows when one is missing.
// Values in, values out: no timers, no network.
import type { Notice, NoticePage } from "./types";

export interface Hello {
  last_id: number;
  complete: boolean;
  epoch: string;
}

/** More early notices than this are not worth holding: starting over costs a handful of requests. */
const HOLD_AT_MOST = 500;

export class NoticeLog {
  /** The highest number up to which nothing is missing; null before the first word of the server. */
  cursor: number | null = null;
  epoch: string | null = null;
  private held = new Map<number, Notice>();

  /** Begin after `lastId`: everything up to it is already in the state the page is about to fetch. */
  begin(lastId: number): void {
    this.cursor = lastId;
    this.held.clear();
  }

  /** Take the server's greeting. False when the numbers do not continue ours: fetch the state again. */
  greet(hello: Hello): boolean {
    const continues =
      this.cursor !== null &&
      hello.complete &&
      hello.last_id >= this.cursor &&
      (this.epoch === null || this.epoch === hello.epoch);
    this.epoch = hello.epoch;
    if (!continues) this.begin(hello.last_id);
    return continues;
  }

  /** The notices that may be shown now. A known number gives none, one that is too early is held. */
  accept(notice: Notice): Notice[] {
    if (notice.id === undefined) return [notice];
    if (this.cursor === null || notice.id <= this.cursor) return [];
    this.held.set(notice.id, notice);
    return this.release();
  }

  /** Take a page of the list. `continues: false` means the list has moved on without us. */
  acceptPage(page: NoticePage): { ready: Notice[]; continues: boolean } {
    if (!this.greet(page)) return { ready: [], continues: false };
    const inOrder = [...page.notices].sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
    return { ready: inOrder.flatMap((notice) => this.accept(notice)), continues: true };
  }

  /** True while a held notice waits for an earlier number. */
  hasGap(): boolean {
    return this.held.size > 0;
  }

  isOverfull(): boolean {
    return this.held.size > HOLD_AT_MOST;
  }

  private release(): Notice[] {
    const ready: Notice[] = [];
    while (this.cursor !== null) {
      const next = this.held.get(this.cursor + 1);
      if (!next) break;
      this.held.delete(this.cursor + 1);
      this.cursor += 1;
      ready.push(next);
    }
    return ready;
  }
}
