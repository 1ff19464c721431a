// What Meta and people do meanwhile: signed messages in, replies out, each tried again until it is accepted.
// A process of its own, so that it goes on while the test waits for Docker: options as JSON in its argument, ends when
// its stdin does, and prints what it did as JSON.
import { createHmac } from "node:crypto";
import { fileURLToPath } from "node:url";

export interface LoadOptions {
  /** Where the system answers; each attempt goes to the next of them. */
  urls: readonly string[];
  appSecret: string;
  page: string;
  perSecond: number;
  /** The address of a conversation, and a token of somebody who may reply there. */
  conversation: string;
  token: string;
  repliesPerSecond: number;
}

export interface LoadResult {
  /** How many messages were answered with 200. */
  accepted: number;
  /** Texts of replies that were answered with a message. */
  replied: string[];
  /** Of calls that had to be repeated: when, the end of the path, and the answer's status or why there was none. */
  refused: string[];
}

const people = 200;

/** Begins a load in a process of its own. */
export function startLoad(options: LoadOptions): { stop(): Promise<LoadResult> } {
  const child = Bun.spawn([process.execPath, fileURLToPath(import.meta.url), JSON.stringify(options)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
    env: process.env,
  });
  // A test that fails does not stop it, and it would call whoever is at this address next.
  process.once("exit", () => child.kill());
  return {
    async stop() {
      await child.stdin.end();
      const result: LoadResult = JSON.parse(await new Response(child.stdout).text());
      return result;
    },
  };
}

async function load(options: LoadOptions): Promise<LoadResult> {
  const open = new Set<Promise<void>>();
  const result: LoadResult = { accepted: 0, replied: [], refused: [] };
  let number = 0;
  let turn = 0;
  const track = (work: Promise<void>) => {
    open.add(work);
    void work.finally(() => open.delete(work));
  };
  const inbound = setInterval(() => {
    for (let n = 0; n < options.perSecond / 10; n += 1) track(deliver(number++));
  }, 100);
  const outbound = setInterval(() => track(reply(number++)), 1000 / options.repliesPerSecond);
  const startedAt = Date.now();

  await new Response(Bun.stdin.stream()).text();
  clearInterval(inbound);
  clearInterval(outbound);
  await Promise.all(open);
  return result;

  /** Meta comes again until it gets its 200. */
  async function deliver(at: number): Promise<void> {
    const mid = `m_load_${startedAt}_${at}`;
    const person = String(30_000_000_000_000_000n + BigInt(at % people));
    const event = { sender: { id: person }, recipient: { id: options.page }, timestamp: Date.now() };
    const messaging = [{ ...event, message: { mid, text: `Load ${at}` } }];
    const body = JSON.stringify({
      object: "page",
      entry: [{ id: options.page, time: Date.now(), messaging }],
    });
    const signature = createHmac("sha256", options.appSecret).update(body).digest("hex");
    await again("/api/v1/webhooks/facebook", body, { "x-hub-signature-256": `sha256=${signature}` });
    result.accepted += 1;
  }

  async function reply(at: number): Promise<void> {
    const text = `Reply ${startedAt} ${at}`;
    const headers = {
      authorization: `Bearer ${options.token}`,
      "idempotency-key": `release-${startedAt}-${at}`,
    };
    await again(`${options.conversation}/messages`, JSON.stringify({ text }), headers);
    result.replied.push(text);
  }

  async function again(path: string, body: string, headers: Record<string, string>): Promise<void> {
    for (let attempt = 0; attempt < 120; attempt += 1) {
      const url = options.urls[(turn += 1) % options.urls.length];
      const answer = await fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
        signal: AbortSignal.timeout(10_000),
      }).catch((error: Error) => error);
      if (answer instanceof Response) await answer.arrayBuffer().catch(() => null);
      if (answer instanceof Response && answer.ok) return;
      const why = answer instanceof Response ? answer.status : answer.message;
      result.refused.push(`${new Date().toISOString()} ${path.split("/").at(-1)} ${why}`);
      await Bun.sleep(1_000);
    }
    throw new Error(`${path} was not accepted within two minutes`);
  }
}

if (import.meta.main) {
  const options: LoadOptions = JSON.parse(process.argv[2] ?? "{}");
  process.stdout.write(JSON.stringify(await load(options)));
}
