import type { Principal } from "#auth";

/** Who does something to a campaign. */
export interface Actor {
  userId: string;
  name: string;
  /** Sends without a manager's approval. */
  maySend: boolean;
}

export function actorOf({ userId, name, permissions }: Principal): Actor {
  return { userId, name, maySend: permissions.has("campaigns:send") };
}
