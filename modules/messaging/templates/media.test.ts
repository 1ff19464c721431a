import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../../apps/server/testing/app_with_meta.ts";
import { storeContent } from "./content_store.ts";
import { forgetUploads, newUpload, uploadHandler } from "./media_uploads.ts";

let on: AppWithMeta;
let pageId: string;
beforeAll(async () => {
  on = await openAppWithMeta();
  ({ pageId } = await on.connectNewPage());
});
afterAll(() => on.close());

const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(40)]);
const mp3 = Buffer.concat([Buffer.from("ID3"), Buffer.alloc(40)]);

const request = (path: string, init: RequestInit = {}, token = on.managerToken) =>
  on.app.handle(
    new Request(`${on.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    }),
  );
const library = (rest = "") => `/api/v1/workspaces/${on.workspaceId}/media${rest}`;

async function add(bytes: Uint8Array<ArrayBuffer>, name: string, type = "application/octet-stream") {
  const form = new FormData();
  form.set("file", new File([bytes], name, { type }));
  const response = await request(library(), { method: "POST", body: form });
  const body: Record<string, Record<string, unknown>> = await response.json();
  return { status: response.status, body, id: String(body.file?.id) };
}

const uploads = (mediaFileId: string) => on.database.sql<
  { attachment_id: string | null; error: string | null; days: number }[]
>`select attachment_id, error, extract(epoch from expires_at - now())::float8 / 86400 as days
  from messaging.media_uploads where media_file_id = ${mediaFileId}`;
const upload = (mediaFileId: string) => {
  const job = newUpload({ workspaceId: on.workspaceId, pageId, mediaFileId });
  return uploadHandler(on.system).run(job.payload, job.key);
};

test("addLibraryFile() takes a file's type from its bytes and not its name, and serves it with that type", async () => {
  const image = await add(png, "../mug.exe", "text/html");
  const html = await add(Buffer.from("<html><script>alert(1)</script>"), "a.png", "image/png");
  const svg = await add(
    Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "a.svg",
    "image/svg+xml",
  );

  expect(image.body.file).toMatchObject({ name: "mug.exe", type: "image", mimeType: "image/png", bytes: 48 });
  const served = await request(String(image.body.file?.url));
  expect(served.headers.get("content-type")).toBe("image/png");
  expect(Buffer.from(await served.arrayBuffer()).equals(png)).toBe(true);
  for (const hostile of [html, svg]) {
    expect(hostile.body.file).toMatchObject({ type: "file", mimeType: "application/octet-stream" });
    const answer = await request(String(hostile.body.file?.url));
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment/);
    expect(answer.headers.get("content-security-policy")).toContain("sandbox");
  }
  expect((await request(String(image.body.file?.url), {}, on.otherToken)).status).toBe(404);
});

test("addLibraryFile() refuses empty files and files above Meta's limit, with the limit", async () => {
  const large = Buffer.alloc(8 * 1024 * 1024 + 1);
  png.copy(large);

  const tooLarge = await add(large, "a.png");
  const empty = await add(Buffer.alloc(0), "a.png");

  expect(tooLarge).toMatchObject({ status: 422, body: { detail: expect.stringContaining("up to 8 MB") } });
  expect(empty.status).toBe(422);
});

test("listLibrary() lists the newest first, by type and part of the name", async () => {
  const first = await add(mp3, "Jingle.mp3");
  const second = await add(mp3, "jingle 2.mp3");
  const names = async (query: string) => {
    const { items, nextCursor }: { items: { id: string }[]; nextCursor: string | null } = await (
      await request(library(query))
    ).json();
    return { ids: items.map(({ id }) => id), nextCursor };
  };

  const page = await names("?type=audio&search=JINGLE&limit=1");
  const rest = await names(`?type=audio&search=jingle&cursor=${page.nextCursor}`);

  expect(page.ids).toEqual([second.id]);
  expect(rest).toEqual({ ids: [first.id], nextCursor: null });
  expect((await names("?type=video")).ids).toEqual([]);
});

test("deleteLibraryFile() refuses a file in use, and deletes an unused one with its bytes", async () => {
  const { sql } = on.database;
  const files = await Promise.all([1, 2, 3, 4].map((n) => add(png, `${n}.png`)));
  const [sent = "", card = "", saved = "", free = ""] = files.map(({ id }) => id);
  await sql.begin((tx) => storeContent(tx, on.workspaceId, { mediaFileId: sent }));
  await sql.begin((tx) => storeContent(tx, on.workspaceId, { cards: [{ title: "A", mediaFileId: card }] }));
  await on.call(on.managerToken, "POST", `/workspaces/${on.workspaceId}/templates`, {
    name: "With image",
    content: { mediaFileId: saved },
  });
  const remove = async (id: string, token = on.managerToken) =>
    await on.call(token, "DELETE", `/workspaces/${on.workspaceId}/media/${id}`);

  const [{ key } = { key: "" }] = await sql<{ key: string }[]>`
    select file_key as key from messaging.media_files where id = ${free}`;
  const stored = () => Bun.file(`${on.dataDir}/files/${key}`).exists();
  expect(await stored()).toBe(true);
  for (const id of [sent, card]) expect((await remove(id)).status).toBe(409);
  expect((await remove(saved)).body.detail).toContain('"With image"');
  expect((await remove(free)).status).toBe(200);
  expect(await stored()).toBe(false);
  expect((await remove(free)).status).toBe(404);
});

test("an image of the library is public by its key only; other files are not", async () => {
  const { sql } = on.database;
  const image = await add(png, "card.png");
  const sound = await add(mp3, "a.mp3");
  const keys = await sql<{ key: string }[]>`
    select file_key as key from messaging.media_files where id = any(${[image.id, sound.id]}::uuid[]) order by type desc`;
  const open = (path: string) => on.app.handle(new Request(`${on.url}/m/${path}`));

  const answers = await Promise.all(keys.map(({ key }) => open(key)));

  expect(answers.map(({ status }) => status)).toEqual([200, 404]);
  expect(answers[0]?.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
  expect((await open("ab/0123456789abcdef0123456789abcd")).status).toBe(404);
  expect((await open("..%2f..%2f/etc")).status).toBeGreaterThanOrEqual(400);
});

test("media_upload uploads a file once per page, and again after its id was forgotten or expired", async () => {
  const { id } = await add(mp3, "song.mp3");

  await upload(id);
  const [first] = await uploads(id);
  await upload(id);
  const [same] = await uploads(id);
  await forgetUploads(on.database.sql, [{ pageId, attachmentId: "another" }]);
  expect(await uploads(id)).toHaveLength(1);
  await forgetUploads(on.database.sql, [{ pageId, attachmentId: first?.attachment_id ?? "" }]);
  expect(await uploads(id)).toHaveLength(0);
  await upload(id);
  const [second] = await uploads(id);
  await on.database.sql`update messaging.media_uploads set expires_at = now() where media_file_id = ${id}`;
  await upload(id);
  const [third] = await uploads(id);

  expect(first?.attachment_id).toMatch(/^\d+$/);
  expect(first?.days).toBeCloseTo(89, 1);
  expect(same).toMatchObject({ attachment_id: first?.attachment_id });
  expect(new Set([first, second, third].map((row) => row?.attachment_id)).size).toBe(3);
});

test("media_upload stores Meta's refusal in words, and retries when Meta is unreachable", async () => {
  const refused = await add(png, "bad.png");
  const late = await add(png, "late.png");

  await on.control("POST", "/faults", { path: "message_attachments", code: 100, subcode: 2018047, count: 1 });
  await upload(refused.id);
  await on.control("POST", "/faults", { path: "message_attachments", code: 2, count: 1 });
  const failed = upload(late.id);

  await expect(failed).rejects.toThrow();
  expect(await uploads(late.id)).toEqual([]);
  expect(await uploads(refused.id)).toMatchObject([
    { attachment_id: null, error: expect.stringContaining("did not accept the file") },
  ]);
});
