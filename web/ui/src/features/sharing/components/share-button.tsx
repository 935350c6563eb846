// Sharing within reach of a thumb on every screen. What it opens is fetched with the first press.
import { t } from "@lingui/core/macro";
import { Suspense, useState } from "react";
import { Icon } from "@/components/icons";
import { later } from "@/components/later";
import { preloadModal } from "@/components/modal";
import "./sharing.css";

const load = () => import("./share-sheet");
const ShareSheet = later(load);

export function ShareButton() {
  const [open, setOpen] = useState(false);
  const near = () => {
    preloadModal();
    void load();
  };
  return (
    <>
      <button
        type="button"
        className="share-button"
        aria-label={t`Share`}
        aria-haspopup="dialog"
        onPointerEnter={near}
        onFocus={near}
        onClick={() => setOpen(true)}
        data-testid="share"
      >
        <Icon name="share" size={22} />
      </button>
      <Suspense fallback={null}>{open && <ShareSheet onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
