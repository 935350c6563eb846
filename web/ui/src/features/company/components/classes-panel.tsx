// The classes members choose from, side by side.
import { t } from "@lingui/core/macro";
import { Answer, isBusy } from "@/components/answer";
import { Emblem } from "@/components/emblem";
import { Panel } from "@/components/panel";
import { DataTable, type Column } from "@/components/table";
import { printRate } from "@/lib/numbers";
import { useGetRulesQuery } from "@/lib/rules";
import type { ClassRule } from "@/lib/types";

export function ClassesPanel() {
  const query = useGetRulesQuery();
  return (
    <Panel title={t`Classes`} busy={isBusy(query)}>
      <Answer query={query} what={t`Your rules`}>
        {(rules) => (
          <DataTable
            caption={t`What each class is worth`}
            columns={columns()}
            rows={rules.classes}
            keyOf={({ key }) => key}
          />
        )}
      </Answer>
    </Panel>
  );
}

function columns(): Column<ClassRule>[] {
  return [
    { key: "name", name: t`Class`, cell: ({ key, title }) => <NamedClass name={key} title={title} /> },
    { key: "xp", name: t`XP`, isFigure: true, cell: ({ xp_bp }) => printRate(xp_bp) },
    { key: "commission", name: t`Commission`, isFigure: true, cell: ({ commission_bp }) => printRate(commission_bp) },
    { key: "ability", name: t`Ability`, cell: ({ ability }) => ability && `${ability.name}: ${ability.description}` },
  ];
}

function NamedClass({ name, title }: { name: ClassRule["key"]; title: string }) {
  return (
    <span className="named-class">
      <Emblem name={name} size={28} /> {title}
    </span>
  );
}
