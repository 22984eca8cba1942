//! Stances with the names that readers see, in the order of the path from a mention to an end.

pub(crate) const STANCES: [(&str, &str); 9] = [
    ("NAMED", "Named"),
    ("APPROACHED", "Asked"),
    ("NEGOTIATING", "Negotiating"),
    ("AGREED_IN_PRINCIPLE", "Agreed in principle"),
    ("AGREED", "Agreed"),
    ("IMPLEMENTING", "Carried out"),
    ("SUSPENDED", "Suspended"),
    ("REFUSED", "Refused"),
    ("ENDED", "Ended"),
];

/// The name of a stance; `carried_out` is what an initiative calls the carrying out of what it asks for.
pub(crate) fn stance_name<'a>(stance: &str, carried_out: Option<&'a str>) -> &'a str {
    match carried_out {
        Some(words) if stance == "IMPLEMENTING" => words,
        _ => STANCES
            .iter()
            .find(|(code, _)| *code == stance)
            .map_or("Nothing known", |(_, name)| name),
    }
}
