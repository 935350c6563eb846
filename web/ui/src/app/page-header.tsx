// The top line: where one is and how fresh the page is.
import { Text } from "frosted-ui";
import mark from "@/assets/mark.svg";
import { LiveBadge } from "@/features/live/components/live-badge";
import { useSessionState } from "@/features/session/use-session";

export function PageHeader() {
  const { company } = useSessionState();
  return (
    <header className="page-header">
      <img src={mark} alt="" width={32} height={32} />
      <div className="page-name">
        <Text size="3" weight="bold">
          Whop Legends
        </Text>
        <Text size="1" color="gray" className="page-company">
          {company?.title}
        </Text>
      </div>
      <LiveBadge />
    </header>
  );
}
