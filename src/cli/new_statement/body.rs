//! Questions for the body of a statement, by kind.

use super::subject::ask_country;
use super::terminal::Terminal;
use crate::error::Result;
use crate::model::edtf::Edtf;
use crate::model::stance::Stance;
use crate::model::statement::{
    AgreementBody, Body, Cap, CapPeriod, ConcernBody, CountBody, DenialBody, FundingBody,
    LegalBody, PressureBody, ReturnBody, StanceBody, StatementKind, TransferBody,
};
use crate::model::text;

pub(super) fn ask(terminal: &Terminal, kind: StatementKind) -> Result<Body> {
    loop {
        let body = match kind {
            StatementKind::Stance => Body::Stance(StanceBody {
                stance: ask_stance(terminal)?,
                scope: optional_detail(terminal, "Limited to (optional, such as one flight)")?,
            }),
            StatementKind::Agreement => Body::Agreement(ask_agreement(terminal)?),
            StatementKind::Funding => Body::Funding(ask_funding(terminal)?),
            StatementKind::Transfer => Body::Transfer(TransferBody {
                persons_min: ask_number(terminal, "Persons, at least")?,
                persons_max: ask_number(terminal, "Persons, at most")?,
                note: detail(terminal, "Details of the transfer")?,
            }),
            StatementKind::Return => Body::Return(ReturnBody {
                persons_min: ask_number(terminal, "Persons, at least")?,
                persons_max: ask_number(terminal, "Persons, at most")?,
                destination: ask_destination(terminal)?,
                note: detail(terminal, "Details of the return")?,
            }),
            StatementKind::Legal => Body::Legal(LegalBody {
                jurisdiction: ask_country(terminal, "State of the court", None)?,
                court: detail(terminal, "Court")?,
                case_name: detail(terminal, "Name of the case")?,
                docket: optional_detail(terminal, "Docket number (optional)")?,
                status: terminal.choose_variant("What the court did")?,
            }),
            StatementKind::Concern => Body::Concern(ConcernBody {
                category: terminal.choose_variant("Category of the concern")?,
            }),
            StatementKind::Pressure => Body::Pressure(PressureBody {
                kind: terminal.choose_variant("Means of pressure")?,
            }),
            StatementKind::Denial => Body::Denial(DenialBody {
                of: terminal.choose_variant("What is denied")?,
                detail: detail(terminal, "Details of the denial")?,
            }),
            StatementKind::Count => Body::Count(ask_count(terminal)?),
        };
        // Rules about several answers.
        let violations = body.violations();
        if violations.is_empty() {
            return Ok(body);
        }
        for (field, message) in violations {
            terminal.report(&format!("{field}: {message}"))?;
        }
    }
}

/// Any but `UNKNOWN`, which nobody claims.
fn ask_stance(terminal: &Terminal) -> Result<Stance> {
    let stances = Stance::ALL
        .into_iter()
        .filter(|one| *one != Stance::Unknown);
    let stances: Vec<Stance> = stances.collect();
    let names: Vec<String> = stances.iter().map(|one| one.as_ref().to_owned()).collect();
    let index = terminal.choose("Stance", &names)?;
    Ok(stances[index])
}

fn ask_destination(terminal: &Terminal) -> Result<Option<String>> {
    if terminal.confirm("Is it known to which country they were sent?")? {
        return ask_country(terminal, "Country", None).map(Some);
    }
    Ok(None)
}

fn ask_agreement(terminal: &Terminal) -> Result<AgreementBody> {
    Ok(AgreementBody {
        instrument: terminal.choose_variant("Form of the agreement")?,
        binding: terminal.choose_variant("Does it bind")?,
        text: terminal.choose_variant("Is its text public")?,
        signed_on: ask_date(terminal, "Signed on (EDTF, optional)")?,
        in_force_on: ask_date(terminal, "In force on (EDTF, optional)")?,
        cap: ask_cap(terminal)?,
        scope: optional_detail(terminal, "Whom it covers (optional)")?,
    })
}

fn ask_cap(terminal: &Terminal) -> Result<Option<Cap>> {
    let is_number = |text: &str| text.parse::<u32>().err().map(|error| error.to_string());
    let persons = terminal.ask_optional("Largest number of persons (optional)", is_number)?;
    let Some(persons) = persons.and_then(|text| text.parse().ok()) else {
        return Ok(None);
    };
    let per = terminal.choose_variant::<CapPeriod>("That number is for a")?;
    Ok(Some(Cap { per, persons }))
}

fn ask_funding(terminal: &Terminal) -> Result<FundingBody> {
    let amount = terminal.ask_optional("Amount, for example 7500000.00 (optional)", |_| None)?;
    let currency = match amount {
        Some(_) => Some(terminal.ask("Currency (ISO 4217, for example USD)", |_| None)?),
        None => None,
    };
    Ok(FundingBody {
        amount,
        currency,
        purpose: detail(terminal, "What it is for")?,
    })
}

fn ask_count(terminal: &Terminal) -> Result<CountBody> {
    use crate::model::statement::{Comparator, CountMetric};
    let metric = terminal.choose_variant::<CountMetric>("What is counted")?;
    let comparator = terminal.choose_variant::<Comparator>("How the number is meant")?;
    let is_range = comparator == Comparator::Between;
    Ok(CountBody {
        comparator,
        low: ask_number(terminal, if is_range { "Lower number" } else { "Number" })?,
        high: is_range
            .then(|| ask_number(terminal, "Upper number"))
            .transpose()?,
        includes_planned: terminal.confirm("Does it count what is only planned?")?,
        unit: metric.unit().to_owned(),
        metric,
    })
}

fn ask_number<T: std::str::FromStr<Err: std::fmt::Display>>(
    terminal: &Terminal,
    question: &str,
) -> Result<T> {
    terminal.ask_parsed(question, |text| {
        text.parse().map_err(|error: T::Err| error.to_string())
    })
}

fn ask_date(terminal: &Terminal, question: &str) -> Result<Option<String>> {
    terminal.ask_optional(question, |text| {
        Edtf::parse_input(text).err().map(|error| error.to_string())
    })
}

fn detail(terminal: &Terminal, question: &str) -> Result<String> {
    terminal.ask(question, |text| text::violation(text, text::MAX_DETAIL))
}

fn optional_detail(terminal: &Terminal, question: &str) -> Result<Option<String>> {
    terminal.ask_optional(question, |text| text::violation(text, text::MAX_DETAIL))
}
