// The way between the screens: a side bar on a desk, tabs at the foot of a phone. A screen's code is fetched when the
// pointer, the focus or a finger comes near its link.
import { t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { NavLink } from "react-router";
import { Icon } from "@/components/icons";
import type { Screen } from "@/components/screen";

/** As many as a thumb can tell apart; of more, the last place becomes "More". */
export const TABS = 5;

interface NavigationProps {
  /** The view's own address. */
  base: string;
  screens: readonly Screen[];
}

export function Navigation({ base, screens }: NavigationProps) {
  const shown = screens.length > TABS ? screens.slice(0, TABS - 1) : screens;
  const more = screens.slice(shown.length);
  return (
    <nav className="navigation" aria-label={t`Pages`}>
      <ul role="list">
        {screens.map((screen) => (
          <li key={screen.path} data-more={more.includes(screen) || undefined}>
            <ScreenLink base={base} screen={screen} />
          </li>
        ))}
        {more.length > 0 && (
          <li className="navigation-more">
            <More base={base} screens={more} />
          </li>
        )}
      </ul>
    </nav>
  );
}

function ScreenLink({ base, screen }: { base: string; screen: Screen }) {
  const { i18n } = useLingui();
  const { path, name, icon, preload } = screen;
  return (
    <NavLink
      className="navigation-link"
      to={path ? `${base}/${path}` : base}
      end={path === ""}
      onPointerEnter={preload}
      onFocus={preload}
      onTouchStart={preload}
    >
      <Icon name={icon} size={20} />
      <span>{i18n._(name)}</span>
    </NavLink>
  );
}

/** The rest of the screens, in a sheet above the tabs. */
function More({ base, screens }: NavigationProps) {
  return (
    <>
      <button type="button" className="navigation-link" popoverTarget="more-pages">
        <Icon name="more" size={20} />
        <span>
          <Trans>More</Trans>
        </span>
      </button>
      <div id="more-pages" className="more-pages" popover="auto">
        <ul role="list">
          {screens.map((screen) => (
            <li key={screen.path}>
              <ScreenLink base={base} screen={screen} />
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
