/**
 * A load generator in a process of its own, as cheap as possible: requests are made and signed beforehand, and raw
 * sockets with keep-alive send them. Prints one line of JSON.
 */
import { createHmac } from "node:crypto";

interface Load {
  port: number;
  secret: string;
  pages: string[];
  contacts: number;
  connections: number;
  requests: number;
  eventsPerRequest: number;
  /** Every so many requests one is sent that was sent before. */
  duplicateEvery: number;
  /** Makes message ids differ between runs. */
  run: string;
}

const load: Load = JSON.parse(process.argv[2] ?? "{}");
const words =
  "hello price order delivery size colour when today shop thanks please available question help photo parcel street refund".split(
    " ",
  );
let seed = 42;
const random = (below: number) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed % below;
};

function makeEvent(index: number): { page: string; item: object } {
  const contact = random(load.contacts);
  const page = load.pages[contact % load.pages.length] ?? "";
  const length = 3 + random(9);
  const text = Array.from({ length }, () => words[random(words.length)]).join(" ");
  return {
    page,
    item: {
      sender: { id: `24266381${String(contact).padStart(9, "0")}` },
      recipient: { id: page },
      timestamp: Date.now() - 1_000 + (index % 1_000),
      message: { mid: `m_${load.run}${"x".repeat(60)}${index}`, text: `${text} ${index}` },
    },
  };
}

function makeRequest(index: number): Buffer {
  const entry = Array.from({ length: load.eventsPerRequest }, (_, i) => {
    const { page, item } = makeEvent(index * load.eventsPerRequest + i);
    return { id: page, time: Date.now(), messaging: [item] };
  });
  const body = JSON.stringify({ object: "page", entry });
  const signature = createHmac("sha256", load.secret).update(body).digest("hex");
  return Buffer.from(
    `POST /api/v1/webhooks/facebook HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: facebookexternalua\r\n` +
      `Content-Type: application/json\r\nX-Hub-Signature-256: sha256=${signature}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const requests: Buffer[] = [];
let unique = 0;
for (let index = 0; index < load.requests; index += 1) {
  const earlier = requests[random(Math.max(1, requests.length))];
  if (index % load.duplicateEvery === load.duplicateEvery - 1 && earlier) requests.push(earlier);
  else {
    requests.push(makeRequest(index));
    unique += load.eventsPerRequest;
  }
}

const latencies = new Float64Array(load.requests);
const statuses: Record<string, number> = {};
let next = 0;
let done = 0;
let startedAt = 0;
let finish: () => void = () => undefined;
const finished = new Promise<void>((resolve) => {
  finish = resolve;
});

interface Connection {
  sentAt: number;
}

function sendNext(socket: Bun.Socket<Connection>): void {
  const request = requests[next];
  if (!request) {
    socket.end();
    return;
  }
  next += 1;
  socket.data.sentAt = performance.now();
  // A body of twenty events fits the socket's buffer; a short write would show as a hang.
  if (socket.write(request) !== request.length) throw new Error("Cannot send a whole request at once");
}

async function connect(): Promise<Bun.Socket<Connection>> {
  return await Bun.connect<Connection>({
    hostname: "127.0.0.1",
    port: load.port,
    data: { sentAt: 0 },
    socket: {
      data(socket, chunk) {
        latencies[done] = performance.now() - socket.data.sentAt;
        const status = chunk.subarray(9, 12).toString("latin1");
        statuses[status] = (statuses[status] ?? 0) + 1;
        done += 1;
        if (done === load.requests) finish();
        sendNext(socket);
      },
    },
  });
}

const sockets = await Promise.all(Array.from({ length: load.connections }, connect));
startedAt = performance.now();
for (const socket of sockets) sendNext(socket);
await finished;
const seconds = (performance.now() - startedAt) / 1_000;
const sorted = latencies.toSorted();
const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
process.stdout.write(
  `${JSON.stringify({ seconds, statuses, unique, p50: at(0.5), p99: at(0.99), max: at(1) })}\n`,
);
process.exit(0);
