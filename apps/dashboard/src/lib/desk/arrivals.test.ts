import { expect, test } from "vitest";
import { Arrivals } from "./arrivals.ts";

test("Arrivals says the name that came after the message, and goes without it after the wait", async () => {
  const names = new Map([
    ["1", "Messenger user ·5180"],
    ["2", "Minh Tran"],
    ["3", "Messenger user ·9999"],
  ]);
  const said: string[] = [];
  const arrivals = new Arrivals({
    nameOf: (id) => names.get(id) ?? null,
    say: (words) => said.push(words),
    waitMs: 100,
  });
  for (const id of names.keys()) arrivals.add(id);

  arrivals.announce();
  names.set("1", "Anna Keller");
  arrivals.announce();
  expect(said).toEqual(["New message from Minh Tran", "New message from Anna Keller"]);

  await expect.poll(() => said.at(-1)).toBe("New message from Messenger user ·9999");
  arrivals.stop();
});
