import type { Permission, Role } from "./permissions.ts";

/** A person with a session. */
export interface UserPrincipal {
  kind: "user";
  userId: string;
  name: string;
  isOwner: boolean;
  sessionId: string;
  /** The workspace of the route, when it has one. */
  workspaceId?: string;
  /** The role in that workspace. */
  role?: Role;
  /** What the caller may do here: of the role in a workspace route, else of the owner. */
  permissions: ReadonlySet<Permission>;
}

/** Who makes a request. A union by `kind`: API keys join it. */
export type Principal = UserPrincipal;
