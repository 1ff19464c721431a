/** SQL: whose a delivery `d` is within its campaign, step and page, in the words of the indexes that have it. */
export const personKey = "(case when d.comment_id is null then coalesce(d.contact_id, d.id) else d.id end)";
