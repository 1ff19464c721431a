import { declaredPermission } from "#auth";
import type { Furnished, Inhabited } from "../../apps/server/testing/inhabited.ts";

export interface Route {
  method: string;
  path: string;
  permission: string | undefined;
  operationId: string;
  detail: Record<string, unknown>;
  hooks: Record<string, unknown>;
  /** For messages of failed expectations. */
  name: string;
}

const openWindow = { match: "all", conditions: [{ field: "window", op: "open" }] };

const credential = { id: "unknown", rawId: "unknown", type: "public-key", clientExtensionResults: {} };
const usedCredential = {
  ...credential,
  response: { clientDataJSON: "e30", authenticatorData: "e30", signature: "e30" },
};

/** A body that each operation accepts; a test fails an operation with a body and no sample here. */
export const bodies: Readonly<Record<string, unknown>> = {
  editWorkspace: { name: "Renamed" },
  changeDeletionPage: { content: { title: "Deleted", text: "Your data is gone." }, translations: {} },
  writeTestMessage: { text: "Hello" },
  createWorkspace: { name: "Third" },
  changeAccount: { name: "Renamed" },
  requestAddressChange: { email: "new@example.com", currentPassword: "Korrekt-Pferd-7" },
  changeNotificationSettings: { rhythm: "daily", quiet: null, timeZone: null, choices: [] },
  changePassword: { currentPassword: "Korrekt-Pferd-7", newPassword: "Anderer-Esel-8" },
  confirmTotp: { code: "123456" },
  addPasskey: {
    name: "Key",
    credential: {
      ...credential,
      response: { clientDataJSON: "e30", attestationObject: "e30", transports: ["internal"] },
    },
  },
  confirmIdentity: { code: "123456" },
  confirmByPasskey: { credential: usedCredential },
  logInByCode: { challenge: "a challenge", code: "123456" },
  startPasskeyLogin: {},
  logInByPasskey: { credential: usedCredential },
  changeAccountRules: { needsSecondFactor: false },
  createInvitation: { email: "new@example.com", isOwner: true, sendMail: false },
  renewInvitation: { sendMail: false },
  joinByInvitation: { token: "a token" },
  setMemberRole: { workspaceId: crypto.randomUUID(), role: "viewer" },
  setMemberAccess: { workspaceId: crypto.randomUUID(), access: { kind: "assigned", pageIds: [] } },
  setOwnership: { isOwner: true },
  connectPage: { pageId: "104810069068200", accessToken: "EAAtest" },
  fixAppSettings: { replaces: null },
  startFacebookLogin: { features: ["comment_authors"] },
  finishFacebookLogin: { code: "code", state: "state" },
  connectLoginPages: { pageIds: ["104810069068200"] },
  changeConversation: { status: "pending" },
  sendReply: { text: "hello" },
  addNote: { text: "a note" },
  createTemplate: { name: "Offer", content: { text: "hello" } },
  previewContent: { content: { text: "hello" } },
  changeTemplate: { category: "sales" },
  createSequence: {
    name: "Welcome",
    steps: [{ delaySeconds: 0, condition: null, content: { text: "hello" } }],
    trigger: null,
    exit: { onReply: true, onClick: false, onTagId: null },
  },
  changeSequence: { name: "Hello" },
  enrol: { contactIds: [crypto.randomUUID()] },
  writeMessengerProfile: {
    profile: {
      greeting: [{ locale: "default", text: "Hello" }],
      getStarted: null,
      iceBreakers: [],
      menu: [],
    },
    revision: 0,
  },
  publishMessengerProfile: { revision: 0 },
  writeAutoReplies: { welcome: { text: "hello" }, away: null, businessHours: null },
  writePageReplies: { welcome: { text: "hello" }, away: null, businessHours: null },
  createCampaign: { name: "News", kind: "window", audience: { all: true }, content: { text: "hello" } },
  changeCampaign: { name: "Renamed" },
  previewAudience: { kind: "window", audience: { all: true } },
  launchCampaign: { delaySeconds: 6 },
  approveCampaign: { updatedAt: "2026-11-24T10:00:00.000Z" },
  sendCampaignBack: { note: "Shorter, please" },
  writeAssignmentRules: { how: "off", userIds: [], mostOpen: 20 },
  writeGivingRules: { how: "off", userIds: [], mostOpen: 20 },
  readNotifications: {},
  chooseWinner: { variant: 0 },
  sendTest: { contactId: crypto.randomUUID() },
  sendStepTest: { contactId: crypto.randomUUID() },
  previewContacts: { kind: "window", audience: { all: true }, reason: "window-closed" },
  createTag: { name: "New", colour: "blue" },
  changeTag: { colour: "rose" },
  createCustomField: { key: "age", label: "Age", type: "number" },
  changeCustomField: { label: "Town" },
  createSegment: { name: "Open", kind: "dynamic", conditions: openWindow },
  changeSegment: { name: "Chosen" },
  previewSegment: { conditions: openWindow },
  createContact: { pageId: crypto.randomUUID(), psid: "70011" },
  changeContact: { firstName: "Ann" },
  bulkContacts: { contactIds: [crypto.randomUUID()], action: { subscribe: { reason: "asked" } } },
  mergeContacts: { contactIds: [crypto.randomUUID()] },
  startSegmentOfFile: { column: "psid", name: "Of a file" },
  startImport: { mapping: { psid: "psid" }, pageId: crypto.randomUUID() },
  exportContacts: { filter: {}, format: "csv" },
  countSegment: { conditions: openWindow },
  addSegmentMembers: { contactIds: [crypto.randomUUID()] },
  removeSegmentMembers: { contactIds: [crypto.randomUUID()] },
  suppress: { pageId: crypto.randomUUID(), psids: ["70010"] },
  liftSuppression: { pageId: crypto.randomUUID(), psid: "70010" },
  writeSendingRules: {
    timezone: "UTC",
    cap: null,
    quietHours: null,
    stopWords: [],
    startWords: [],
    operatorsNeedApproval: true,
  },
  addMedia: { file: "a file" },
  changeConversations: { ids: [crypto.randomUUID()], change: { status: "open" } },
  saveView: {
    name: "Mine",
    filter: {
      tab: "mine",
      status: "open",
      search: "",
      pageId: null,
      tagId: null,
      unreadOnly: false,
      sort: "newest",
    },
  },
  reactToMessage: { reaction: "love" },
  changeThreadControl: { action: "take" },
  changePage: { pacePerSecond: 30 },
  addReplyFile: { file: "a file" },
  createUtilityTemplate: {
    pageIds: [crypto.randomUUID()],
    name: "order_left",
    language: "en",
    body: "Your order has left us.",
  },
  cloneUtilityTemplate: {
    pageIds: [crypto.randomUUID()],
    libraryName: "order_delivered",
    name: "delivered",
    language: "en",
  },
  refreshUtilityTemplates: {},
};

