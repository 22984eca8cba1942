// GraphiQL formats variables and headers with prettier's Babel parser, about half a
// megabyte for a few lines of JSON. This replaces parser and printer of that plugin
// with jsonc-parser, which is bundled anyway.
import { applyEdits, format, parse } from 'jsonc-parser';

export const parsers = {
  jsonc: {
    astFormat: 'jsonc-text',
    locStart: () => 0,
    locEnd: (node) => node.text.length,
    parse(text) {
      const errors = [];
      parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
      if (errors.length > 0) {
        throw new SyntaxError('not JSON');
      }
      const edits = format(text, undefined, { tabSize: 2, insertSpaces: true });
      return { text: applyEdits(text, edits) };
    },
  },
};

export const printers = {
  'jsonc-text': { print: (path) => path.node.text },
};
