// A moment to be glad about, above everything and in nobody's way: it can be closed, passes by itself, and what lies
// beneath it can be pressed all the while.
import { t } from "@lingui/core/macro";
import { useEffect } from "react";
import { useDispatch, useSelector } from "react-redux";
import { Icon } from "@/components/icons";
import type { Registry } from "@/lib/notices";
import type { Notice } from "@/lib/types";
import { momentPassed } from "../live-slice";
import "./moment.css";

const LASTS_MS = 9_000;
const RAYS = 12;

export function Moment({ registry }: { registry: Registry }) {
  const notices = useSelector((state: { moment: { notices: Notice[] } }) => state.moment.notices);
  const dispatch = useDispatch();
  useEffect(() => {
    if (notices.length === 0) return undefined;
    const timer = setTimeout(() => dispatch(momentPassed()), LASTS_MS);
    return () => clearTimeout(timer);
  }, [dispatch, notices]);
  const moment = registry.momentFor(notices);
  return (
    <div className="moment-place" role="status">
      {moment && (
        <div className="moment" data-testid="moment" key={notices[0]?.id}>
          <Burst />
          <p className="moment-title">{moment.title}</p>
          {moment.text && <p className="moment-text">{moment.text}</p>}
          <button type="button" className="moment-close" aria-label={t`Close`} onClick={() => dispatch(momentPassed())}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}

function Burst() {
  return (
    <svg className="moment-burst" viewBox="-50 -50 100 100" aria-hidden="true">
      {Array.from({ length: RAYS }, (_, at) => (
        <path key={at} d="M-3 -22 0 -48 3 -22Z" transform={`rotate(${(at * 360) / RAYS})`} />
      ))}
      <path className="moment-star" d="m0 -20 6 13 14 2-10 10 2 14-12-7-12 7 2-14-10-10 14-2Z" />
    </svg>
  );
}
