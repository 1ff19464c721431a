import { mount, unmount } from "svelte";
import ConfirmIdentity from "./ConfirmIdentity.svelte";

let asking: Promise<boolean> | null = null;

/** Asks the person to confirm their identity, once for all who wait; true when they did. */
export function confirmIdentity(): Promise<boolean> {
  asking ??= new Promise<boolean>((resolve) => {
    const dialog = mount(ConfirmIdentity, {
      target: document.body,
      props: {
        onclose: (isConfirmed) => {
          asking = null;
          void unmount(dialog);
          resolve(isConfirmed);
        },
      },
    });
  });
  return asking;
}
