import { setTimeout as delay } from "node:timers/promises";
import { startBerlinGroupBank } from "../../../src/sandbox/berlin-group/bank.ts";
import { REDIRECT_URL } from "../../person.ts";
import { advance, hubProcesses, statusOf, trueReferences, type HubProcess } from "../../hub/processes.ts";
import { freePort, startFront, type Front } from "../front.ts";
import { seeded, type Random } from "../random.ts";
import { approve, consentsOf, createConsent, createUpdate, mutate, replayed, rowsOf, updatesOf, type ConsentView } from "./hub-view.ts";
import { World, type Person } from "./world.ts";

export interface CrashOptions {
  readonly kills: number;
  readonly seed: number;
  /** Undefined = a SQLite file. */
  readonly databaseUrl: string | undefined;
  readonly people?: number;
  readonly rows?: number;
  /** One line per kill. */
  readonly report?: (line: string) => void;
}

export interface CrashResult {
  readonly kills: number;
  readonly settled: number;
  readonly rowsCompared: number;
  readonly idsCompared: number;
  readonly actions: Readonly<Record<string, number>>;
  /** Empty = every claim held. */
  readonly violations: readonly string[];
}

const FINAL = new Set(["COMPLETED", "PARTIALLY_COMPLETED", "FAILED", "CANCELED"]);
/** Kills between two times at which everything must be as the bank has it. */
const SETTLE_EVERY = 10;
const LONGEST_LIFE_MS = 700;
/** Share of the ends that are a SIGTERM: in whatever state it meets the hub, it must end in order and lose nothing. */
const ORDERLY = 0.2;

/**
 * Kills the hub with SIGKILL (now and then SIGTERM) at random moments of consents, token refreshes, updates, renewals and deletions, while the sandbox bank keeps
 * its truth; restarts it, and compares everything. Leases of the dead are outlived by moving the clock.
 */
export async function crashCampaign(options: CrashOptions): Promise<CrashResult> {
  const random = seeded(options.seed);
  // Tokens that live for a minute of the clock: nearly every update begins with a refresh.
  await using bank = await startBerlinGroupBank({ pageSize: 40, bigPageSize: 40, accessTokenTtl: 60 });
  await using front = await startFront();
  await using processes = hubProcesses(bank, options.databaseUrl);
  const world = new World(bank, random, options.people ?? 4, options.rows ?? 300);
  const start = async (): Promise<HubProcess> => {
    const port = await freePort();
    const hub = await processes.start({ env: { PORT: String(port), PUBLIC_URL: front.origin } });
    front.leadTo(port);
    return hub;
  };
  const campaign = new Campaign(world, random, front, start);
  await campaign.begin();
  for (let kill = 1; kill <= options.kills; kill++) {
    const what = await campaign.killDuringAction();
    options.report?.(`${String(kill)} ${what}`);
    if (kill % SETTLE_EVERY === 0 || kill === options.kills) await campaign.settle();
  }
  return { kills: options.kills, ...campaign.result(), actions: campaign.actions };
}

class Campaign {
  readonly actions: Record<string, number> = {};
  readonly #world: World;
  readonly #random: Random;
  readonly #front: Front;
  readonly #start: () => Promise<HubProcess>;
  readonly #violations: string[] = [];
  #hub: HubProcess | null = null;
  #settled = 0;
  #rowsCompared = 0;
  #idsCompared = 0;

  constructor(world: World, random: Random, front: Front, start: () => Promise<HubProcess>) {
    this.#world = world;
    this.#random = random;
    this.#front = front;
    this.#start = start;
  }

