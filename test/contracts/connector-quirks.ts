import { expect } from "vitest";
import { handleOf, type Received } from "./connector-scripted-bank.ts";
import {
  accounts, ACCOUNT, call, CARD, list, listed, outcomeOf, OWN_IBAN, PLAIN, refusal, request, returned, row, sent, signed, willing, type Quirk,
} from "./connector-quirk-kit.ts"; // prettier-ignore

/** A text of this form. */
const like = (form: RegExp): unknown => expect.stringMatching(form);
const signal = new AbortController().signal;
const party = (name: string) => ({ creditorName: name });
const money = (amount: unknown, currency = "EUR") => ({ transactionAmount: { amount, currency } });
const tpp = (code: string, text = "") => ({ tppMessages: [{ category: "ERROR", code, text }] });
const header =
  (name: string, on: (one: Received) => boolean = () => true) =>
  (received: readonly Received[]) =>
    received.filter(on).map(({ headers }) => headers[name] ?? null);
/** Every value that a header had, over all requests. */
const all = (name: string) => (received: readonly Received[]) => ({ values: [...new Set(header(name)(received))] });
const of =
  (ending: string) =>
  ({ path }: Received) =>
    path.endsWith(ending);
const queries = (received: readonly Received[]) => received.filter(of("/transactions")).map(({ query }) => query.toString());
const body = (received: readonly Received[]) => JSON.parse(received[0]?.body ?? "{}") as object;
const account = (more: object) => ({
  resourceId: "r",
  currency: "EUR",
  _links: { balances: { href: "/v1/accounts/r/balances" } },
  ...more,
});
const next = (link: unknown) => ({
  script: ({ query }: Received) => {
    const on = query.has("page") ? {} : { _links: { next: link } };
    return { body: { transactions: { booked: [{ ...PLAIN, transactionId: query.get("page") ?? "1" }], ...on } } };
  },
  act: async ({ connector }: Parameters<Quirk["act"]>[0]) => {
    const read = await outcomeOf(listed(connector).then(({ rows }) => rows.map(({ bankTransactionId }) => bankTransactionId)));
    return { read };
  },
});

const ids: readonly Quirk[] = [
  list(
    { row: "8.1", bank: "the same transactionId on different rows", profile: { ids: { trustTransactionId: false } } },
    { transactions: { booked: [PLAIN, { ...PLAIN, ...party("Other") }] } },
    { rows: [{ bankTransactionId: null }, { bankTransactionId: null, counterpartyName: "Other" }] },
  ),
  row({ row: "8.1", bank: "NOTPROVIDED for an id" }, { transactionId: "NOTPROVIDED" }, { bankTransactionId: null }),
  row({ row: "8.1", bank: "a blank id" }, { transactionId: " " }, { bankTransactionId: null }),
  row({ row: "8.1", bank: "an id of zeros" }, { transactionId: "0000000000" }, { bankTransactionId: null }),
  row({ row: "8.1", bank: "null for an id" }, { transactionId: null }, { bankTransactionId: null }),
  row(
    { row: "8.1", bank: "a number for an id" },
    { transactionId: 12345678901234567890n.toString() },
    { bankTransactionId: "12345678901234567890" },
  ),
  row(
    { row: "8.1", bank: "malformed ids for the time being", profile: { ids: { wellFormed: "^([0-9a-f]{32}|[0-9a-f]{40})$" } } },
    { transactionId: "pending-1" },
    { bankTransactionId: null },
  ),
  row(
    { row: "8.1", bank: "an entry reference that changes", profile: { ids: { trustEntryReference: false } } },
    { entryReference: "E-9" },
    { entryReference: null, bankTransactionId: "t-1" },
  ),
  list(
    { row: "8.1", bank: "the same row twice in one answer: both are handed on, the matcher decides" },
    { transactions: { booked: [PLAIN, PLAIN] } },
    { rows: [{ bankTransactionId: "t-1" }, { bankTransactionId: "t-1" }] },
  ),
  accounts(
    { row: "8.1", bank: "several accounts with one IBAN, one a currency" },
    [account({ resourceId: "e", iban: OWN_IBAN }), account({ resourceId: "u", iban: OWN_IBAN, currency: "USD" })],
    [
      { resourceId: "e", currency: "EUR" },
      { resourceId: "u", currency: "USD" },
    ],
  ),
  row(
    { row: "8.1", bank: "no id at all" },
    { transactionId: undefined },
    { bankTransactionId: null, entryReference: null, amount: "-1.00" },
  ),
];

