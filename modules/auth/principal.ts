import type { PageAccess } from "./page_access.ts";
import type { Permission, Role } from "./permissions.ts";

/** The author of a request: a person with a session. */
export interface Principal {
  userId: string;
  name: string;
  isOwner: boolean;
  sessionId: string;
  /** The workspace of the route, when it has one. */
  workspaceId?: string;
  /** The role in that workspace. */
  role?: Role;
  /** What they see of that workspace. */
  access: PageAccess;
  /** The caller's permissions: of the role in a workspace route, else of the owner. */
  permissions: ReadonlySet<Permission>;
}
