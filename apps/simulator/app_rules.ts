import { asRecord, asText, type JsonRecord } from "./json.ts";

/** The app's rights at Meta: they differ between apps, and show only when a call is refused. */
export interface AppRules {
  /** Standard: webhooks and messages only for people with a role in the app. */
  access: "advanced" | "standard";
  /** PSIDs of people with a role on the app. */
  roleholders: string[];
  /** Permissions not added to the app: the login dialog returns "Invalid Scopes". */
  lackedPermissions: string[];
  /** Edges that answer code 3, "Application does not have the capability to make this API call". */
  lackedCapabilities: string[];
  /** Where "Invalid Scopes" shows: on a page of the dialog, or in the redirect. Both were seen. */
  invalidScopes: "page" | "redirect";
  /** The token of a configuration of Facebook Login for Business: of the person, or of a system user. */
  loginToken: "person" | "system_user";
  /** A refusal of `subscribed_apps` names the first field without its permission, or all of them. Both were seen. */
  fieldRefusals: "first" | "all";
  /** Permissions one of which a field needs, where they differ from those of fields.ts. */
  fieldPermissions: Record<string, string[]>;
  /** Webhook fields that this Graph version does not have. */
  unknownFields: string[];
}

/** An app that passed its review. */
export function defaultAppRules(): AppRules {
  return {
    access: "advanced",
    roleholders: [],
    lackedPermissions: [],
    lackedCapabilities: [],
    invalidScopes: "page",
    loginToken: "person",
    fieldRefusals: "first",
    fieldPermissions: {},
    unknownFields: [],
  };
}

/** Whether one rule is known and its value fits; then it holds. */
export function changeAppRule(rules: AppRules, name: string, value: unknown): boolean {
  switch (name) {
    case "roleholders":
    case "lackedPermissions":
    case "lackedCapabilities":
    case "unknownFields": {
      const words = wordsOf(value);
      if (words !== undefined) rules[name] = words;
      return words !== undefined;
    }
    case "access":
      return choose(value, ["advanced", "standard"] as const, (chosen) => (rules.access = chosen));
    case "invalidScopes":
      return choose(value, ["page", "redirect"] as const, (chosen) => (rules.invalidScopes = chosen));
    case "loginToken":
      return choose(value, ["person", "system_user"] as const, (chosen) => (rules.loginToken = chosen));
    case "fieldRefusals":
      return choose(value, ["first", "all"] as const, (chosen) => (rules.fieldRefusals = chosen));
    case "fieldPermissions": {
      const given: JsonRecord | undefined = asRecord(value);
      if (given === undefined) return false;
      rules.fieldPermissions = Object.fromEntries(
        Object.entries(given).map(([field, permissions]) => [field, wordsOf(permissions) ?? []]),
      );
      return true;
    }
    default:
      return false;
  }
}

function wordsOf(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

function choose<Choice extends string>(
  value: unknown,
  choices: readonly Choice[],
  take: (chosen: Choice) => void,
): boolean {
  const chosen = choices.find((choice) => choice === asText(value));
  if (chosen !== undefined) take(chosen);
  return chosen !== undefined;
}
