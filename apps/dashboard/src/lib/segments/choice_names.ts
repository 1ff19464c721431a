/** Levels of engagement, and states of conversations, as people call them. */
export const engagementNames = [
  { value: "new", name: "New" },
  { value: "hot", name: "Hot" },
  { value: "warm", name: "Warm" },
  { value: "cold", name: "Cold" },
  { value: "inactive", name: "Inactive" },
];

export const conditionStatusNames = [
  { value: "open", name: "Open" },
  { value: "pending", name: "Pending" },
  { value: "snoozed", name: "Snoozed" },
  { value: "resolved", name: "Resolved" },
  { value: "spam", name: "Spam" },
];
