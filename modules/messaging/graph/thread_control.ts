import type { GraphClient } from "./client.ts";
import { fieldsList, fieldsOf, textOf } from "./fields.ts";
import type { PageAccess } from "./pages.ts";

export interface ControlCall extends PageAccess {
  psid: string;
}

/** A person waits for each of these on a screen. */
const timeoutMs = 10_000;

/**
 * Asks Meta to move a thread between apps. `take`: it is ours at once. `request`: the request was filed, and its owner
 * decides. `release`: nobody holds it. Throws GraphError.
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 */
export async function changeThreadControl(
  graph: GraphClient,
  action: "take" | "request" | "release",
  { facebookId, token, psid }: ControlCall,
): Promise<void> {
  await graph.call({
    method: "POST",
    path: `/${facebookId}/${action}_thread_control`,
    token,
    body: { recipient: { id: psid } },
    timeoutMs,
  });
}

/** The app with thread control: `null` none; `appId` null: an app that Meta does not name. Throws GraphError. */
export async function readThreadOwner(
  graph: GraphClient,
  { facebookId, token, psid }: ControlCall,
): Promise<{ appId: string | null } | null> {
  const { body } = await graph.call({
    method: "GET",
    path: `/${facebookId}/thread_owner`,
    token,
    query: { recipient: psid },
    timeoutMs,
  });
  const [first] = fieldsList(body.data);
  const owner = fieldsOf(first?.thread_owner) ?? {};
  return Object.keys(owner).length === 0 ? null : { appId: textOf(owner.app_id) };
}

/** Whether Conversation Routing decides for this page which app may answer; null: Meta does not say. Throws GraphError. */
export async function readRouting(
  graph: GraphClient,
  { facebookId, token }: PageAccess,
): Promise<boolean | null> {
  const { body } = await graph.call({
    method: "GET",
    path: `/${facebookId}`,
    token,
    query: { fields: "messaging_feature_status" },
    timeoutMs,
  });
  const status = fieldsOf(body.messaging_feature_status);
  return typeof status?.hop_v2 === "boolean" ? status.hop_v2 : null;
}
