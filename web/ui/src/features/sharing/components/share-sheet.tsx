// The link with its code to scan and words to go with it, and the member's card as a picture.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Skeleton, Text } from "frosted-ui";
import { useRef } from "react";
import { Answer } from "@/components/answer";
import { Icon } from "@/components/icons";
import { Modal } from "@/components/modal";
import { Tabs } from "@/components/tabs";
import { tell } from "@/components/toasts";
import { copyText } from "@/lib/copy";
import type { ReferralLink } from "@/lib/types";
import { useGetShareLinkQuery } from "../api/share-link";
import { canShare, share } from "../share";
import { readyTexts } from "../texts";
import { useCommunity } from "../use-community";
import { CardPicture } from "./card-picture";
import QrCode from "./qr-code";
import "./sharing.css";

const COPIED_MS = 2_000;

export default function ShareSheet({ onClose }: { onClose: () => void }) {
  const query = useGetShareLinkQuery();
  return (
    <Modal
      open
      onClose={onClose}
      title={t`Share`}
      action={
        <Button size="2" variant="soft" color="gray" onClick={onClose}>
          <Trans>Close</Trans>
        </Button>
      }
    >
      <Tabs
        label={t`What to share`}
        tabs={[
          {
            key: "link",
            name: t`My link`,
            content: (
              <Answer query={query} what={t`Your link`} waiting={<Skeleton.Rect className="share-waiting" />}>
                {(link) => <LinkPart link={link} />}
              </Answer>
            ),
          },
          { key: "card", name: t`My card`, content: <CardPicture url={query.data?.url} /> },
        ]}
      />
    </Modal>
  );
}

function LinkPart({ link }: { link: ReferralLink }) {
  const community = useCommunity();
  const field = useRef<HTMLTextAreaElement>(null);
  const copy = async (text: string) => {
    if (field.current) field.current.value = text;
    const copied = await copyText(text, field.current);
    if (copied) tell("success", t`Copied`, "", { id: "shared", duration: COPIED_MS });
    else tell("info", t`Copy it by hand`, t`It is selected.`);
  };
  return (
    <div className="share-part">
      <QrCode text={link.url} label={t`QR code of your link`} />
      <textarea
        ref={field}
        className="share-link"
        rows={2}
        readOnly
        defaultValue={link.url}
        aria-label={t`Your link`}
      />
      <div className="share-row">
        <Button size="3" variant={canShare() ? "soft" : "solid"} onClick={() => void copy(link.url)}>
          <Icon name="copy" /> <Trans>Copy link</Trans>
        </Button>
        {canShare() && (
          <Button size="3" variant="solid" onClick={() => void share({ url: link.url, title: community })}>
            <Icon name="share" /> <Trans>Share link</Trans>
          </Button>
        )}
      </div>
      <Text size="1" color="gray" render={<h3 className="plain" />}>
        <Trans>Words to go with it</Trans>
      </Text>
      <ul className="ready-texts" role="list">
        {readyTexts(link.url, community).map(({ name, text }) => (
          <li key={name}>
            <p>{text}</p>
            <Button size="2" variant="soft" color="gray" aria-label={t`Copy: ${name}`} onClick={() => void copy(text)}>
              <Icon name="copy" />
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
