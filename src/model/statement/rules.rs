//! What makes a body unfit to be recorded, whoever sends it.

use super::{
    AgreementBody, Body, Comparator, CountBody, FundingBody, LegalBody, StatementKind, TransferBody,
};
use crate::model::{edtf::Edtf, stance::Stance, text};

impl Body {
    /// Every fault of the body as (path below the body, what is wrong); empty if it may be recorded.
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Faults(self.kind(), Vec::new());
        match self {
            Self::Stance(body) if body.stance == Stance::Unknown => {
                faults.add(
                    "stance",
                    "UNKNOWN is what we say when nobody says anything: it cannot be claimed"
                        .to_owned(),
                );
            }
            Self::Stance(_) | Self::Concern(_) | Self::Pressure(_) => {}
            Self::Agreement(body) => body.check(&mut faults),
            Self::Funding(body) => body.check(&mut faults),
            Self::Transfer(body) => body.check(&mut faults),
            Self::Legal(body) => body.check(&mut faults),
            Self::Denial(body) => faults.text("detail", &body.detail),
            Self::Count(body) => body.check(&mut faults),
        }
        faults.1
    }
}

struct Faults(StatementKind, Vec<(String, String)>);

impl Faults {
    fn add(&mut self, field: &str, fault: String) {
        let kind = self.0.as_ref().to_lowercase();
        self.1.push((format!("{kind}.{field}"), fault));
    }

    fn text(&mut self, field: &str, value: &str) {
        if let Some(fault) = text::fault(value, text::DETAIL) {
            self.add(field, fault);
        }
    }

    /// GraphQL's Int has 31 bits.
    fn number(&mut self, field: &str, value: u32) {
        if i32::try_from(value).is_err() {
            self.add(field, format!("{value} exceeds {}", i32::MAX));
        }
    }

    fn date(&mut self, field: &str, value: Option<&String>) {
        if let Some(Err(error)) = value.map(|value| Edtf::parse(value)) {
            self.add(field, error.to_string());
        }
    }
}

impl AgreementBody {
    fn check(&self, faults: &mut Faults) {
        faults.date("signedOn", self.signed_on.as_ref());
        faults.date("inForceOn", self.in_force_on.as_ref());
        if let Some(scope) = &self.scope {
            faults.text("scope", scope);
        }
        if let Some(cap) = &self.cap {
            faults.number("cap.persons", cap.persons);
        }
    }
}

impl FundingBody {
    fn check(&self, faults: &mut Faults) {
        faults.text("purpose", &self.purpose);
        match (&self.amount, &self.currency) {
            (Some(amount), Some(currency)) => {
                if !is_amount(amount) {
                    faults.add(
                        "amount",
                        format!("`{amount}` is not a decimal with two places, such as 7500000.00"),
                    );
                }
                if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
                    faults.add("currency", format!("`{currency}` is not an ISO 4217 code"));
                }
            }
            (None, None) => {}
            (Some(_), None) => faults.add("currency", "goes together with amount".to_owned()),
            (None, Some(_)) => faults.add("amount", "goes together with currency".to_owned()),
        }
    }
}

/// Digits, a point, two digits; at most 16 characters, so that it fits a decimal column of any database.
fn is_amount(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 16
        && text
            .split_once('.')
            .is_some_and(|(whole, cents)| digits(whole) && digits(cents) && cents.len() == 2)
}

impl TransferBody {
    fn check(&self, faults: &mut Faults) {
        faults.text("note", &self.note);
        faults.number("personsMax", self.persons_max);
        if self.persons_min > self.persons_max {
            faults.add(
                "personsMin",
                format!(
                    "{} exceeds personsMax {}",
                    self.persons_min, self.persons_max
                ),
            );
        }
    }
}

impl LegalBody {
    fn check(&self, faults: &mut Faults) {
        faults.text("court", &self.court);
        faults.text("caseName", &self.case_name);
        if let Some(docket) = &self.docket {
            faults.text("docket", docket);
        }
    }
}

impl CountBody {
    fn check(&self, faults: &mut Faults) {
        if self.unit != self.metric.unit() {
            let metric = self.metric.as_ref();
            faults.add(
                "unit",
                format!(
                    "`{}` does not fit {metric}: it is counted in {}",
                    self.unit,
                    self.metric.unit()
                ),
            );
        }
        faults.number("low", self.low);
        faults.number("high", self.high.unwrap_or_default());
        let is_between = self.comparator == Comparator::Between;
        match self.high {
            None if is_between => faults.add("high", "is needed for BETWEEN".to_owned()),
            Some(_) if !is_between => faults.add("high", "is for BETWEEN only".to_owned()),
            Some(high) if high < self.low => {
                faults.add("high", format!("{high} is below low {}", self.low));
            }
            Some(_) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_survives_its_json_and_knows_its_kind() {
        let json = r#"{"agreement":{"binding":"UNKNOWN","cap":{"per":"TOTAL","persons":250},"inForceOn":null,"instrument":"MEMORANDUM","scope":null,"signedOn":"2025-06-03","text":"LEAKED"}}"#;
        let body: Body = serde_json::from_str(json).unwrap();
        assert_eq!(body.kind(), StatementKind::Agreement);
        assert_eq!(serde_json::to_string(&body).unwrap(), json);
        assert_eq!(body.faults(), []);
    }

    #[test]
    fn a_missing_key_and_an_unknown_key_are_faults() {
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
    fn numbers_that_contradict_themselves_are_faults() {
        let faulty = |json: &str| serde_json::from_str::<Body>(json).unwrap().faults();
        let count = r#"{"count":{"metric":"AGREEMENTS","comparator":"BETWEEN","low":9,"high":3,"includesPlanned":false,"unit":"agreements"}}"#;
        assert_eq!(faulty(count)[0].0, "count.high");
        assert_eq!(
            faulty(r#"{"transfer":{"personsMin":3,"personsMax":1,"note":"x"}}"#)[0].0,
            "transfer.personsMin"
        );
        assert_eq!(
            faulty(r#"{"funding":{"amount":"7.5","currency":"USD","purpose":"x"}}"#)[0].0,
            "funding.amount"
        );
    }
}
