import { Type } from "@sinclair/typebox";
import { inArray } from "drizzle-orm";
import { userNames } from "#auth";
import { type Handle, orm } from "#db";
import { segments, tags } from "#db/messaging";
import { Nullable, parse, Uuid } from "#std";

const ids = Type.Optional(Type.Array(Uuid));
const Naming = Type.Object({
  action: Type.Object({
    addTags: ids,
    removeTags: ids,
    addToSegment: Type.Optional(Uuid),
    assign: Type.Optional(Nullable(Uuid)),
  }),
});

function namedIn(options: unknown): { tagIds: string[]; segmentIds: string[]; userIds: string[] } {
  const read = parse(Naming, options);
  const { addTags = [], removeTags = [], addToSegment, assign = null } = read.ok ? read.value.action : {};
  return {
    tagIds: [...addTags, ...removeTags],
    segmentIds: addToSegment === undefined ? [] : [addToSegment],
    userIds: assign === null ? [] : [assign],
  };
}

/**
 * The names of what bulk actions name, by their options as contact_transfers keeps them: tags, a segment, or who gets
 * the conversations. Deleted ones are left out.
 */
export async function actionNames(
  db: Handle,
  all: readonly unknown[],
): Promise<(options: unknown) => string[]> {
  const named = all.map(namedIn);
  const tagIds = named.flatMap((one) => one.tagIds);
  const segmentIds = named.flatMap((one) => one.segmentIds);
  const [contacts, ...others] = await Promise.all([
    userNames(
      db,
      named.flatMap((one) => one.userIds),
    ),
    tagIds.length === 0
      ? []
      : orm(db).select({ id: tags.id, name: tags.name }).from(tags).where(inArray(tags.id, tagIds)),
    segmentIds.length === 0
      ? []
      : orm(db)
          .select({ id: segments.id, name: segments.name })
          .from(segments)
          .where(inArray(segments.id, segmentIds)),
  ]);
  const names = new Map([...contacts, ...others.flat().map(({ id, name }) => [id, name] as const)]);
  return (options) => {
    const one = namedIn(options);
    return [...one.tagIds, ...one.segmentIds, ...one.userIds].flatMap((id) => names.get(id) ?? []);
  };
}
