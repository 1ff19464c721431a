import { type Static, Type } from "@sinclair/typebox";
import { listOf, named, Nullable, Uuid, SentenceCode } from "#std";
import { ContentSchema } from "../templates/mod.ts";
import { CampaignAudienceSchema, CampaignKindSchema, OptionsSchema } from "../campaigns/mod.ts";

const question = {
  /** To people in the window unless it says otherwise. */
  kind: Type.Optional(CampaignKindSchema),
  audience: CampaignAudienceSchema,
  /** For utility campaigns: whether a page has the template counts. */
  content: Type.Optional(ContentSchema),
  options: Type.Optional(OptionsSchema),
};
export const AudienceQuestion = Type.Object(question);
export type AudienceQuestion = Static<typeof AudienceQuestion>;

export const ContactsQuestion = Type.Object({
  ...question,
  reason: Type.String({ minLength: 1, maxLength: 100 }),
  limit: Type.Optional(Type.Number({ multipleOf: 1, minimum: 1, maximum: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
});

const Count = Type.Integer({ minimum: 0 });
export const PreviewResponse = named("AudiencePreview", {
  /** The current recipients. */
  count: Count,
  reasons: Type.Array(
    Type.Object({
      reason: Type.String(),
      title: Type.String(),
      titleCode: Type.Optional(SentenceCode),
      count: Count,
    }),
  ),
  /** From the whole audience to the recipients. */
  funnel: Type.Array(
    Type.Object({
      step: Type.String(),
      title: Type.String(),
      titleCode: Type.Optional(SentenceCode),
      count: Count,
    }),
  ),
  /** How long it would take at the pages' pace. */
  lastsSeconds: Count,
  /** For commenters; null for every other audience. */
  unknownAuthors: Nullable(
    Type.Object({
      comments: Type.Integer({
        minimum: 0,
        description: "Comments of this audience without an author from Meta",
      }),
      grant: Type.Array(Type.String(), { description: "The permissions with which Meta returns authors" }),
    }),
  ),
});
export type Preview = Static<typeof PreviewResponse>;

export const ContactsResponse = listOf(
  Type.Object({
    id: Uuid,
    name: Type.String(),
    page: Type.Object({ id: Uuid, name: Type.String() }),
    reason: Type.String(),
    title: Type.String(),
    titleCode: Type.Optional(SentenceCode),
    remedy: Type.String(),
    remedyCode: Type.Optional(SentenceCode),
  }),
);
export type PreviewContacts = Static<typeof ContactsResponse>;
