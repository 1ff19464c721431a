import { expect, test } from "vitest";
import { eventually, pageId, psid, startTest } from "./testing.ts";

test("a phone's read is no change, so its page does not reload again and again; changes are published", async () => {
  const on = await startTest();
  const stream = await fetch(`${on.simulator.url}/_simulator/live`);
  let told = "";
  const reading = (async () => {
    for await (const bytes of stream.body ?? []) told += new TextDecoder().decode(bytes);
  })();
  const changes = () => told.split("\n").filter((line) => line.startsWith("data: "));

  const reads = ["state", `persons?pageId=${pageId}`, `persons/${psid}/thread`, `pages/${pageId}`];
  for (const path of [...reads, "switches", "webhooks", "faults"]) await on.control("GET", path);
  await on.control("PATCH", `persons/${psid}`, { isLooking: true });
  await eventually(() => expect(changes()).toHaveLength(1));
  await on.control("PATCH", `pages/${pageId}`, { followers: 5 });
  await eventually(() => expect(changes()).toHaveLength(2));

  expect(changes()).toEqual([
    `data: ${JSON.stringify({ psids: [psid], all: false })}`,
    `data: ${JSON.stringify({ psids: [], all: true })}`,
  ]);
  await on.stop();
  await reading.catch(() => undefined);
});
