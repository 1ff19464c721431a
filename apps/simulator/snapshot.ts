import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { isRecord } from "./json.ts";
import { newPage, type SeedApp, seedState } from "./seed.ts";
import type { App, Attachment, Comment, FacebookUser, OauthCode, Page, Person, State } from "./state.ts";

/** Writes the state file, at most once in a pause and atomically. */
export interface Snapshots {
  touch(): void;
  /** Writes pending changes. */
  stop(): Promise<void>;
}

const version = 1;
/** Changes gather for this long before the file is written. */
const pauseMs = 800;

/** The content of the file: lists instead of maps, and no file bytes. */
interface Stored {
  version: number;
  app: App;
  users: FacebookUser[];
  pages: Page[];
  persons: Person[];
  attachments: Omit<Attachment, "bytes">[];
  comments: Comment[];
  codes: OauthCode[];
  userRefs: [string, string][];
  serial: number;
}

/** Reads the state file; a fresh state when there is none. The environment's app settings win over the file's. */
export async function loadState(file: string | undefined, app: SeedApp): Promise<State> {
  const state = seedState(app);
  if (file === undefined || !(await Bun.file(file).exists())) return state;
  const stored: unknown = await Bun.file(file).json();
  if (!isStored(stored)) {
    throw new Error(
      `Cannot read the simulator's state: "${file}" is not of version ${version}. Delete it to start afresh`,
    );
  }
  state.app = { ...stored.app, ...app };
  state.users = new Map(stored.users.map((user) => [user.id, user]));
  // A file of an older simulator holds pages without a standing.
  state.pages = new Map(stored.pages.map((page) => [page.id, { ...newPage(page.id, page.name), ...page }]));
  state.persons = new Map(stored.persons.map((person) => [person.psid, person]));
  state.conversations = new Map(stored.persons.map((person) => [person.conversationId, person.psid]));
  state.messages = new Map(
    stored.persons.flatMap((person) => person.messages.map((message) => [message.mid, message])),
  );
  state.comments = new Map(stored.comments.map((comment) => [comment.id, comment]));
  state.codes = new Map(stored.codes.map((code) => [code.code, code]));
  state.userRefs = new Map(stored.userRefs);
  state.serial = stored.serial;
  for (const entry of stored.attachments) {
    const bytes = Bun.file(`${filesOf(file)}/${entry.id}`);
    if (await bytes.exists()) state.attachments.set(entry.id, { ...entry, bytes: await bytes.bytes() });
  }
  return state;
}

/** Puts the seed back in place, and keeps the app as it is. */
export function resetState(state: State): void {
  const { app, ledger } = state;
  ledger.length = 0;
  Object.assign(state, { ...seedState(app), app, ledger });
}

function isStored(value: unknown): value is Stored {
  return isRecord(value) && value.version === version && Array.isArray(value.persons) && isRecord(value.app);
}

function filesOf(file: string): string {
  return `${file}.files`;
}

/** Keeps the state file written; without a file it does nothing. */
export function createSnapshots(file: string | undefined, state: State): Snapshots {
  if (file === undefined) return { touch() {}, async stop() {} };
  const target = file;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();

  function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(() => writeState(target, state)).catch(reportFailure);
    return writing;
  }

  return {
    touch() {
      timer ??= setTimeout(() => void write(), pauseMs);
    },
    async stop() {
      if (timer === undefined) return await writing;
      await write();
    },
  };
}

/** A full disk must not end the simulator: the state lives on in memory, and the next change tries again. */
function reportFailure(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Cannot write the simulator's state: ${reason}. It tries again at the next change\n`);
}

async function writeState(file: string, state: State): Promise<void> {
  await mkdir(filesOf(file), { recursive: true });
  await mkdir(dirname(file), { recursive: true });
  const present = new Set(await readdir(filesOf(file)));
  for (const attachment of state.attachments.values()) {
    if (!present.has(attachment.id)) await Bun.write(`${filesOf(file)}/${attachment.id}`, attachment.bytes);
  }
  for (const name of present)
    if (!state.attachments.has(name)) await rm(`${filesOf(file)}/${name}`, { force: true });
  const stored: Stored = {
    version,
    app: state.app,
    users: [...state.users.values()],
    pages: [...state.pages.values()],
    persons: [...state.persons.values()],
    attachments: [...state.attachments.values()].map(withoutBytes),
    comments: [...state.comments.values()],
    codes: [...state.codes.values()],
    userRefs: [...state.userRefs],
    serial: state.serial,
  };
  await Bun.write(`${file}.new`, JSON.stringify(stored));
  await rename(`${file}.new`, file);
}

function withoutBytes({ id, pageId, type, name, mime, at }: Attachment): Omit<Attachment, "bytes"> {
  return { id, pageId, type, name, mime, at };
}
