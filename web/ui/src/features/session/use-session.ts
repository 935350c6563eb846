// Opens the session of the place in the address bar and keeps the store told about it.
import { useCallback, useEffect } from "react";
import { useSelector } from "react-redux";
import { useApiDispatch, type ApiDispatch } from "@/lib/api";
import { followIframe, isFramed } from "@/lib/iframe";
import { rememberMember } from "@/lib/member";
import { session, type Place } from "@/lib/session";
import { showIframeAppearance } from "@/lib/theme";
import type { SessionAnswer } from "@/lib/types";
import { sessionLost, sessionOpened, sessionStarting, type SessionState } from "./session-slice";

export function useSessionState(): SessionState {
  return useSelector((state: { session: SessionState }) => state.session);
}

/** Returns a function that tries again from the beginning. */
export function useSession(view: "experience" | "dashboard", id: string): () => void {
  const dispatch = useApiDispatch();
  const start = useCallback(() => {
    let framed = false;
    session.start(placeOf(view, id), {
      opened: (answer) => {
        opened(answer, dispatch);
        if (framed || !answer.app_id || !isFramed()) return;
        framed = true;
        void followIframe(answer.app_id, showIframeAppearance);
      },
      lost: (failure) => dispatch(sessionLost(failure)),
    });
  }, [dispatch, view, id]);
  useEffect(() => {
    start();
    return () => session.close();
  }, [start]);
  return useCallback(() => {
    dispatch(sessionStarting());
    start();
  }, [dispatch, start]);
}

function placeOf(view: "experience" | "dashboard", id: string): Place {
  return view === "experience" ? { experience_id: id } : { company_id: id };
}

/** The answer already carries the member, so the level stands on the page without a second request. */
function opened(answer: SessionAnswer, dispatch: ApiDispatch): void {
  if (answer.member) void dispatch(rememberMember(answer.member));
  dispatch(sessionOpened(answer));
}
