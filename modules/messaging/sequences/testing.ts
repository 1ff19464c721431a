import type { Sql } from "postgres";
import type { NewSequence, Trigger } from "./schema.ts";
import { createSequence, type SequenceRef, startSequence } from "./sequence_store.ts";

/** Where a test's sequences are, and who makes them. */
interface Maker {
  workspaceId: string;
  userId: string;
}

/** Nothing takes anybody out before the end. */
export const noExit = { onReply: false, onClick: false, onTagId: null };

/** A step that says this, so many seconds after the one before. */
export const step = (text: string, delaySeconds = 0): NewSequence["steps"][number] => ({
  delaySeconds,
  condition: null,
  content: { text },
});

/** A trigger that enrolls every contact once, with the changes of the test. */
export const trigger = (given: Pick<Trigger, "kind"> & Record<string, unknown>) =>
  ({ pageIds: [], cooldownSeconds: 0, maxPerContact: 1, ...given }) as Trigger;

/** A draft of two steps without a pause and without a trigger, with the changes of the test. */
export async function draftSequence(
  sql: Sql,
  { workspaceId, userId }: Maker,
  given: Partial<NewSequence> = {},
): Promise<SequenceRef> {
  const steps = [step("one"), step("two")];
  const draft = { name: "Onboarding", steps, trigger: null, exit: noExit, ...given };
  const { id } = await createSequence(sql, { workspaceId, userId }, draft);
  return { workspaceId, sequenceId: id };
}

/** The same, running. */
export async function runSequence(
  sql: Sql,
  maker: Maker,
  given: Partial<NewSequence> = {},
): Promise<SequenceRef> {
  const ref = await draftSequence(sql, maker, given);
  await startSequence(sql, { ...ref, userId: maker.userId });
  return ref;
}
