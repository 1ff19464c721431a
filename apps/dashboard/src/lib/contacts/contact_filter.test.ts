import { expect, test } from "vitest";
import { filterBody, filterOfAddress, filterToAddress } from "./contact_filter.ts";

test("filterOfAddress() reads back what filterToAddress() wrote, and leaves out what no list knows", () => {
  const filter = { search: "anna k", tagId: "t1", window: "open", subscribed: "false" } as const;

  const address = filterToAddress({ ...filter, sort: "name" });

  expect(filterOfAddress(new URLSearchParams(address))).toEqual({ ...filter, sort: "name" });
  expect(filterOfAddress(new URLSearchParams("window=ajar&colour=red&sort=newest"))).toEqual({});
});

test("filterBody() says consent as a fact and leaves the order out", () => {
  expect(filterBody({ subscribed: "false", pageId: "p1", sort: "name" })).toEqual({
    subscribed: false,
    pageId: "p1",
  });
});
