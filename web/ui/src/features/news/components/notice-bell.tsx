// The way to the news, with how many are unread.
import { plural, t } from "@lingui/core/macro";
import { NavLink } from "react-router";
import { Icon } from "@/components/icons";
import { NEWEST, useGetNewsQuery } from "../api/get-news";
import { printUnread, unreadOf } from "../unread";
import "./news.css";

export function NoticeBell({ to }: { to: string }) {
  const { data } = useGetNewsQuery(NEWEST);
  const unread = unreadOf(data);
  const count = plural(unread, { one: "# unread", other: "# unread" });
  return (
    <NavLink className="notice-bell" to={to} aria-label={unread > 0 ? t`News, ${count}` : t`News`} data-testid="bell">
      <Icon name="bell" size={20} />
      {unread > 0 && <span className="notice-count num">{printUnread(unread)}</span>}
    </NavLink>
  );
}
