import type { Sql, TransactionSql } from "postgres";
import { checkContent } from "./check_content.ts";
import type { Content } from "./content.ts";
import { readContentRules, tidyContent } from "./content_store.ts";
import { problem } from "./problems.ts";

export interface TranslatedMessage {
  /** Its name in the request. */
  name: string;
  content: Content | null;
  translations: Readonly<Record<string, Content>>;
  /** The place of the messages in the request. */
  at?: string;
}

/** Throws 422 `default-missing` for translations without the text that everybody else gets. */
export function requireDefault({
  name,
  content,
  translations,
}: Pick<TranslatedMessage, "name"> & { content: object | null; translations: object }): void {
  if (content === null && Object.keys(translations).length > 0) throw problem("default-missing", { name });
}

/** Throws 422 `content-invalid` for a message or its translation in some language, and `default-missing`. */
export async function checkTranslated(
  sql: Sql | TransactionSql,
  workspaceId: string,
  { name, content, translations, at = "" }: TranslatedMessage,
): Promise<void> {
  requireDefault({ name, content, translations });
  if (content !== null) await check(content, `${at}/${name}`);
  for (const [language, translation] of Object.entries(translations))
    await check(translation, `${at}/translations/${name}/${language}`);

  async function check(one: Content, place: string): Promise<void> {
    const tidy = tidyContent(one);
    checkContent(tidy, await readContentRules(sql, workspaceId, tidy), place);
  }
}
