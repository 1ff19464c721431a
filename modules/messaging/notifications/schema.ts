import { type Static, Type } from "@sinclair/typebox";
import { notifications } from "#db/messaging";
import { IsoTime, listOf, named, Nullable, oneOf, PageQuery, Uuid, Words } from "#std";

const kinds = notifications.kind.enumValues;
export type NotificationKind = (typeof kinds)[number];

const NotificationSchema = named("Notification", {
  id: Uuid,
  kind: oneOf(kinds),
  /** The campaign or sequence, by kind. */
  campaign: Nullable(
    Type.Object({
      id: Uuid,
      name: Type.String(),
      isSequence: Type.Boolean(),
      isDraft: Type.Boolean(),
    }),
  ),
  /** The conversation, with the contact's name. */
  conversation: Nullable(
    Type.Object({
      id: Uuid,
      name: Type.String(),
      /** How many further ones it is about, too. */
      others: Type.Integer(),
    }),
  ),
  /** The page. */
  page: Nullable(Type.Object({ id: Uuid, name: Type.String() })),
  /** The author, if relevant; null after they left. */
  by: Nullable(Type.String()),
  /** Why, in words. */
  detail: Nullable(Type.String()),
  detailWords: Type.Optional(Nullable(Words)),
  /** When the campaign begins, or should have begun. */
  startsAt: Nullable(IsoTime),
  isRead: Type.Boolean(),
  createdAt: IsoTime,
});
export type Notification = Static<typeof NotificationSchema>;
export const NotificationList = listOf(NotificationSchema);

export const NotificationsQuery = Type.Composite([
  PageQuery,
  Type.Object({ unread: Type.Optional(Type.Boolean({ default: false })) }),
]);
export type NotificationsQuery = Static<typeof NotificationsQuery>;

export const UnreadResponse = Type.Object({ unread: Type.Integer({ minimum: 0 }) });
/** All of them when left out. */
export const ReadBody = Type.Object({
  ids: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 100 })),
});
