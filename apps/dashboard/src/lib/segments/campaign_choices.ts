import { m } from "#lib/paraglide/messages.js";
import { answer, inWorkspace } from "../api/client.ts";
import { campaigns } from "../api/campaigns.ts";
import { ApiError } from "../api/request.ts";
import { sequences } from "../api/sequences.ts";
import type { Choice } from "./segment_form.svelte.ts";

const MOST = 100;

/**
 * Campaigns and sequences that a condition may ask about: the newest of each, in the archive and out of it, and those
 * that the conditions name already, however old.
 */
export async function campaignChoices(workspaceId: string, named: readonly string[]): Promise<Choice[]> {
  const ours = inWorkspace(workspaceId);
  const lists = await Promise.all(
    [false, true].flatMap((archived) => [
      answer(ours.campaigns.get({ query: { limit: MOST, archived } })).then(({ items }) =>
        items.map(({ id, name }) => ({ value: id, name })),
      ),
      answer(ours.sequences.get({ query: { limit: MOST, archived } })).then(({ items }) =>
        items.map(sequenceChoice),
      ),
    ]),
  );
  const listed = lists.flat();
  const missing = named.filter((id) => listed.every(({ value }) => value !== id));
  const older = await Promise.all(missing.map((id) => choiceOf(workspaceId, id)));
  return [...listed, ...older.filter((choice) => choice !== null)];
}

const sequenceChoice = ({ id, name }: { id: string; name: string }): Choice => ({
  value: id,
  name: m.segments_sequence_choice({ name }),
});

/** Null: it was deleted. */
async function choiceOf(workspaceId: string, id: string): Promise<Choice | null> {
  const campaign = await unlessGone(campaigns.get(workspaceId, id));
  if (campaign) return { value: id, name: campaign.campaign.name };
  const sequence = await unlessGone(sequences.get(workspaceId, id));
  return sequence && sequenceChoice(sequence.sequence);
}

async function unlessGone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
