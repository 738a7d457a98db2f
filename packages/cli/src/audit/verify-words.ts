/** Where nobody has given keys. */
export const ownKeys =
  "The keys are the folder's own (keys.txt): whoever wrote all of it could choose them. Compare them with those that the parties gave you, or give theirs with --keys.";