/** Operations that take a file as multipart/form-data. */
export const uploads: ReadonlySet<string> = new Set(["addMedia", "addReplyFile"]);

function uploadOf(): FormData {
  const form = new FormData();
  form.set("file", new File(["a,b"], "a.csv", { type: "text/csv" }));
  return form;
}

/** Every route of the API, as the app knows them. */
export function routesOf({ app }: Inhabited): Route[] {
  return app.routes
    .filter((route) => route.hooks?.detail?.hide !== true && !route.path.startsWith("/api/docs"))
    .map((route) => ({
      method: route.method,
      path: route.path,
      permission: declaredPermission(route),
      operationId: String(route.hooks.detail?.operationId),
      detail: route.hooks.detail ?? {},
      hooks: route.hooks,
      name: `${route.method} ${route.path}`,
    }));
}

export const isInWorkspace = (route: Route): boolean => route.path.includes("/:workspaceId");

/** Names of the ids in the path below the workspace. */
export function childrenOf(route: Route): string[] {
  return [...route.path.matchAll(/:(\w+)/g)].flatMap(([, name = ""]) => (name === "workspaceId" ? [] : name));
}

export interface RouteCall {
  token: string | null;
  /** The workspace in the path. */
  place: Furnished;
  /** Ids other than the place's own. */
  ids?: Readonly<Record<string, string>>;
  /** Other than the body that the route accepts. */
  body?: unknown;
  query?: unknown;
}

function searchOf(query: unknown): string {
  if (typeof query !== "object" || query === null) return "";
  const asked = Object.entries(query).map(([name, value]) => [
    name,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  return `?${new URLSearchParams(asked)}`;
}

/** Calls a route with a body that it accepts; the text of a stream is left alone. */
export async function callRoute(
  { app }: Inhabited,
  route: Route,
  { token, place, ids = {}, body = bodies[route.operationId], query }: RouteCall,
): Promise<{ status: number; text: string; caching: string; traceId: string }> {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) =>
    name === "workspaceId" ? place.workspaceId : (ids[name] ?? place.ids[name] ?? crypto.randomUUID()),
  );
  const stop = new AbortController();
  const isUpload = uploads.has(route.operationId);
  const response = await app.handle(
    new Request(`http://localhost${path}${searchOf(query)}`, {
      method: route.method,
      headers: {
        "idempotency-key": crypto.randomUUID(),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body && !isUpload ? { "content-type": "application/json" } : {}),
      },
      body: isUpload ? uploadOf() : body ? JSON.stringify(body) : undefined,
      signal: stop.signal,
    }),
  );
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const text = isStream ? "" : await response.text();
  if (isStream) await response.body?.cancel();
  stop.abort();
  const { headers, status } = response;
  return {
    status,
    text,
    caching: headers.get("cache-control") ?? "",
    traceId: headers.get("trace-id") ?? "",
  };
}
