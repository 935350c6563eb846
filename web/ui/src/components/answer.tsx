// The four looks of anything that is fetched: waiting, failed, empty, there. A failed refetch keeps what is there.
import { Skeleton } from "frosted-ui";
import type { ReactNode } from "react";
import { Problem } from "./problem";

interface Query<Data> {
  data?: Data | undefined;
  error?: unknown;
  refetch: () => unknown;
}

interface AnswerProps<Data> {
  query: Query<Data>;
  /** Its name in "… could not be loaded". */
  what: string;
  /** How it looks while it is fetched; a plain block where nothing is given. */
  waiting?: ReactNode;
  isEmpty?: (data: Data) => boolean;
  empty?: ReactNode;
  children: (data: Data) => ReactNode;
}

export function Answer<Data>({ query, what, waiting, isEmpty, empty, children }: AnswerProps<Data>) {
  const { data, error, refetch } = query;
  if (data === undefined) {
    if (error) return <Problem what={what} error={error} retry={() => void refetch()} />;
    return waiting ?? <Skeleton.Rect className="answer-skeleton" />;
  }
  return isEmpty?.(data) ? empty : children(data);
}

/** True while a part has nothing to show yet: for `aria-busy`. */
export function isBusy({ data, error }: Pick<Query<unknown>, "data" | "error">): boolean {
  return data === undefined && !error;
}
