import { permissions, pageFields } from "./fields.ts";
import { numericId } from "./ids.ts";
import { type App, type FacebookUser, type Page, type Person, type State } from "./state.ts";
import { newPerson } from "./threads.ts";

/** The Facebook user who owns the seeded pages. */
export const demoOwnerId = "122096412345678901";

/** The app's settings for the seed. */
export type SeedApp = Pick<App, "id" | "secret" | "verifyToken" | "callbackUrl">;

const seedPages: [id: string, name: string, category: string, followers: number][] = [
  ["104810069068200", "Luna Coffee Roasters", "Coffee shop", 18_240],
  ["104810069068201", "Harbour Bike Repair", "Bicycle repair service", 3_105],
  ["104810069068202", "Nordlicht Books", "Bookstore", 7_642],
];

const seedPersons: [psid: string, page: number, name: string][] = [
  ["24266381753005180", 0, "Anna Keller"],
  ["24266381753005181", 0, "Minh Tran"],
  ["24266381753005182", 0, "Zoë Çelik"],
  ["24266381753005190", 1, "Peter Chang"],
  ["24266381753005191", 1, "Ivana Horvat"],
  ["24266381753005200", 2, "Samuel Osei"],
];

/** A fresh state: one owner, three pages, a few persons who have not written yet. */
export function seedState(given: SeedApp): State {
  const state: State = {
    app: { ...given, name: "MessageSender", fields: [...pageFields], redirectUris: [] },
    users: new Map(),
    pages: new Map(),
    persons: new Map(),
    conversations: new Map(),
    messages: new Map(),
    attachments: new Map(),
    comments: new Map(),
    codes: new Map(),
    userRefs: new Map(),
    ledger: [],
    serial: 1000,
  };
  state.users.set(demoOwnerId, newUser(demoOwnerId, "Demo Owner"));
  for (const [id, name, category, followers] of seedPages) {
    state.pages.set(id, { ...newPage(id, name), category, followers });
  }
  for (const [psid, index, name] of seedPersons) {
    const pageId = seedPages[index]?.[0] ?? "";
    register(state, newPerson(psid, pageId, name));
  }
  return state;
}

function register(state: State, person: Person): void {
  state.persons.set(person.psid, person);
  state.conversations.set(person.conversationId, person.psid);
}

/** A Facebook user without grants. */
export function newUser(id: string, name: string): FacebookUser {
  return { id, name, generation: 1, grant: null };
}

/** A page of the demo owner with no subscription. */
export function newPage(id: string, name: string): Page {
  return {
    id,
    name,
    category: "Brand",
    about: `${name} on the simulated Facebook`,
    followers: 100,
    roleIds: [demoOwnerId],
    isBusinessOwned: false,
    subscribedFields: null,
    profile: {},
    templates: [],
    personas: [],
    labels: [],
    isRestricted: false,
    standing: "ok",
    restrictions: [],
    tokenDeath: null,
    hasRouting: false,
    defaultAppId: null,
    canTakeControl: false,
    failingSince: null,
  };
}

/** Grants a page with every permission, as if its owner had gone through the dialog. */
export function grantPage(state: State, page: Page): FacebookUser | undefined {
  const user = state.users.get(page.roleIds[0] ?? "");
  if (user === undefined) return undefined;
  user.grant ??= { scopes: [...permissions], pageIds: [], grantedAt: Date.now() };
  if (!user.grant.pageIds.includes(page.id)) user.grant.pageIds.push(page.id);
  return user;
}

/** The next free PSID. */
export function nextPsid(state: State): string {
  state.serial += 1;
  return numericId("25", state.serial, 17);
}

/** The next free page id. */
export function nextPageId(state: State): string {
  state.serial += 1;
  return numericId("105", state.serial, 15);
}
