// Chooses the page by the address: Whop's two views, the page for those who look around, or the way to Whop.
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { Theme } from "frosted-ui";
import { Suspense } from "react";
import { Provider } from "react-redux";
import { BrowserRouter, Route, Routes } from "react-router";
import { later } from "@/components/later";
import { Toasts } from "@/components/toasts";
import { OutsideWhop } from "@/features/session/components/session-pages";
import { Crash } from "./crash";
import { ViewPage } from "./view-page";
import type { Store } from "./store";

const Discover = later(() => import("./screens/discover-page"));
/** Every primitive in all its states, for those who build pages; the server answers it in development only. */
const Gallery = later(() => import("./gallery/gallery-page"));

export function App({ store }: { store: Store }) {
  return (
    <Provider store={store}>
      <I18nProvider i18n={i18n}>
        <Theme appearance="inherit" accentColor="violet" grayColor="mauve" isRoot>
          <BrowserRouter>
            <Crash>
              <Suspense fallback={null}>
                <Pages />
              </Suspense>
            </Crash>
          </BrowserRouter>
          <Toasts />
        </Theme>
      </I18nProvider>
    </Provider>
  );
}

function Pages() {
  return (
    <Routes>
      <Route path="/experiences/:id/*" element={<ViewPage view="experience" />} />
      <Route path="/dashboard/:id/*" element={<ViewPage view="dashboard" />} />
      <Route path="/discover" element={<Discover />} />
      <Route path="/ui" element={<Gallery />} />
      <Route path="*" element={<OutsideWhop />} />
    </Routes>
  );
}
