import { defineProblems, defineThings } from "#std";

defineThings(["segment"]);

export const problem = defineProblems({
  "too-many-segments": [
    422,
    "Cannot create another segment: a workspace has at most {most}",
    "Delete an unused one",
  ],
  "segment-static": [
    409,
    "Cannot add conditions to a static segment: its people are added by hand",
    "Create a dynamic segment instead",
  ],
  "segment-in-use": [
    409,
    'Cannot delete "{name}": the campaign "{campaign}" uses it',
    "Wait until it ends, or cancel it",
  ],
  "segment-dynamic": [
    409,
    "Cannot add people to a dynamic segment by hand: its conditions select them",
    "Create a static segment",
  ],
  "name-taken": [409, 'Cannot use the name "{name}": another segment has it', "Choose another name"],
});

/** For those who add people to a segment in other ways. */
export const segmentDynamic = () => problem("segment-dynamic");