const amounts: readonly Quirk[] = [
  row({ row: "8.2", bank: "an amount as a number" }, money(-12.5), { amount: "-12.50" }),
  row({ row: "8.2", bank: "a leading plus" }, money("+12.5"), { amount: "12.50" }),
  row({ row: "8.2", bank: "a whole number" }, money("-7"), { amount: "-7.00" }),
  row({ row: "8.2", bank: "four decimals" }, money("-7.1234"), { amount: "-7.1234" }),
  row({ row: "8.2", bank: "blanks and a comma" }, money("-1 234,56"), { amount: "-1234.56" }),
  row({ row: "8.2", bank: "a typographic minus" }, money("\u221212.00"), { amount: "-12.00" }),
  list(
    { row: "8.2", bank: "null for an amount: the row is set aside, the others stay" },
    { transactions: { booked: [{ ...PLAIN, ...money(null) }, PLAIN] } },
    {
      rows: [{ amount: "-1.00" }],
      quarantined: [{ reason: "transactions.booked[0].transactionAmount.amount: expected a decimal, got null" }],
    },
  ),
  list(
    { row: "8.2", bank: "an ambiguous thousands separator: the row is set aside" },
    { transactions: { booked: [{ ...PLAIN, ...money("1,234") }] } },
    { rows: [], quarantined: [{ reason: "transactions.booked[0].transactionAmount.amount: expected a decimal, got a text" }] },
  ),
  list(
    { row: "8.2", bank: "cards with reversed signs that do not say so", profile: { amounts: { cardDebtPositive: true } } },
    { cardTransactions: { booked: [{ ...PLAIN, ...money("12.00") }] } },
    { rows: [{ amount: "-12.00" }] },
    CARD,
  ),
  row(
    { row: "8.2", bank: "no signs: the named side decides", profile: { amounts: { signRule: "counterparty" } } },
    { ...money("5.00"), creditorName: "Shop" },
    { amount: "-5.00", counterpartyName: "Shop" },
  ),
  row({ row: "8.2", bank: "every sign flipped", profile: { amounts: { signRule: "inverted" } } }, money("5.00"), { amount: "-5.00" }),
  row(
    {
      row: "8.2",
      bank: "the payee in additionalInformation",
      profile: { text: { counterpartyFrom: [{ field: "additionalInformation", match: "^(.+)$" }] } },
    },
    { additionalInformation: "ICA Kvantum" },
    { counterpartyName: "ICA Kvantum" },
  ),
  list(
    {
      row: "8.2",
      bank: "pending rows without the minus",
      profile: { amounts: { outWhere: [{ field: "additionalInformation", match: "^ΑΓΟΡΑ" }] } },
    },
    { transactions: { pending: [{ ...PLAIN, ...money("9.90"), additionalInformation: "ΑΓΟΡΑ SHOP" }] } },
    { rows: [{ status: "PENDING", amount: "-9.90" }] },
  ),
  row(
    {
      ...{ row: "8.2", bank: "the foreign amount where the billed one should be" },
      profile: { amounts: { billedFrom: [{ field: "additionalInformation", match: "billingAmount: (?<amount>[\\d.,]+)" }] } },
    },
    { ...money("-100.00", "SEK"), additionalInformation: "billingAmount: 8,75" },
    { amount: "-8.75", currency: "EUR", exchangeAmount: "-100.00", exchangeCurrency: "SEK" },
  ),
  row(
    { row: "8.2", bank: "booking and value date swapped", profile: { dates: { swapBookingValue: true } } },
    { bookingDate: "2026-11-17", valueDate: "2026-11-19" },
    { bookingDate: "2026-11-19", valueDate: "2026-11-17" },
  ),
  row(
    { row: "8.2", bank: "the value date is the useful one", profile: { dates: { bookingOrder: ["valueDate", "bookingDate"] } } },
    { bookingDate: "2026-11-17", valueDate: "2026-11-19" },
    { bookingDate: "2026-11-19" },
  ),
  list(
    {
      row: "8.2",
      bank: "pending rows whose only date is in the id",
      profile: { dates: { purchaseDayFrom: [{ field: "transactionId", match: "_(\\d{4}-\\d\\d-\\d\\d)_" }] } },
    },
    { transactions: { pending: [{ ...PLAIN, bookingDate: undefined, transactionId: "x_2026-11-18_7" }] } },
    { rows: [{ bookingDate: null, valueDate: null, transactionDate: "2026-11-18" }] },
  ),
  row(
    { row: "8.2", bank: "no booking date" },
    { bookingDate: undefined, valueDate: "2026-11-18" },
    { bookingDate: null, valueDate: "2026-11-18" },
  ),
  row(
    {
      row: "8.2",
      bank: "the day of the purchase in the text",
      profile: { dates: { purchaseDayFrom: [{ field: "remittanceInformationUnstructured", match: "(\\d{4}-\\d\\d-\\d\\d)" }] } },
    },
    { remittanceInformationUnstructured: "PURCHASE 2026-11-15 RIMI" },
    { bookingDate: "2026-11-19", transactionDate: "2026-11-15" },
  ),
  ...(
    [
      ["DD-MM-YYYY", "19-11-2026", "2026-11-19"],
      ["DD/MM/YYYY", "19/11/2026", "2026-11-19"],
      ["a date-time without a zone: the bank's own day", "2026-11-19T23:30:00", "2026-11-19"],
      ["a date-time without seconds", "2026-11-19T10:00+00:00", "2026-11-19"],
      ["six fraction digits", "2026-11-19T10:00:00.123456Z", "2026-11-19"],
      ["an offset without colon: the day in the bank's zone", "2026-11-19T23:30:00+0000", "2026-11-20"],
      ["blanks", "2026-11-19 10:00:00.1234567", "2026-11-19"],
    ] as const
  ).map(([form, text, day]) => row({ row: "8.2", bank: `dates as ${form}` }, { bookingDate: text }, { bookingDate: day })),
  row(
    { row: "8.2", bank: "an empty text for a date" },
    { bookingDate: "", valueDate: "2026-11-18" },
    { bookingDate: null, valueDate: "2026-11-18" },
  ),
  row({ row: "8.2", bank: "valueDateTime" }, { valueDateTime: "2026-11-18T00:00:00" }, { valueDate: "2026-11-18" }),
];

