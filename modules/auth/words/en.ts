/** Texts of mails about accounts, in English: `words.ts` has the languages. */
export const en = {
  "invitation.subject": "{inviter} invites you to {place}",
  "invitation.text": "{inviter} invites you to work together in MessageSender.",
  "invitation.place": "Workspace {workspace}, role: {role}",
  "invitation.owner": "You become an owner of this installation.",
  "invitation.until": "The link works once and for 7 days.",
  "invitation.button": "Accept the invitation",
  "invitation.footer":
    "You get this mail because {inviter} entered your address. If you do not know this person, ignore it: without the link nothing happens.",
  "role.manager": "manager",
  "role.operator": "operator",
  "role.viewer": "viewer",
};
