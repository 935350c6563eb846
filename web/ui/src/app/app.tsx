// Chooses the screen by where the session stands.
import { Theme } from "frosted-ui";
import { Toasts } from "@/components/toasts";
import { CannotStart, NoAccess, OutsideWhop } from "@/features/session/components/session-pages";
import { useSession, useSessionState } from "@/features/session/use-session";
import type { Appearance } from "@/lib/theme";
import { Crash } from "./crash";
import { Dashboard } from "./dashboard";

interface AppProps {
  experienceId: string | null;
  showAppearance: (appearance: Appearance) => void;
}

export function App({ experienceId, showAppearance }: AppProps) {
  return (
    <Theme appearance="inherit" accentColor="violet" grayColor="mauve" isRoot>
      <Crash>{experienceId === null ? <OutsideWhop /> : <Experience id={experienceId} show={showAppearance} />}</Crash>
      <Toasts />
    </Theme>
  );
}

function Experience({ id, show }: { id: string; show: (appearance: Appearance) => void }) {
  const retry = useSession(id, show);
  const { phase, message } = useSessionState();
  if (phase === "outside") return <OutsideWhop />;
  if (phase === "refused") return <NoAccess message={message} />;
  if (phase === "failed") return <CannotStart message={message} retry={retry} />;
  return <Dashboard retrySession={retry} />;
}
