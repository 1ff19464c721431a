import { expect, test } from "vitest";
import { countOfConditions, filterBody, filterOfAddress, filterToAddress } from "./contact_filter.ts";

test("filterOfAddress() reverses filterToAddress(), and ignores unknown parameters", () => {
  const filter = { search: "anna k", tagId: "t1", window: "open", subscribed: "false" } as const;

  const address = filterToAddress({ ...filter, sort: "name" });

  expect(filterOfAddress(new URLSearchParams(address))).toEqual({ ...filter, sort: "name" });
  expect(filterOfAddress(new URLSearchParams("window=ajar&colour=red&sort=newest"))).toEqual({});
});

test("conditions are kept in the address and sent as a tree; invalid ones are left out", () => {
  const within = { field: "lastInteraction" as const, op: "within" as const, days: 7 };
  const tree = {
    match: "all" as const,
    conditions: [within, { match: "any" as const, conditions: [within, within] }],
  };
  const address = filterToAddress({ conditions: JSON.stringify(tree) });

  const filter = filterOfAddress(new URLSearchParams(address));

  expect(filterBody(filter)).toEqual({ conditions: tree });
  expect(countOfConditions(tree)).toBe(3);
  expect(filterOfAddress(new URLSearchParams("conditions={"))).toEqual({});
  expect(filterOfAddress(new URLSearchParams("conditions=7"))).toEqual({});
});

test("filterBody() says consent as a fact and leaves the order out", () => {
  expect(filterBody({ subscribed: "false", pageId: "p1", sort: "name" })).toEqual({
    subscribed: false,
    pageId: "p1",
  });
});
