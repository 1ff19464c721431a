import { expect, test } from "vitest";
import { addressBlock, clientAddress } from "./client_address.ts";

function addressOf(forwarded: string, socketAddress: string | undefined, trustedProxies: string[]): string {
  const request = new Request("http://localhost/", { headers: { "x-forwarded-for": forwarded } });
  return clientAddress(request, { socketAddress, trustedProxies });
}

test("clientAddress() trusts only headers written by trusted proxies", () => {
  const proxies = ["10.0.0.0/8", "fd00::/8"];

  expect(addressOf("1.1.1.1", "203.0.113.9", proxies)).toBe("203.0.113.9");
  expect(addressOf("1.1.1.1, 203.0.113.9", "10.0.0.2", proxies)).toBe("203.0.113.9");
  expect(addressOf("1.1.1.1, 203.0.113.9, 10.0.0.7", "::ffff:10.0.0.2", proxies)).toBe("203.0.113.9");
  expect(addressOf("2001:db8::1", "fd00::1", proxies)).toBe("2001:db8::1");
  expect(addressOf("203.0.113.9, rubbish", "10.0.0.2", proxies)).toBe("10.0.0.2");
  expect(addressOf("1.1.1.1", undefined, proxies)).toBe("unknown");
});

test("clientAddress() names the wrong proxy entry", () => {
  expect(() => addressOf("", "10.0.0.2", ["nginx"])).toThrow('Cannot trust the proxy "nginx"');
});

test("addressBlock() counts an IPv6 customer by the /64", () => {
  expect(addressBlock("2001:db8:1:2:aaaa::1")).toBe(addressBlock("2001:0db8:1:2::ffff"));
  expect(addressBlock("2001:db8:1:3::1")).not.toBe(addressBlock("2001:db8:1:2::1"));
  expect(addressBlock("203.0.113.9")).toBe("203.0.113.9");
});
