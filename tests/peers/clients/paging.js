// Documents for relay-compiler only: its requirements for a schema. They are compiled, but not executed.

const graphql = String.raw;

export const documents = [
  graphql`
    fragment paging_country on Country
    @refetchable(queryName: "pagingCountryQuery")
    @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
      name
      relationships(first: $count, after: $cursor) @connection(key: "paging_relationships") {
        edges {
          node {
            stance
          }
        }
      }
    }
  `,
  graphql`
    query pagingListQuery($count: Int!, $cursor: String, $filter: RelationshipFilter) {
      relationships(first: $count, after: $cursor, filter: $filter) @connection(key: "pagingListQuery_relationships", filters: ["filter"]) {
        edges {
          node {
            requestedState {
              ...paging_country
            }
            position {
              basis {
                ...paging_statement
              }
            }
          }
        }
      }
    }
  `,
  graphql`
    fragment paging_statement on Statement @refetchable(queryName: "pagingStatementQuery") {
      __typename
      number
      claimant {
        label
      }
      subject {
        ... on Node {
          id
        }
      }
      ... on LegalStatement {
        court
      }
    }
  `,
  graphql`
    mutation pagingRecordMutation($input: RecordStatementInput!) {
      recordStatement(input: $input) {
        statement {
          ...paging_statement
        }
        stanceChange {
          cursor
        }
      }
    }
  `,
  graphql`
    subscription pagingTallySubscription($initiative: ID!) {
      tallyChanged(initiative: $initiative) {
        total
        byStance {
          stance
          count
        }
      }
    }
  `,
];
