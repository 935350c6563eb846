// Opens the session of the place in the address bar and keeps the store told about it.
import { useCallback, useEffect } from "react";
import { useSelector } from "react-redux";
import { useApiDispatch, type ApiDispatch } from "@/lib/api";
import { followFrame, isFramed } from "@/lib/frame";
import { rememberMember } from "@/lib/member";
import { session, type Place } from "@/lib/session";
import { showFrameAppearance } from "@/lib/theme";
import type { SessionAnswer } from "@/lib/types";
import { sessionLost, sessionOpened, sessionStarting, type SessionState } from "./session-slice";

export function useSessionState(): SessionState {
  return useSelector((state: { session: SessionState }) => state.session);
}

/** Returns a function that tries again from the beginning. */
export function useSession(frame: "experience" | "dashboard", id: string): () => void {
  const dispatch = useApiDispatch();
  const start = useCallback(() => {
    let framed = false;
    session.start(placeOf(frame, id), {
      opened: (answer) => {
        opened(answer, dispatch);
        if (framed || !answer.app_id || !isFramed()) return;
        framed = true;
        void followFrame(answer.app_id, showFrameAppearance);
      },
      lost: (failure) => dispatch(sessionLost(failure)),
    });
  }, [dispatch, frame, id]);
  useEffect(() => {
    start();
    return () => session.close();
  }, [start]);
  return useCallback(() => {
    dispatch(sessionStarting());
    start();
  }, [dispatch, start]);
}

function placeOf(frame: "experience" | "dashboard", id: string): Place {
  return frame === "experience" ? { experience_id: id } : { company_id: id };
}

/** The answer already carries the member, so the level stands on the page without a second request. */
function opened(answer: SessionAnswer, dispatch: ApiDispatch): void {
  if (answer.member) void dispatch(rememberMember(answer.member));
  dispatch(sessionOpened(answer));
}