const texts: readonly Quirk[] = [
  row(
    { row: "8.2", bank: "<br> for a line" },
    { remittanceInformationUnstructured: "one<br>two<br/>three" },
    { remittance: ["one", "two", "three"] },
  ),
  row(
    {
      row: "8.2",
      bank: "field names in the text",
      profile: { text: { cleaners: [{ match: "^mandatereference:.*?remittanceinformation:", replace: "" }] } },
    },
    { remittanceInformationUnstructured: "mandatereference:,creditorid:,remittanceinformation:Miete" },
    { remittance: ["Miete"], description: "Miete" },
  ),
  row(
    { row: "8.2", bank: "only the array of lines" },
    { remittanceInformationUnstructuredArray: ["a", null, "b"] },
    { remittance: ["a", "b"] },
  ),
  row(
    {
      row: "8.2",
      bank: "the name inside a line",
      profile: { text: { counterpartyFrom: [{ field: "remittanceInformationUnstructuredArray", match: "^Naam: (.+)$" }] } },
    },
    { remittanceInformationUnstructuredArray: ["SEPA", "Naam: Albert Heijn", "IBAN: x"] },
    { counterpartyName: "Albert Heijn" },
  ),
  row(
    { row: "8.2", bank: "text only in structured form" },
    { remittanceInformationStructured: "Rechnung 1" },
    { remittance: ["Rechnung 1"] },
  ),
  row(
    { row: "8.2", bank: "structured as an object" },
    { remittanceInformationStructured: { reference: "RF18", referenceType: "SCOR" } },
    { structuredReference: "RF18" },
  ),
  row(
    { row: "8.2", bank: "structured as a list of texts" },
    { remittanceInformationStructuredArray: ["RF18"], remittanceInformationUnstructured: "x" },
    { structuredReference: "RF18", remittance: ["x"] },
  ),
  row(
    { row: "8.2", bank: "everything in additionalInformation", profile: { text: { remittanceFields: ["additionalInformation"] } } },
    { additionalInformation: "Dankort 1234" },
    { remittance: ["Dankort 1234"] },
  ),
  row(
    { row: "8.2", bank: "everything in additionalInformation, as description" },
    { additionalInformation: "Dankort 1234" },
    { description: "Dankort 1234" },
  ),
  row(
    {
      row: "8.2",
      bank: "pseudo-JSON in additionalInformation",
      profile: { text: { counterpartyFrom: [{ field: "additionalInformation", match: '"?narrative"?:\\s*\\["?([^,"\\]]+)' }] } },
    },
    { additionalInformation: '{atmPosName: "X", narrative: ["SHELL 12", "BRUXELLES"]}' },
    { counterpartyName: "SHELL 12" },
  ),
  row(
    {
      row: "8.2",
      bank: "keywords broken by blanks",
      profile: { text: { cleaners: [{ match: "End ?-? ?to ?-? ?End ?-? ?Ref ?\\. ?: ?\\S+", replace: "" }] } },
    },
    { remittanceInformationUnstructured: "Miete End- to-End-Ref .: NOTPROV" },
    { remittance: ["Miete"] },
  ),
  row(
    {
      row: "8.2",
      bank: "an end-to-end id added to the text",
      profile: { text: { cleaners: [{ match: "\\nEndToEndID: NOTPROVIDED", replace: "" }] } },
    },
    { remittanceInformationUnstructured: "Husleje\nEndToEndID: NOTPROVIDED" },
    { remittance: ["Husleje"] },
  ),
  row(
    { row: "8.2", bank: "characters by number" },
    { remittanceInformationUnstructured: "Grazie \\U0001F600 caff\\u00e8" },
    { remittance: ["Grazie 😀 caffè"] },
  ),
  row(
    {
      row: "8.2",
      bank: "/Txt/ and semicolons",
      profile: {
        text: {
          cleaners: [
            { match: "^/Txt/", replace: "" },
            { match: ";", replace: "\n" },
          ],
        },
      },
    },
    { remittanceInformationUnstructured: "/Txt/Recibo;Luz" },
    { remittance: ["Recibo", "Luz"] },
  ),
  row({ row: "8.2", bank: "a number for bankTransactionCode" }, { bankTransactionCode: 577 }, { bankTransactionCode: "577" }),
  row(
    { row: "8.2", bank: "exchangeRate, an object, instead of currencyExchange" },
    { exchangeRate: { currencyFrom: "USD", rateFrom: "1.1", currencyTo: "EUR" } },
    { exchangeCurrency: "USD", exchangeRate: "1.1" },
  ),
  row(
    { row: "8.2", bank: "currencyExchange as one object with a number" },
    { currencyExchange: { sourceCurrency: "USD", exchangeRate: 1.0929, targetCurrency: "EUR" } },
    { exchangeCurrency: "USD", exchangeRate: "1.0929" },
  ),
  row(
    { row: "8.2", bank: "fields of its own, one name with several types" },
    { transactionType: { code: 1 }, dayStartBalance: 5, theirReference: ["x"], executionDateTime: "?" },
    { amount: "-1.00", bankTransactionId: "t-1" },
  ),
  accounts(
    { row: "8.2", bank: "balance types in other cases and words" },
    [
      account({
        balances: ["Expected", "INTERIM_AVAILABLE", "PREVIOUSLY_CLOSED_BOOKED", "information"].map((balanceType) => {
          return { balanceType, balanceAmount: { amount: "1", currency: "EUR" } };
        }),
      }),
    ],
    [{ balances: [{ type: "EXPECTED" }, { type: "INTERIM_AVAILABLE" }, { type: "PREVIOUSLY_CLOSED_BOOKED" }, { type: "INFORMATION" }] }],
  ),
  accounts(
    { row: "8.2", bank: "a balance type with a meaning of its own", profile: { balances: { types: { expected: "INTERIM_BOOKED" } } } },
    [account({ balances: [{ balanceType: "expected", balanceAmount: { amount: "1", currency: "EUR" } }] })],
    [{ balances: [{ type: "INTERIM_BOOKED", amount: "1.00" }] }],
  ),
  list(
    { row: "8.2", bank: "transactions as a plain list" },
    { transactions: [PLAIN] },
    { rows: [{ status: "BOOKED", bankTransactionId: "t-1" }] },
  ),
  list({ row: "8.2", bank: "no list of booked rows" }, { transactions: {} }, { rows: [], quarantined: [] }),
  list(
    { row: "8.2", bank: "info instead of information" },
    { transactions: { booked: [PLAIN], info: [{ ...PLAIN, transactionId: "standing order" }] } },
    { rows: [{ bankTransactionId: "t-1" }] },
  ),
  accounts(
    { row: "8.2", bank: "a masked card number where the IBAN should be" },
    [account({ iban: "XXXX-XXXXXX-11009" })],
    [{ iban: null, maskedPan: "XXXX-XXXXXX-11009" }],
  ),
  accounts({ row: "8.2", bank: "an invalid IBAN: the account stays" }, [account({ iban: "DE89" })], [{ iban: null, resourceId: "r" }]),
  list(
    {
      row: "8.2",
      bank: "declined and zero rows",
      profile: {
        filters: {
          transactions: [
            { field: "transactionStatus", match: "^declined$" },
            { field: "transactionAmount.amount", match: "^-?0(\\.0+)?$" },
          ],
        },
      },
    },
    { transactions: { booked: [PLAIN, { ...PLAIN, transactionStatus: "DECLINED" }, { ...PLAIN, ...money("0.00") }] } },
    { rows: [{ amount: "-1.00" }], quarantined: [] },
  ),
  accounts(
    {
      row: "8.2",
      bank: "accounts that are none",
      profile: {
        filters: {
          accounts: [
            { field: "status", match: "deleted" },
            { field: "currency", match: "^BTC$" },
          ],
        },
      },
    },
    [account({}), account({ resourceId: "old", status: "deleted" }), account({ resourceId: "coin", currency: "BTC" })],
    [{ resourceId: "r" }],
  ),
];

