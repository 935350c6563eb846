// The creator's rules: change a copy, try it on what really happened, publish it from a moment on.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button } from "frosted-ui";
import { useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { Answer, isBusy } from "@/components/answer";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { ScreenHead } from "@/components/screen-head";
import { useGetRulesQuery } from "@/lib/rules";
import { printMoment } from "@/lib/times";
import type { Rules, RulesDocument } from "@/lib/types";
import { DraftForm, type Typed } from "../components/draft-form";
import { PreviewPanel } from "../components/preview-panel";
import { PublishForm, type Change } from "../components/publish-form";
import { figureAt, nameOf, readFigure, withFigures, written } from "../figures";
import { groupsOf, type Figure } from "../groups";

export default function RulesScreen() {
  const query = useGetRulesQuery();
  return (
    <>
      <ScreenHead title={t`Rules`} text={t`What everything is worth. Change a copy, try it, then publish it.`} />
      <Answer query={query} what={t`Your rules`}>
        {(rules) =>
          rules.document && rules.newest ? (
            <Draft key={rules.newest.version} document={rules.document} newest={rules.newest} busy={isBusy(query)} />
          ) : (
            <Nothing title={t`Only the creator changes the rules`} text={t`Ask whoever owns this community.`} />
          )
        }
      </Answer>
    </>
  );
}

interface DraftProps {
  document: RulesDocument;
  newest: NonNullable<Rules["newest"]>;
  busy: boolean;
}

function Draft({ document, newest, busy }: DraftProps) {
  const groups = useMemo(() => groupsOf(document), [document]);
  const figures = useMemo(() => groups.flatMap((group) => group.figures), [groups]);
  const defaultValues = useMemo(() => typedOf(document, figures), [document, figures]);
  const form = useForm<Typed>({ defaultValues, mode: "onBlur" });
  const typed = useWatch({ control: form.control }) as Typed;
  const [publishing, setPublishing] = useState<RulesDocument | null>(null);
  const changes = changesOf(document, groups, typed);
  const changed = new Set(changes.map(({ key }) => key));
  const since = newest.valid_from ? printMoment(newest.valid_from) : null;

  /** The draft as it stands; null, with the fields at fault marked, where a number is none. */
  const draft = async (): Promise<RulesDocument | null> =>
    (await form.trigger()) ? withFigures(document, valuesOf(figures, form.getValues())) : null;

  return (
    <div className="columns">
      <Panel
        title={t`Version ${newest.version}`}
        note={since ? t`from ${since}` : t`the rules everybody starts with`}
        busy={busy}
      >
        <DraftForm groups={groups} form={form} changed={changed} />
        <div className="draft-foot">
          <Button size="3" variant="soft" color="gray" disabled={changes.length === 0} onClick={() => form.reset()}>
            <Trans>Undo all</Trans>
          </Button>
          <Button
            size="3"
            variant="solid"
            disabled={changes.length === 0}
            onClick={() => void draft().then(setPublishing)}
          >
            <Trans>Publish …</Trans>
          </Button>
        </div>
      </Panel>
      <div className="side">
        <PreviewPanel draft={draft} />
      </div>
      {publishing && (
        <PublishForm
          document={publishing}
          basedOn={newest.version}
          changes={changes}
          onClose={() => setPublishing(null)}
        />
      )}
    </div>
  );
}

function typedOf(document: RulesDocument, figures: readonly Figure[]): Typed {
  return Object.fromEntries(
    figures.map(({ path, kind }) => [nameOf(path), written(figureAt(document, path) ?? 0, kind)]),
  );
}

function valuesOf(figures: readonly Figure[], typed: Typed) {
  return figures.flatMap(({ path, kind }) => {
    const value = readFigure(typed[nameOf(path)] ?? "", kind);
    return value === null ? [] : [{ path, value }];
  });
}

function changesOf(
  document: RulesDocument,
  groups: ReturnType<typeof groupsOf>,
  typed: Typed,
): (Change & { key: string })[] {
  return groups.flatMap(({ title, figures }) =>
    figures.flatMap(({ path, kind, name }) => {
      const key = nameOf(path);
      const was = figureAt(document, path) ?? 0;
      const text = typed[key] ?? "";
      if (readFigure(text, kind) === was) return [];
      return [{ key, name: `${title}: ${name}`, was: written(was, kind), becomes: text }];
    }),
  );
}
