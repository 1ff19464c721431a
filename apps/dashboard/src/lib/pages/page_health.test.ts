import { expect, test } from "vitest";
import type { PageHealth } from "../api/types.ts";
import { refusedEvents } from "./page_health.ts";

test("refusedEvents() lists the events of two spellings of a field once", () => {
  const lack = (name: string, text: string, permissions: string[]) => ({ name, text, permissions });
  const subscription: PageHealth["subscription"] = {
    state: "ok",
    text: "",
    missing: [],
    lacks: [
      lack("message_template_status_update", "Reviews of utility templates", ["pages_utility_messaging"]),
      lack("messenger_template_status_update", "Reviews of utility templates", ["pages_utility_messaging"]),
      lack("feed", "Comments on posts", ["pages_read_user_content"]),
      lack("standby", "What other apps get", []),
    ],
  };

  expect(refusedEvents({ subscription }).map(({ text }) => text)).toEqual([
    "Reviews of utility templates. Needs pages_utility_messaging",
    "Comments on posts. Needs pages_read_user_content",
  ]);
});