const CONSENT_GONE = "CONSENT_INVALID CONSENT_INVALID";
const errors: readonly Quirk[] = [
  refusal(
    { row: "8.3", bank: "tppMessages as a text" },
    { status: 403, body: { tppMessages: "Unauthorized", code: "401" } },
    "CONSENT_INVALID CONSENT_INVALID",
    "accounts",
  ),
  refusal(
    { row: "8.3", bank: "a bare message" },
    { status: 400, body: { category: "ERROR", code: "CONSENT_FAILED", text: "x" } },
    CONSENT_GONE,
  ),
  refusal({ row: "8.3", bank: "status and message only" }, { status: 401, body: { status: 401, message: "invalid token" } }, CONSENT_GONE),
  refusal(
    { row: "8.3", bank: "type instead of code" },
    { status: 401, body: { tppMessages: [{ type: "CONSENT_EXPIRED" }] } },
    "CONSENT_INVALID CONSENT_EXPIRED",
  ),
  refusal({ row: "8.3", bank: "TOO_MANY_REQUESTS" }, { status: 400, body: tpp("TOO_MANY_REQUESTS") }, "RATE_LIMITED QUOTA_EXCEEDED"),
  refusal(
    { row: "8.3", bank: "429 without a code, in German" },
    { status: 429, body: { message: "Zu viele Anfragen" } },
    "RATE_LIMITED QUOTA_EXCEEDED",
  ),
  ...[400, 401, 403, 404].map((status) =>
    refusal(
      { row: "8.3", bank: `CONSENT_EXPIRED with ${String(status)}` },
      { status, body: tpp("CONSENT_EXPIRED") },
      "CONSENT_INVALID CONSENT_EXPIRED",
    ),
  ),
  refusal(
    { row: "8.3", bank: "a text against its code" },
    { status: 429, body: tpp("ACCESS_EXCEEDED", "token not valid") },
    "RATE_LIMITED QUOTA_EXCEEDED",
  ),
  refusal(
    {
      row: "8.3",
      bank: "a body of its own",
      profile: { errors: { patterns: [{ match: "A0036", failure: "CONSENT_INVALID", code: "CONSENT_REVOKED" }] } },
    },
    { status: 403, body: { errorManagement: { errorCode: "PSD2_01.190.A0036", errorDescription: "x" } } },
    "CONSENT_INVALID CONSENT_REVOKED",
  ),
  {
    ...{ row: "8.3", bank: "the login page's URL in a 401", profile: { authUrlFromError: "result.url" }, auth: { tokenUrl: "/token" } },
    script: (_request, origin) => ({ status: 401, body: { result: { url: `${origin}/login?x=1` } } }),
    expected: { path: "/login", x: "1", state: request.state },
    act: async ({ connector }) => {
      const opened = await outcomeOf(
        connector.openGrant(request, signal).then(({ authorizationUrl }) => {
          const url = new URL(authorizationUrl);
          return { path: url.pathname, ...Object.fromEntries(url.searchParams) };
        }),
      );
      return opened;
    },
  },
  {
    ...{ row: "8.3", bank: "a 401 with a link to its OAuth server" },
    script: ({ method, path, headers }, origin) => {
      if (path === "/metadata") return { body: { authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` } };
      if (path === "/token") return { body: { access_token: "t", expires_in: 300 } };
      if (method === "POST" && headers.authorization === undefined)
        return { status: 401, body: { ...tpp("TOKEN_UNKNOWN"), _links: { scaOAuth: { href: `${origin}/metadata` } } } };
      return { status: 201, body: { consentId: "c-7", _links: { scaRedirect: { href: `${origin}/sca` } } } };
    },
    expected: { first: "/authorize", outcome: "CONTINUE", second: "/sca" },
    act: async ({ connector }) => {
      const opened = await connector.openGrant(request, signal);
      const done = await connector.completeGrant({ ...returned, handle: opened.handle, parameters: { code: "c" } }, signal);
      const second = done.outcome === "CONTINUE" ? new URL(done.authorizationUrl).pathname : null;
      return { first: new URL(opened.authorizationUrl).pathname, outcome: done.outcome, second };
    },
  },
  {
    ...{ row: "8.3", bank: "404 instead of an empty list of card accounts" },
    script: ({ path }) =>
      path.endsWith("/card-accounts")
        ? { status: 404, body: tpp("RESOURCE_UNKNOWN", "Can't find card accounts") }
        : { body: { accounts: [account({})] } },
    expected: [{ resourceId: "r" }],
    act: async ({ connector }) => (await connector.accounts(call, signal)).accounts,
  },
  {
    ...{ row: "8.3", bank: "words of its own for a used refresh token", profile: { tokenRules: { invalidGrantPatterns: ["OAGA"] } } },
    script: () => ({ status: 400, body: { error: "OAGA" } }),
    expected: { failed: "CONSENT_INVALID CONSENT_EXPIRED" },
    act: ({ connector, origin }) => outcomeOf(connector.refresh(handleOf({ refreshToken: "r", tokenUrl: `${origin}/token` }), signal)),
  },
  refusal({ row: "8.3", bank: "an empty body with 401" }, { status: 401, body: "" }, CONSENT_GONE),
  refusal({ row: "8.3", bank: "{} with 404 for one account" }, { status: 404, body: {} }, "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE"),
  refusal(
    {
      row: "8.3",
      bank: "words of its own for a blocked account",
      profile: { errors: { patterns: [{ match: "have blocks", failure: "ACCOUNT_UNAVAILABLE", code: "ACCOUNT_NOT_ACCESSIBLE" }] } },
    },
    { status: 400, body: { code: "X", text: "Account, or Accounts have blocks" } },
    "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE",
  ),
  refusal(
    { row: "8.3", bank: "403 in HTML while it is down" },
    { status: 403, body: "<html>banned your IP address</html>" },
    "BANK_TEMPORARY BANK_UNAVAILABLE",
  ),
  refusal({ row: "8.3", bank: "500 with a null message" }, { status: 500, body: { message: null } }, "BANK_TEMPORARY BANK_UNAVAILABLE"),
  refusal(
    { row: "8.3", bank: "INTERNAL_SERVER_ERROR" },
    { status: 500, body: tpp("INTERNAL_SERVER_ERROR") },
    "BANK_TEMPORARY BANK_UNAVAILABLE",
  ),
  refusal({ row: "8.3", bank: "504 of a gateway" }, { status: 504, body: "" }, "BANK_TEMPORARY BANK_TIMEOUT"),
  refusal({ row: "8.3", bank: "HTML with 200" }, { body: "<html>Wartung</html>" }, "PROTOCOL BANK_BAD_RESPONSE"),
  ...[400, 404].map((status): Quirk => ({
    ...{ row: "8.3", bank: `${String(status)} to the end of a consent that is gone` },
    script: () => ({ status, body: { message: "no such consent" } }),
    expected: { ended: "ALREADY_ENDED" },
    act: async ({ connector }) => ({ ended: await connector.revoke(call, signal) }),
  })),
  sent(
    { row: "8.3", bank: "no Accept on DELETE", profile: { omitHeaders: { consent: ["Accept"] } } },
    header("accept", ({ method }) => method === "DELETE"),
    [null],
  ),
];

const consents: readonly Quirk[] = [
  sent(
    {
      row: "8.4",
      bank: "only consents for named accounts, with currency",
      profile: { consent: { model: "detailed", accounts: [{ iban: OWN_IBAN, currency: "EUR" }] } },
    },
    body,
    { access: { accounts: [{ iban: OWN_IBAN, currency: "EUR" }], transactions: [{ iban: OWN_IBAN }] } },
  ),
  {
    ...{ row: "8.4", bank: "named accounts only, after a one-off consent for the list", profile: { consent: { model: "account-list" } } },
    script: (got, origin) => {
      if (got.method === "POST")
        return {
          status: 201,
          body: { consentId: got.body.includes("availableAccounts") ? "list" : "real", _links: { scaRedirect: { href: `${origin}/sca` } } },
        };
      if (got.path.endsWith("/accounts"))
        return { body: { accounts: [account({ iban: OWN_IBAN }), account({ resourceId: "b", bban: "123", currency: "XXX" })] } };
      return willing(got, origin);
    },
    expected: {
      outcomes: ["CONTINUE", "GIVEN"],
      between: "REQUESTED",
      access: [
        { availableAccounts: "allAccounts" },
        { accounts: [{ iban: OWN_IBAN, currency: "EUR" }, { bban: "123" }], balances: [{}, {}] },
      ],
      oneOff: [
        { recurringIndicator: false, frequencyPerDay: 1 },
        { recurringIndicator: true, frequencyPerDay: 4 },
      ],
      listedBy: "list",
    },
    act: async ({ connector, received }) => {
      const first = await connector.openGrant(request, signal);
      const between = await connector.grantState({ handle: first.handle, psu: null }, signal);
      const listDone = await connector.completeGrant({ ...returned, handle: first.handle, parameters: { state: "s" } }, signal);
      const last = await connector.completeGrant(
        { ...returned, handle: listDone.outcome === "DENIED" ? first.handle : listDone.handle, parameters: { state: "s" } },
        signal,
      );
      const bodies = received.filter(({ method }) => method === "POST").map((one) => JSON.parse(one.body) as { access: object });
      return {
        outcomes: [listDone.outcome, last.outcome],
        between: between.status,
        access: bodies.map(({ access }) => access),
        oneOff: bodies,
        listedBy: received.find(of("/accounts"))?.headers["consent-id"],
      };
    },
  },
  sent({ row: "8.4", bank: "bank-offered consents only", profile: { consent: { model: "bank-offered" } } }, body, {
    access: { accounts: [], balances: [], transactions: [] },
  }),
  sent({ row: "8.4", bank: "global consents (the default for balances and transactions)" }, body, { access: { allPsd2: "allAccounts" } }),
  sent({ row: "8.4", bank: "whole history only by one-off consents", profile: { consent: { recurring: false } } }, body, {
    recurringIndicator: false,
    frequencyPerDay: 1,
  }),
  sent({ row: "8.4", bank: "refuses frequencyPerDay above 4, and one of its own", profile: { consent: { frequencyPerDay: 2 } } }, body, {
    frequencyPerDay: 2,
  }),
  sent({ row: "8.4", bank: "90 days at most, counted with today", profile: { consent: { maxValidDays: 90 } } }, body, {
    validUntil: "2027-02-22",
  }),
  sent({ row: "8.4", bank: "refuses PSU-ID: none is ever sent" }, all("psu-id"), { values: [null] }),
  sent(
    { row: "8.4", bank: "PSU-ID-TYPE wanted", profile: { extraHeaders: { "PSU-ID-TYPE": "HVB_ONLINEBANKING" } } },
    header("psu-id-type", of("/consents")),
    ["HVB_ONLINEBANKING"],
  ),
  sent(
    { row: "8.4", bank: "PSU-IP-Address wanted on every call", profile: { psuIp: { always: true, constant: "198.51.100.7" } } },
    header("psu-ip-address", of("/transactions")),
    ["198.51.100.7", "198.51.100.7"],
    null,
  ),
  {
    ...sent(
      { row: "8.4", bank: "PSU-IP-Address must be IPv4", profile: { psuIp: { ipv4Only: true, constant: "198.51.100.7" } } },
      header("psu-ip-address", of("/accounts")),
      ["198.51.100.7"],
      { ...request.psu, ipAddress: "2001:db8::1", userAgent: null, acceptLanguage: null },
    ),
  },
  sent(
    { row: "8.4", bank: "wants the TPP's address to open a consent", profile: { psuIp: { constant: "198.51.100.7" } } },
    header("psu-ip-address", of("/consents")),
    ["198.51.100.7"],
    null,
  ),
  sent(
    { row: "8.4", bank: "no query on /accounts (the default)" },
    (received) => received.filter(of("/accounts")).map(({ query }) => query.size),
    [0],
  ),
  sent(
    { row: "8.4", bank: "balances together with the list", profile: { accounts: { withBalance: true } } },
    (received) => received.filter(of("/accounts")).map(({ query }) => query.get("withBalance")),
    ["true"],
  ),
  sent({ row: "8.4", bank: "decoupled SCA", profile: { scaApproach: "decoupled" } }, header("tpp-decoupled-preferred", of("/consents")), [
    "true",
  ]),
  sent(
    { row: "8.4", bank: "explicit start of the authorisation", profile: { explicitAuthorisation: true } },
    header("tpp-explicit-authorisation-preferred", of("/consents")),
    ["true"],
  ),
  sent({ row: "8.4", bank: "logs the TPP's brand", profile: { brand: "ACME" } }, header("tpp-brand-logging-information", of("/consents")), [
    "ACME",
  ]),
  {
    ...{ row: "8.4", bank: "status stays received for a minute after the confirmation" },
    script: () => ({ body: { consentStatus: "received" } }),
    expected: { outcome: "PENDING" },
    act: ({ connector }) => connector.completeGrant({ ...returned, handle: handleOf({ sca: "decoupled" }), parameters: {} }, signal),
  },
  {
    ...{ row: "8.4", bank: "embedded SCA only: told, not tried" },
    script: () => ({
      status: 201,
      headers: { "aspsp-sca-approach": "EMBEDDED" },
      body: { consentId: "c", _links: { updatePsuAuthentication: { href: "/x" } } },
    }),
    expected: { failed: "NOT_SUPPORTED UNKNOWN", bankCode: "SCA_APPROACH" },
    act: ({ connector }) => outcomeOf(connector.openGrant(request, signal)),
  },
  refusal({ row: "8.4", bank: "no consent resource at all" }, { status: 404, body: "" }, "NOT_SUPPORTED UNKNOWN", "open"),
  accounts(
    { row: "8.4", bank: "accounts without links to balances" },
    [account({ _links: {} })],
    [{ mayReadBalances: false, mayReadTransactions: false }],
  ),
  accounts(
    { row: "8.4", bank: "no links at all, though all may be read", profile: { accounts: { assumeLinks: true } } },
    [account({ _links: undefined })],
    [{ mayReadBalances: true, mayReadTransactions: true }],
  ),
];

const signing = (more: object) => ({ signing: more });
const security: readonly Quirk[] = [
  ...(
    [
      "digest x-request-id",
      "digest psu-ip-address x-request-id",
      "date digest x-request-id",
      "(request-target) date digest x-request-id",
      "request-target date digest x-request-id",
    ] as const
  ).map((names) =>
    sent({ row: "8.5", bank: `signs "${names}"`, profile: signing({ headers: names.split(" ") }), sign: true }, signed, {
      headers: names,
      valid: true,
    }),
  ),
  sent({ row: "8.5", bank: "signs what the standard says, of that what is there", sign: true }, signed, {
    headers: "digest x-request-id date tpp-redirect-uri",
    valid: true,
  }),
  sent({ row: "8.5", bank: "keyId of the serial alone", profile: signing({ keyIdTemplate: "SN={serial}" }), sign: true }, signed, {
    keyId: like(/^SN=[0-9A-F]+$/),
  }),
  sent(
    {
      row: "8.5",
      bank: "keyId with the serial in decimal",
      profile: signing({ keyIdTemplate: "SN={serialDecimal},CA={issuer}" }),
      sign: true,
    },
    signed,
    { keyId: like(/^SN=\d+,CA=CN=/) },
  ),
  sent(
    {
      row: "8.5",
      bank: "keyId that ends in the fingerprint",
      profile: signing({ keyIdTemplate: "https://x.example/{fingerprint}.pem" }),
      sign: true,
    },
    signed,
    { keyId: like(/\/[0-9a-f]{64}\.pem$/) },
  ),
  sent({ row: "8.5", bank: "another name for the algorithm", profile: signing({ algorithm: "SHA256withRSA" }), sign: true }, signed, {
    algorithm: "SHA256withRSA",
  }),
  sent(
    { row: "8.5", bank: "blanks after the commas", profile: signing({ separator: ", " }), sign: true },
    header("signature", of("/consents")),
    [like(/", algorithm="/)],
  ),
  sent(
    {
      row: "8.5",
      bank: "(created) and (expires) without quotes",
      profile: signing({ headers: ["(created)", "(expires)", "digest"], expiresAfter: 30 }),
      sign: true,
    },
    header("signature", of("/consents")),
    [like(/,\(created\)=1795608000,\(expires\)=1795608030,/)],
  ),
  sent(
    {
      row: "8.5",
      bank: "signs under another path",
      profile: signing({ headers: ["(request-target)", "digest"], targetRules: [{ from: "/psd2/v1", to: "/psd2/v2" }] }),
      sign: true,
    },
    (received) => signed(received, "/psd2/v2/consents"),
    { valid: true, headers: "(request-target) digest" },
  ),
  sent(
    { row: "8.5", bank: "the certificate as PEM", profile: signing({ certificateForm: "pem" }), sign: true },
    header("tpp-signature-certificate", of("/consents")),
    [like(/^-----BEGIN CERTIFICATE-----/)],
  ),
  sent(
    { row: "8.5", bank: "no digest without a body", profile: signing({ digest: "body" }), sign: true },
    header("digest", of("/accounts")),
    [null],
  ),
  sent(
    { row: "8.5", bank: "takes unsigned requests though there is a certificate", profile: signing({ enabled: false }), sign: true },
    all("signature"),
    { values: [null] },
  ),
  sent({ row: "8.5", bank: "an API key", profile: { extraHeaders: { "X-API-Key": "k" } } }, header("x-api-key", of("/accounts")), ["k"]),
  refusal(
    { row: "8.5", bank: "400 in HTML for a missing certificate" },
    { status: 400, body: "<html><h1>400 Bad Request</h1><center>No required SSL certificate was sent</center></html>" },
    "TPP_NOT_ACCEPTED UNKNOWN",
  ),
  token(
    { row: "8.5", bank: "tokens that live half of what it says", profile: { tokenRules: { lifeFactor: 0.5 } } },
    { access_token: "n", expires_in: 600 },
    { life: 300_000 },
  ),
  token({ row: "8.5", bank: "a life as text" }, { access_token: "n", expires_in: "600" }, { life: 600_000 }),
  token({ row: "8.5", bank: "no new refresh token: the old one stays" }, { access_token: "n" }, { life: null, refreshToken: "r-1" }),
  token({ row: "8.5", bank: "a new refresh token each time" }, { access_token: "n", refresh_token: "r-2" }, { refreshToken: "r-2" }),
  token(
    {
      row: "8.5",
      bank: "wants scope with a refresh",
      profile: { tokenRules: { refreshExtraParams: { scope: "AISP", redirect_uri: "x" } } },
    },
    { access_token: "n" },
    { form: { scope: "AISP", redirect_uri: "x" } },
  ),
  {
    ...{ row: "8.5", bank: "does not rotate: a lost refresh is repeated", profile: { tokenRules: { refreshRotates: false } } },
    script: () => ({ status: 503 }),
    expected: { calls: 3 },
    act: async ({ connector, origin, received }) => {
      await outcomeOf(connector.refresh(handleOf({ refreshToken: "r", tokenUrl: `${origin}/token` }), signal));
      return { calls: received.length };
    },
  },
  code(
    { row: "8.5", bank: "wants client_id with the code", profile: { tokenRules: { codeExtraParams: { client_id: "hub" } } } },
    { form: { client_id: "hub" } },
  ),
  code({ row: "8.5", bank: "takes no PKCE", profile: { pkce: false } }, { form: { code_verifier: null } }),
  {
    ...{ row: "8.5", bank: "no refresh token: nothing to refresh" },
    script: () => ({}),
    expected: { refreshed: null },
    act: async ({ connector }) => ({ refreshed: await connector.refresh(handleOf({ accessToken: "a" }), signal) }),
  },
  {
    ...{
      row: "8.5",
      bank: "answers the authorization request of the server with 302",
      profile: { authorizeOnServer: true, oauthMode: "pre-step" },
      auth: { tokenUrl: "/token", authorizationUrl: "/authorize" },
    },
    script: ({ path }) => (path === "/authorize" ? { status: 302, headers: { location: "/login?session=1" } } : {}),
    expected: { page: "/login?session=1" },
    act: async ({ connector }) => {
      const { authorizationUrl } = await connector.openGrant(request, signal);
      const url = new URL(authorizationUrl);
      return { page: url.pathname + url.search };
    },
  },
  {
    ...{
      row: "8.5",
      bank: "a token of the application with every call",
      profile: { applicationToken: true },
      auth: { tokenUrl: "/token", scope: "AIS" },
    },
    script: (got, origin) => (got.path === "/token" ? { body: { access_token: "app", expires_in: 3600 } } : willing(got, origin)),
    expected: { forms: ["grant_type=client_credentials&scope=AIS"], used: ["Bearer app", "Bearer app"] },
    act: async ({ connector, received }) => {
      await connector.openGrant(request, signal);
      await connector.grantState(call, signal);
      const forms = received.filter(of("/token")).map((one) => one.body);
      return {
        forms,
        used: received
          .filter(({ path }) => path.includes("/consents"))
          .map(({ headers }) => headers.authorization)
          .slice(0, 2),
      };
    },
  },
  {
    ...{
      row: "8.5",
      bank: "a token before the consent",
      profile: { oauthMode: "pre-step" },
      auth: { tokenUrl: "/token", authorizationUrl: "/authorize", scope: "PSU" },
    },
    script: willing,
    expected: { page: "/authorize", scope: "PSU" },
    act: pageOf,
  },
  {
    ...{
      row: "8.5",
      bank: "a scope of its own for the consent's token",
      profile: { oauthScope: "openid AIS: {consentId}" },
      auth: { tokenUrl: "/token", authorizationUrl: "/authorize" },
    },
    script: (_got, origin) => ({ status: 201, body: { consentId: "c-1", _links: { scaOAuth: { href: `${origin}/x` } } } }),
    expected: { page: "/authorize", scope: "openid AIS: c-1" },
    act: pageOf,
  },
  {
    ...{
      row: "8.5",
      bank: "another issuer in the redirect than in its metadata",
      profile: { issuer: "https://other.example" },
      auth: { tokenUrl: "/token", authorizationUrl: "/authorize" },
    },
    script: (got, origin) => {
      if (got.path === "/metadata")
        return {
          body: { issuer: "https://meta.example", authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` },
        };
      if (got.path === "/token") return { body: { access_token: "t" } };
      return got.method === "POST"
        ? { status: 201, body: { consentId: "c-1", _links: { scaOAuth: { href: `${origin}/metadata` } } } }
        : willing(got, origin);
    },
    expected: { outcome: "GIVEN" },
    act: async ({ connector }) => {
      const { handle } = await connector.openGrant(request, signal);
      return outcomeOf(connector.completeGrant({ ...returned, handle, parameters: { code: "c", iss: "https://other.example" } }, signal));
    },
  },
  {
    ...{ row: "8.5", bank: "its own name for the confirmation code", profile: { confirmationParameter: "otp" } },
    script: (got, origin) =>
      got.path.endsWith("/status")
        ? { body: { consentStatus: "received" } }
        : got.method === "PUT"
          ? { body: { scaStatus: "finalised" } }
          : willing(got, origin),
    expected: { confirmed: '{"confirmationCode":"77"}' },
    act: async ({ connector, received }) => {
      const handle = handleOf({ confirmation: "/psd2/v1/consents/c-1/authorisations/x" });
      await connector.completeGrant({ ...returned, handle, parameters: { otp: "77" } }, signal);
      return { confirmed: received.find(({ method }) => method === "PUT")?.body };
    },
  },
  {
    ...{
      row: "8.5",
      bank: "checks the audience of a client assertion",
      profile: { oauthAudience: "https://bank.example" },
      auth: { method: "private_key_jwt" },
      sign: true,
    },
    script: () => ({ body: { access_token: "n" } }),
    expected: { aud: "https://bank.example" },
    act: async ({ connector, origin, received }) => {
      await connector.refresh(handleOf({ refreshToken: "r", tokenUrl: `${origin}/token` }), signal);
      const assertion = new URLSearchParams(received[0]?.body).get("client_assertion") ?? "";
      return JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString()) as object;
    },
  },
];

