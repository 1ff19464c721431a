import { Elysia, t } from "elysia";
import { expect, test } from "vitest";
import { defineProblems, nothingElse, problemPlugin, textPlugin, tracePlugin } from "#std";

const problem = defineProblems({
  "reply-refused": [409, "Cannot reply to {name}: the window is closed", "Wait until {name} writes"],
});

const app = new Elysia()
  .use(tracePlugin())
  .use(problemPlugin())
  .get("/refused", () => {
    throw problem("reply-refused", { name: "Ada {secret}" }, { retryAfterSeconds: 5 });
  })
  .get("/broken", () => {
    throw new Error("column secret_thing does not exist");
  })
  .get("/lies", () => JSON.parse('{ "n": 1 }'), { response: t.Object({ n: t.String() }) })
  .post("/typed", ({ body }) => body, { body: t.Object({ n: t.Number() }) })
  .use(textPlugin())
  .post("/kept", () => "", { body: t.Any() })
  .post("/forms", ({ body }) => body, {
    body: t.Union([
      t.Object({ ids: t.Array(t.String()), what: t.Nullable(t.Number()) }, nothingElse),
      t.Object({ filter: t.Object({ page: t.Optional(t.String()) }, nothingElse) }, nothingElse),
    ]),
  });

const call = async (path: string, init?: RequestInit) => {
  const response = await app.handle(new Request(`http://localhost${path}`, init));
  return { status: response.status, headers: response.headers, body: await response.json() };
};

test("a Problem becomes problem+json with its remedy, Retry-After and the request's trace id", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const answer = await call("/refused", { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });

  expect(answer.status).toBe(409);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("retry-after")).toBe("5");
  expect(answer.body).toMatchObject({
    code: "reply-refused",
    params: { name: "Ada {secret}" },
    detail: "Cannot reply to Ada {secret}: the window is closed. Wait until Ada {secret} writes",
    remedy: "Wait until Ada {secret} writes",
    traceId,
  });
});

test("an unexpected error and a wrong response of ours are 500 without details", async () => {
  for (const path of ["/broken", "/lies"]) {
    const answer = await call(path);

    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toMatch(/secret_thing|column|stack|Expected/);
  }
});

test("bad input names the field and the reason: 422 for its shape, 400 for invalid JSON, 404 for an unknown path", async () => {
  const json = { "content-type": "application/json" };

  const shape = await call("/typed", { method: "POST", headers: json, body: '{"n":"x"}' });
  const noJson = await call("/typed", { method: "POST", headers: json, body: "{" });
  const nowhere = await call("/nowhere");

  expect(shape.status).toBe(422);
  expect(shape.body.errors[0].path).toBe("/n");
  expect([noJson.status, nowhere.status]).toEqual([400, 404]);
});

test("unknown properties are named by their place and never dropped silently", async () => {
  const post = (body: unknown) =>
    call("/forms", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  const misspelt = await post({ filter: { pages: "a" } });
  const wrong = await post({ ids: ["a"], what: "b" });
  const right = await post({ filter: { page: "a" } });

  expect(misspelt.status).toBe(422);
  expect(misspelt.body.errors).toEqual([
    {
      path: "/filter/pages",
      message: "is not known here: leave it out",
      code: "field-unknown-name",
      params: {},
    },
  ]);
  expect(wrong.body.errors).toEqual([
    { path: "/what", message: "must be a number or null", code: "field-number", params: {} },
  ]);
  expect(right.body).toEqual({ filter: { page: "a" } });
});

test("a request full of mistakes under long names gets a fast response with ten of them, below 64 KB", async () => {
  const name = "n".repeat(3_000);
  const faults = { n: 1, [name]: Array(4_000).fill("\u0000"), list: Array(4_000).fill(false) };
  const hostile = [
    ["/typed", { n: faults }],
    ["/forms", { ids: faults.list, what: faults }],
    ["/kept", faults],
    ["/kept", Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`${name}${n}`, "\u0000"]))],
  ] as const;
  for (const [path, body] of hostile) {
    const began = performance.now();
    const answer = await call(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body).length).toBeLessThan(64 * 1024);
    expect(answer.body.errors.length).toBeLessThanOrEqual(10);
    // It takes 20 ms.
    expect(performance.now() - began).toBeLessThan(1_000);
  }
});

test("a request with more values or levels than any route accepts is not inspected", async () => {
  const tooMuch = ["[".repeat(200_000) + "]".repeat(200_000), `[${"{},".repeat(349_000)}{}]`];
  for (const body of tooMuch) {
    const answer = await call("/forms", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });

    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe("too-much-at-once");
  }
});
