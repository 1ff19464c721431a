import { answer, api, type Answer, type PageOf } from "./client.ts";

export type TeamRole = "manager" | "operator" | "viewer";

export interface NewInvitation {
  email: string;
  isOwner: boolean;
  workspaces: { workspaceId: string; role: TeamRole }[];
  sendMail: boolean;
  language: "en" | "es" | "ar";
}

const member = (userId: string) => api.team.members({ userId });
const invitation = (invitationId: string) => api.team.invitations({ invitationId });

export const team = {
  members: (query: PageOf) => answer(api.team.members.get({ query })),
  setRole: (userId: string, body: { workspaceId: string; role: TeamRole | null }) =>
    answer(member(userId).role.put(body)),
  setOwner: (userId: string, isOwner: boolean) => answer(member(userId).ownership.put({ isOwner })),
  transfer: (userId: string) => answer(member(userId)["transfer-ownership"].post()),
  deactivate: (userId: string) => answer(member(userId).deactivate.post()),
  reactivate: (userId: string) => answer(member(userId).reactivate.post()),
  remove: (userId: string) => answer(member(userId).delete()),
  sessions: (userId: string) => answer(member(userId).sessions.get()),
  endSession: (userId: string, sessionId: string) => answer(member(userId).sessions({ sessionId }).delete()),
  endSessions: (userId: string) => answer(member(userId).sessions["end-all"].post()),
  invitations: (query: PageOf) => answer(api.team.invitations.get({ query })),
  invite: (body: NewInvitation) => answer(api.team.invitations.post(body)),
  renew: (id: string, sendMail: boolean) => answer(invitation(id).renew.post({ sendMail })),
  revoke: (id: string) => answer(invitation(id).delete()),
};

export const mail = {
  setup: () => answer(api.system.mail.get()),
  test: () => answer(api.system.mail.test.post()),
  state: (mailId: string) => answer(api.system.mail({ mailId }).get()),
};

/** For the reader of a link, before any login. */
export const invited = {
  preview: (token: string) => answer(api.auth.invitations.preview.post({ token })),
  accept: (body: { token: string; name: string; password: string }) =>
    answer(api.auth.invitations.accept.post(body)),
  join: (token: string) => answer(api.auth.invitations.join.post({ token })),
};

export type TeamMember = Answer<typeof team.members>["items"][number];
export type Invitation = Answer<typeof team.invitations>["items"][number];
export type LinkedInvitation = Answer<typeof team.invite>;
export type InvitationPreview = Answer<typeof invited.preview>;
