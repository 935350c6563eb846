// How fresh the page is, for whoever shows it.
import { useSelector } from "react-redux";
import type { LiveState } from "@/lib/live";

export function useLiveState(): LiveState {
  return useSelector((state: { live: LiveState }) => state.live);
}
