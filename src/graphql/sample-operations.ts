/**
 * The main job, one operation after the other, ready to run: what the explorers show first. `schema/operations` holds the same texts
 * for clients and code generators; a test keeps both alike.
 */
export const SAMPLE_OPERATIONS: Readonly<Record<string, string>> = {
  "1-banks": `query Banks($search: String) {
  banks(first: 10, search: $search, filter: { connectable: true }) {
    totalCount
    nodes {
      id
      name
      country
      standard
    }
  }
}
`,
  "2-create-user": `mutation CreateUser($clientId: String) {
  createUser(input: { clientId: $clientId }) {
    user {
      id
      clientId
    }
    errors {
      __typename
      message
      path
    }
  }
}
`,
  "3-create-consent": `# Open authorizationUrl in a browser and approve there; the browser lands at redirectUrl, which setTenantUrls has registered.
mutation CreateConsent($userId: ID!, $bankId: ID!, $redirectUrl: URL!) {
  createConsent(input: { user: { id: $userId }, bank: { id: $bankId }, redirectUrl: $redirectUrl }) {
    consent {
      id
      status
      authorizationUrl
    }
    errors {
      __typename
      message
      path
    }
  }
}
`,
  "4-consent-status": `subscription ConsentStatus($consentId: ID!) {
  consentStatus(consentId: $consentId) {
    status
    statusReason
    validUntil
  }
}
`,
  "5-create-update": `mutation CreateUpdate($consentId: ID!) {
  createUpdate(input: { consentId: $consentId }) {
    update {
      id
      status
    }
    joined
    errors {
      __typename
      message
      path
    }
  }
}
`,
  "6-update-status": `subscription UpdateStatus($updateId: ID!) {
  updateStatus(updateId: $updateId) {
    status
    sequence
    waitReason
    nextAttemptAt
    error {
      message
    }
    progress {
      fraction
      accountsDone
      accountsTotal
      transactionsSeen
      added
    }
  }
}
`,
  "7-dashboard": `query Dashboard($userId: ID!) {
  user(by: { id: $userId }) {
    changeCursor
    accounts {
      nodes {
        id
        name
        iban
        bank {
          name
        }
        balance {
          type
          amount {
            amount
            currency
          }
        }
        transactions(first: 5) {
          totalCount
          nodes {
            date
            status
            description
            amount {
              amount
              currency
            }
          }
        }
      }
    }
  }
}
`,
  "8-transactions": `query Transactions($accountId: ID!, $first: Int = 50, $after: String, $filter: TransactionFilter) {
  account(id: $accountId) {
    transactions(first: $first, after: $after, filter: $filter) {
      nodes {
        id
        date
        status
        description
        counterparty {
          name
          iban
        }
        amount {
          amount
          currency
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`,
  "9-everything": `# From the user to the money in one request: what is below costs the same number of database statements however many there are.
query Everything($userId: ID!) {
  user(by: { id: $userId }) {
    consents(first: 10) {
      nodes {
        status
        attention
        quota {
          scope
          remaining
        }
        updates(first: 3) {
          nodes {
            status
            steps {
              scope
              status
            }
            accounts(first: 10) {
              nodes {
                name
                coverage {
                  from
                  to
                }
                transactions(first: 3) {
                  nodes {
                    date
                    description
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
`,
  "10-changes": `# Hand back the last nextCursor (or changeCursor) as after: whoever was away has lost nothing.
query Changes($userId: ID!, $after: ChangeCursor) {
  user(by: { id: $userId }) {
    changes(first: 100, after: $after) {
      nodes {
        __typename
        cursor
        at
        ... on TransactionAdded {
          transaction {
            id
            description
          }
        }
        ... on TransactionRemoved {
          transactionId
          reason
          mergedInto
        }
      }
      nextCursor
      hasMore
    }
  }
}
`,
};

/** All of them in one document, as an explorer shows it. */
export function sampleDocument(): string {
  const intro = "# Under Headers, set authorization to Bearer <API key>.\n# Choose an operation and run it. They build on one another.\n\n";
  return intro + Object.values(SAMPLE_OPERATIONS).join("\n");
}
