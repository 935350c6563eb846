// A played API for component tests: each test says what is answered, everything else is an error.
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";

export const server = setupServer();

const meta = () => ({ request_id: "r", timestamp: new Date().toISOString(), version: "1" });

export function answers(path: string, data: unknown, page?: unknown) {
  const body = { success: true, data, error: null, meta: meta(), ...(page ? { page } : {}) };
  return http.get(`*/api/v1${path}`, () => HttpResponse.json(body));
}

export function refuses(path: string, status: number, code: string, method: "get" | "post" = "get") {
  const error = { code, message: "Not this time.", details: {} };
  const body = { success: false, data: null, error, meta: meta() };
  return http[method](`*/api/v1${path}`, () => HttpResponse.json(body, { status }));
}

export function does(path: string, answer: (body: unknown) => unknown) {
  return http.post(`*/api/v1${path}`, async ({ request }) => {
    const data = answer(await request.json());
    return HttpResponse.json({ success: true, data, error: null, meta: meta() });
  });
}