const history: readonly Quirk[] = [
  refusal(
    { row: "8.6", bank: "PERIOD_INVALID beyond its window, with the days it serves" },
    { status: 400, body: tpp("PERIOD_INVALID", "only the last 89 days") },
    "SCA_REQUIRED PERIOD_NOT_AVAILABLE",
  ),
  ...[400, 403].map((status) =>
    refusal(
      {
        row: "8.6",
        bank: `${String(status)} in its own words beyond its window`,
        profile: { errors: { patterns: [{ match: "older than", status, failure: "SCA_REQUIRED", code: "PERIOD_NOT_AVAILABLE" }] } },
      },
      { status, body: { message: "data older than 90 days" } },
      "SCA_REQUIRED PERIOD_NOT_AVAILABLE",
    ),
  ),
  {
    ...{ row: "8.6", bank: "refuses a consent of 180 days: asked for 90" },
    script: (got, origin) =>
      got.method === "POST" && (JSON.parse(got.body) as { validUntil: string }).validUntil > "2027-02-22"
        ? { status: 400, body: tpp("PERIOD_INVALID") }
        : willing(got, origin),
    expected: { asked: ["2027-05-23", "2027-02-22"], opened: true },
    act: async ({ connector, received }) => {
      const { authorizationUrl } = await connector.openGrant(request, signal);
      return { asked: received.map((one) => (JSON.parse(one.body) as { validUntil: string }).validUntil), opened: authorizationUrl !== "" };
    },
  },
  refusal(
    { row: "8.6", bank: "refuses a consent of any length: told" },
    { status: 400, body: tpp("PERIOD_INVALID") },
    "BAD_REQUEST UNKNOWN",
    "open",
  ),
  sent({ row: "8.6", bank: "a fortnight per call", profile: { transactions: { maxRangeDays: 14 } } }, queries, [
    "bookingStatus=both&dateFrom=2026-11-07&dateTo=2026-11-20",
    "page=2",
    "bookingStatus=both&dateFrom=2026-11-01&dateTo=2026-11-06",
    "page=2",
  ]),
  {
    ...{ row: "8.6", bank: "never more than 89 days of history", profile: { transactions: { defaultDays: 89 } } },
    script: willing,
    expected: { from: "2026-08-28" },
    act: async ({ connector, received }) => {
      await connector.transactions(call, { account: ACCOUNT, from: null, to: null, cursor: null, entryReferenceFrom: null }, signal);
      return { from: received[0]?.query.get("dateFrom") };
    },
  },
  {
    ...{ row: "8.6", bank: "an error for both: asked apart, and known for that" },
    script: ({ query }) =>
      query.get("bookingStatus") === "both"
        ? { status: 400, body: tpp("PARAMETER_NOT_SUPPORTED") }
        : { body: { transactions: { booked: [PLAIN] } } },
    expected: { statuses: ["both", "booked", "pending", "booked", "pending"] },
    act: async ({ connector, received }) => {
      await listed(connector);
      await listed(connector);
      return { statuses: received.map(({ query }) => query.get("bookingStatus")) };
    },
  },
  sent({ row: "8.6", bank: "booked and pending in separate calls", profile: { transactions: { bookingStatus: "apart" } } }, queries, [
    "bookingStatus=booked&dateFrom=2026-11-01&dateTo=2026-11-20",
    "page=2",
    "bookingStatus=pending&dateFrom=2026-11-01&dateTo=2026-11-20",
    "page=2",
  ]),
  list(
    { row: "8.6", bank: "booked rows only", profile: { transactions: { bookingStatus: "booked" } } },
    { transactions: { booked: [PLAIN] } },
    { pages: [{ pendingUnknown: true }] },
  ),
  sent({ row: "8.6", bank: "no dateTo", profile: { transactions: { omitDateTo: true } } }, queries, [
    "bookingStatus=both&dateFrom=2026-11-01",
    "page=2",
  ]),
  sent({ row: "8.6", bank: "news by entry reference", profile: { transactions: { entryReferenceFrom: true } } }, queries, [
    "bookingStatus=both&entryReferenceFrom=E-1",
    "page=2",
  ]),
  list(
    { row: "8.6", bank: "rows from before the period: handed on, the engine sees their dates" },
    { transactions: { booked: [{ ...PLAIN, bookingDate: "2025-01-01" }] } },
    { rows: [{ bookingDate: "2025-01-01" }] },
  ),
];

