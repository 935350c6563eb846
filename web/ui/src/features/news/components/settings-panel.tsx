// What pops up, kind by kind, and whether other members see who one is. What is off still stands in the list.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Switch, Text } from "frosted-ui";
import { useId } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Panel } from "@/components/panel";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { useChangeSettingsMutation, useGetSettingsQuery } from "../api/get-news";
import "./news.css";

const NAMES = {
  quest_available: msg`New quests`,
  quest_completed: msg`Finished quests`,
  level_up: msg`New levels`,
  achievement_unlocked: msg`Achievements`,
  referral_completed: msg`Sales`,
  referral_reversed: msg`Refunded sales`,
  commission_changed: msg`Changes of commission`,
  leaderboard_updated: msg`Boards`,
  guild_message: msg`Guild messages`,
  guild_changed: msg`Guild news`,
  system_notification: msg`Announcements`,
};
type Kind = keyof typeof NAMES;

export function SettingsPanel() {
  const { i18n } = useLingui();
  const query = useGetSettingsQuery();
  const [change] = useChangeSettingsMutation();
  const set = async (body: Parameters<typeof change>[0]) => {
    const answer = await change(body);
    if (answer.error) tell("error", t`That was not saved`, asFailure(answer.error).message);
  };
  return (
    <Panel title={t`Settings`} busy={isBusy(query)}>
      <Answer query={query} what={t`Your settings`}>
        {({ notices, anonymous }) => (
          <>
            <Text size="2" color="gray" render={<p className="plain" />}>
              <Trans>What pops up while you are here. The list keeps everything.</Trans>
            </Text>
            <ul className="switches" role="list">
              {Object.entries(NAMES)
                .filter(([kind]) => kind in notices)
                .map(([kind, name]) => (
                  <Line
                    key={kind}
                    name={i18n._(name)}
                    checked={notices[kind as Kind] ?? true}
                    onChange={(on) => void set({ notices: { [kind]: on } })}
                  />
                ))}
            </ul>
            <ul className="switches switches-apart" role="list">
              <Line
                name={t`Stay anonymous`}
                text={t`Other members see your rank and level, but neither name nor picture.`}
                checked={anonymous}
                onChange={(on) => void set({ anonymous: on })}
              />
            </ul>
          </>
        )}
      </Answer>
    </Panel>
  );
}

interface LineProps {
  name: string;
  text?: string;
  checked: boolean;
  onChange: (on: boolean) => void;
}

function Line({ name, text, checked, onChange }: LineProps) {
  const id = useId();
  return (
    <li className="switch-line">
      <span>
        <span id={id}>{name}</span>
        {text && (
          <Text size="1" color="gray" render={<p id={`${id}-text`} />}>
            {text}
          </Text>
        )}
      </span>
      <Switch
        size="3"
        checked={checked}
        onCheckedChange={onChange}
        aria-labelledby={id}
        aria-describedby={text ? `${id}-text` : undefined}
      />
    </li>
  );
}
