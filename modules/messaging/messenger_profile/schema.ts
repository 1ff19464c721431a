import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, named, Nullable, oneOf, Uuid, Words } from "#std";

// Wider than Meta's limits, which check_profile.ts checks: Meta's own profile is stored in this form as well.
const Text = Type.String({ maxLength: 2_000 });
const list = <T extends Parameters<typeof Type.Array>[0]>(item: T) => Type.Array(item, { maxItems: 100 });

/** `default`, or a language of Messenger such as `de_DE`. */
const Locale = Type.String({
  pattern: "^(default|[a-z]{2,3}_[A-Z]{2})$",
  maxLength: 7,
  examples: ["default", "de_DE"],
});

const MenuItem = Type.Union(
  [
    Type.Object({ type: Type.Literal("postback"), title: Text, payload: Text }),
    Type.Object({ type: Type.Literal("url"), title: Text, url: Text }),
  ],
  { title: "MenuItem" },
);

/** A page's texts before and beside the conversation; each part once per language. */
export const MessengerProfileSchema = named("MessengerProfile", {
  greeting: list(Type.Object({ locale: Locale, text: Text })),
  getStarted: Nullable(Type.Object({ payload: Text })),
  iceBreakers: list(
    Type.Object({ locale: Locale, questions: list(Type.Object({ question: Text, payload: Text })) }),
  ),
  menu: list(
    Type.Object({
      locale: Locale,
      isComposerOff: Type.Boolean({ description: "People can only tap the menu and cannot write" }),
      items: list(MenuItem),
    }),
  ),
});

export type MessengerProfile = Static<typeof MessengerProfileSchema>;
export type MenuItem = Static<typeof MenuItem>;

export const emptyProfile: MessengerProfile = { greeting: [], getStarted: null, iceBreakers: [], menu: [] };

/** The draft, and Meta's profile at the last check. */
const ProfileStateSchema = named("MessengerProfileState", {
  profile: MessengerProfileSchema,
  revision: Type.Number({ description: "Pass the revision that you read when you save or publish" }),
  status: oneOf(["draft", "publishing", "published", "failed"]),
  statusReason: Nullable(Type.String()),
  statusReasonWords: Type.Optional(Nullable(Words)),
  statusRemedy: Nullable(Type.String()),
  statusRemedyWords: Type.Optional(Nullable(Words)),
  atMeta: Nullable(MessengerProfileSchema),
  readAt: Nullable(IsoTime),
  differs: Type.Boolean({
    description: "The live profile was not published here, and its replacement was not confirmed",
  }),
});

export type ProfileState = Static<typeof ProfileStateSchema>;

export const ProfileStateResponse = Type.Object({ messengerProfile: ProfileStateSchema });

const Revision = Type.Integer({ minimum: 0, maximum: 2_147_483_646 });

export const SavedProfile = Type.Object({ profile: MessengerProfileSchema, revision: Revision });
export type SavedProfile = Static<typeof SavedProfile>;

export const PublishedProfile = Type.Object({
  revision: Revision,
  replace: Type.Optional(
    Type.Boolean({ description: "Replaces the live profile even if it was not published here" }),
  ),
});
export type PublishedProfile = Static<typeof PublishedProfile>;

export const OfPage = Type.Object({ workspaceId: Uuid, pageId: Uuid });
export type OfPage = Static<typeof OfPage>;
