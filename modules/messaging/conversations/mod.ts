/** All changes of a conversation: status, assignee, unread count, and the controlling app. */
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
