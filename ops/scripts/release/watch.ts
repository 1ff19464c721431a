// Asks each address ten times a second until its input ends, and prints as JSON how often they answered, how often not
// within half a minute, and what else came. A process of its own, so that it goes on while the test waits for Docker.
import { text } from "node:stream/consumers";

const addresses = process.argv.slice(2);
const seen: { answered: number; late: number; refused: string[] } = { answered: 0, late: 0, refused: [] };

async function ask(address: string): Promise<void> {
  const options = { keepalive: false, signal: AbortSignal.timeout(30_000) };
  try {
    const { ok, status } = await fetch(address, options);
    if (ok) seen.answered += 1;
    else refuse(`${address} ${status}`);
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") seen.late += 1;
    else refuse(String(error));
  }
}

/** With the time, by which it is found in the logs. */
function refuse(why: string): void {
  seen.refused.push(`${new Date().toISOString()} ${why}`);
}

const timer = setInterval(() => {
  for (const address of addresses) void ask(address);
}, 100);
await text(process.stdin);
clearInterval(timer);
process.stdout.write(JSON.stringify(seen));
