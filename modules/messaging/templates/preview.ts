import type { Viewer } from "#auth";
import { notFound, fieldError } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { contentProblems } from "./check_content.ts";
import type { Content } from "./content.ts";
import { readContentRules, tidyContent } from "./content_store.ts";
import { addressesOf, fillMessage } from "./fill_message.ts";
import { buildMessage } from "./message_form.ts";
import { seesContact } from "../sight/mod.ts";
import type { Preview } from "./schema.ts";
import { showUtility } from "./utility_form.ts";
import { type Values, valuesOf, valuesSql } from "./variables.ts";

type PreviewDeps = Pick<MessagingDeps, "sql"> & { config: { appUrl: string } };

/** The message for a contact, or for an unknown one; sends and stores nothing. */
export async function previewContent(
  on: PreviewDeps,
  workspaceId: string,
  given: { content: Content; contactId?: string; viewer?: Viewer },
): Promise<Preview> {
  const { values, pageId } =
    given.contactId === undefined
      ? { values: {}, pageId: null }
      : await readContact(on, workspaceId, { contactId: given.contactId, viewer: given.viewer });
  const content = tidyContent(given.content);
  // The same utility template may have other words on another page.
  const rules = await readContentRules(on.sql, workspaceId, content, { firstOf: pageId });
  const problems = contentProblems(content, rules);
  if (problems.length > 0) return { message: null, utility: null, problems };
  const { message } = buildMessage(content, rules);
  const filled = fillMessage(message, values, addressesOf(on.config.appUrl, null));
  if ("invalid" in filled)
    return { message: null, utility: null, problems: [fieldError("", filled.invalid)] };
  const definition = content.utility && rules.utility(content.utility);
  const utility = definition ? showUtility(definition, filled.message.template) : null;
  return { message: filled.message, utility, problems };
}

/** The values of a contact, and the page. Throws 404 when this workspace has none with this id. */
async function readContact(
  { sql }: PreviewDeps,
  workspaceId: string,
  { contactId, viewer }: { contactId: string; viewer: Viewer | undefined },
): Promise<{ values: Values; pageId: string }> {
  const [row] = await sql<{ values: unknown; page_id: string }[]>`
    select ${valuesSql(sql)} as values, c.page_id
    from messaging.contacts c join messaging.pages p on p.workspace_id = c.workspace_id and p.id = c.page_id
    where c.workspace_id = ${workspaceId} and c.id = ${contactId} ${seesContact(sql, viewer, "c")}`;
  if (!row) throw notFound("contact");
  return { values: valuesOf(row.values), pageId: row.page_id };
}