const paging: readonly Quirk[] = [
  ...(
    [
      ["an empty text", { href: "" }],
      ["null", null],
      ["a template", { templated: true }],
      ["the word string", { href: "string" }],
    ] as const
  ).map(([form, link]): Quirk => ({ row: "8.7", bank: `next as ${form}: no next page`, ...next(link), expected: { read: ["1"] } })),
  ...(
    [
      ["a bare text", "/psd2/v1/accounts/a-1/transactions?page=2"],
      ["relative to the host", { href: "/psd2/v1/accounts/a-1/transactions?page=2" }],
      ["relative to the API root", { href: "/v1/accounts/a-1/transactions?page=2" }],
      ["without the bank's prefix and version", { href: "/accounts/a-1/transactions?page=2" }],
      ["without a leading slash", { href: "accounts/a-1/transactions?page=2" }],
      ["with a doubled prefix", { href: "/psd2/v1/psd2/v1/accounts/a-1/transactions?page=2" }],
      ["with another prefix", { href: "/internal/xs2a/v1/accounts/a-1/transactions?page=2" }],
      ["a query alone", { href: "?page=2" }],
      ["in quotes", { href: '"/v1/accounts/a-1/transactions?page=2"' }],
    ] as const
  ).map(([form, link]): Quirk => ({ row: "8.7", bank: `next ${form}`, ...next(link), expected: { read: ["1", "2"] } })),
  {
    ...{ row: "8.7", bank: "nextPage beside the lists" },
    ...next(undefined),
    script: ({ query }) => ({
      body: {
        transactions: {
          booked: [{ ...PLAIN, transactionId: query.get("page") ?? "1" }],
          ...(query.has("page") ? {} : { nextPage: "?page=2" }),
        },
      },
    }),
    expected: { read: ["1", "2"] },
  },
  ...(
    [
      ["malformed", "....\\\\MalformedHref"],
      ["at another host", "https://evil.example/v1/accounts/a-1/transactions?page=2"],
      ["at another port", "http://127.0.0.1:1/v1/accounts?page=2"],
    ] as const
  ).map(([form, href]): Quirk => ({
    row: "8.7",
    bank: `next ${form}: refused, never followed`,
    ...next({ href }),
    expected: { read: { failed: "PROTOCOL BANK_BAD_RESPONSE" } },
  })),
  {
    ...{ row: "8.7", bank: "links with its internal path", profile: { pathPrefixRules: [{ from: "/internal", to: "/psd2/v1" }] } },
    ...next({ href: "/internal/accounts/a-1/transactions?page=2" }),
    script: ({ path, query }) => {
      if (!path.startsWith("/psd2/v1/accounts")) return { status: 404, body: "" };
      const on = query.has("page") ? {} : { _links: { next: { href: "/internal/accounts/a-1/transactions?page=2" } } };
      return { body: { transactions: { booked: [{ ...PLAIN, transactionId: query.get("page") ?? "1" }], ...on } } };
    },
    expected: { read: ["1", "2"] },
  },
  {
    ...{ row: "8.7", bank: "204 for the page after the last" },
    ...next({ href: "?page=2" }),
    script: ({ query }) =>
      query.has("page")
        ? { status: 204 }
        : { body: { transactions: { booked: [{ ...PLAIN, transactionId: "1" }], _links: { next: { href: "?page=2" } } } } },
    expected: { read: ["1"] },
  },
  {
    ...{ row: "8.7", bank: "204 for an empty list", profile: { transactions: { noContentIsEmpty: true } } },
    ...next(undefined),
    script: () => ({ status: 204 }),
    expected: { read: [] },
  },
  list({ row: "8.7", bank: "no array where nothing is" }, { transactions: { booked: null } }, { rows: [], quarantined: [] }),
  sent(
    { row: "8.7", bank: "one X-Request-ID for all pages of a list", profile: { paging: { sameRequestId: true } } },
    (received) => {
      const [a, b] = received.filter(of("/transactions")).map(({ headers }) => headers["x-request-id"]);
      return [a === b, new Set(received.map(({ headers }) => headers["x-request-id"])).size === received.length - 1];
    },
    [true, true],
  ),
  sent({ row: "8.7", bank: "a page size on request", profile: { transactions: { itemsPerPage: 500 } } }, queries, [
    "bookingStatus=both&dateFrom=2026-11-01&dateTo=2026-11-20&itemsPerPage=500",
    "page=2",
  ]),
  {
    ...{ row: "8.7", bank: "an empty page with a next one: handed on with its cursor" },
    script: () => ({ body: { transactions: { booked: [], _links: { next: { href: "?page=2" } } } } }),
    expected: { rows: [], more: true },
    act: async ({ connector }) => {
      const page = await connector.transactions(
        call,
        { account: ACCOUNT, from: "2026-11-01", to: null, cursor: null, entryReferenceFrom: null },
        signal,
      );
      return { rows: page.rows, more: page.next !== null };
    },
  },
];

