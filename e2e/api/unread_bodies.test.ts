import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMember, declaredPermission } from "#auth";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";

let on: AppWithMeta;
let viewerToken: string;
beforeAll(async () => {
  on = await openAppWithMeta();
  const password = "Correct-Horse-9";
  const email = "viewer@example.com";
  await createMember(on.system, { workspaceId: on.workspaceId, email, role: "viewer", name: "Vi", password });
  const { body } = await on.call(null, "POST", "/auth/login", { email, password });
  viewerToken = String(body.accessToken);
});
afterAll(() => on.close());

/** The status of a request of which only the head is sent; null without a response in time. */
async function headAlone(
  route: { method: string; path: string },
  { type, token }: { type: string; token?: string },
): Promise<number | null> {
  const path = route.path
    .replace(":workspaceId", on.workspaceId)
    .replace(/:\w+/g, "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10");
  const socket = connect(Number(new URL(on.url).port), "127.0.0.1");
  const answer = new Promise<number | null>((done) => {
    socket.once("data", (data) => done(Number(data.toString().split(" ")[1])));
    socket.once("error", () => done(null));
    setTimeout(() => done(null), 8_000);
  });
  const bearer = token === undefined ? "" : `Authorization: Bearer ${token}\r\n`;
  socket.write(
    `${route.method} ${path} HTTP/1.1\r\nHost: localhost\r\n${bearer}Content-Type: ${type}\r\nContent-Length: 50000\r\n\r\n`,
  );
  const status = await answer;
  socket.destroy();
  return status;
}

function guardedWithBody() {
  return on.app.routes
    .filter(({ method }) => !["GET", "HEAD", "OPTIONS"].includes(method))
    .filter((route) => (declaredPermission(route) ?? "public") !== "public");
}

test("guarded routes do not wait for a body without a login", async () => {
  const routes = guardedWithBody();

  const answers = await Promise.all(
    routes.flatMap((route) =>
      ["application/json", "multipart/form-data; boundary=x"].map(
        async (type) => [`${route.method} ${route.path} ${type}`, await headAlone(route, { type })] as const,
      ),
    ),
  );

  expect(routes.length).toBeGreaterThan(60);
  expect(answers.filter(([, status]) => status !== 401)).toEqual([]);
});

test("routes do not wait for the body of a member without permission", async () => {
  const file = { method: "POST", path: "/api/v1/workspaces/:workspaceId/media" };
  const type = "multipart/form-data; boundary=x";

  expect(await headAlone(file, { type, token: viewerToken })).toBe(403);
});
