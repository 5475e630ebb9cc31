import type { ApplicationToken } from "./application-token.ts";
import type { ServerDirectory } from "./bank-server.ts";
import type { ReadWriteClient } from "./client.ts";
import type { ApiVersion } from "./profile.ts";

/** What the parts of one connector share. */
export interface Parts {
  readonly client: ReadWriteClient;
  readonly servers: ServerDirectory;
  readonly application: ApplicationToken;
  readonly learned: Learned;
}

/** How the bank wants to be asked: learned from its refusals and kept while the connector lives. */
export interface Learned {
  /** Null = not known yet. */
  version: ApiVersion | null;
  /** False: the bank refuses consents with `ReadPartyPSU`. */
  partyPsu: boolean;
}
