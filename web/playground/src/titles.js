// Names of tabs: the question of an example, which its first line has, else the name of the operation.
import { examples } from './examples.js';

const questions = new Set(examples.map(({ title }) => title));

export function titleOf(query) {
  const text = typeof query === 'string' ? query : '';
  const [, question] = /^#\s*(.*?)\s*$/m.exec(text.split('\n', 1)[0]) ?? [];
  if (questions.has(question)) {
    return question;
  }
  return /^(?!#).*(?:query|subscription|mutation)\s+(\w+)/m.exec(text)?.[1] ?? '<untitled>';
}
