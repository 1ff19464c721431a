import { afterAll, beforeAll, expect, test } from "vitest";
import { type CampaignStage, insertContacts, openCampaignStage } from "../testing/campaign_stage.ts";
import {
  archiveSequence,
  listSequences,
  type SequenceRef,
  startSequence,
  stopSequence,
} from "./sequence_store.ts";
import { sendStepAsTest } from "./step_test_send.ts";
import { draftSequence, step } from "./testing.ts";

let stage: CampaignStage;
beforeAll(async () => {
  stage = await openCampaignStage();
});
afterAll(() => stage.close());

async function drafted(): Promise<SequenceRef & { userId: string }> {
  const steps = [step("Hello {{first_name|you}}"), step("Bye")];
  const ref = await draftSequence(stage.sql, stage, { name: "Menu", steps });
  return { ...ref, userId: stage.userId };
}

const listed = async (archived: boolean) =>
  (await listSequences(stage.sql, stage.workspaceId, { archived })).items.map(({ id }) => id);

test("archiveSequence() hides stopped sequences from the list, and refuses active ones", async () => {
  const ref = await drafted();
  await startSequence(stage.sql, ref);

  await expect(archiveSequence(stage.sql, { ...ref, isArchived: true })).rejects.toMatchObject({
    code: "sequence-live",
    status: 409,
  });
  await stopSequence(stage.sql, { ...ref, by: "Ann" });
  await archiveSequence(stage.sql, { ...ref, isArchived: true });
  const apart = [await listed(false), await listed(true)];
  const back = await archiveSequence(stage.sql, { ...ref, isArchived: false });

  expect(apart).toEqual([[], [ref.sequenceId]]);
  expect(back.archivedAt).toBeNull();
  expect(await listed(false)).toEqual([ref.sequenceId]);
});

test("startSequence() refuses an archived draft", async () => {
  const ref = await drafted();
  await archiveSequence(stage.sql, { ...ref, isArchived: true });

  await expect(startSequence(stage.sql, ref)).rejects.toMatchObject({ code: "sequence-archived" });
});

test("sendStepAsTest() sends the step to one contact and changes no enrolment", async () => {
  const { sql, workspaceId, pageIds } = stage;
  const ref = await drafted();
  const [contactId = ""] = await insertContacts(stage, pageIds[0] ?? "", 1);
  await sql`insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction)
    values (${contactId}, ${workspaceId}, ${pageIds[0] ?? ""}, now(), 'in') on conflict do nothing`;
  const on = { ...stage, config: { appUrl: "https://app.example.com" } };

  const { messageId } = await sendStepAsTest(on, ref, { step: 1, contactId });

  const [written] = await sql`
    select m.text, d.state, d.campaign_id from messaging.messages m
    join messaging.deliveries d on d.message_id = m.id where m.id = ${messageId}`;
  expect(written).toEqual({ text: "Hello you", state: "queued", campaign_id: null });
  expect(await sql`select from messaging.enrolments`).toHaveLength(0);
  await expect(sendStepAsTest(on, ref, { step: 3, contactId })).rejects.toMatchObject({ status: 404 });
});
