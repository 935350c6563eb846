// Keeps the live connection while the dashboard is open and turns notices into refetches and toasts.
import { useEffect } from "react";
import { useSelector } from "react-redux";
import { api, TAGS, useApiDispatch, type ApiDispatch } from "@/lib/api";
import { Batch } from "@/lib/batch";
import { LiveConnection, type LivePorts, type LiveState } from "@/lib/live";
import type { Notice } from "@/lib/types";
import { liveApi } from "./api/get-live";
import { outdatedBy } from "./effects";
import { liveStateChanged } from "./live-slice";
import { Teller } from "./teller";

/** A burst of payments refetches a handful of times a second at most. */
const REFETCH_EVERY_MS = 400;
const TELL_EVERY_MS = 1_200;

export function useLiveState(): LiveState {
  return useSelector((state: { live: LiveState }) => state.live);
}

/** Without a session nothing is asked: each request would only be refused. */
export function useLive(hasSession: boolean): void {
  const dispatch = useApiDispatch();
  useEffect(() => (hasSession ? connect(dispatch) : undefined), [dispatch, hasSession]);
}

/** Connect; the function that is returned ends it. */
function connect(dispatch: ApiDispatch): () => void {
  const refetch = new Batch<Notice>(REFETCH_EVERY_MS, (notices) => {
    const tags = outdatedBy(notices);
    if (tags.length > 0) dispatch(api.util.invalidateTags(tags));
  });
  const teller = new Teller();
  const tell = new Batch<Notice>(TELL_EVERY_MS, (notices) => teller.tell(notices));
  const connection = new LiveConnection(ports(dispatch), {
    stateChanged: (state) => dispatch(liveStateChanged(state)),
    noticesArrived: (notices) => {
      refetch.add(notices);
      tell.add(notices);
    },
    stateLost: () => dispatch(api.util.invalidateTags([...TAGS])),
  });
  const unlisten = listenToDevice(connection);
  connection.start();
  return () => {
    unlisten();
    connection.stop();
    dispatch(liveStateChanged("offline"));
    refetch.stop();
    tell.stop();
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
  };
}

function listenToDevice(connection: LiveConnection): () => void {
  const online = () => connection.wake();
  const offline = () => connection.networkLost();
  const visible = () => document.visibilityState === "visible" && connection.wake();
  window.addEventListener("online", online);
  window.addEventListener("offline", offline);
  document.addEventListener("visibilitychange", visible);
  return () => {
    window.removeEventListener("online", online);
    window.removeEventListener("offline", offline);
    document.removeEventListener("visibilitychange", visible);
  };
}
