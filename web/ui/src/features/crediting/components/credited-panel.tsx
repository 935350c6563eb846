// Every credited buyer, found by id or name; each opens to all that is known of them.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, TextField } from "frosted-ui";
import { useState, type SubmitEvent } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Ago, Money } from "@/components/figures";
import { Field } from "@/components/field";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import type { Credited } from "@/lib/types";
import { useGetCreditedInfiniteQuery } from "../api/credits";
import { sourceName, whoIs } from "../words";
import { JournalDialog } from "./journal-dialog";

export function CreditedPanel() {
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<string | null>(null);
  const query = useGetCreditedInfiniteQuery(search);
  const credited = query.data?.pages.flatMap((page) => page.credited);
  return (
    <Panel title={t`Credited buyers`} busy={isBusy(query)}>
      <Search onSearch={setSearch} />
      <Answer
        query={{ ...query, data: credited }}
        what={t`The buyers`}
        isEmpty={(all) => all.length === 0}
        empty={<Empty search={search} open={setOpen} />}
      >
        {(all) => (
          <List label={t`Credited buyers`}>
            {all.map((one) => (
              <CreditLine key={one.buyer_id} one={one} open={setOpen} />
            ))}
          </List>
        )}
      </Answer>
      {query.hasNextPage && (
        <Button
          size="2"
          variant="soft"
          color="gray"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          <Trans>Show more</Trans>
        </Button>
      )}
      {open !== null && <JournalDialog buyer={open} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

function Search({ onSearch }: { onSearch: (words: string) => void }) {
  const [words, setWords] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSearch(words.trim());
  };
  return (
    <form role="search" className="credit-search" onSubmit={submit}>
      <Field name={t`Buyer or member`} hint={t`The whole name or Whop id.`}>
        {(control) => (
          <TextField.Root size="3">
            <TextField.Input
              {...control}
              type="search"
              value={words}
              onChange={(event) => setWords(event.target.value)}
            />
          </TextField.Root>
        )}
      </Field>
      <Button type="submit" size="3" variant="soft">
        <Trans>Find</Trans>
      </Button>
    </form>
  );
}

/** Somebody who is credited to nobody may still have paid: their journal says so. */
function Empty({ search, open }: { search: string; open: (buyer: string) => void }) {
  if (!search)
    return <Nothing title={t`Nobody yet`} text={t`Buyers show up here once somebody is credited for them.`} />;
  return (
    <>
      <Nothing title={t`Nobody is credited`} text={t`There is no credited buyer or member called ${search}.`} />
      <Button size="3" variant="soft" onClick={() => open(search)}>
        <Trans>Look for a buyer {search}</Trans>
      </Button>
    </>
  );
}

function CreditLine({ one, open }: { one: Credited; open: (buyer: string) => void }) {
  return (
    <Line
      title={
        <button type="button" className="credit-open" onClick={() => open(one.buyer_id)}>
          {one.buyer_name || one.buyer_id}
        </button>
      }
      text={
        <Trans>
          by {whoIs(one.referrer)} · {sourceName(one.source)} · <Ago at={one.started_at} />
        </Trans>
      }
      figures={one.commission && <Money value={one.commission} />}
    />
  );
}
