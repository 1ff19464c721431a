import { defineSentences, type Sentence, wordsOf } from "#std";
import type { PageDeps } from "./deps.ts";
import { permissions, purposeCodeOf, withoutCodeOf } from "./permissions.ts";
import type { PermissionHelp } from "./schema.ts";

type On = Pick<PageDeps, "config" | "graph">;

/** The permissions of these names, explained; without names all. */
export function explainPermissions(on: On, names?: readonly string[]): PermissionHelp[] {
  return permissions
    .filter(({ name }) => names === undefined || names.includes(name))
    .map((permission) => {
      const how = howToAdd(on, permission.name);
      return {
        ...permission,
        purposeCode: purposeCodeOf(permission.name),
        withoutCode: withoutCodeOf(permission.name),
        howToAdd: how.text,
        howToAddWords: wordsOf(how),
      };
    });
}

const say = defineSentences({
  "permission-add":
    "In the App Dashboard, open Use cases, choose the Messenger use case, Customize, and add {name}. People outside your team need Advanced Access to it, under App Review.",
  "permission-add-to-configuration":
    "In the App Dashboard, open Facebook Login for Business, Configurations, and add {name} to the configuration {configuration}.",
});

function howToAdd({ config: { loginConfigId } }: On, name: string): Sentence {
  return loginConfigId === null
    ? say("permission-add", { name })
    : say("permission-add-to-configuration", { name, configuration: loginConfigId });
}

/** All permissions, and how a login asks for them. */
export function listPermissions(on: On): {
  permissions: PermissionHelp[];
  asksBy: "scope" | "configuration";
  dashboardUrl: string;
} {
  return {
    permissions: explainPermissions(on),
    asksBy: on.config.loginConfigId === null ? "scope" : "configuration",
    dashboardUrl: `https://developers.facebook.com/apps/${on.graph.appId}/`,
  };
}
