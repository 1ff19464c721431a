/** What changes a conversation: its status, assignee, unread count, and the app that controls it. */
export {
  type ControlChange,
  type OwnerArrays,
  setControl,
  setHeldElsewhere,
  setHeldHere,
  setOwners,
} from "./control.ts";
export {
  assign,
  changeState,
  type ChangedState,
  markAnswered,
  readByAnswers,
  setUnread,
  type StateChange,
  wakeSnoozed,
} from "./transitions.ts";
