import type { MailContent } from "#mail";
import { wordTemplate } from "#std";
import type { InvitationRow } from "./invitation_store.ts";
import { words } from "./words/words.ts";

/** The mail of an invitation, in its language. */
export function invitationMail({
  inviter,
  link,
  language,
  isOwner,
  workspaces,
}: Pick<InvitationRow, "language" | "isOwner" | "workspaces"> & {
  inviter: string;
  link: string;
}): MailContent {
  const text = words[language];
  const [only, another] = workspaces;
  const place = only && !another ? only.name : "MessageSender";
  const places = workspaces.map(({ name, role }) =>
    wordTemplate(text["invitation.place"], { workspace: name, role: text[`role.${role}`] }),
  );
  return {
    language,
    subject: wordTemplate(text["invitation.subject"], { inviter, place }),
    paragraphs: [
      wordTemplate(text["invitation.text"], { inviter }),
      isOwner ? text["invitation.owner"] : places.join("\n"),
      text["invitation.until"],
    ],
    button: { label: text["invitation.button"], url: link },
    footer: wordTemplate(text["invitation.footer"], { inviter }),
  };
}
