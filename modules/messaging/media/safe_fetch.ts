import { lookup } from "node:dns/promises";
import { type IncomingMessage, request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { isPublicAddress } from "./addresses.ts";

export interface SafeFetchOptions {
  /** `host:port` that may be private and plain http: the simulator in development. */
  allowedHosts: readonly string[];
  mostBytes: number;
  timeoutMs?: number;
  /** How names become addresses; tests play it. */
  resolve?: (host: string) => Promise<string[]>;
}

export interface Fetched {
  status: number;
  bytes: Uint8Array;
}

/** The fetch was refused by a rule of ours, or the answer breaks one: trying again changes nothing. */
export class UnsafeFetch extends Error {
  override readonly name = "UnsafeFetch";
}

const mostRedirects = 3;

/**
 * Fetches a file from a URL of others. Only https to the public internet: resolves the name, checks each address, and
 * connects to the checked address, so the name cannot change in between. Checks each redirect the same way. Throws
 * UnsafeFetch otherwise.
 */
export async function safeFetch(address: string, options: SafeFetchOptions): Promise<Fetched> {
  const deadline = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  let url = parseUrl(address);
  for (let redirects = 0; ; redirects += 1) {
    const target = await checkTarget(url, options);
    const response = await open(url, target, deadline);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (status < 300 || status >= 400 || location === undefined) {
      return { status, bytes: await readBytes(response, options.mostBytes) };
    }
    response.destroy();
    if (redirects >= mostRedirects)
      throw new UnsafeFetch(`Cannot fetch: more than ${mostRedirects} redirects`);
    url = parseUrl(location, url);
  }
}

function parseUrl(address: string, base?: URL): URL {
  try {
    return new URL(address, base);
  } catch {
    throw new UnsafeFetch("Cannot fetch: this is not an address");
  }
}

/** The address to connect to. */
async function checkTarget(url: URL, { allowedHosts, resolve }: SafeFetchOptions): Promise<string> {
  if (url.username !== "" || url.password !== "")
    throw new UnsafeFetch("Cannot fetch: the address holds a password");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isAllowed =
    (url.protocol === "http:" || url.protocol === "https:") && allowedHosts.includes(url.host);
  if (!isAllowed) {
    if (url.protocol !== "https:")
      throw new UnsafeFetch(`Cannot fetch: only https is allowed, not ${url.protocol}`);
    if (url.port !== "") throw new UnsafeFetch("Cannot fetch: only the usual port is allowed");
  }
  const found = isIP(host) > 0 ? [host] : await (resolve ?? resolveName)(host);
  const [first] = found;
  if (first === undefined) throw new Error("Cannot fetch: the name has no address");
  // One private address among public ones is a trap, too.
  if (!isAllowed && !found.every(isPublicAddress))
    throw new UnsafeFetch("Cannot fetch: the address is not public");
  return first;
}

async function resolveName(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

async function open(url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage> {
  const family = isIP(address);
  const options: RequestOptions = {
    method: "GET",
    headers: { accept: "*/*", "user-agent": "MessageSender" },
    agent: false,
    signal,
    // The checked address, even if the name resolves to another one now. TLS still checks the name's certificate.
    lookup: (_host, asked, done) =>
      asked.all === true ? done(null, [{ address, family }]) : done(null, address, family),
  };
  return await new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, options, resolve);
    request.once("error", reject);
    request.end();
  });
}

async function readBytes(response: IncomingMessage, mostBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.byteLength;
    if (size > mostBytes) {
      response.destroy();
      throw new UnsafeFetch(`Cannot fetch: the file has more than ${mostBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
