//! Rules of statement bodies, for mutations and imports alike.

use super::{
    AgreementBody, Body, Comparator, CountBody, FundingBody, LegalBody, MAX_COUNT, ReturnBody,
    StanceBody, StatementKind, TransferBody,
};
use crate::model::{edtf::Edtf, stance::Stance, text};

impl Body {
    /// Every violation as (path below the body, message); empty if the body is valid.
    pub fn violations(&self) -> Vec<(String, String)> {
        let mut violations = Violations(self.kind(), Vec::new());
        match self {
            Self::Stance(body) => body.check(&mut violations),
            Self::Concern(_) | Self::Pressure(_) => {}
            Self::Agreement(body) => body.check(&mut violations),
            Self::Funding(body) => body.check(&mut violations),
            Self::Transfer(body) => body.check(&mut violations),
            Self::Legal(body) => body.check(&mut violations),
            Self::Denial(body) => violations.text("detail", &body.detail),
            Self::Count(body) => body.check(&mut violations),
            Self::Return(body) => body.check(&mut violations),
        }
        violations.1
    }
}

struct Violations(StatementKind, Vec<(String, String)>);

impl Violations {
    fn add(&mut self, field: &str, violation: String) {
        let kind = self.0.as_ref().to_lowercase();
        self.1.push((format!("{kind}.{field}"), violation));
    }

    fn text(&mut self, field: &str, value: &str) {
        if let Some(violation) = text::violation(value, text::MAX_DETAIL) {
            self.add(field, violation);
        }
    }

    fn persons(&mut self, min: u32, max: u32) {
        self.number("personsMax", max);
        if min > max {
            self.add("personsMin", format!("{min} exceeds personsMax {max}"));
        }
    }

    /// GraphQL's Int is signed and has 32 bits.
    fn number(&mut self, field: &str, value: u32) {
        if i32::try_from(value).is_err() {
            self.add(
                field,
                format!("{value} is too large; the limit is {}", i32::MAX),
            );
        }
    }

    fn count(&mut self, field: &str, value: u64) {
        if value > MAX_COUNT {
            let message = format!("{value} is too large; the limit is {MAX_COUNT}");
            self.add(field, message);
        }
    }

    fn date(&mut self, field: &str, value: Option<&String>) {
        if let Some(Err(error)) = value.map(|value| Edtf::parse_input(value)) {
            self.add(field, error.to_string());
        }
    }
}

impl StanceBody {
    fn check(&self, violations: &mut Violations) {
        if self.stance == Stance::Unknown {
            violations.add(
                "stance",
                "UNKNOWN cannot be claimed: it means that no statement is valid; use another stance"
                    .to_owned(),
            );
        }
        if let Some(scope) = &self.scope {
            violations.text("scope", scope);
        }
    }
}

impl AgreementBody {
    fn check(&self, violations: &mut Violations) {
        violations.date("signedOn", self.signed_on.as_ref());
        violations.date("inForceOn", self.in_force_on.as_ref());
        if let Some(scope) = &self.scope {
            violations.text("scope", scope);
        }
        if let Some(cap) = &self.cap {
            violations.number("cap.persons", cap.persons);
        }
    }
}

impl FundingBody {
    fn check(&self, violations: &mut Violations) {
        violations.text("purpose", &self.purpose);
        match (&self.amount, &self.currency) {
            (Some(amount), Some(currency)) => {
                if !is_amount(amount) {
                    violations.add(
                        "amount",
                        format!("`{amount}` is not a decimal with two places, such as 7500000.00"),
                    );
                }
                if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
                    violations.add(
                        "currency",
                        format!("`{currency}` is not an ISO 4217 code, such as USD"),
                    );
                }
            }
            (None, None) => {}
            (Some(_), None) => {
                violations.add("currency", "must be set together with amount".to_owned());
            }
            (None, Some(_)) => {
                violations.add("amount", "must be set together with currency".to_owned());
            }
        }
    }
}

/// Digits, a point, two digits; at most 16 characters, so that a decimal column of any database can store it.
fn is_amount(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 16
        && text
            .split_once('.')
            .is_some_and(|(whole, cents)| digits(whole) && digits(cents) && cents.len() == 2)
}

impl TransferBody {
    fn check(&self, violations: &mut Violations) {
        violations.text("note", &self.note);
        violations.persons(self.persons_min, self.persons_max);
    }
}

impl ReturnBody {
    fn check(&self, violations: &mut Violations) {
        violations.text("note", &self.note);
        violations.persons(self.persons_min, self.persons_max);
    }
}

impl LegalBody {
    fn check(&self, violations: &mut Violations) {
        violations.text("court", &self.court);
        violations.text("caseName", &self.case_name);
        if let Some(docket) = &self.docket {
            violations.text("docket", docket);
        }
    }
}

impl CountBody {
    fn check(&self, violations: &mut Violations) {
        if self.unit != self.metric.unit() {
            let metric = self.metric.as_ref();
            violations.add(
                "unit",
                format!(
                    "`{}` is not the unit of {metric}; use `{}`",
                    self.unit,
                    self.metric.unit()
                ),
            );
        }
        violations.count("low", self.low);
        violations.count("high", self.high.unwrap_or_default());
        let is_between = self.comparator == Comparator::Between;
        match self.high {
            None if is_between => violations.add("high", "is required for BETWEEN".to_owned()),
            Some(_) if !is_between => {
                violations.add("high", "is allowed for BETWEEN only".to_owned());
            }
            Some(high) if high < self.low => {
                violations.add("high", format!("{high} is less than low {}", self.low));
            }
            Some(_) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_survives_its_json_and_has_its_kind() {
        let json = r#"{"agreement":{"binding":"UNKNOWN","cap":{"per":"TOTAL","persons":250},"inForceOn":null,"instrument":"MEMORANDUM","scope":null,"signedOn":"2025-06-03","text":"LEAKED"}}"#;
        let body: Body = serde_json::from_str(json).unwrap();
        assert_eq!(body.kind(), StatementKind::Agreement);
        assert_eq!(serde_json::to_string(&body).unwrap(), json);
        assert_eq!(body.violations(), []);
    }

    #[test]
    fn a_missing_key_and_an_unknown_key_are_errors() {
        for wrong in [
            r#"{"funding":{"amount":null,"purpose":"x"}}"#,
            r#"{"concern":{"category":"HUMAN_RIGHTS","extra":1}}"#,
            r#"{"stance":{"stance":"AGREED"},"concern":{"category":"HUMAN_RIGHTS"}}"#,
            r#"{"transfer":{"personsMin":-1,"personsMax":1,"note":"x"}}"#,
        ] {
            assert!(serde_json::from_str::<Body>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn contradictory_numbers_are_violations() {
        let violations_of = |json: &str| serde_json::from_str::<Body>(json).unwrap().violations();
        let count = r#"{"count":{"metric":"AGREEMENTS","comparator":"BETWEEN","low":9,"high":3,"includesPlanned":false,"unit":"agreements"}}"#;
        assert_eq!(violations_of(count)[0].0, "count.high");
        assert_eq!(
            violations_of(r#"{"transfer":{"personsMin":3,"personsMax":1,"note":"x"}}"#)[0].0,
            "transfer.personsMin"
        );
        assert_eq!(
            violations_of(r#"{"funding":{"amount":"7.5","currency":"USD","purpose":"x"}}"#)[0].0,
            "funding.amount"
        );
    }
}
