// What the community is called; empty where it has no name yet.
import { useSelector } from "react-redux";
import type { Company } from "@/lib/types";

export function useCommunity(): string {
  return useSelector((state: { session: { company: Company | null } }) => state.session.company?.title ?? "");
}
