// The explorer shows no input for a list of enum values (graphiql-explorer 0.9.0: "TODO: handle List types"). This replaces its
// select by a checkbox for each value, where the type is a list.
const FILE = /graphiql-explorer[\\/]dist[\\/]Explorer\.js$/;
const SELECT = "if (argValue.kind === 'EnumValue') {";

const CHECKBOXES = `if (/^\\[/.test(String(arg.type))) {
  var items = argValue.kind === 'ListValue' ? argValue.values : [argValue];
  var setItems = function setItems(values) { _this6.props.setArgValue({ kind: 'ListValue', values: values }, true); };
  input = React.createElement('span', { className: 'playground-values', role: 'group', 'aria-label': arg.name }, argType.getValues().map(function (option) {
    var isOption = function isOption(item) { return item.kind === 'EnumValue' && item.value === option.name; };
    var isChosen = items.some(isOption);
    return React.createElement('label', { key: option.name }, React.createElement('input', {
      type: 'checkbox',
      checked: isChosen,
      onChange: function onChange() {
        setItems(isChosen ? items.filter(function (item) { return !isOption(item); }) : items.concat({ kind: 'EnumValue', value: option.name }));
      }
    }), option.name);
  }));
} else `;

export function explorerLists() {
  return {
    name: 'explorer-lists',
    transform(code, id) {
      if (!FILE.test(id)) return null;
      if (code.split(SELECT).length !== 2) throw new Error(`${id} is another version; see explorer-lists.js`);
      return code.replace(SELECT, () => CHECKBOXES + SELECT);
    },
  };
}
