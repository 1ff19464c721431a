/** So many keep-alive fetches of the Send API's form with so many in flight. `bun bare_sends.ts <url> <inFlight> <count>` */
import { argv } from "node:process";

const [url = "", inFlight = "1", count = "1"] = argv.slice(2);
let left = Number(count);

async function lane(): Promise<void> {
  while (left > 0) {
    left -= 1;
    const answer = await fetch(`${url}/v25.0/100000${left % 20}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer EAAGbench" },
      body: JSON.stringify({
        recipient: { id: `2426638175300${left}` },
        messaging_type: "RESPONSE",
        message: { text: "Fresh beans are here", metadata: crypto.randomUUID() },
      }),
      signal: AbortSignal.timeout(20_000),
    });
    await answer.json();
  }
}
await Promise.all(Array.from({ length: Number(inFlight) }, lane));
