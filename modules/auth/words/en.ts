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
  "reset.subject": "Set a new password",
  "reset.text":
    "Somebody asked for a new password for {email} in MessageSender.\nThe link works once and for one hour.",
  "reset.button": "Set a new password",
  "reset.footer": "If it was not you, ignore this mail: your password stays as it is.",
  "password-changed.subject": "Your password was changed",
  "password-changed.text":
    "The password of your account {email} in MessageSender was changed, and other sessions have ended.\nIf it was not you, ask for a new password now and tell an owner of this installation.",
  "password-changed.button": "It was not me: ask for a new password",
  "password-changed.footer": "You get this mail because the password of your account was changed.",
  "address.subject": "Confirm your new address",
  "address.text":
    "You asked to use {other} for your account in MessageSender, in place of {email}.\nThe link works once and for one hour.",
  "address.button": "Confirm the address",
  "address.footer":
    "You get this mail because somebody with an account in MessageSender entered your address. If it was not you, ignore it: nothing changes without the link.",
  "undo.subject": "The address of your account was changed",
  "undo.text":
    "Your account in MessageSender now has the address {other} in place of {email}.\nIf it was not you, take your account back: the link works for seven days, restores this address and sets a new password.",
  "undo.button": "It was not me: take my account back",
  "undo.footer": "You get this mail because this was the address of your account.",
  "factor-reset.subject": "The second factor of your account was removed",
  "factor-reset.text":
    "An owner of your MessageSender installation, or its administrator at the server, removed the authenticator app, passkeys and recovery codes of your account. You are signed out everywhere.\nSign in with your password and set up a second factor again under My account.",
  "factor-reset.button": "Sign in",
  "factor-reset.footer": "If you did not ask for this, tell an owner of your installation.",
};
