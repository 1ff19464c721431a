import { randomUUID } from "node:crypto";

/** Meta's behaviour for one Send API call. */
export type Fate = "accept" | "refuse" | "reject" | "lose_before" | "lose_after";

interface Accepted {
  mid: string;
  psid: string;
  text: string;
  metadata: string;
  /** The whole call. */
  body: Record<string, unknown>;
  at: number;
}

/**
 * Meta's side of the network, played in this process for tests that need thousands of calls or exact times: takes
 * messages, loses answers as `fateOf` says, and shows the really accepted messages in the Conversations API.
 */
export function playMeta(fateOf: (call: number) => Fate = () => "accept") {
  const accepted: Accepted[] = [];
  const arrivals: number[] = [];

  async function answerSend(body: unknown): Promise<Response> {
    const { psid, text, metadata } = readSend(body);
    arrivals.push(performance.now());
    const fate = fateOf(arrivals.length - 1);
    if (fate === "refuse") {
      return Response.json(
        { error: { code: 2, message: "An unexpected error has occurred" } },
        { status: 500 },
      );
    }
    if (fate === "reject")
      return Response.json({ error: { code: 100, message: "Invalid parameter" } }, { status: 400 });
    if (fate === "lose_before") throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
    const mid = `m_${randomUUID()}`;
    accepted.push({ mid, psid, text, metadata, body: { ...Object(body) }, at: performance.now() });
    if (fate === "lose_after") throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
    // Only Meta knows a comment's author.
    return Response.json({
      recipient_id: psid === "undefined" ? `9${accepted.length}` : psid,
      message_id: mid,
    });
  }

  function answerConversations(url: URL): Response {
    const pageId = url.pathname.split("/")[2];
    const psid = url.searchParams.get("user_id");
    const messages = accepted
      .filter((message) => message.psid === psid)
      .toReversed()
      .map(({ mid, body }) => ({
        id: mid,
        // Of cards, files and the like it shows no text.
        // Messenger shows no spaces around a text.
        message: String(textOf(body) ?? "").trim(),
        from: { id: pageId },
        created_time: new Date().toISOString(),
      }));
    return Response.json({ data: [{ id: "t_1", messages: { data: messages } }] });
  }

  return {
    accepted,
    arrivals,
    async fetch(address: string, init: RequestInit): Promise<Response> {
      const url = new URL(address);
      if (init.method === "GET") return answerConversations(url);
      return await answerSend(JSON.parse(String(init.body)));
    },
    /** The most calls that came within any one second. */
    peakPerSecond(): number {
      let peak = 0;
      let first = 0;
      arrivals.forEach((at, index) => {
        while (at - (arrivals[first] ?? at) >= 1_000) first += 1;
        peak = Math.max(peak, index - first + 1);
      });
      return peak;
    },
  };
}

const fields = (value: unknown) =>
  new Map<string, unknown>(typeof value === "object" && value !== null ? Object.entries(value) : []);

const textOf = (body: unknown) => fields(fields(body).get("message")).get("text");

function readSend(body: unknown): { psid: string; text: string; metadata: string } {
  const call = fields(body);
  const message = fields(call.get("message"));
  return {
    psid: String(fields(call.get("recipient")).get("id")),
    text: String(message.get("text")),
    metadata: String(message.get("metadata")),
  };
}
