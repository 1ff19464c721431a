import { defineProblems, defineSentences, defineThings } from "#std";

defineThings(["workspace", "member", "login", "session", "invitation", "passkey", "device"]);

export const say = defineSentences({
  "password-too-short": "must have at least {min} characters",
  "password-too-long": "must have at most {max} characters",
  "password-no-lowercase": "must contain a lowercase letter",
  "password-no-uppercase": "must contain an uppercase letter",
  "password-no-number": "must contain a number",
  "password-common": "is too common: choose another",
  "password-is-wrong": "is wrong",
});

export const problem = defineProblems({
  "password-wrong": [422, "Cannot make this change: the current password is wrong", "Enter it again"],
  "password-guesses": [
    429,
    "Cannot check the password: too many wrong passwords",
    "Wait {seconds} seconds and try again",
  ],
  "password-changed": [
    409,
    "Cannot change the password: it was changed in another place a moment ago",
    "Log in with the new password",
  ],
  "password-weak": [422, "Cannot use this password: it {mistake}"],
  unauthenticated: [
    401,
    "Cannot complete this action: you are not logged in",
    "Log in, or send a valid access token",
  ],
  "session-ended": [401, "Cannot continue this session: it has ended", "Log in again"],
  "session-missing": [401, "Cannot refresh the session: the request has none", "Log in"],
  forbidden: [
    403,
    'Cannot complete this action: your role lacks the permission "{permission}"',
    "Ask the owner of this installation",
  ],
  "all-pages-needed": [
    403,
    "Cannot complete this action: it concerns the whole workspace, and you see only a part of it",
    "Ask the owner of this installation",
  ],
  "member-pages-unknown": [
    422,
    "Cannot set this access: a chosen page is not in the workspace, or none is chosen",
    "Choose pages of this workspace",
  ],
  "account-stays": [409, "Cannot deactivate this account: it is the last owner's, or already deactivated"],
  "account-in-use": [409, "Cannot delete this account: it is active", "Deactivate it first"],
  "last-owner": [
    409,
    "Cannot take ownership away: this person is no owner, or the only active one",
    "Make another member an owner first",
  ],
  "ownership-stays": [
    409,
    "Cannot make this person an owner: the account is one already, or deactivated",
    "Reload the team",
  ],
  "member-is-owner": [
    409,
    "Cannot change this role: owners have all rights in every workspace",
    "Take ownership away first",
  ],
  "no-mail": [
    409,
    "Cannot send a link: this installation has no mail server",
    "Ask an owner of this installation",
  ],
  "reset-over": [
    410,
    "Cannot set a password with this link: it was used, or it has expired",
    "Ask for a new one on the login screen",
  ],
  "address-over": [
    410,
    "Cannot use this link: it was used or replaced, or it has expired",
    "Ask for a new one in My account",
  ],
  "email-in-use": [409, "Cannot use {email}: an account has this address", "Enter another one"],
  "reset-limit": [
    429,
    "Cannot send another mail: too many were requested",
    "Wait {seconds} seconds and try again",
  ],
  "invitation-over": [
    410,
    "Cannot use this invitation: it was used, revoked or replaced, or it has expired",
    "Ask for a new one",
  ],
  "invitation-exists": [
    409,
    "Cannot invite {email}: an invitation is open",
    "Send it again, or revoke it first",
  ],
  "invitation-empty": [422, "Cannot invite: no workspace is chosen", "Choose at least one"],
  "invitation-has-account": [
    409,
    "Cannot create an account: {email} already has one",
    "Log in, then open the link again",
  ],
  "invitation-for-another": [
    403,
    "Cannot accept this invitation: it is for {email}",
    "Log in with that account, then open the link again",
  ],
  "invitations-many": [
    409,
    "Cannot invite more people: {most} invitations are open",
    "Revoke some that nobody needs",
  ],
  "account-active": [409, "Cannot reactivate this account: it is not deactivated"],
  "login-over": [
    401,
    "Cannot finish this login: it was finished before, or its five minutes are over",
    "Enter your email address and password again",
  ],
  "code-wrong": [
    422,
    "Cannot accept this code: it is wrong, or it was used before",
    "Enter the next code of your app",
  ],
  "code-guesses": [429, "Cannot accept a code: too many were wrong", "Wait {seconds} seconds and try again"],
  "passkey-refused": [
    422,
    "Cannot accept this passkey: it is not one of this account, or its answer came too late",
    "Try again, or use another way",
  ],
  "passkey-there": [
    409,
    "Cannot add this passkey: it was added before, or the account has {most} already",
    "Remove one that you do not use",
  ],
  "totp-there": [409, "Cannot set up an authenticator app: this account has one", "Remove it first"],
  "totp-missing": [409, "Cannot remove the authenticator app: this account has none"],
  "second-factor-last": [
    409,
    "Cannot remove your last second factor: this installation requires one",
    "Add another one first",
  ],
  "second-factor-none": [409, "Cannot change the second factor: this account has none"],
  "second-factor-first": [
    409,
    "Cannot require a second factor: your own account has none",
    "Set one up under My account first",
  ],
  "second-factor-missing": [
    403,
    "Cannot complete this action: this installation requires a second factor and your account has none",
    "Set one up first",
  ],
  "confirmation-needed": [
    403,
    "Cannot complete this action: you did not confirm your identity in the last ten minutes",
    "Confirm it, and try again",
  ],
  "confirm-by-factor": [
    409,
    "Cannot confirm your identity by password: your account has a second factor",
    "Use it instead",
  ],
  "login-busy": [
    503,
    "Cannot check the password: too many people are logging in",
    "Wait 10 seconds and try again",
  ],
  "login-failed": [
    401,
    "Cannot log in: the email address or the password is wrong",
    "Check both and try again",
  ],
  "too-many-attempts": [
    429,
    "Cannot log in: too many wrong passwords",
    "Wait {seconds} seconds and try again, or use a device on which you have logged in before",
  ],
  "too-many-attempts-here": [
    429,
    "Cannot log in on this device: too many wrong passwords",
    "Wait {seconds} seconds and try again",
  ],
  "invalid-email": [
    422,
    'Cannot use "{email}": it is not an email address',
    "Enter one such as ana@example.com",
  ],
  "foreign-origin": [
    403,
    "Cannot accept this request: it comes from another site",
    "Open MessageSender at its own address, or send a bearer token",
  ],
  "owner-exists": [409, "Cannot sign up: this installation already has an owner", "Log in instead"],
  "email-taken": [409, "Cannot create the owner: a member already has this email address", "Use another"],
  "setup-token-wrong": [
    403,
    "Cannot sign up: this link is not valid",
    "Open the link that the server printed when it started",
  ],
  "workspace-limit": [
    409,
    "Cannot create a workspace: this installation already has {most}, its limit",
    "Use an existing one, or raise WORKSPACE_LIMIT",
  ],
  "member-deactivated": [409, 'Cannot add "{email}": this account is deactivated', "Reactivate it first"],
  "member-exists": [
    409,
    'Cannot add "{email}": this person is already a member of the workspace',
    "Change the role instead",
  ],
});