/** Calls that a bank works on. */
const together = { now: 0, most: 0 };
const others: readonly Quirk[] = [
  list(
    {
      row: "8.8",
      bank: "placeholders among the pending rows",
      profile: { filters: { transactions: [{ field: "remittanceInformationUnstructured", match: "^Keine Informationen" }] } },
    },
    { transactions: { booked: [PLAIN], pending: [{ ...PLAIN, remittanceInformationUnstructured: "Keine Informationen verfügbar" }] } },
    { rows: [{ status: "BOOKED" }] },
  ),
  list(
    { row: "8.9", bank: "card debits positive, as it says" },
    { debitAccounting: true, cardTransactions: { booked: [{ ...PLAIN, ...money("12.00") }] } },
    { rows: [{ amount: "-12.00" }] },
    CARD,
  ),
  sent(
    { row: "8.9", bank: "cards that need a consent of their own", profile: { accounts: { cards: "never" } } },
    (received) => ({ cards: received.filter(of("/card-accounts")).length }),
    { cards: 0 },
  ),
  accounts(
    { row: "8.9", bank: "card debt negative although it says otherwise", profile: { amounts: { cardDebtPositive: false } } },
    [],
    [{ balances: [{ amount: "-20.00" }] }],
    [
      {
        resourceId: "c",
        maskedPan: "525412******3241",
        currency: "EUR",
        debitAccounting: true,
        balances: [{ balanceType: "expected", balanceAmount: { amount: "-20", currency: "EUR" } }],
      },
    ],
  ),
  sent(
    { row: "8.10", bank: "transactions as camt only", profile: { transactions: { format: "camt.052" } } },
    header("accept", of("/transactions")),
    ["application/xml", "application/xml"],
  ),
  sent(
    {
      row: "8.10",
      bank: "a media type of its own for transactions",
      profile: { transactions: { acceptHeader: "application/vnd.bank+xml" } },
    },
    header("accept", of("/transactions")),
    ["application/vnd.bank+xml", "application/vnd.bank+xml"],
  ),
  sent({ row: "8.10", bank: "406 for Accept: */* (never sent)" }, header("accept", of("/accounts")), ["application/json"]),
  sent(
    { row: "8.10", bank: "another Accept", profile: { acceptHeader: "application/json;charset=UTF-8" } },
    header("accept", of("/accounts")),
    ["application/json;charset=UTF-8"],
  ),
  sent(
    { row: "8.10", bank: "406 without Accept-Language", profile: { extraHeaders: { "Accept-Language": "fr" } } },
    header("accept-language", of("/accounts")),
    ["fr"],
  ),
  sent({ row: "8.10", bank: "Content-Type wanted on GET", profile: { contentTypeOnGet: true } }, header("content-type", of("/accounts")), [
    "application/json",
  ]),
  ...(["application/hal+json", "application/vnd.bank.v1+json;charset=UTF-8", "text/plain"] as const).map((type): Quirk => ({
    ...list({ row: "8.10", bank: `JSON as ${type}` }, {}, { rows: [{ bankTransactionId: "t-1" }] }),
    script: () => ({ headers: { "content-type": type }, body: { transactions: { booked: [PLAIN] } } }),
  })),
  {
    ...list({ row: "8.10", bank: "a byte order mark before JSON" }, {}, { rows: [{ bankTransactionId: "t-1" }] }),
    script: () => ({ body: `\ufeff${JSON.stringify({ transactions: { booked: [PLAIN] } })}` }),
  },
  {
    ...list({ row: "8.10", bank: "gzip declared, plain sent" }, {}, { rows: [{ bankTransactionId: "t-1" }] }),
    script: () => ({ headers: { "content-encoding": "gzip" }, body: { transactions: { booked: [PLAIN] } } }),
  },
  {
    ...{ row: "8.11", bank: "few calls at the same time", profile: { rateLimit: { concurrency: 1 } } },
    script: async (_got, _origin) => {
      together.now += 1;
      together.most = Math.max(together.most, together.now);
      await new Promise((resolve) => setTimeout(resolve, 20));
      together.now -= 1;
      return { body: { balances: [] } };
    },
    expected: { answers: 5, most: 1 },
    act: async ({ connector }) => {
      together.most = 0;
      const answers = await Promise.all(Array.from({ length: 5 }, () => connector.balances(call, ACCOUNT, signal)));
      return { answers: answers.length, most: together.most };
    },
  },
];

