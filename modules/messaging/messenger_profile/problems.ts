import { defineProblems, defineSentences } from "#std";

export const say = defineSentences({
  "profile-text-empty": "The text is empty: enter one",
  "profile-text-too-long": "The text has {count} characters: use at most {most}",
  "profile-list-empty": "The list is empty: add an entry, or remove the language",
  "profile-list-too-long": "The list has {count} entries: use at most {most}",
  "profile-placeholder-unknown": "Meta does not fill in {placeholder}: use {known}",
  "profile-get-started-missing": "A menu needs Get Started: set it",
  "profile-address-invalid": "The address must start with https:// or http://",
  "profile-default-missing": "There is no default entry, for people whose language has none: add it",
  "profile-refused": "Meta refuses it: {error}",
  "profile-refused-remedy": "Correct what Meta names, save, and publish again",
  "profile-language-twice": 'The language "{locale}" is there twice: remove one',
});

export const problem = defineProblems({
  "profile-changed": [
    409,
    "Cannot save: another person changed this Messenger profile at the same time",
    "Reload it",
  ],
  "profile-differs": [
    409,
    "Cannot publish: Meta shows a profile that was not published here",
    "Import it, or replace it",
  ],
  "profile-invalid": [422, "Cannot save this Messenger profile: {mistake}"],
});
