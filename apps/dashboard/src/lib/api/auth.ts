import { answer, api, type Answer } from "./client.ts";

export const auth = {
  setup: () => answer(api.auth.setup.get()),
  signup: (body: { email: string; password: string; name: string; setupToken: string }) =>
    answer(api.auth.signup.post(body)),
  login: (body: { email: string; password: string; remember: boolean }) => answer(api.auth.login.post(body)),
  logout: () => answer(api.auth.logout.post()),
  canReset: () => answer(api.auth["password-reset"].get()),
  askReset: (email: string) => answer(api.auth["password-reset"].post({ email })),
  previewReset: (token: string) => answer(api.auth["password-reset"].preview.post({ token })),
  reset: (body: { token: string; password: string }) =>
    answer(api.auth["password-reset"].complete.post(body)),
  previewAddress: (body: { token: string; kind: "address" | "undo" }) =>
    answer(api.auth.address.preview.post(body)),
  confirmAddress: (token: string) => answer(api.auth.address.confirm.post({ token })),
  undoAddress: (body: { token: string; password: string }) => answer(api.auth.address.undo.post(body)),
  me: () => answer(api.auth.me.get()),
};

/** The answer for a person with a second factor. */
export type SecondStep = Extract<Answer<typeof auth.login>, { challenge: string }>;
