import { createMember } from "#auth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";

let on: AppWithMeta;
let viewerToken: string;
/** Every request that reached Meta. */
const calls: string[] = [];

beforeAll(async () => {
  on = await openAppWithMeta();
  await on.connectNewPage();
  const email = "viewer@example.com";
  const password = "Correct-Horse-9";
  await createMember(on.system, { workspaceId: on.workspaceId, email, role: "viewer", name: "Vi", password });
  const { body } = await on.call(null, "POST", "/auth/login", { email, password });
  viewerToken = String(body.accessToken);
  const real = on.system.graph.call.bind(on.system.graph);
  on.system.graph.call = async (request) => {
    calls.push(`${request.method} ${request.path}`);
    return await real(request);
  };
});
afterAll(() => on.close());

const asViewer = (path: string) => on.call(viewerToken, "GET", `/workspaces/${on.workspaceId}${path}`);

async function callsOf(work: () => Promise<unknown>): Promise<number> {
  calls.length = 0;
  await work();
  return calls.length;
}

test("repeated runs of the doctor by a viewer make one call; page managers get a live result", async () => {
  const repeated = await callsOf(async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => asViewer("/pages/doctor")));
    answers.push(await asViewer("/pages/doctor"));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
  const fresh = await callsOf(() => on.here("GET", "/pages/doctor"));

  expect(repeated).toBe(1);
  expect(fresh).toBe(1);
});

test("repeated library searches by a viewer make one call, and new ones are limited per minute", async () => {
  const search = (text: string) => asViewer(`/utility-templates/library?search=${text}`);

  const repeated = await callsOf(async () => {
    for (let time = 0; time < 5; time += 1) expect((await search("order")).status).toBe(200);
  });
  let statuses: number[] = [];
  const others = await callsOf(async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => search(`order${n}`)));
    statuses = answers.map(({ status }) => status);
  });

  expect(repeated).toBe(1);
  expect(others).toBe(29);
  expect(statuses.filter((status) => status === 429)).toHaveLength(31);
});

test("other reads of a viewer make no call to Meta", async () => {
  const reads = on.app.routes
    .filter(({ method }) => method === "GET")
    .filter(({ path }) => path.includes("/:workspaceId/") && !/live$|doctor|library$/.test(path))
    .map(({ path }) =>
      path.replace(/.*:workspaceId/, "").replace(/:\w+/g, "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10"),
    );
  const [page] = await on.database.sql<{ id: string }[]>`select id from messaging.pages`;
  const ofPage = ["", "/messenger-profile"].map((rest) => `/pages/${page?.id}${rest}`);

  const made = await callsOf(async () => {
    for (const path of [...reads, ...ofPage]) await on.request("GET", path, { token: viewerToken });
  });

  expect(reads.length).toBeGreaterThan(30);
  expect(made).toBe(0);
});
