import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "#db";
import { sha256Hex } from "#std";
import { testRedisUrl } from "../../db/testing.ts";
import {
  apiClient,
  type Connected,
  connectPage,
  type Product,
  startProduct,
  waitFor,
} from "../support/product.ts";

const password = "Korrekt-Pferd-7";

let product: Product;
let connected: Connected;
/** A second process that answers the API. */
let other: ChildProcess;
let otherUrl: string;
beforeAll(async () => {
  product = await startProduct({ env: { REDIS_URL: testRedisUrl() } });
  const port = await freePort();
  otherUrl = `http://localhost:${port}`;
  other = spawn(process.execPath, ["apps/server/main.ts"], {
    env: { ...product.env, ROLE: "api", PORT: String(port) },
    stdio: "ignore",
  });
  connected = await connectPage(product);
  await waitFor(
    async () => (await fetch(`${otherUrl}/health/ready`).catch(() => null))?.ok === true,
    60_000,
    "the second process",
  );
});
afterAll(async () => {
  other.kill("SIGTERM");
  await product.stop();
});

/** Invites a person by a copied link, and accepts. */
async function join(email: string, role: string): Promise<{ id: string; token: string }> {
  const { api, workspaceId } = connected;
  const { link } = await api.post<{ link: string }>("/team/invitations", {
    email,
    workspaces: [{ workspaceId, role }],
    sendMail: false,
  });
  const body = { token: link.split("#token=")[1], name: email, password };
  const { user, accessToken } = await apiClient(product.url, null).post<{
    user: { id: string };
    accessToken: string;
  }>("/auth/invitations/accept", body);
  return { id: user.id, token: accessToken };
}

/** A live stream of the workspace at one process, and whether it is still open. */
async function listen(url: string, token: string): Promise<{ isOpen: () => boolean }> {
  let isOpen = true;
  const response = await fetch(`${url}/api/v1/workspaces/${connected.workspaceId}/live`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  const read = async () => {
    for await (const _ of response.body ?? []) continue;
  };
  read()
    .catch(() => undefined)
    .finally(() => (isOpen = false));
  return { isOpen: () => isOpen };
}

const statusAt = async (url: string, token: string) =>
  (await apiClient(url, token).raw("GET", `/workspaces/${connected.workspaceId}`)).status;

test.each<[string, (id: string) => Promise<Response>]>([
  [
    "a changed role",
    (id) =>
      connected.api.raw("PUT", `/team/members/${id}/role`, {
        workspaceId: connected.workspaceId,
        role: "manager",
      }),
  ],
  [
    "a removal from the workspace",
    (id) =>
      connected.api.raw("PUT", `/team/members/${id}/role`, {
        workspaceId: connected.workspaceId,
        role: null,
      }),
  ],
  ["a deactivation", (id) => connected.api.raw("POST", `/team/members/${id}/deactivate`)],
  ["a deletion", (id) => connected.api.raw("DELETE", `/team/members/${id}`)],
  ["an end of all sessions", (id) => connected.api.raw("POST", `/team/members/${id}/sessions/end-all`)],
  [
    "a password reset by mail",
    async (id) => {
      const token = `token-of-${id}`;
      await product.database.sql`
        insert into auth.mailed_links (token_hash, kind, user_id, expires_at)
        values (${sha256Hex(token)}, 'reset', ${id}, now() + interval '1 hour')`;
      const body = { token, password: "Anderer-Esel-8" };
      return await apiClient(otherUrl, null).raw("POST", "/auth/password-reset/complete", body);
    },
  ],
  ["ownership", (id) => connected.api.raw("PUT", `/team/members/${id}/ownership`, { isOwner: true })],
])("%s ends requests at once and open streams within a second, on each process", async (name, change) => {
  const { id, token } = await join(`${name.replaceAll(" ", "-")}@example.com`, "operator");
  const streams = [await listen(product.url, token), await listen(otherUrl, token)];
  expect([await statusAt(product.url, token), await statusAt(otherUrl, token)]).toEqual([200, 200]);

  expect((await change(id)).status).toBe(200);

  expect([await statusAt(product.url, token), await statusAt(otherUrl, token)]).toEqual([401, 401]);
  // A second of the product's own, and some of a loaded machine.
  await waitFor(() => streams.every(({ isOpen }) => !isOpen()), 4_000, "both streams to end");
});

test("a deleted member's notes and conversations: the name stays, nothing is assigned", async () => {
  const { api, workspaceId } = connected;
  const { id, token } = await join("gone@example.com", "operator");
  const [contact] = await product.database.sql<{ id: string; page: string }[]>`
    with contact as (insert into messaging.contacts (workspace_id, page_id, psid, name, last_inbound_at)
      values (${workspaceId}, ${connected.pageId}, '70099', 'Cleo', now()) returning id, page_id)
    insert into messaging.conversations (workspace_id, page_id, id, last_message_at, preview_direction, assignee_id)
    select ${workspaceId}, page_id, id, now(), 'in', ${id} from contact returning id, page_id as page`;
  await apiClient(product.url, token).post(`/workspaces/${workspaceId}/conversations/${contact?.id}/notes`, {
    text: "Call back",
  });

  expect((await api.raw("DELETE", `/team/members/${id}`)).status).toBe(200);

  const { items } = await api.get<{ items: object[] }>(
    `/workspaces/${workspaceId}/conversations/${contact?.id}/timeline`,
  );
  expect(JSON.stringify(items)).toContain("gone@example.com");
  const [row] = await product.database.sql`
    select c.assignee_id, u.email from messaging.conversations c, auth.users u where c.id = ${contact?.id ?? null} and u.id = ${id}`;
  expect(row).toEqual({ assignee_id: null, email: `${id}@deleted.invalid` });
  const team = await api.get<{ items: { id: string }[] }>("/team/members?limit=100");
  expect(team.items.map((one) => one.id)).not.toContain(id);
});

test("only owners manage the team, and an invited owner does", async () => {
  const { token } = await join("manager@example.com", "manager");
  const asManager = apiClient(otherUrl, token);
  for (const [method, path] of [
    ["GET", "/team/members"],
    ["GET", "/team/invitations"],
    ["POST", "/team/invitations"],
  ] as const)
    expect(
      (
        await asManager.raw(
          method,
          path,
          method === "POST" ? { email: "x@example.com", sendMail: false } : undefined,
        )
      ).status,
    ).toBe(403);
});
