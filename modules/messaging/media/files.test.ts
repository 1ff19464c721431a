import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileName } from "./attachment_job.ts";
import { openFile, removeFile, storeFile } from "./file_store.ts";
import { readRange } from "./serve.ts";
import { sniffType } from "./sniff.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

test.each([
  ["\u0089PNG\r\n\u001a\n", "image/png", true],
  ["\u00ff\u00d8\u00ff\u00e0", "image/jpeg", true],
  ["GIF89a", "image/gif", true],
  ["RIFF\0\0\0\0WEBP", "image/webp", true],
  ["\0\0\0\u0020ftypM4A ", "audio/mp4", true],
  ["\0\0\0\u0020ftypisom", "video/mp4", true],
  ["ID3\u0004", "audio/mpeg", true],
  ["OggS", "audio/ogg", true],
  ["%PDF-1.7", "application/pdf", false],
  ["<svg xmlns='http://www.w3.org/2000/svg'>", "application/octet-stream", false],
  ["<!doctype html><script>", "application/octet-stream", false],
  ["", "application/octet-stream", false],
])("sniffType() of %j is %s", (head, mimeType, isInline) => {
  expect(sniffType(bytes(head))).toMatchObject({ mimeType, isInline });
});

test.each([
  ["https://cdn/x/invoice.pdf?oh=1", null, "pdf", "invoice.pdf"],
  ["https://cdn/x/audioclip", null, "m4a", "audioclip.m4a"],
  ["https://cdn/x", "../../etc/passwd", "bin", "etcpasswd.bin"],
  ["https://cdn/%E0%A4%A", null, "png", "file.png"],
  ["https://cdn/", null, "png", "file.png"],
  ["https://cdn/x", "a\u202Egnp.exe", "png", "agnp.exe"],
  ["https://cdn/x", "…", "png", "….png"],
  ["https://cdn/x", "\r\nSet-Cookie: a", "bin", "Set-Cookie a.bin"],
])("fileName() of %s and %j is harmless", (url, title, extension, wanted) => {
  expect(fileName(url, title, extension)).toBe(wanted);
});

test.each([
  ["bytes=0-3", { from: 0, to: 3 }],
  ["bytes=5-", { from: 5, to: 9 }],
  ["bytes=-4", { from: 6, to: 9 }],
  ["bytes=8-99", { from: 8, to: 9 }],
  ["bytes=10-", null],
  ["bytes=5-3", null],
  ["bytes=0-1,3-4", null],
  ["bytes=-", null],
  [null, null],
])("readRange() of %s in ten bytes", (header, wanted) => {
  expect(readRange(header, 10)).toEqual(wanted);
});

test("files get random names, leave no drafts, and only our keys open them", async () => {
  const directory = await mkdtemp(join(tmpdir(), "ms-files-"));

  const [one, two] = await Promise.all([storeFile(directory, bytes("a")), storeFile(directory, bytes("a"))]);
  const text = await openFile(directory, one).text();
  await removeFile(directory, one);
  const left = (await readdir(join(directory, "files"), { recursive: true })).filter(
    (name) => name.length > 2,
  );
  await rm(directory, { recursive: true });

  expect(one).not.toBe(two);
  expect(text).toBe("a");
  expect(left).toEqual([two]);
  for (const key of ["../../etc/passwd", "/etc/passwd", `${one}/..`, ""])
    expect(() => openFile(directory, key)).toThrow("not one of our keys");
});
