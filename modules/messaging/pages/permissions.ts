import { defineSentences, defineTerms, type Sentence } from "#std";

/** A use of the product that needs permissions of its own. */
export type PageFeature = "utility_templates" | "comment_authors" | "contact_languages";

/**
 * required: no page is connected without it · recommended: each login asks for it · feature: a login asks for it when
 * the feature is turned on.
 */
export type PermissionNeed = "required" | "recommended" | "feature";

interface PermissionFacts {
  name: string;
  need: PermissionNeed;
  feature: PageFeature | null;
  purpose: string;
  /** The features that work and do not work without it. */
  without: string;
}

/** Meta's permissions, as ops/docs/facebook-app.md explains them for the review. */
export const permissions: readonly PermissionFacts[] = [
  {
    name: "pages_messaging",
    need: "required",
    feature: null,
    purpose: "Receive and send the page's messages.",
    without: "The page cannot be connected.",
  },
  {
    name: "pages_manage_metadata",
    need: "required",
    feature: null,
    purpose: "Subscribe to the page's events, so that messages arrive.",
    without: "The page cannot be connected.",
  },
  {
    name: "pages_show_list",
    need: "recommended",
    feature: null,
    purpose: "List your pages, so that you can choose.",
    without: "Messages work. Some pages may be missing from the list, and comments may not arrive.",
  },
  {
    name: "pages_read_engagement",
    need: "recommended",
    feature: null,
    purpose: "Read the page's name, picture and earlier conversations.",
    without: "New messages work. Earlier conversations and the picture are missing.",
  },
  {
    name: "business_management",
    need: "recommended",
    feature: null,
    purpose: "List pages that belong to a business portfolio.",
    without: "Messages work. Pages of a portfolio may be missing from the list.",
  },
  {
    name: "pages_utility_messaging",
    need: "feature",
    feature: "utility_templates",
    purpose: "Create and send utility templates, such as order updates.",
    without: "Everything except utility templates works.",
  },
  {
    name: "pages_read_user_content",
    need: "feature",
    feature: "comment_authors",
    purpose: "Read the names of people who comment.",
    without: "Comments arrive without their author.",
  },
  {
    name: "pages_manage_engagement",
    need: "feature",
    feature: "comment_authors",
    purpose: "Answer comments on the page's posts.",
    without: "Comments arrive. Meta may refuse answers to them.",
  },
  {
    name: "pages_user_locale",
    need: "feature",
    feature: "contact_languages",
    purpose: "Read the language of people who write, so that automatic messages use it.",
    without: "Messages work. Automatic messages are sent in their default language.",
  },
];

export const features: readonly { key: PageFeature; name: string }[] = [
  { key: "comment_authors", name: "Comment authors" },
  { key: "contact_languages", name: "Contact languages" },
  { key: "utility_templates", name: "Utility templates" },
];

/** A code has no underscores. */
const codeOf = (name: string) => name.replaceAll("_", "-");

const wordsByCode = <Of>(all: readonly Of[], entry: (one: Of) => [name: string, words: string]) =>
  Object.fromEntries(all.map(entry).map(([name, words]) => [codeOf(name), words]));

defineTerms(
  "permission-purpose",
  wordsByCode(permissions, ({ name, purpose }) => [name, purpose]),
);
defineTerms(
  "permission-without",
  wordsByCode(permissions, ({ name, without }) => [name, without]),
);
defineTerms(
  "page-feature",
  wordsByCode(features, ({ key, name }) => [key, name]),
);

export const purposeCodeOf = (name: string): string => `permission-purpose-${codeOf(name)}`;
export const withoutCodeOf = (name: string): string => `permission-without-${codeOf(name)}`;
export const featureCodeOf = (key: PageFeature): string => `page-feature-${codeOf(key)}`;

const say = defineSentences({
  "permission-lack": "{permission@permission-purpose} {permission@permission-without}",
});

/** The missing features of a page without this permission. */
export function lackOf(name: string): Sentence {
  return say("permission-lack", { permission: codeOf(name) });
}

const namesOf = (needs: readonly PermissionNeed[]) =>
  permissions.filter(({ need }) => needs.includes(need)).map(({ name }) => name);

/** Without these no page is connected. */
export const requiredScopes: readonly string[] = namesOf(["required"]);

/** Each login asks for these. */
export const loginScopes: readonly string[] = [
  "pages_show_list",
  ...namesOf(["required", "recommended"]).filter((name) => name !== "pages_show_list"),
];

/** The permissions that features need. */
export function scopesOf(wanted: readonly PageFeature[]): string[] {
  return permissions
    .filter(({ feature }) => feature !== null && wanted.includes(feature))
    .map(({ name }) => name);
}
