// Keeps the live connection while the page is open and turns notices into refetches, toasts and moments.
import { useEffect } from "react";
import { tell } from "@/components/toasts";
import { api, TAGS, useApiDispatch, type ApiDispatch, type ApiState } from "@/lib/api";
import { Batch } from "@/lib/batch";
import { channels } from "@/lib/channels";
import { LiveConnection, type LivePorts, type LiveState } from "@/lib/live";
import { memberApi } from "@/lib/member";
import type { Registry } from "@/lib/notices";
import type { Notice } from "@/lib/types";
import { liveApi } from "./api/get-live";
import { celebrated, liveStateChanged } from "./live-slice";
import { Teller } from "./teller";

/** A burst of payments refetches a handful of times a second at most. */
const REFETCH_EVERY_MS = 400;
const TELL_EVERY_MS = 1_200;

/**
 * Without a session nothing is asked: each request would only be refused. `after` is the notice behind which
 * everything the page fetched lies.
 */
export function useLive(hasSession: boolean, after: number | null, registry: Registry): void {
  const dispatch = useApiDispatch();
  useEffect(
    () => (hasSession ? connect(dispatch, after, registry) : undefined),
    [dispatch, hasSession, after, registry],
  );
}

/** Connect; the function that is returned ends it. */
function connect(dispatch: ApiDispatch, after: number | null, registry: Registry): () => void {
  const refetch = new Batch<Notice>(REFETCH_EVERY_MS, (notices) => {
    // A frame without a number, such as "places moved", is in no list.
    const isListed = notices.some(({ id }) => id !== undefined);
    dispatch(api.util.invalidateTags([...registry.outdatedBy(notices), ...(isListed ? (["Notices"] as const) : [])]));
  });
  const teller = new Teller({ registry, toast: tell, celebrate: (notices) => void dispatch(celebrated(notices)) });
  const telling = new Batch<Notice>(TELL_EVERY_MS, (notices) => teller.tell(dispatch(loudOf(notices))));
  const listener = {
    stateChanged: (state: LiveState) => void dispatch(liveStateChanged(state)),
    noticesArrived: (notices: Notice[]) => {
      refetch.add(notices);
      telling.add(notices);
    },
    stateLost: () => void dispatch(api.util.invalidateTags([...TAGS])),
  };
  const connection = new LiveConnection(ports(dispatch), listener, after);
  const unlisten = listenToDevice(connection);
  const unfollow = channels.whenChanged(() => connection.refollow());
  connection.start();
  return () => {
    unlisten();
    unfollow();
    connection.stop();
    dispatch(liveStateChanged("offline"));
    refetch.stop();
    telling.stop();
  };
}

/** Without the kinds that the member wants to find in the list only. */
function loudOf(notices: readonly Notice[]) {
  return (_dispatch: ApiDispatch, state: () => ApiState): Notice[] => {
    const silent = memberApi.endpoints.getProfile.select()(state()).data?.silent_kinds ?? [];
    return notices.filter(({ type }) => !silent.includes(type));
  };
}

function ports(dispatch: ApiDispatch): LivePorts {
  return {
    requestTicket: () => dispatch(liveApi.endpoints.requestTicket.initiate(undefined, { track: false })).unwrap(),
    fetchSince: (after: number) => dispatch(liveApi.endpoints.fetchNotices.initiate(after, { track: false })).unwrap(),
    openSocket: (url, ears) => {
      const socket = new WebSocket(url);
      socket.addEventListener("message", (event) => ears.heard(event.data));
      socket.addEventListener("close", (event) => ears.closed(event.code));
      return socket;
    },
    chance: () => Math.random(),
    channels,
  };
}

function listenToDevice(connection: LiveConnection): () => void {
  const online = () => connection.wake();
  const offline = () => connection.networkLost();
  const visible = () => {
    if (document.visibilityState === "visible") connection.wake();
  };
  window.addEventListener("online", online);
  window.addEventListener("offline", offline);
  document.addEventListener("visibilitychange", visible);
  return () => {
    window.removeEventListener("online", online);
    window.removeEventListener("offline", offline);
    document.removeEventListener("visibilitychange", visible);
  };
}
