/**
 * The cheapest Meta there can be: takes every Send API call, answers after a time, and remembers when it came. Both
 * sides of the bench send to it. `bun send_stand_in.ts <ms>` prints its port.
 */
import { epochMs } from "./epoch.ts";

const latencyMs = Number(process.argv[2]);
let arrivals: [at: number, page: string, text: string][] = [];
let inFlight = 0;
let mostInFlight = 0;
/** Milliseconds spent on all calls so far: over the time that passed, it is what was in flight on average. */
let callMs = 0;
let serial = 0;

const textOf = (body: string) => /"text":"([^"]*)"/.exec(body)?.[1] ?? "";

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 255,
  async fetch(request) {
    const path = request.url.slice(request.url.indexOf("/", 8));
    if (path === "/_count") return new Response(String(arrivals.length));
    if (path === "/_arrivals") {
      const answer = Response.json({ arrivals, mostInFlight, callMs });
      if (request.method === "DELETE") {
        arrivals = [];
        mostInFlight = 0;
        callMs = 0;
      }
      return answer;
    }
    const at = epochMs();
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    const body = await request.text();
    arrivals.push([at, path.split("/")[2] ?? "", textOf(body)]);
    if (latencyMs > 0) await Bun.sleep(latencyMs);
    inFlight -= 1;
    callMs += epochMs() - at;
    serial += 1;
    return new Response(`{"recipient_id":"1","message_id":"m_${serial}"}`, {
      headers: { "content-type": "application/json; charset=UTF-8" },
    });
  },
});
process.stdout.write(`${server.port}\n`);
