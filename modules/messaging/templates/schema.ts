import { type Static, Type } from "@sinclair/typebox";
import { FieldErrorSchema, IsoTime, listOf, named, Nullable, PageQuery, Uuid } from "#std";
import { ContentSchema } from "./content.ts";

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: "\\S" });
const Category = Type.String({ maxLength: 60 });

const TemplateSchema = named("Template", {
  id: Uuid,
  name: Type.String(),
  category: Type.String(),
  content: ContentSchema,
  createdAt: IsoTime,
  updatedAt: IsoTime,
});
export type Template = Static<typeof TemplateSchema>;
export const TemplateResponse = Type.Object({ template: TemplateSchema });
export const TemplateList = listOf(TemplateSchema);

export const TemplatesQuery = Type.Composite([
  PageQuery,
  Type.Object({
    search: Type.Optional(Type.String({ maxLength: 100 })),
    category: Type.Optional(Category),
  }),
]);
export type TemplatesQuery = Static<typeof TemplatesQuery>;

export const NewTemplate = named("NewTemplate", {
  name: Name,
  category: Type.Optional(Category),
  content: ContentSchema,
});
export type NewTemplate = Static<typeof NewTemplate>;

export const TemplateChange = named(
  "TemplateChange",
  { name: Type.Optional(Name), category: Type.Optional(Category), content: Type.Optional(ContentSchema) },
  { minProperties: 1 },
);
export type TemplateChange = Static<typeof TemplateChange>;

export const PreviewBody = Type.Object({ content: ContentSchema, contactId: Type.Optional(Uuid) });
export const PreviewResponse = named("ContentPreview", {
  /** The `message` object of the Send API, filled; null when it cannot be sent. */
  message: Nullable(Type.Record(Type.String(), Type.Unknown())),
  /** A utility message as the person sees it. */
  utility: Nullable(
    Type.Object({
      header: Nullable(Type.String()),
      body: Type.String(),
      buttons: Type.Array(Type.String()),
    }),
  ),
  problems: Type.Array(FieldErrorSchema),
});
export type Preview = Static<typeof PreviewResponse>;
