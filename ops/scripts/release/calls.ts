// Calls to the deployment through nginx, and to the simulator that plays Meta for it.
import { join } from "node:path";
import { root } from "../../prepare.ts";
import { simulatorUrl, url } from "./engine.ts";

/** Into the media library: something of people that a backup has to bring back. */
export async function addFile(workspaceId: string, token: string): Promise<void> {
  const form = new FormData();
  form.set("file", Bun.file(join(root, "ops/docs/inbox.png")));
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/api/v1/workspaces/${workspaceId}/media`, {
    method: "POST",
    headers,
    body: form,
  });
  if (!answer.ok) throw new Error(`/media answered ${answer.status}: ${await answer.text()}`);
}

/** A backup as the owner's button makes it: requested, and then in the list. */
export async function backUp(token: string): Promise<void> {
  await post("/system/backups", {}, token);
  const headers = { authorization: `Bearer ${token}` };
  for (const until = Date.now() + 60_000; ; await Bun.sleep(500)) {
    const { items }: { items: unknown[] } = await (
      await fetch(`${url}/api/v1/system/backups`, { headers })
    ).json();
    if (items.length > 0) return;
    if (Date.now() > until) throw new Error("the backup that was asked for is not in the list");
  }
}

/** The simulator's control API, asked until it answers: its container has just been started. */
export async function simulate(method: string, path: string, body?: unknown) {
  const until = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(`${simulatorUrl}/_simulator/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => null);
    if (answer?.ok) return await answer.json();
    if (Date.now() > until) throw new Error(`the simulator does not answer ${path}`);
    await Bun.sleep(300);
  }
}

export async function post(path: string, body: unknown, token?: string) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}
