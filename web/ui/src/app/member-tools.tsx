// What a member has at hand on every screen: the streak, the news, and the way to share. A chunk of its own, so that
// the first picture waits for none of it.
import { NoticeBell } from "@/features/news/components/notice-bell";
import { StreakBadge } from "@/features/profile/components/streak-badge";
import { ShareButton } from "@/features/sharing/components/share-button";
import { useSessionState } from "@/features/session/use-session";
import "./member-tools.css";

/** `inGame`: the members' view, where they play; the team's has no screen to read the news on. */
export default function MemberTools({ base, inGame }: { base: string; inGame: boolean }) {
  const { role } = useSessionState();
  if (!inGame) return null;
  return (
    <div className="member-tools">
      <StreakBadge />
      <NoticeBell to={`${base}/news`} />
      {/* A creator earns nothing by a link of their own. */}
      {role !== "creator" && <ShareButton />}
    </div>
  );
}
