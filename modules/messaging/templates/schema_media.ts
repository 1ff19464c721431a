import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, PageQuery, Uuid } from "#std";

const FileType = Type.Union([
  Type.Literal("image"),
  Type.Literal("video"),
  Type.Literal("audio"),
  Type.Literal("file"),
]);

const LibraryFileSchema = named("MediaFile", {
  id: Uuid,
  name: Type.String(),
  /** How Messenger shows it. */
  type: FileType,
  mimeType: Type.String(),
  bytes: Type.Integer(),
  url: Type.String(),
  createdAt: IsoTime,
});
export type LibraryFile = Static<typeof LibraryFileSchema>;
export const LibraryFileResponse = Type.Object({ file: LibraryFileSchema });
export const LibraryFileList = listOf(LibraryFileSchema);

export const LibraryQuery = Type.Composite([
  PageQuery,
  Type.Object({ type: Type.Optional(FileType), search: Type.Optional(Type.String({ maxLength: 100 })) }),
]);
export type LibraryQuery = Static<typeof LibraryQuery>;
