// The live connection and what it brings: a chunk of its own, fetched once the page stands. Nothing is missed
// meanwhile, because it begins at the notice that the session named.
import { Moment } from "@/features/live/components/moment";
import { useLive } from "@/features/live/use-live";
import { notices } from "./notices";

export default function LiveWire({ isOpen, after }: { isOpen: boolean; after: number | null }) {
  useLive(isOpen, after, notices);
  return <Moment registry={notices} />;
}
