// A live query that every client runs; see documents.js.

const graphql = String.raw;

export const liveQuery = graphql`
    query liveRelationshipsQuery($slug: ID!, $after: String) @live(patch: true, after: $after) {
      initiative(slug: $slug) {
        id
        relationships(first: 100) {
          totalCount
          nodes {
            id
            stance
            since
            requestedState {
              id
              code
              name
            }
          }
        }
      }
    }
  `;
