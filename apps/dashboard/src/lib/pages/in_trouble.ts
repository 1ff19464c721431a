import type { Page } from "../api/types.ts";

/** Whether messages do not come in or do not go out, so that somebody has to look. */
export function isInTrouble(page: Page): boolean {
  const isActive = page.status !== "disconnected";
  return isActive && (page.status !== "connected" || page.health.subscription.state === "failed");
}
