// What stands around every screen: where one is, the way to the others, how fresh the page is.
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Callout } from "frosted-ui";
import { Suspense, useEffect } from "react";
import { Route, Routes } from "react-router";
import mark from "@/assets/mark.svg";
import { later } from "@/components/later";
import { preloadModal } from "@/components/modal";
import type { View, Screen } from "@/components/screen";
import { preloadToasts } from "@/components/toasts";
import { LiveBadge } from "@/features/live/components/live-badge";
import { useLiveState } from "@/features/live/use-live-state";
import { APP_NAME } from "@/lib/words";
import { useSessionState } from "@/features/session/use-session";
import { Arrival } from "./arrival";
import { Navigation } from "./navigation";
import { NoSuchScreen } from "./no-such-screen";
import { OpeningScreen } from "./opening";
import { whenIdle } from "./when-idle";

const LiveWire = later(() => import("./live-wire"));
const MemberTools = later(() => import("./member-tools"));

interface ShellProps {
  view: View;
  /** The experience's or the company's id, as it stands in the address. */
  id: string;
  screens: Screen[];
  retrySession: () => void;
}

export function Shell({ view, id, screens, retrySession }: ShellProps) {
  const { phase, company, lastNotice, isMember } = useSessionState();
  const isOpen = phase === "open";
  useEffect(() => whenIdle(preloadToasts, preloadModal), []);
  const base = `/${view === "experience" ? "experiences" : "dashboard"}/${encodeURIComponent(id)}`;
  return (
    <div className="shell">
      <a className="skip" href="#content">
        <Trans>Skip to the page</Trans>
      </a>
      <header className="shell-head">
        <img src={mark} alt="" width={32} height={32} />
        <div className="shell-name">
          <b>{APP_NAME}</b>
          <span>{company?.title}</span>
        </div>
        {isMember && <LiveBadge />}
        <Suspense fallback={null}>{isMember && <MemberTools base={base} inGame={view === "experience"} />}</Suspense>
      </header>
      <Navigation base={base} screens={screens} />
      <main id="content" className="shell-main" tabIndex={-1}>
        <Standing isOpen={isOpen} isMember={isMember} retry={retrySession} />
        <Screens base={base} screens={screens} />
      </main>
      <Suspense fallback={null}>{isMember && <LiveWire isOpen={isOpen} after={lastNotice} />}</Suspense>
    </div>
  );
}

function Screens({ base, screens }: { base: string; screens: Screen[] }) {
  const { i18n } = useLingui();
  return (
    <Suspense fallback={<OpeningScreen />}>
      <Routes>
        {screens.map(({ path, name, Component }) => (
          <Route
            key={path}
            path={path}
            element={
              <Arrival title={i18n._(name)}>
                <Component />
              </Arrival>
            }
          />
        ))}
        <Route path="*" element={<NoSuchScreen home={base} />} />
      </Routes>
    </Suspense>
  );
}

/** Lies over the page, so that nothing moves when it comes and goes. */
function Standing({ isOpen, isMember, retry }: { isOpen: boolean; isMember: boolean; retry: () => void }) {
  const isOffline = useLiveState() === "offline" && isOpen && isMember;
  return (
    <>
      <div className="offline" role="status">
        {isOffline && <Offline />}
      </div>
      {!isOpen && <Expired retry={retry} />}
    </>
  );
}

function Offline() {
  return (
    <Callout.Root color="warning" className="offline-note">
      <Callout.Title>
        <Trans>You are offline</Trans>
      </Callout.Title>
      <Callout.Description>
        <Trans>What you see may be old. It catches up by itself when the connection is back.</Trans>
      </Callout.Description>
    </Callout.Root>
  );
}

function Expired({ retry }: { retry: () => void }) {
  return (
    <Callout.Root color="info" role="alert">
      <Callout.Title>
        <Trans>Your session has ended</Trans>
      </Callout.Title>
      <Callout.Description>
        <Trans>Open the page from Whop again, or try once more from here.</Trans>
      </Callout.Description>
      <Callout.Actions>
        <Button size="2" variant="soft" onClick={retry}>
          <Trans>Try again</Trans>
        </Button>
      </Callout.Actions>
    </Callout.Root>
  );
}