function pageOf({ connector }: Parameters<Quirk["act"]>[0]): Promise<unknown> {
  return connector.openGrant(request, signal).then(({ authorizationUrl }) => {
    const url = new URL(authorizationUrl);
    return { page: url.pathname, scope: url.searchParams.get("scope") };
  });
}

function token(about: Pick<Quirk, "row" | "bank" | "profile">, answer: object, expected: object): Quirk {
  return {
    ...about,
    script: () => ({ body: answer }),
    expected,
    act: async ({ connector, origin, received }) => {
      const fresh = await connector.refresh(handleOf({ refreshToken: "r-1", tokenUrl: `${origin}/token` }), signal);
      const memory = JSON.parse(fresh?.data.reveal() ?? "{}") as { refreshToken: string };
      const life = fresh?.accessExpiresAt == null ? null : fresh.accessExpiresAt - Date.parse("2026-11-25T12:00:00Z");
      return { life, refreshToken: memory.refreshToken, form: Object.fromEntries(new URLSearchParams(received[0]?.body)) };
    },
  };
}

function code(about: Pick<Quirk, "row" | "bank" | "profile">, expected: object): Quirk {
  return {
    ...about,
    script: (got, origin) => (got.path === "/token" ? { body: { access_token: "t" } } : willing(got, origin)),
    expected,
    act: async ({ connector, origin, received }) => {
      const handle = handleOf({ sca: "oauth", tokenUrl: `${origin}/token` });
      await connector.completeGrant({ ...returned, handle, parameters: { code: "c" } }, signal);
      const form = new URLSearchParams(received[0]?.body);
      return { form: { client_id: form.get("client_id"), code_verifier: form.get("code_verifier") } };
    },
  };
}

export const quirks: readonly Quirk[] = [
  ...ids,
  ...amounts,
  ...texts,
  ...errors,
  ...consents,
  ...security,
  ...history,
  ...paging,
  ...others,
];
