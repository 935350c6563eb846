// Where toasts appear: at the bottom, clear of the header, the figures and the phone's own bar.
import { Toaster } from "frosted-ui";
import "./toasts.css";

export function Toasts() {
  return <Toaster position="bottom-center" limit={3} />;
}
