// Asks an address ten times a second until its input ends, and prints as JSON how often it answered and what else came.
// A process of its own, so that it goes on while the test waits for Docker.
import { text } from "node:stream/consumers";

const [address = ""] = process.argv.slice(2);
const seen: { answered: number; refused: string[] } = { answered: 0, refused: [] };

async function ask(): Promise<void> {
  const options = { keepalive: false, signal: AbortSignal.timeout(10_000) };
  const said = await fetch(address, options).then(
    ({ ok, status }) => (ok ? "" : String(status)),
    (error: unknown) => String(error),
  );
  if (said === "") seen.answered += 1;
  else seen.refused.push(said);
}

const timer = setInterval(() => void ask(), 100);
await text(process.stdin);
clearInterval(timer);
process.stdout.write(JSON.stringify(seen));
