/** Makes a text field as high as its text, up to the maximum that its style sets. */
export function fitHeight(_text: string): (field: HTMLTextAreaElement) => void {
  return (field) => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  };
}
