import type { Answer } from "./client.ts";
import type { ownAccount } from "./account.ts";
import type { activity } from "./activity.ts";
import type { auth } from "./auth.ts";
import type { contacts, FieldValue } from "./contacts.ts";
import type { conversations, views } from "./conversations.ts";
import type { pages } from "./pages.ts";
import type { system } from "./system.ts";
import type { workspaces } from "./workspaces.ts";

export interface MemberRef {
  id: string;
  name: string;
}

export type OwnSession = Answer<typeof ownAccount.sessions>["items"][number];
export type User = Answer<typeof auth.me>["user"];
export type Workspace = Answer<typeof auth.me>["workspaces"][number];
export type WorkspaceSwitch = Answer<typeof workspaces.readSwitch>;
export type Member = Answer<typeof workspaces.members>["items"][number];
export type Onboarding = Answer<typeof workspaces.onboarding>;
export type OnboardingKey = Onboarding["steps"][number]["key"];

export type Page = Answer<typeof pages.list>["items"][number];
export type PageStatus = Page["status"];
export type PageHealth = Page["health"];
export type Check = PageHealth["token"];
export type CheckState = Check["state"];
export type PageLogin = Answer<typeof pages.finishLogin>;
export type ConnectedPage = Answer<typeof pages.connectFromLogin>["items"][number];
export type PermissionHelp = PageLogin["missing"][number];
export type PermissionOverview = Answer<typeof pages.permissions>;
export type AppSettings = Answer<typeof pages.appSettings>;
export type DoctorCheck = Answer<typeof pages.doctor>["checks"][number];

export type Contact = Answer<typeof contacts.get>["contact"];
/** A contact as lists show it. */
/** Eden loses the values of a record that may be left out. */
export type ListedContact = Answer<typeof contacts.list>["items"][number] & {
  fields?: Record<string, FieldValue>;
};
export type WindowState = Contact["window"];

export type Conversation = Answer<typeof conversations.get>["conversation"];
export type ConversationStatus = Conversation["status"];
export type ConversationCounts = Answer<typeof conversations.counts>;
export type SavedView = Answer<typeof views.list>["items"][number];
export type TimelineItem = Answer<typeof conversations.timeline>["items"][number];
export type Message = Answer<typeof conversations.send>["message"];
export type MessageStatus = Message["status"];
export type Author = Message["author"];
export type Attachment = Message["attachments"][number];
export type Note = Answer<typeof conversations.note>["note"];
export type ReceivedCampaign = Answer<typeof contacts.campaigns>["items"][number];
export type TimelineEvent = Answer<typeof contacts.events>["items"][number];

export type SystemHealth = Answer<typeof system.health>;
export type PartHealth = SystemHealth["database"];
export type Lane = SystemHealth["lanes"][number];
export type FailedJob = Answer<typeof system.failedJobs>["items"][number];
export type Backup = Answer<typeof system.backups>["items"][number];
export type BackupState = Answer<typeof system.backupState>;
export type WebhookEvent = Answer<typeof system.webhookEvents>["items"][number];
export type ActivityEntry = Answer<typeof activity.list>["items"][number];
