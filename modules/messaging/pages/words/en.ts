/** The pages about people's data, in English: `words.ts` has the languages. Values are markup. */
export const en = {
  "privacy.title": "Privacy",
  "privacy.about":
    "{operator} uses this inbox to answer messages to its Facebook pages. It runs on its own server.",
  "privacy.operator-of": "The operator of {host}",
  "privacy.writing": "When you write to a page",
  "privacy.writing.kept":
    "We store the number by which Facebook identifies you to this page; your name and picture, if Facebook provides them; the messages between you and the page with their files and reactions, and when they were delivered and read; your comments on the page's posts; how you came to the conversation; and the team's notes about it. If you subscribed or opted out, we store that with its time.",
  "privacy.writing.use":
    "We use this to answer you and to send you what you asked for and what Facebook's rules allow. Only the people who work for the page see it. We do not sell it or give it to anyone else. The messages themselves go through Facebook.",
  "privacy.writing.stop": "Write <b>STOP</b> to the page to receive no more automated messages.",
  "privacy.login": "When you log in with Facebook to connect pages",
  "privacy.login.kept":
    "We store your Facebook number for this app, the pages that you chose, and their access keys, encrypted. To delete the keys, remove the app in your Facebook settings.",
  "privacy.deletion": "Deletion",
  "privacy.deletion.ask": "To delete all your data, ask the page in Messenger.",
  "privacy.deletion.ask-email": "To delete all your data, ask the page in Messenger, or write to {email}.",
  "privacy.deletion.when":
    "We delete it at once. Copies of what Facebook delivered are deleted after 30 days.",
  "privacy.deletion.backups": "Encrypted backups are deleted after {time} at the latest.",
  "privacy.deletion.list":
    "If you opted out, only your number stays on a list, so that no one writes to you.",
  "privacy.deletion.otherwise": "Otherwise, conversations are stored until the page deletes them.",
  "privacy.cookies": "Cookies",
  "privacy.cookies.kept":
    "Cookies only keep the team logged in. Links in messages count how often they are opened.",
  "deletion.missing": "Deletion not found",
  "deletion.missing.why": "No deletion has this code. Check that the address is complete.",
  "deletion.done": "Your data was deleted",
  "deletion.done.what":
    "On {date}, we deleted the Facebook login, its number and its access keys. Pages that this login had connected and that can no longer be used here: {pages}.",
};
