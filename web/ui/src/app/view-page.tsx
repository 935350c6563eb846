// One of Whop's views: opens its session, then shows the screens that the visitor's role has in it.
import { useParams } from "react-router";
import { screensFor, type View } from "@/components/screen";
import { CannotStart, NoAccess, NothingForYou, OutsideWhop } from "@/features/session/components/session-pages";
import { useSession, useSessionState } from "@/features/session/use-session";
import { Opening } from "./opening";
import { screens } from "./screens";
import { Shell } from "./shell";

export function ViewPage({ view }: { view: View }) {
  const { id = "" } = useParams();
  const retry = useSession(view, id);
  const { phase, message, role, isMember, company } = useSessionState();
  if (phase === "outside") return <OutsideWhop />;
  if (phase === "refused") return <NoAccess message={message} />;
  if (phase === "failed") return <CannotStart message={message} retry={retry} />;
  if (phase === "starting" || !role) return <Opening />;
  const own = screensFor(screens, view, { role, isMember });
  if (own.length === 0) return <NothingForYou company={company?.title ?? ""} />;
  return <Shell view={view} id={id} screens={own} retrySession={retry} />;
}
