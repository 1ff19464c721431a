import { SvelteMap } from "svelte/reactivity";
import { m } from "#lib/paraglide/messages.js";
import { conversations } from "../api/conversations.ts";
import { byteSize } from "../ui/format.ts";
import { describeError } from "../api/request.ts";
import type { MediaFile } from "../api/templates.ts";

const IMAGE_BYTES = 8 * 1024 * 1024;
const FILE_BYTES = 25 * 1024 * 1024;
/** Types that Messenger shows as pictures; other images are files to it. */
const IMAGES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export const FILE_LIMITS = m.conversations_file_limits();

export interface ComposerFile {
  key: string;
  name: string;
  bytes: number;
  /** The server's file; null during the upload. */
  stored: MediaFile | null;
  problem: string | null;
}

/** Files that were added to replies and are not sent yet, by conversation. */
export class ComposerFiles {
  readonly #workspaceId: string;
  readonly #byConversation = new SvelteMap<string, ComposerFile[]>();

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
  }

  in(conversationId: string): ComposerFile[] {
    return this.#byConversation.get(conversationId) ?? [];
  }

  async add(conversationId: string, files: Iterable<File>): Promise<void> {
    await Promise.all([...files].map((file) => this.#upload(conversationId, file)));
  }

  /** One of the media library. */
  addStored(conversationId: string, stored: MediaFile): void {
    const { name, bytes } = stored;
    this.#put(conversationId, { key: crypto.randomUUID(), name, bytes, stored, problem: null });
  }

  remove(conversationId: string, key: string): void {
    const left = this.in(conversationId).filter((one) => one.key !== key);
    this.#byConversation.set(conversationId, left);
  }

  /** Those that are ready to go, which are then no longer here. */
  take(conversationId: string): MediaFile[] {
    const files = this.in(conversationId).flatMap(({ stored }) => stored ?? []);
    this.#byConversation.delete(conversationId);
    return files;
  }

  async #upload(conversationId: string, file: File): Promise<void> {
    const { name, size: bytes } = file;
    const added: ComposerFile = {
      key: crypto.randomUUID(),
      name,
      bytes,
      stored: null,
      problem: tooLarge(file),
    };
    this.#put(conversationId, added);
    if (added.problem !== null) return;
    try {
      const answer = await conversations.addFile(this.#workspaceId, conversationId, file);
      this.#change(conversationId, { ...added, stored: answer.file });
    } catch (error) {
      this.#change(conversationId, { ...added, problem: describeError(error) });
    }
  }

  #put(conversationId: string, file: ComposerFile): void {
    this.#byConversation.set(conversationId, [...this.in(conversationId), file]);
  }

  /** One that was taken away meanwhile stays away. */
  #change(conversationId: string, file: ComposerFile): void {
    const files = this.in(conversationId).map((one) => (one.key === file.key ? file : one));
    this.#byConversation.set(conversationId, files);
  }
}

function tooLarge({ size, type }: File): string | null {
  const most = IMAGES.has(type) ? IMAGE_BYTES : FILE_BYTES;
  if (size <= most) return null;
  const sizes = { limit: most / 1024 / 1024, size: byteSize(size) };
  return IMAGES.has(type) ? m.conversations_image_too_large(sizes) : m.conversations_file_too_large(sizes);
}
