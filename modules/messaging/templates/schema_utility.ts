import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, Nullable, PageQuery, recordOf, Uuid } from "#std";

const Language = Type.String({
  pattern: "^[a-z]{2,3}(_[A-Za-z]{2,4})?$",
  maxLength: 8,
  examples: ["en", "pt_BR"],
});
const Name = Type.String({ pattern: "^[a-z0-9_]{1,512}$", maxLength: 512, examples: ["order_update"] });
const PageIds = Type.Array(Uuid, { minItems: 1, maxItems: 500, uniqueItems: true });
const Line = Type.String({ maxLength: 2_000 });

const PageName = Type.Object({ id: Uuid, name: Type.String() });

const UtilityTemplateSchema = named("UtilityTemplate", {
  id: Uuid,
  page: PageName,
  name: Type.String(),
  language: Type.String(),
  category: Type.String(),
  /** In Meta's spelling; only APPROVED ones can be sent. */
  status: Type.String(),
  statusReason: Nullable(Type.String()),
  statusAt: IsoTime,
  header: Nullable(Type.String()),
  body: Type.String(),
  buttons: Type.Array(Type.Object({ type: Type.String(), title: Type.String() })),
  /** Required values: `order_id`, `header.order_id`, `button.0`; those with a preset are optional. */
  parameters: Type.Array(Type.Object({ key: Type.String(), preset: Nullable(Type.String()) })),
  createdAt: IsoTime,
});
export type UtilityTemplate = Static<typeof UtilityTemplateSchema>;
export const UtilityTemplateList = listOf(UtilityTemplateSchema);
export const UtilityTemplates = Type.Object({ items: Type.Array(UtilityTemplateSchema) });

export const UtilityQuery = Type.Composite([
  PageQuery,
  Type.Object({
    search: Type.Optional(Type.String({ maxLength: 100 })),
    status: Type.Optional(Type.String({ maxLength: 30 })),
    pageId: Type.Optional(Uuid),
  }),
]);
export type UtilityQuery = Static<typeof UtilityQuery>;

export const CoverageQuery = Type.Object({ name: Name, language: Language });
export const CoverageResponse = Type.Object({
  items: Type.Array(Type.Object({ page: PageName, status: Nullable(Type.String()) })),
});

export const NewUtilityTemplate = named("NewUtilityTemplate", {
  pageIds: PageIds,
  name: Name,
  language: Language,
  header: Type.Optional(Line),
  body: Line,
  buttons: Type.Optional(
    Type.Array(
      Type.Union([
        Type.Object({ type: Type.Literal("postback"), title: Line, payload: Line }),
        Type.Object({ type: Type.Literal("url"), title: Line, url: Line }),
        Type.Object({ type: Type.Literal("call"), title: Line, phone: Line }),
      ]),
      { maxItems: 50 },
    ),
  ),
  /** A sample for each placeholder: `order_id` of the body, `header.order_id`, `button.0` of an open address. */
  samples: Type.Optional(recordOf(Type.String({ pattern: "^[^\\n]{1,100}$", maxLength: 100 }), Line, 200)),
});
export type NewUtilityTemplate = Static<typeof NewUtilityTemplate>;

export const CloneUtilityTemplate = named("CloneUtilityTemplate", {
  pageIds: PageIds,
  /** The name in Meta's library. */
  libraryName: Name,
  name: Name,
  language: Language,
});
export type CloneUtilityTemplate = Static<typeof CloneUtilityTemplate>;

export const RefreshBody = Type.Object({ pageIds: Type.Optional(PageIds) });
export const RefreshResponse = Type.Object({ pages: Type.Integer() });

export const LibraryTemplatesQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 100 })),
  language: Type.Optional(Language),
});
export const LibraryTemplates = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      language: Type.String(),
      topic: Nullable(Type.String()),
      usecase: Nullable(Type.String()),
      industries: Type.Array(Type.String()),
      body: Type.String(),
      samples: Type.Array(Type.String()),
      buttons: Type.Array(Type.Object({ type: Type.String(), title: Type.String() })),
    }),
  ),
});
