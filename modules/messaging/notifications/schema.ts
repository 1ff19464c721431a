import { type Static, Type } from "@sinclair/typebox";
import { notifications, notificationTopics } from "#db/messaging";
import { IsoTime, listOf, named, Nullable, oneOf, PageQuery, Uuid, Words } from "#std";

const kinds = notifications.kind.enumValues;
export type NotificationKind = (typeof kinds)[number];
export type NotificationTopic = (typeof notificationTopics)[number];

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

const minuteOfDay = (description: string) => Type.Integer({ minimum: 0, maximum: 1_439, description });

const Schedule = {
  rhythm: oneOf(["at-once", "hourly", "daily"], {
    description: "Of mail. `at-once`: within about a minute. `daily`: at 8:00.",
  }),
  quiet: Nullable(
    Type.Object(
      {
        from: minuteOfDay("In minutes of the local day"),
        to: minuteOfDay("In minutes of the local day; on the next day when it is not after `from`"),
      },
      { description: "Hours without mail" },
    ),
  ),
  timeZone: Nullable(
    Type.String({
      maxLength: 64,
      description: "Of quiet hours and daily mail, for an account without a time zone; null: UTC",
    }),
  ),
};
const ScheduleSchema = Type.Object(Schedule);
export type NotificationSchedule = Static<typeof ScheduleSchema>;

const Choice = Type.Object({
  topic: oneOf(notificationTopics),
  inBell: Type.Boolean(),
  byMail: Type.Boolean(),
});
export type NotificationChoice = Static<typeof Choice>;

export const SettingsBody = Type.Object({
  ...Schedule,
  choices: Type.Array(Choice, {
    maxItems: notificationTopics.length,
    description: "Topics that are left out stay as they are",
  }),
});
export type SettingsBody = Static<typeof SettingsBody>;

export const NotificationSettings = named("NotificationSettings", {
  ...Schedule,
  choices: Type.Array(Choice, { description: "Every topic" }),
  canMail: Type.Boolean({ description: "Whether this installation has a mail server" }),
});
export type NotificationSettings = Static<typeof NotificationSettings>;

export const UnsubscribeQuery = Type.Object({
  token: Type.String({ maxLength: 300, description: "Of the mail's link" }),
});
