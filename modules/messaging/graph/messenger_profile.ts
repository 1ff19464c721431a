import type { GraphClient } from "./client.ts";
import { type Fields, fieldsList } from "./fields.ts";

// Meta allows ten of these calls in ten minutes for each page (Messenger Profile API).
const path = "/me/messenger_profile";

/** Meta's current values of these properties. Throws GraphError. */
export async function readMetaProfile(
  graph: GraphClient,
  token: string,
  names: readonly string[],
): Promise<Fields[]> {
  const { body } = await graph.call({ method: "GET", path, token, query: { fields: names.join(",") } });
  return fieldsList(body.data);
}

/** Sets properties, each as a whole. Throws GraphError. */
export async function setMetaProfile(graph: GraphClient, token: string, properties: Fields): Promise<void> {
  await graph.call({ method: "POST", path, token, body: properties });
}

/** Deletes properties; those that are not set do no harm. Throws GraphError. */
export async function deleteMetaProfile(
  graph: GraphClient,
  token: string,
  names: readonly string[],
): Promise<void> {
  await graph.call({ method: "DELETE", path, token, body: { fields: names } });
}
