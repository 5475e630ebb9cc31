import type { CompletedGrant, Connector, GrantCall, GrantHandle, GrantState, OpenedGrant } from "../connectors/connector.ts";
import { Secret } from "../domain/secret.ts";
import { HOUR, type Instant } from "../domain/time.ts";

export interface TestClock {
  now(): Instant;
  advance(ms: number): void;
}

/** A bank that does what the test tells it; counts what was asked of it. Handles are `<n>` with `/r<n>` behind for each refresh. */
export class FakeBank implements Connector {
  readonly calls: string[] = [];
  opened: Partial<OpenedGrant> = {};
  complete: (parameters: Readonly<Record<string, string>>) => CompletedGrant | Promise<CompletedGrant> = () => this.given();
  state: (handle: string) => GrantState | Promise<GrantState> = () => ({ status: "GIVEN", validUntil: null });
  refreshed: (handle: string) => GrantHandle | null | Promise<GrantHandle | null> = (handle) => this.handle(`${handle}/r`, HOUR);
  revoked: (handle: string) => "DONE" | "ALREADY_ENDED" | Promise<"DONE" | "ALREADY_ENDED"> = () => "DONE";
  openFails: Error[] = [];
  lastState = "";
  validFor = 180 * 24 * HOUR;
  accessFor = HOUR;
  readonly #clock: TestClock;
  #grants = 0;

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  handle(data: string, accessFor: number | null = this.accessFor): GrantHandle {
    return { data: new Secret(data), accessExpiresAt: accessFor === null ? null : this.#clock.now() + accessFor };
  }

  given(data = `tokens-${String(this.#grants)}`): CompletedGrant {
    return { outcome: "GIVEN", handle: this.handle(data), validUntil: this.#clock.now() + this.validFor };
  }

  count(call: string): number {
    return this.calls.filter((made) => made === call || made.startsWith(`${call} `)).length;
  }

  async openGrant(request: { readonly state: string }): Promise<OpenedGrant> {
    this.calls.push("openGrant");
    const fails = this.openFails.shift();
    if (fails) throw fails;
    this.lastState = request.state;
    this.#grants++;
    return {
      authorizationUrl: `https://bank.example/sca/${String(this.#grants)}`,
      handle: this.handle(`opened-${String(this.#grants)}`, null),
      expiresAt: null,
      decoupled: false,
      ...this.opened,
    };
  }

  async completeGrant({ parameters }: { readonly parameters: Readonly<Record<string, string>> }): Promise<CompletedGrant> {
    this.calls.push("completeGrant");
    return this.complete(parameters);
  }

  async grantState({ handle }: GrantCall): Promise<GrantState> {
    this.calls.push(`grantState ${handle.data.reveal()}`);
    return this.state(handle.data.reveal());
  }

  async refresh(handle: GrantHandle): Promise<GrantHandle | null> {
    this.calls.push(`refresh ${handle.data.reveal()}`);
    return this.refreshed(handle.data.reveal());
  }

  async revoke({ handle }: GrantCall): Promise<"DONE" | "ALREADY_ENDED"> {
    this.calls.push(`revoke ${handle.data.reveal()}`);
    return this.revoked(handle.data.reveal());
  }

  async accounts(): Promise<never> {
    throw new Error("not asked in these tests");
  }
  async balances(): Promise<never> {
    throw new Error("not asked in these tests");
  }
  async transactions(): Promise<never> {
    throw new Error("not asked in these tests");
  }
  async identity(): Promise<never> {
    throw new Error("not asked in these tests");
  }
  async close(): Promise<void> {
    this.calls.push("close");
  }
}
