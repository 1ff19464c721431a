import { createHash, randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../../std/testing.ts";
import { backupName } from "./place.ts";
import { s3Place } from "./place_s3.ts";

const mib = 1024 * 1024;
const objects = new Map<string, Buffer>();
const uploads = new Map<string, Map<number, Buffer>>();
let server: ReturnType<typeof Bun.serve>;
let isFull = false;
/** The error with which the bucket refuses every request. */
let refusal = "";
/** Multipart uploads in progress. */
let begun = 0;

/** The part of S3 that backups use, with its error responses. */
async function playS3(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (!request.headers.get("authorization")?.includes("Credential=id/"))
    return new Response("no", { status: 403 });
  const key = decodeURIComponent(pathname.split("/").slice(2).join("/"));
  const upload = searchParams.get("uploadId");
  const parts = uploads.get(upload ?? "");
  const xml = (body: string) =>
    new Response(`<?xml version="1.0"?>${body}`, { headers: { "content-type": "application/xml" } });
  const body = Buffer.from(await request.arrayBuffer());
  if (refusal !== "") return new Response(`<Error><Code>${refusal}</Code></Error>`, { status: 403 });
  if (request.method === "PUT" && isFull)
    return new Response("<Error><Code>QuotaExceeded</Code><Message>full</Message></Error>", { status: 403 });
  if (request.method === "POST" && searchParams.has("uploads")) {
    begun += 1;
    uploads.set(key, new Map());
    return xml(`<InitiateMultipartUploadResult><UploadId>${key}</UploadId></InitiateMultipartUploadResult>`);
  }
  if (request.method === "PUT" && parts) {
    parts.set(Number(searchParams.get("partNumber")), body);
    return new Response(null, { headers: { etag: `"${createHash("md5").update(body).digest("hex")}"` } });
  }
  if (request.method === "POST" && parts) {
    const sorted = [...parts].toSorted(([a], [b]) => a - b);
    objects.set(key, Buffer.concat(sorted.map(([, part]) => part)));
    uploads.delete(upload ?? "");
    return xml(`<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>`);
  }
  if (request.method === "DELETE") {
    if (upload) uploads.delete(upload);
    else objects.delete(key);
    return new Response(null, { status: 204 });
  }
  if (request.method === "PUT") {
    objects.set(key, body);
    return new Response(null, { headers: { etag: '"x"' } });
  }
  if (searchParams.has("list-type")) {
    const found = [...objects].filter(([name]) => name.startsWith(searchParams.get("prefix") ?? ""));
    const contents = found.map(
      ([name, bytes]) => `<Contents><Key>${name}</Key><Size>${bytes.length}</Size></Contents>`,
    );
    return xml(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join("")}</ListBucketResult>`);
  }
  const bytes = objects.get(key);
  return bytes
    ? new Response(new Uint8Array(bytes))
    : new Response("<Error><Code>NoSuchKey</Code></Error>", { status: 404 });
}

beforeEach(() => {
  objects.clear();
  uploads.clear();
  isFull = false;
  refusal = "";
  begun = 0;
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", maxRequestBodySize: 64 * mib, fetch: playS3 });
});
afterEach(() => server.stop(true));

const open = () =>
  s3Place({
    kind: "s3",
    bucket: "backups",
    prefix: "here",
    endpoint: `http://127.0.0.1:${server.port}`,
    region: "eu-central-1",
    accessKeyId: "id",
    secretAccessKey: "secret",
  });

async function* piecesOf(bytes: Buffer, failsAt = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += mib) {
    if (at >= failsAt) {
      await until("the upload to begin", async () => begun > 0);
      throw new Error("the database is away");
    }
    yield bytes.subarray(at, at + mib);
  }
}

test.each([1, 40])(
  "a backup of %i MB is stored whole in the bucket, listed, read and deleted",
  async (size) => {
    const bytes = randomBytes(size * mib);
    const name = backupName(Date.parse("2026-11-24T12:00:00Z"), "abcd");
    const place = open();

    await place.writeDraft(name, piecesOf(bytes));

    const read = Buffer.concat(await Array.fromAsync(place.open(name)));
    expect(read.equals(bytes)).toBe(true);
    expect(objects.has(`here/${name}`)).toBe(true);
    expect(await place.list()).toEqual([{ name, madeAt: "2026-11-24T12:00:00.000Z", bytes: bytes.length }]);
    await place.remove(name);
    expect(await place.list()).toEqual([]);
  },
);

test("a write that fails half-way, or that the bucket refuses, leaves no object and no open upload", async () => {
  const name = backupName(Date.now(), "abcd");
  const bytes = randomBytes(40 * mib);

  await expect(open().writeDraft(name, piecesOf(bytes, 30 * mib))).rejects.toThrow("the database is away");
  await until("the upload to be taken back", async () => uploads.size === 0);
  isFull = true;
  await expect(open().writeDraft(name, piecesOf(bytes))).rejects.toMatchObject({
    code: "backup-bucket-full",
  });
  await until("the upload to be taken back", async () => uploads.size === 0);

  expect(objects.size).toBe(0);
});

test.each([
  ["NoSuchBucket", "it does not exist. Create it"],
  ["InvalidAccessKeyId", "its keys are not accepted"],
  ["SignatureDoesNotMatch", "its keys are not accepted"],
  ["AccessDenied", "Allow them to list, read, write and delete in it"],
  ["SlowDown", 'answered "SlowDown"'],
])("a bucket that returns %s is described in words for every operation", async (code, words) => {
  refusal = code;
  const name = backupName(Date.now(), "abcd");
  const place = open();

  await expect(place.writeDraft(name, piecesOf(randomBytes(40 * mib)))).rejects.toThrow(words);
  await expect(place.list()).rejects.toThrow(words);
  await expect(place.remove(name)).rejects.toThrow(words);
  await expect(Array.fromAsync(place.open(name))).rejects.toThrow(words);
});

test("a bucket without response is reported with its address", async () => {
  const place = open();
  await server.stop(true);

  await expect(place.writeDraft(backupName(Date.now(), "abcd"), piecesOf(randomBytes(mib)))).rejects.toThrow(
    /127\.0\.0\.1:\d+ does not respond/,
  );
});
