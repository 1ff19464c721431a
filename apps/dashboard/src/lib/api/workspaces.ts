import type { Accent } from "./accents.ts";
import { answer, api, inWorkspace } from "./client.ts";

export const workspaces = {
  create: (body: { name: string; accent?: Accent }) => answer(api.workspaces.post(body)),
  createDemo: () => answer(api.demo.post()),
  removeDemo: () => answer(api.demo.delete()),
  edit: (id: string, body: { name?: string; accent?: Accent }) => answer(inWorkspace(id).patch(body)),
  get: (id: string) => answer(inWorkspace(id).get()),
  readSwitch: (id: string) => answer(inWorkspace(id).switch.get()),
  disable: (id: string) => answer(inWorkspace(id).disable.post()),
  enable: (id: string) => answer(inWorkspace(id).enable.post()),
  members: (id: string) => answer(inWorkspace(id).members.get()),
  onboarding: (id: string) => answer(inWorkspace(id).onboarding.get()),
  writeTestMessage: (id: string, text: string) =>
    answer(inWorkspace(id).onboarding["test-message"].post({ text })),
  liveUrl: (id: string) => `/api/v1/workspaces/${id}/live`,
};
