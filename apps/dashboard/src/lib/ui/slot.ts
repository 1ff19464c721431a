/** As a parameter of a message it marks the place where `Worded` puts markup. */
export const SLOT = "\u0001";
