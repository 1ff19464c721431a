import { type Static, Type } from "@sinclair/typebox";
import type { Sql } from "postgres";
import { changesOf, recordActivity } from "#auth";
import { named, Nullable, parse, preferredLanguage } from "#std";
import { requireDefault, translationsOf } from "../templates/mod.ts";

const DeletionText = named("DeletionText", {
  title: Type.String({ minLength: 1, maxLength: 120, pattern: "\\S", examples: ["We deleted your data"] }),
  text: Type.String({
    minLength: 1,
    maxLength: 2_000,
    pattern: "\\S",
    description:
      "Plain text. `{date}` is the day of the deletion, `{pages}` the number of disconnected pages",
  }),
});
export type DeletionText = Static<typeof DeletionText>;

/** The owner's words for the status page of a deletion. */
export const DeletionPageSchema = named("DeletionPage", {
  content: Nullable(DeletionText),
  translations: translationsOf(DeletionText),
});
export type DeletionPage = Static<typeof DeletionPageSchema>;

const none: DeletionPage = { content: null, translations: {} };

/** The owner's words, or none. */
export async function readDeletionPage({ sql }: { sql: Sql }): Promise<DeletionPage> {
  const [row] = await sql<{ content: unknown; translations: unknown }[]>`
    select content, translations from messaging.deletion_page`;
  if (!row) return none;
  const parsed = parse(DeletionPageSchema, row);
  if (!parsed.ok) throw new Error("Cannot read the words of the deletion page: they do not fit");
  return parsed.value;
}

/** Stores them; without content the page has our words. Throws 422 `default-missing`. */
export async function writeDeletionPage({ sql }: { sql: Sql }, page: DeletionPage): Promise<void> {
  requireDefault({ name: "deletion", ...page });
  const { content, translations } = page;
  await sql.begin(async (tx) => {
    const [before] = await tx<{ content: unknown; translations: unknown }[]>`
      with stored as (
        insert into messaging.deletion_page as page (is_only, content, translations)
        values (true, ${content === null ? null : JSON.stringify(content)}::jsonb, ${JSON.stringify(translations)}::jsonb)
        on conflict (is_only) do update set content = excluded.content, translations = excluded.translations,
          updated_at = now()
        returning old.content, coalesce(old.translations, '{}') as translations)
      select content, translations from stored`;
    await recordActivity(tx, {
      action: "deletion-page.changed",
      ...changesOf({ ...before }, { ...page }, { unseen: ["content", "translations"] }),
    });
  });
}

/** The words for the reader of this request, and their language; null: they are the default, in any language. */
export function deletionTextFor(
  { content, translations }: DeletionPage,
  request: Pick<Request, "headers">,
): { text: DeletionText; language: string | null } | null {
  if (content === null) return null;
  // The exact tag before its language alone.
  const tags = Object.keys(translations).toSorted((a, b) => b.length - a.length);
  const language = preferredLanguage(request, tags);
  const text = translations[language];
  return text === undefined ? { text: content, language: null } : { text, language };
}
