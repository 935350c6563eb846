// A component in front of the played API, with everything around it that a page has.
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { cleanup, render } from "@testing-library/react";
import { Theme } from "frosted-ui";
import type { ReactNode } from "react";
import { Provider } from "react-redux";
import { MemoryRouter } from "react-router";
import { afterAll, afterEach, beforeAll } from "vitest";
import { makeStore } from "@/app/store";
import { forgetAnswers } from "@/lib/http";
import { server } from "./server";

/** Listen for the requests of this file's tests. */
export function playApi(): void {
  beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
  afterEach(() => {
    cleanup();
    server.resetHandlers();
    forgetAnswers();
  });
  afterAll(() => server.close());
}

export function show(children: ReactNode, path = "/") {
  const store = makeStore();
  const shown = render(
    <Provider store={store}>
      <I18nProvider i18n={i18n}>
        <Theme appearance="light">
          <MemoryRouter initialEntries={[path]}>{children}</MemoryRouter>
        </Theme>
      </I18nProvider>
    </Provider>,
  );
  return { ...shown, store };
}
