import type { GraphClient } from "./client.ts";
import { unreadableAnswer } from "./error.ts";
import { type Fields, fieldsList, fieldsOf, textList, textOf } from "./fields.ts";
import type { PageAccess } from "./pages.ts";

/** A utility template as Meta keeps it for one page. */
export interface MetaTemplate {
  facebookId: string;
  name: string;
  language: string;
  category: string;
  status: string;
  statusReason: string | null;
  parameterFormat: "NAMED" | "POSITIONAL";
  components: Fields[];
}

const mostPages = 100;

/** All utility templates of a page. Throws GraphError. */
export async function listMetaTemplates(
  graph: GraphClient,
  { facebookId, token }: PageAccess,
): Promise<MetaTemplate[]> {
  const templates: MetaTemplate[] = [];
  let after: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const { body } = await graph.call({
      method: "GET",
      path: `/${facebookId}/message_templates`,
      token,
      query: { limit: "100", ...(after === null ? {} : { after }) },
    });
    templates.push(...fieldsList(body.data).flatMap(readTemplate));
    const paging = fieldsOf(body.paging);
    // `next` itself holds the token: only its cursor is used.
    after = textOf(fieldsOf(paging?.cursors)?.after);
    if (paging?.next === undefined || after === null) break;
  }
  return templates;
}

function readTemplate(fields: Fields): MetaTemplate[] {
  const facebookId = textOf(fields.id);
  const name = textOf(fields.name);
  const language = textOf(fields.language);
  if (facebookId === null || name === null || language === null) return [];
  return [
    {
      facebookId,
      name,
      language,
      category: textOf(fields.category) ?? "UTILITY",
      status: textOf(fields.status)?.toUpperCase() ?? "PENDING",
      statusReason: reasonOf(fields.rejected_reason),
      parameterFormat: fields.parameter_format === "NAMED" ? "NAMED" : "POSITIONAL",
      components: fieldsList(fields.components),
    },
  ];
}

/** Meta says "NONE" where there is no reason. */
export function reasonOf(value: unknown): string | null {
  const reason = textOf(value);
  return reason === null || reason.toUpperCase() === "NONE" ? null : reason;
}

/** Asks for a template; `request` is the body of the call. Meta's review often answers at once. Throws GraphError. */
export async function createMetaTemplate(
  graph: GraphClient,
  { facebookId, token }: PageAccess,
  request: Fields,
): Promise<{ facebookId: string; status: string }> {
  const { body } = await graph.call({
    method: "POST",
    path: `/${facebookId}/message_templates`,
    token,
    body: request,
  });
  const id = textOf(body.id);
  if (id === null) throw unreadableAnswer(200, "it has no template id");
  return { facebookId: id, status: textOf(body.status)?.toUpperCase() ?? "PENDING" };
}

/** Deletes one language of a template. Throws GraphError. */
export async function deleteMetaTemplate(
  graph: GraphClient,
  { facebookId, token }: PageAccess,
  templateFacebookId: string,
): Promise<void> {
  await graph.call({
    method: "DELETE",
    path: `/${facebookId}/message_templates`,
    token,
    query: { hsm_id: templateFacebookId },
  });
}

/** A template of Meta's library, ready to be cloned. */
export interface LibraryTemplate {
  id: string;
  name: string;
  language: string;
  topic: string | null;
  usecase: string | null;
  industries: string[];
  body: string;
  /** Sample values of the body's parameters. */
  samples: string[];
  buttons: { type: string; title: string }[];
}

/** Searches Meta's library of templates. Throws GraphError. */
export async function searchLibrary(
  graph: GraphClient,
  { token }: PageAccess,
  { search, language }: { search: string; language: string },
): Promise<LibraryTemplate[]> {
  const { body } = await graph.call({
    method: "GET",
    path: "/message_template_library",
    token,
    query: { language, ...(search === "" ? {} : { name_or_content: search }) },
  });
  return fieldsList(body.data).flatMap((entry): LibraryTemplate[] => {
    const id = textOf(entry.id);
    const name = textOf(entry.name);
    if (id === null || name === null) return [];
    return [
      {
        id,
        name,
        language: textOf(entry.language) ?? language,
        topic: textOf(entry.topic),
        usecase: textOf(entry.usecase),
        industries: textList(entry.industry),
        body: textOf(entry.body) ?? "",
        samples: textList(entry.body_params),
        buttons: fieldsList(entry.buttons).map((button) => ({
          type: textOf(button.type) ?? "",
          title: textOf(button.text) ?? "",
        })),
      },
    ];
  });
}
