// Opens the session of the experience in the address bar and keeps the store told about it.
import { useCallback, useEffect } from "react";
import { useSelector } from "react-redux";
import { useApiDispatch, type ApiDispatch } from "@/lib/api";
import { followFrame, isFramed } from "@/lib/frame";
import { rememberMember } from "@/lib/member";
import { session } from "@/lib/session";
import type { Appearance } from "@/lib/theme";
import type { SessionAnswer } from "@/lib/types";
import { sessionLost, sessionOpened, sessionStarting, type SessionState } from "./session-slice";

export function useSessionState(): SessionState {
  return useSelector((state: { session: SessionState }) => state.session);
}

/** Returns a function that tries again from the beginning. */
export function useSession(experienceId: string, show: (appearance: Appearance) => void): () => void {
  const dispatch = useApiDispatch();
  const start = useCallback(() => {
    let framed = false;
    session.start(experienceId, {
      opened: (answer) => {
        opened(answer, dispatch);
        if (framed || !answer.app_id || !isFramed()) return;
        framed = true;
        void followFrame(answer.app_id, show);
      },
      lost: (failure) => dispatch(sessionLost(failure)),
    });
  }, [dispatch, experienceId, show]);
  useEffect(() => {
    start();
    return () => session.close();
  }, [start]);
  return useCallback(() => {
    dispatch(sessionStarting());
    start();
  }, [dispatch, start]);
}

/** The answer already carries the member, so the level stands on the page without a second request. */
function opened(answer: SessionAnswer, dispatch: ApiDispatch): void {
  void dispatch(rememberMember(answer.member));
  dispatch(sessionOpened({ company: answer.company, role: answer.role }));
}
