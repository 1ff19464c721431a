// Business Suite and the page inbox, where people answer by hand.
export const inboxApps: readonly string[] = ["26390203743090", "263902037430900"];

/** What people call an app of Meta's; null is Facebook's own inbox, whose echoes name no app. */
export function appName(appId: string | null): string {
  if (appId === null || inboxApps.includes(appId)) return "Facebook inbox";
  return /^[0-9]+$/.test(appId) ? `App ${appId}` : appId;
}
