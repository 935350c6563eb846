// Something to say to all members, and what was said before.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
import { AnnounceForm } from "../components/announce-form";
import { PastPanel } from "../components/past-panel";

export default function AnnouncementsScreen() {
  return (
    <>
      <ScreenHead title={t`Announcements`} text={t`Every member sees it pop up, or finds it in their news.`} />
      <div className="columns" data-side="first">
        <PastPanel />
        <div className="side">
          <AnnounceForm />
        </div>
      </div>
    </>
  );
}