  result(): Omit<CrashResult, "kills" | "actions"> {
    const [settled, rowsCompared, idsCompared] = [this.#settled, this.#rowsCompared, this.#idsCompared];
    return { settled, rowsCompared, idsCompared, violations: this.#violations };
  }

  async begin(): Promise<void> {
    this.#hub = await this.#start();
    await mutate(this.#client, "setTenantUrls", "SetTenantUrlsInput", { redirectUrls: [REDIRECT_URL] });
    for (const { name } of this.#world.people) await mutate(this.#client, "createUser", "CreateUserInput", { clientId: name });
  }

  /** Begins something for a random person, kills the hub somewhere in it, starts it again. Answers what it was. */
  async killDuringAction(): Promise<string> {
    const person = this.#random.pick(this.#world.people);
    const [consent = null] = await consentsOf(this.#client, person.name);
    const [what, act] = this.#choose(person, consent);
    this.actions[what] = (this.actions[what] ?? 0) + 1;
    let back: () => void = () => undefined;
    const isBack = new Promise<void>((done) => (back = done));
    const acting = act(() => isBack).catch(() => undefined); // it broke off: that is what this is about
    // Not a wait for something to happen: the moment of the kill is what is random here.
    await delay(this.#random.next() ** 2 * LONGEST_LIFE_MS);
    this.#front.leadTo(null);
    const orderly = this.#random.chance(ORDERLY);
    const code = await this.#hub?.end(orderly ? "SIGTERM" : "SIGKILL");
    if (orderly && code !== 0) this.#violations.push(`${what}: a stop by SIGTERM ended with code ${String(code)}`);
    const how = orderly ? "stopped" : "killed";
    this.actions[how] = (this.actions[how] ?? 0) + 1;
    await this.#hub?.client.close().catch(() => undefined); // a socket that was just being opened breaks off too
    this.#hub = await this.#start();
    await this.#advance("PT2M");
    back();
    await acting;
    return `${person.name} ${what}`;
  }

  #choose(person: Person, consent: ConsentView | null): [string, (isBack: () => Promise<void>) => Promise<unknown>] {
    const { bank } = this.#world;
    if (consent === null) return ["create", () => createConsent(this.#client, person.name, bank.id)];
    const { id, status, authorizationUrl } = consent;
    if (authorizationUrl !== null && (status !== "GIVEN" || this.#random.chance(0.7)))
      return ["approve", (isBack) => approve(authorizationUrl, person.name, `${this.#front.origin}/callback`, isBack)];
    if (status !== "GIVEN") return this.#random.chance(0.8) ? ["renew", () => this.#renew(id)] : ["delete", () => this.#erase(person, id)];
    const dice = this.#random.next();
    if (dice < 0.7) return ["update", () => this.#update(id)];
    if (dice < 0.85) return ["renew", () => this.#renew(id)];
    return dice < 0.93
      ? ["delete", () => this.#erase(person, id)]
      : ["two updates", () => Promise.all([this.#update(id), this.#update(id)])];
  }

  async #update(id: string): Promise<void> {
    const update = await createUpdate(this.#client, id);
    if (update === null) return;
    for await (const { status } of statusOf(this.#client, update)) if (FINAL.has(status)) return;
  }

  #renew(id: string): Promise<unknown> {
    return mutate(this.#client, "renewConsent", "RenewConsentInput", { consentId: id });
  }

  async #erase(person: Person, id: string): Promise<void> {
    person.ids.clear(); // a consent that is gone takes its ids along
    await mutate(this.#client, "deleteConsent", "DeleteConsentInput", { consentId: id });
  }

  /** A new day; every person's consent given, read to its end, and compared with the bank. */
  async settle(): Promise<void> {
    this.#world.live();
    await this.#advance("P1D", false);
    for (const person of this.#world.people) await this.#settlePerson(person);
    this.#settled += 1;
  }

  /**
   * Killed between the bank's answer to a refresh and its storing, the hub has lost a token that works once (the bank then ends the grant):
   * the one loss nobody can undo. It must say so, by an update that FAILED and a consent that is no longer GIVEN; a renewal brings all back.
   */
  async #settlePerson(person: Person): Promise<void> {
    for (let tries = 0; ; tries++) {
      const consent = await this.#given(person);
      await this.#finishUpdates(consent);
      const update = await createUpdate(this.#client, consent);
      const outcome = update === null ? "REFUSED" : await this.#follow(update);
      const [after] = await consentsOf(this.#client, person.name);
      const ended = outcome !== "COMPLETED" && after?.status !== "GIVEN";
      if (!ended || tries === 2) return this.#compare(person, consent, outcome);
      this.actions["renewed after a lost refresh"] = (this.actions["renewed after a lost refresh"] ?? 0) + 1;
    }
  }

  async #given(person: Person): Promise<string> {
    const { name } = person;
    for (let tries = 0; tries < 5; tries++) {
      const [consent] = await consentsOf(this.#client, name);
      if (!consent) await createConsent(this.#client, name, this.#world.bank.id);
      else if (consent.status === "GIVEN") return consent.id;
      else if (consent.authorizationUrl === null) await this.#renew(consent.id);
      else {
        await approve(consent.authorizationUrl, name, `${this.#front.origin}/callback`, async () => undefined);
        const [after] = await consentsOf(this.#client, name);
        if (after?.status !== "GIVEN") await this.#renew(consent.id);
      }
    }
    throw new Error(`${name}: the consent could not be given: ${JSON.stringify(await consentsOf(this.#client, name))}`);
  }

  async #finishUpdates(consent: string): Promise<void> {
    for (const { id, status } of await updatesOf(this.#client, consent)) if (!FINAL.has(status)) await this.#follow(id);
  }

  /** To the final status; where the update waits, the clock brings its time. */
  async #follow(update: string): Promise<string> {
    for await (const { status } of statusOf(this.#client, update)) {
      if (FINAL.has(status)) return status;
      if (status === "WAITING") await this.#advance("PT1H");
    }
    throw new Error(`${update}: the stream ended before a final status`);
  }

  async #compare(person: Person, consent: string, outcome: string): Promise<void> {
    const { name } = person;
    const open = (await updatesOf(this.#client, consent)).filter(({ status }) => !FINAL.has(status));
    if (open.length > 0) this.#violations.push(`${name}: updates hang: ${JSON.stringify(open)}`);
    const rows = await rowsOf(this.#client, name);
    const booked = rows.filter(({ status }) => status === "BOOKED");
    const references = booked.map(({ entryReference }) => entryReference ?? "none").toSorted();
    const truth = trueReferences(this.#world.bank, name);
    this.#rowsCompared += truth.length;
    // The bank has no faults here: nothing excuses an update that is not complete.
    if (outcome !== "COMPLETED") this.#violations.push(`${name}: the last update ended ${outcome}`);
    if (JSON.stringify(references) !== JSON.stringify(truth)) this.#violations.push(`${name}: ${difference(references, truth)}`);
    for (const { id, entryReference } of booked) {
      const before = person.ids.get(entryReference ?? "");
      if (before === undefined) person.ids.set(entryReference ?? "", id);
      else {
        this.#idsCompared += 1;
        if (before !== id) this.#violations.push(`${name}: ${String(entryReference)} was ${before} and is ${id}`);
      }
    }
    const replay = await replayed(this.#client, name);
    const shown = new Set(rows.filter(({ status }) => status !== "VOIDED").map(({ id }) => id));
    const unlike = [...shown].filter((id) => !replay.has(id)).length + [...replay].filter((id) => !shown.has(id)).length;
    if (unlike > 0) this.#violations.push(`${name}: the change log leaves ${String(unlike)} rows that the query does not, or the reverse`);
  }

  get #client(): HubProcess["client"] {
    if (!this.#hub) throw new Error("the hub is not up");
    return this.#hub.client;
  }

  async #advance(duration: string, bankToo = true): Promise<void> {
    if (bankToo) this.#world.bank.clock.advance(duration);
    if (this.#hub) await advance(this.#hub, duration);
  }
}

function difference(found: readonly string[], truth: readonly string[]): string {
  const [have, due] = [count(found), count(truth)];
  const lost = [...due].filter(([key, times]) => (have.get(key) ?? 0) < times).map(([key]) => key);
  const more = [...have].filter(([key, times]) => times > (due.get(key) ?? 0)).map(([key]) => key);
  return `of ${String(truth.length)} rows lost: ${lost.join(" ") || "none"}; too many: ${more.join(" ") || "none"}`;
}

function count(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
