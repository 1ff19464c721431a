/** Texts of mails about the installation, in English: `words.ts` has the languages. */
export const en = {
  "test-mail.subject": "Test mail of MessageSender",
  "test-mail.text": "Mail works: invitations and notices of this installation can be sent.",
  "test-mail.button": "Open MessageSender",
  "test-mail.footer": "You get this mail because you asked for a test mail.",
};
