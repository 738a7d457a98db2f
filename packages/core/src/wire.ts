/** What servers and sites say to each other, as bytes: `@fedward/core/wire`, for whoever brings a network. */
export { decodeQuestion, decodeReply, encodeQuestion, encodeReply } from './encoding/wire.js';
export { errorAsData, errorFromData, remoteClient, serveClient } from './encoding/wire.js';
export { questionOfParts, questionParts, replyOfParts, replyParts } from './encoding/wire.js';
export type { ArraysEncoder, MessageParts, Question, Reply, WireError } from './encoding/wire.js';
