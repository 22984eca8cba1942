//! Stances of a requested state, and which moves between them are usual.

use super::string_enum::string_enum;

string_enum!(/// The stance of a requested state on a request.
Stance {
    Unknown,
    Named,
    Approached,
    Negotiating,
    AgreedInPrinciple,
    Agreed,
    Implementing,
    Suspended,
    Refused,
    Ended,
});

impl Stance {
    /// In the order of the enumeration.
    pub const ALL: [Self; 10] = [
        Self::Unknown,
        Self::Named,
        Self::Approached,
        Self::Negotiating,
        Self::AgreedInPrinciple,
        Self::Agreed,
        Self::Implementing,
        Self::Suspended,
        Self::Refused,
        Self::Ended,
    ];

    /// Rank of a stance on the path to implementation. Where the order of two statements is uncertain, the higher rank
    /// wins: "had agreed by June" moves a country forward, never back.
    pub fn rank(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Named => 1,
            Self::Approached => 2,
            Self::Negotiating => 3,
            Self::AgreedInPrinciple => 4,
            Self::Agreed | Self::Refused => 5,
            Self::Implementing => 6,
            Self::Suspended | Self::Ended => 7,
        }
    }

    /// Whether a move from `self` to `to` is rare enough to be marked. It is recorded all the same.
    pub fn is_unusual_move(self, to: Self) -> bool {
        use Stance::{
            Agreed, AgreedInPrinciple, Approached, Ended, Implementing, Named, Negotiating,
            Refused, Suspended, Unknown,
        };
        let usual: &[Self] = match self {
            Unknown => &[
                Named,
                Approached,
                Negotiating,
                AgreedInPrinciple,
                Agreed,
                Refused,
            ],
            Named => &[Approached, Negotiating, AgreedInPrinciple, Agreed, Refused],
            Approached => &[Negotiating, AgreedInPrinciple, Agreed, Refused],
            Negotiating => &[AgreedInPrinciple, Agreed, Refused],
            AgreedInPrinciple | Suspended => &[Negotiating, Agreed, Implementing, Refused, Ended],
            Agreed => &[Implementing, Suspended, Ended],
            Implementing => &[Suspended, Ended],
            Refused => &[Approached, Negotiating],
            Ended => &[Approached, Negotiating, Refused],
        };
        to != self && !usual.contains(&to)
    }
}

string_enum!(/// The reason for a stance change.
    ChangeKind { Event, Correction, Retraction });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_stances_are_listed_in_order() {
        use strum::VariantNames;
        assert_eq!(Stance::VARIANTS, Stance::ALL.map(<&str>::from));
        assert!(
            (0..)
                .zip(Stance::ALL)
                .all(|(number, stance)| stance as usize == number)
        );
    }

    #[test]
    fn a_move_from_refused_to_implementing_is_unusual() {
        assert!(Stance::Refused.is_unusual_move(Stance::Implementing));
        assert!(!Stance::Agreed.is_unusual_move(Stance::Implementing));
        assert!(!Stance::Refused.is_unusual_move(Stance::Refused));
    }
}
