import { type Static, Type } from "@sinclair/typebox";
import { named, recordOf, Uuid } from "#std";

// Meta's limits are not in the schema: templates/check_content.ts names all exceeded ones with their place. What
// stands here only keeps absurd input out.
const Line = Type.String({ maxLength: 2_000 });
const Address = Type.String({ maxLength: 2_000 });

const ButtonSchema = Type.Union(
  [
    Type.Object({
      type: Type.Literal("url"),
      title: Line,
      url: Address,
      /** Clicks are counted: the person opens an address of ours, which leads on. */
      isTracked: Type.Optional(Type.Boolean()),
    }),
    Type.Object({ type: Type.Literal("postback"), title: Line, payload: Line }),
    Type.Object({ type: Type.Literal("call"), title: Line, phone: Line }),
  ],
  { title: "Button" },
);

const QuickReplySchema = named("QuickReply", {
  title: Line,
  /** The payload of a tap; the title by default. */
  payload: Type.Optional(Line),
});

const CardSchema = named("Card", {
  title: Line,
  subtitle: Type.Optional(Line),
  imageUrl: Type.Optional(Address),
  /** An image of the library, instead of `imageUrl`. */
  mediaFileId: Type.Optional(Uuid),
  buttons: Type.Optional(Type.Array(ButtonSchema, { maxItems: 50 })),
});

const TemplateName = Type.Object({
  name: Type.String({ maxLength: 512 }),
  language: Type.String({ maxLength: 15 }),
});

const UtilitySchema = Type.Object({
  ...TemplateName.properties,
  /** By placeholder: `order_id` of the body, `header.order_id` of the header, `button.0` of the first button. */
  parameters: recordOf(Type.String({ pattern: "^[^\\n]{1,100}$", maxLength: 100 }), Line, 200),
  /** Pages, by our id, on which the same is said by another template. */
  byPage: Type.Optional(recordOf(Uuid, TemplateName, 500)),
});

/** One message as people write it: a text (with buttons), cards, a file, or a utility template of Meta. */
export const ContentSchema = named("Content", {
  text: Type.Optional(Type.String({ maxLength: 20_000 })),
  quickReplies: Type.Optional(Type.Array(QuickReplySchema, { maxItems: 50 })),
  buttons: Type.Optional(Type.Array(ButtonSchema, { maxItems: 50 })),
  cards: Type.Optional(Type.Array(CardSchema, { maxItems: 50 })),
  mediaFileId: Type.Optional(Uuid),
  utility: Type.Optional(UtilitySchema),
});

export type Content = Static<typeof ContentSchema>;
export type Button = Static<typeof ButtonSchema>;
export type Card = Static<typeof CardSchema>;
export type Utility = Static<typeof UtilitySchema>;
