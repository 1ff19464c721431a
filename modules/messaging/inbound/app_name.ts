/** Meta's app that answers people of a lead ad, as long as they fill in its form (Lead ads in Messenger). */
const leadAdsApp = "413038776280800";

/**
 * In the place of an app's id: Meta's own AI, whose echoes have the id of the page's inbox, and `ai_generated`. No
 * handover tells about it.
 */
export const metaAiApp = "meta_ai";

// Business Suite and the page inbox, where people answer by hand.
export const inboxApps: readonly string[] = ["26390203743090", "263902037430900"];

/** The common name of a Meta app; null is Facebook's own inbox, whose echoes name no app. */
export function appName(appId: string | null): string {
  if (appId === null || inboxApps.includes(appId)) return "Facebook inbox";
  if (appId === leadAdsApp) return "Meta's AI for lead ads";
  if (appId === metaAiApp) return "Meta's AI";
  return /^[0-9]+$/.test(appId) ? `App ${appId}` : appId;
}
