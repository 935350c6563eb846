// Boards page by page, the member's own place, closed boards and leagues.
import { api } from "@/lib/api";
import type { Board, BoardCategory, ClosedBoard, League, MyPlace, PlaceProof } from "@/lib/types";

/** Which board: a type as the server names it, of a category; of a class, which one. */
export interface BoardChoice {
  type: "global" | "weekly" | "monthly" | "class";
  category: BoardCategory;
  /** The week or the month before. */
  isLast?: boolean;
  characterClass?: string | undefined;
}

interface BoardPage {
  board: Board;
  next: string | null;
}

interface HistoryPage {
  boards: ClosedBoard[];
  next: string | null;
}

const PAGE_SIZE = 100;
const HISTORY_SIZE = 20;

function words(choice: BoardChoice): URLSearchParams {
  const query = new URLSearchParams({ type: choice.type, category: choice.category });
  if (choice.isLast) query.set("window", choice.type === "monthly" ? "last_month" : "last_week");
  if (choice.type === "class" && choice.characterClass) query.set("class", choice.characterClass);
  return query;
}

const nextOf = (last: { next: string | null }) => last.next ?? undefined;

function address(path: string, query: URLSearchParams, after: string | null, limit: number): string {
  query.set("limit", String(limit));
  if (after !== null) query.set("after", after);
  return `${path}?${query}`;
}

const boards = api.injectEndpoints({
  endpoints: (build) => ({
    getBoard: build.infiniteQuery<BoardPage, BoardChoice, string | null>({
      infiniteQueryOptions: { initialPageParam: null, getNextPageParam: nextOf },
      query: ({ queryArg, pageParam }) => address("/leaderboards", words(queryArg), pageParam, PAGE_SIZE),
      transformResponse: (board: Board, meta) => ({ board, next: meta?.page?.has_next ? meta.page.next : null }),
      providesTags: ["Boards"],
    }),
    getClosedBoard: build.infiniteQuery<BoardPage, string, string | null>({
      infiniteQueryOptions: { initialPageParam: null, getNextPageParam: nextOf },
      query: ({ queryArg, pageParam }) =>
        address(`/leaderboards/history/${encodeURIComponent(queryArg)}`, new URLSearchParams(), pageParam, PAGE_SIZE),
      transformResponse: (board: Board, meta) => ({ board, next: meta?.page?.has_next ? meta.page.next : null }),
    }),
    getMyPlace: build.query<MyPlace, BoardChoice & { since: string }>({
      query: ({ since, ...choice }) => {
        const query = words(choice);
        query.set("since", since);
        return `/leaderboards/me?${query}`;
      },
      providesTags: ["Boards"],
    }),
    getHistory: build.infiniteQuery<HistoryPage, void, string | null>({
      infiniteQueryOptions: { initialPageParam: null, getNextPageParam: nextOf },
      query: ({ pageParam }) => address("/leaderboards/history", new URLSearchParams(), pageParam, HISTORY_SIZE),
      transformResponse: (closed: ClosedBoard[], meta) => ({
        boards: closed,
        next: meta?.page?.has_next ? meta.page.next : null,
      }),
      providesTags: ["Boards"],
    }),
    getProof: build.query<PlaceProof, string>({
      query: (id) => `/leaderboards/history/${encodeURIComponent(id)}/proof`,
    }),
    getLeague: build.query<League, void>({
      query: () => "/leaderboards/league",
      providesTags: ["Boards"],
    }),
  }),
});

export const {
  useGetBoardInfiniteQuery,
  useGetClosedBoardInfiniteQuery,
  useGetMyPlaceQuery,
  useGetHistoryInfiniteQuery,
  useLazyGetProofQuery,
  useGetLeagueQuery,
} = boards;
