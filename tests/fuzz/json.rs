//! Ways to break JSON without breaking its syntax.

use serde_json::{Map, Value, json};

use crate::dice::Dice;
use crate::text;

/// Changes something, somewhere: closer to the root or further from it.
pub fn disturb(value: &mut Value, dice: &mut Dice) {
    if dice.chance(8) {
        *value = any(dice);
        return;
    }
    match value {
        Value::Object(fields) if !fields.is_empty() => disturb_object(fields, dice),
        Value::Array(items) if !items.is_empty() => disturb_array(items, dice),
        Value::String(text) if dice.chance(50) => {
            *text = text::garbled(std::mem::take(text), 3, dice);
        }
        other => *other = any(dice),
    }
}

fn disturb_object(fields: &mut Map<String, Value>, dice: &mut Dice) {
    let keys: Vec<String> = fields.keys().cloned().collect();
    let key = dice.pick(&keys);
    match dice.below(20) {
        0 => drop(fields.remove(key)),
        1 => drop(fields.insert(text::odd(dice), any(dice))),
        2 => {
            let value = fields.remove(key).unwrap_or_default();
            fields.insert(dice.pick(&keys).clone(), value);
        }
        _ => disturb(&mut fields[key], dice),
    }
}

fn disturb_array(items: &mut Vec<Value>, dice: &mut Dice) {
    let (at, to) = (dice.below(items.len()), dice.below(items.len()));
    match dice.below(20) {
        0 => drop(items.remove(at)),
        1 => items.swap(at, to),
        2 => items.insert(to, items[at].clone()),
        3 => items[to] = items[at].clone(),
        4 => items.clear(),
        5 => items.push(any(dice)),
        6 => {
            let again = vec![items[at].clone(); dice.size().min(200)];
            items.extend(again);
        }
        _ => disturb(&mut items[at], dice),
    }
}

fn any(dice: &mut Dice) -> Value {
    match dice.below(9) {
        0 => Value::Null,
        1 => json!(dice.chance(50)),
        2 => json!(dice.number()),
        3 => json!(dice.float()),
        4 => json!([]),
        5 => json!({}),
        6 => json!({ text::odd(dice): [text::odd(dice)] }),
        // Dropping a value recurses, here too.
        7 => (0..dice.size().min(150)).fold(json!(1), |inner, _| json!([inner])),
        _ => json!(text::odd(dice)),
    }
}
