// What Meta and people do meanwhile: signed messages in, replies out, each tried again until it is accepted.
import { createHmac } from "node:crypto";
import { secrets, url } from "./engine.ts";

export interface Load {
  /** Ids of messages that were answered with 200. */
  accepted: Set<string>;
  /** Texts of replies that were answered with a message. */
  replied: Set<string>;
  /** Answers that were not 200, and calls without an answer. */
  refused: number;
  stop(): Promise<void>;
}

export interface LoadOptions {
  page: string;
  perSecond: number;
  /** Conversations' address without the last part, and a token of somebody who may reply. */
  conversation: string;
  token: string;
  repliesPerSecond: number;
}

const people = 200;

export function startLoad(options: LoadOptions): Load {
  const open = new Set<Promise<void>>();
  const load: Load = { accepted: new Set(), replied: new Set(), refused: 0, stop };
  let number = 0;
  const track = (work: Promise<void>) => {
    open.add(work);
    void work.finally(() => open.delete(work));
  };
  const inbound = setInterval(() => {
    for (let n = 0; n < options.perSecond / 10; n += 1) track(deliver(number++));
  }, 100);
  const outbound = setInterval(() => track(reply(number++)), 1000 / options.repliesPerSecond);
  const startedAt = Date.now();

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
    const signature = createHmac("sha256", secrets.FACEBOOK_APP_SECRET).update(body).digest("hex");
    await again("/api/v1/webhooks/facebook", body, { "x-hub-signature-256": `sha256=${signature}` });
    load.accepted.add(mid);
  }

  async function reply(at: number): Promise<void> {
    const text = `Reply ${startedAt} ${at}`;
    const headers = {
      authorization: `Bearer ${options.token}`,
      "idempotency-key": `release-${startedAt}-${at}`,
    };
    await again(`${options.conversation}/messages`, JSON.stringify({ text }), headers);
    load.replied.add(text);
  }

  async function again(path: string, body: string, headers: Record<string, string>): Promise<void> {
    for (let attempt = 0; attempt < 120; attempt += 1) {
      const response = await fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
        signal: AbortSignal.timeout(10_000),
      }).catch(() => null);
      await response?.arrayBuffer().catch(() => null);
      if (response?.ok) return;
      load.refused += 1;
      await Bun.sleep(1_000);
    }
    throw new Error(`${path} was not accepted within two minutes`);
  }

  async function stop(): Promise<void> {
    clearInterval(inbound);
    clearInterval(outbound);
    await Promise.all(open);
  }

  return load;
}
