// The member's card: their rank, level or week as a picture to send on or to keep.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Skeleton, Text } from "frosted-ui";
import { useState } from "react";
import { Icon } from "@/components/icons";
import { useCard, type Card, type CardKind } from "../api/get-card";
import { canShareFile, share } from "../share";

export function CardPicture({ url }: { url: string | undefined }) {
  const [kind, setKind] = useState<CardKind>("level");
  const card = useCard(kind);
  const names: Record<CardKind, string> = { level: t`Level`, week: t`This week`, rank: t`Rank` };
  return (
    <div className="share-part">
      <div className="card-kinds" role="group" aria-label={t`Which card`}>
        {(["level", "week", "rank"] as const).map((one) => (
          <Button
            key={one}
            size="2"
            variant={one === kind ? "solid" : "soft"}
            color={one === kind ? undefined : "gray"}
            aria-pressed={one === kind}
            onClick={() => setKind(one)}
          >
            {names[one]}
          </Button>
        ))}
      </div>
      {card === null && <Skeleton.Rect className="card-picture" />}
      {card === "failed" && (
        <Text size="2" color="gray" render={<p className="plain" role="alert" />}>
          <Trans>The picture could not be made. Try again in a moment.</Trans>
        </Text>
      )}
      {card !== null && card !== "failed" && <Ready card={card} name={names[kind]} url={url} />}
    </div>
  );
}

function Ready({ card, name, url }: { card: Card; name: string; url: string | undefined }) {
  return (
    <>
      <img className="card-picture" src={card.url} alt={t`Your card: ${name}`} width={1200} height={630} />
      <div className="share-row">
        <a className="card-keep" href={card.url} download={card.file.name}>
          <Trans>Save picture</Trans>
        </a>
        {canShareFile(card.file) && (
          <Button
            size="3"
            variant="solid"
            onClick={() => void share({ files: [card.file], ...(url && { text: url }) })}
          >
            <Icon name="share" /> <Trans>Share picture</Trans>
          </Button>
        )}
      </div>
      <Text size="1" color="gray" render={<p className="plain" />}>
        <Trans>It shows your name here and figures of the game, never money.</Trans>
      </Text>
    </>
  );
}
