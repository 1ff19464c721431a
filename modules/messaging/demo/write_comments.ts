import type { TransactionSql } from "postgres";
import { comments as texts } from "./dialogs.ts";
import { insertRows } from "./insert_rows.ts";
import { people } from "./names.ts";
import { day, iso, type Stage } from "./stage.ts";

export interface WrittenComment {
  id: string;
  pageId: string;
  fromId: string;
  at: number;
}

/** Writes comments on the posts of the last month. */
export async function writeComments(tx: TransactionSql, stage: Stage): Promise<WrittenComment[]> {
  const { dice, now, workspaceId, pageIds } = stage;
  const written = Array.from({ length: 90 }, (_, number) => {
    const at = now - 30 * day * dice.number();
    return {
      id: dice.idAt(at),
      pageId: pageIds[number % 4 === 0 ? 1 : 0],
      fromId: String(8_100_000_000 + number * 77),
      at,
    };
  });
  await insertRows(
    tx,
    "comments",
    written.map(({ id, pageId, fromId, at }, number) => {
      const group = dice.pick(people.slice(0, 3));
      return {
        id,
        workspace_id: workspaceId,
        page_id: pageId,
        comment_id: `demo_${number}`,
        post_id: `demo-post-${number % 6}`,
        from_id: fromId,
        from_name: `${dice.pick(group.first)} ${dice.pick(group.last)}`,
        text: dice.pick(texts),
        hidden: false,
        changed_at: iso(at),
        created_at: iso(at),
      };
    }),
  );
  return written;
}
