/** What the explorers show first: the main job, ready to run one after the other. The same text is in schema/operations. */
export const SAMPLE_OPERATIONS = `# The main job, step by step. Set the header  authorization: Bearer <API key>  first.

query Banks {
  banks(first: 5) {
    totalCount
    nodes { id name country standard connectable }
  }
}

mutation CreateUser {
  createUser(input: { clientId: "me" }) {
    user { id clientId }
    errors { message }
  }
}

# Open authorizationUrl in a browser and approve there.
mutation CreateConsent($redirectUrl: URL!) {
  createConsent(input: { user: { clientId: "me" }, bank: { ref: { bankId: "sandbox-berlin-group", bankIdType: HUB } }, redirectUrl: $redirectUrl }) {
    consent { id status authorizationUrl }
    errors { message }
  }
}

mutation CreateUpdate($consentId: ID!) {
  createUpdate(input: { consentId: $consentId }) {
    update { id status }
    joined
    errors { message }
  }
}

subscription UpdateStatus($updateId: ID!) {
  updateStatus(updateId: $updateId) {
    status
    sequence
    progress { fraction accountsDone accountsTotal transactionsSeen added }
  }
}

query Dashboard {
  user(by: { clientId: "me" }) {
    changeCursor
    accounts {
      nodes {
        name
        iban
        balance { amount { amount currency } type }
        transactions(first: 10) { totalCount nodes { date status description amount { amount currency } } }
      }
    }
  }
}
`;
