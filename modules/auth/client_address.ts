import { BlockList, isIP, isIPv6 } from "node:net";

// Most processes have one list; building it for each request would be waste.
const lists = new WeakMap<readonly string[], BlockList>();

function family(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}

function blockListOf(trustedProxies: readonly string[]): BlockList {
  const known = lists.get(trustedProxies);
  if (known) return known;
  const list = new BlockList();
  for (const entry of trustedProxies) {
    const [address = "", bits] = entry.trim().split("/");
    if (isIP(address) === 0) {
      throw new Error(
        `Cannot trust the proxy "${entry}": it is not an address. Write addresses or ranges such as 10.0.0.0/8`,
      );
    }
    if (bits === undefined) list.addAddress(address, family(address));
    else list.addSubnet(address, Number(bits), family(address));
  }
  lists.set(trustedProxies, list);
  return list;
}

/** The address without the IPv6 dress that IPv4 callers wear on a dual-stack socket. */
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address.trim());
  return mapped?.[1] ?? address.trim();
}

/**
 * The client's address. Reads `X-Forwarded-For` from the right, only as far as trusted proxies wrote it: everything
 * to the left comes from the client, who can write anything.
 */
export function clientAddress(
  request: Request,
  { socketAddress, trustedProxies }: { socketAddress: string | undefined; trustedProxies: readonly string[] },
): string {
  const list = blockListOf(trustedProxies);
  const isTrusted = (address: string) => isIP(address) !== 0 && list.check(address, family(address));
  let client = plain(socketAddress ?? "");
  const hops = (request.headers.get("x-forwarded-for") ?? "").split(",").map(plain).toReversed();
  for (const hop of hops) {
    if (!isTrusted(client) || isIP(hop) === 0) break;
    client = hop;
  }
  return client || "unknown";
}

/** The key of limits: the address, or the /64 of an IPv6 address, because a customer has all of it. */
export function addressBlock(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail === undefined ? [] : tail.split(":").filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(":");
}
