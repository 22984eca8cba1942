// The example operations are defined in the .graphql files only; the server's tests
// run the same files. The first comment line is the title in the menu.
import whoAgreed from '../examples/who-agreed.graphql?raw';
import rwanda from '../examples/rwanda-2025-07-01.graphql?raw';
import disputes from '../examples/disputes.graphql?raw';
import watchRefusals from '../examples/watch-refusals.graphql?raw';
import neighboursOfLibya from '../examples/neighbours-of-libya.graphql?raw';
import recordStatement from '../examples/record-statement.graphql?raw';

export const examples = [
  whoAgreed,
  rwanda,
  disputes,
  watchRefusals,
  neighboursOfLibya,
  recordStatement,
].map((query) => ({
  title: query.slice(0, query.indexOf('\n')).replace(/^#\s*/, ''),
  query,
}));
