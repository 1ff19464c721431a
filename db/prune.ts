/** Deletes old rows in short statements, so no other statement waits long. */
const chunkRows = 5_000;

/** Repeats `deleteChunk`, which deletes up to `limit` rows, until nothing is left. Returns the number of rows. */
export async function deleteInChunks(
  deleteChunk: (limit: number) => Promise<{ count: number }>,
  limit: number = chunkRows,
): Promise<number> {
  let total = 0;
  for (;;) {
    const { count } = await deleteChunk(limit);
    total += count;
    if (count < limit) return total;
  }
}
