const newExperience = "PROFILE_PLUS_";

/**
 * The tasks for messages that a role on a page lacks, as Meta names them. Pages in the new experience spell them
 * `PROFILE_PLUS_…`; full control includes all. Null: Meta does not state the tasks.
 */
export function lackedTasks(tasks: readonly string[] | null): string[] {
  if (tasks === null) return [];
  const held = new Set(
    tasks.map((task) => (task.startsWith(newExperience) ? task.slice(newExperience.length) : task)),
  );
  if (held.has("FULL_CONTROL")) return [];
  return ["MESSAGING", "MODERATE"].filter((task) => !held.has(task));
}
