// One of Whop's frames: opens its session, then shows the screens that the visitor's role has in it.
import { useParams } from "react-router";
import { screensFor, type Frame } from "@/components/screen";
import { CannotStart, NoAccess, NothingForYou, OutsideWhop } from "@/features/session/components/session-pages";
import { useSession, useSessionState } from "@/features/session/use-session";
import { Opening } from "./opening";
import { screens } from "./screens";
import { Shell } from "./shell";

export function FramePage({ frame }: { frame: Frame }) {
  const { id = "" } = useParams();
  const retry = useSession(frame, id);
  const { phase, message, role, isMember, company } = useSessionState();
  if (phase === "outside") return <OutsideWhop />;
  if (phase === "refused") return <NoAccess message={message} />;
  if (phase === "failed") return <CannotStart message={message} retry={retry} />;
  if (phase === "starting" || !role) return <Opening />;
  const own = screensFor(screens, frame, { role, isMember });
  if (own.length === 0) return <NothingForYou company={company?.title ?? ""} />;
  return <Shell frame={frame} id={id} screens={own} retrySession={retry} />;
}
