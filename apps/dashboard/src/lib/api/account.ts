import { answer, api } from "./client.ts";

export const ownAccount = {
  change: (body: { name?: string; language?: string | null; timeZone?: string | null }) =>
    answer(api.account.patch(body)),
  changePassword: (body: { currentPassword: string; newPassword: string }) =>
    answer(api.account.password.post(body)),
  address: () => answer(api.account.address.get()),
  changeAddress: (body: { email: string; currentPassword: string }) => answer(api.account.address.post(body)),
  sessions: () => answer(api.account.sessions.get()),
  endSession: (sessionId: string) => answer(api.account.sessions({ sessionId }).delete()),
  endOtherSessions: () => answer(api.account.sessions["end-others"].post()),
};
