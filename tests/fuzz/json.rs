//! Mutations of JSON values that keep the syntax valid.

use serde_json::{Map, Value, json};

use crate::random::Random;
use crate::text;

/// Changes something at a random depth.
pub fn mutate(value: &mut Value, random: &mut Random) {
    if random.chance(8) {
        *value = any_value(random);
        return;
    }
    match value {
        Value::Object(fields) if !fields.is_empty() => mutate_object(fields, random),
        Value::Array(items) if !items.is_empty() => mutate_array(items, random),
        Value::String(text) if random.chance(50) => {
            *text = text::garble_text(std::mem::take(text), 3, random);
        }
        other => *other = any_value(random),
    }
}

fn mutate_object(fields: &mut Map<String, Value>, random: &mut Random) {
    let keys: Vec<String> = fields.keys().cloned().collect();
    let key = random.pick(&keys);
    match random.below(20) {
        0 => drop(fields.remove(key)),
        1 => drop(fields.insert(text::odd(random), any_value(random))),
        2 => {
            let value = fields.remove(key).unwrap_or_default();
            fields.insert(random.pick(&keys).clone(), value);
        }
        _ => mutate(&mut fields[key], random),
    }
}

fn mutate_array(items: &mut Vec<Value>, random: &mut Random) {
    let (index, other_index) = (random.below(items.len()), random.below(items.len()));
    match random.below(20) {
        0 => drop(items.remove(index)),
        1 => items.swap(index, other_index),
        2 => items.insert(other_index, items[index].clone()),
        3 => items[other_index] = items[index].clone(),
        4 => items.clear(),
        5 => items.push(any_value(random)),
        6 => {
            let repeated = vec![items[index].clone(); random.size().min(200)];
            items.extend(repeated);
        }
        _ => mutate(&mut items[index], random),
    }
}

fn any_value(random: &mut Random) -> Value {
    match random.below(9) {
        0 => Value::Null,
        1 => json!(random.chance(50)),
        2 => json!(random.number()),
        3 => json!(random.float()),
        4 => json!([]),
        5 => json!({}),
        6 => json!({ text::odd(random): [text::odd(random)] }),
        // Limited, because dropping a nested value recurses.
        7 => (0..random.size().min(150)).fold(json!(1), |inner, _| json!([inner])),
        _ => json!(text::odd(random)),
    }
}
