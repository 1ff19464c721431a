export type Role = "viewer" | "operator" | "manager" | "owner";

const viewer = [
  "workspace:read",
  "pages:read",
  "contacts:read",
  "conversations:read",
  "campaigns:read",
] as const;
const operator = [
  ...viewer,
  "conversations:work",
  "conversations:reply",
  "notes:write",
  "contacts:edit",
  "campaigns:draft",
  // If the workspace does not require a manager's approval, or with one.
  "campaigns:launch",
] as const;
const manager = [
  ...operator,
  "contacts:manage",
  "campaigns:send",
  "templates:manage",
  "pages:manage",
  "workspace:edit",
] as const;

/** Permissions of the installation's owner only; they belong to no workspace. */
const installation = [
  "system:read",
  "system:manage",
  "team:manage",
  "workspaces:create",
  "activity:read",
] as const;
const owner = [...manager, "contacts:export", "workspace:switch", ...installation] as const;

export type Permission = (typeof owner)[number];

/** The only table of permissions by role. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  viewer,
  operator,
  manager,
  owner,
};

const sets: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(viewer),
  operator: new Set(operator),
  manager: new Set(manager),
  owner: new Set(owner),
};
const none: ReadonlySet<Permission> = new Set();
const ofInstallation: ReadonlySet<Permission> = new Set(installation);

/** The permissions of a role inside its workspace. */
export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return sets[role];
}

/** The roles that may do this in their workspace. */
export function rolesWith(permission: Permission): Role[] {
  return (["viewer", "operator", "manager", "owner"] as const).filter((role) => sets[role].has(permission));
}

/** Permissions of a person outside of workspaces. */
export function installationPermissions(isOwner: boolean): ReadonlySet<Permission> {
  return isOwner ? ofInstallation : none;
}

/** Whether a permission is about the installation, so its routes need no workspace in the path. */
export function isInstallationPermission(permission: Permission): boolean {
  return ofInstallation.has(permission);
}
