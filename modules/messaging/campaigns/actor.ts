import type { Principal } from "#auth";

/** The author of an action on a campaign. */
export interface Actor {
  userId: string;
  name: string;
  /** Sends without a manager's approval. */
  maySend: boolean;
}

export function actorOf({ userId, name, permissions }: Principal): Actor {
  return { userId, name, maySend: permissions.has("campaigns:send") };
}
