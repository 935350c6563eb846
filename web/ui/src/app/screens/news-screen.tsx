// Everything the member was told, and what of it may pop up.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
import { NewsPanel } from "@/features/news/components/news-panel";
import { SettingsPanel } from "@/features/news/components/settings-panel";
import { notices } from "../notices";

export default function NewsScreen() {
  return (
    <>
      <ScreenHead title={t`News`} text={t`What happened in your game, and what may pop up.`} />
      <div className="columns">
        <NewsPanel registry={notices} />
        <div className="side">
          <SettingsPanel />
        </div>
      </div>
    </>
  );
}
