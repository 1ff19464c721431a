import { firstPageId } from "#messaging";
import type { AdminDeps } from "./deps.ts";
import { problem } from "./problems.ts";

const TIMEOUT_MS = 5_000;

/** Makes one of the simulator's people write to the workspace's first page; the message arrives like every other. */
export async function writeTestMessage(
  on: Pick<AdminDeps, "sql" | "config">,
  { workspaceId, text }: { workspaceId: string; text: string },
): Promise<void> {
  const { simulatorUrl } = on.config;
  if (simulatorUrl === null) throw problem("test-message-without-simulator");
  const pageId = await firstPageId(on.sql, workspaceId);
  if (pageId === null) throw problem("test-message-without-page");
  const { persons } = await ask<{ persons: { psid: string }[] }>(
    simulatorUrl,
    `persons?pageId=${pageId}&limit=1`,
  );
  const [person] = persons;
  await (person
    ? ask(simulatorUrl, `persons/${person.psid}/write`, { text })
    : ask(simulatorUrl, "persons", { pageId, text }));
}

async function ask<T>(simulatorUrl: string, path: string, body?: object): Promise<T> {
  const address = new URL(`/_simulator/${path}`, simulatorUrl.replace("//localhost", "//127.0.0.1"));
  try {
    const answer = await fetch(address, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    });
    if (answer.ok) return await answer.json();
  } catch {
    // Below: it is the same for the reader.
  }
  throw problem("simulator-unreachable");
}
