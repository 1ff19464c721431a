import { defineProblems } from "#std";

export const problem = defineProblems({
  "workspace-demo": [
    409,
    'Cannot switch on "{name}": it is the demo and sends nothing',
    "Create a workspace and connect your page to send",
  ],
});
