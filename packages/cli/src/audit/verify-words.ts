/** Where nobody has given keys. */
export const ownKeys =
  "The keys are the folder's own (keys.txt): whoever wrote all of it could choose them. Compare them with those that the parties gave you, or give theirs with --keys.";

/** Where there are none. */
export const noKeys =
  'Nothing in the folder is signed: whoever may write to it could have made all of it, and left out whatever was signed.';
