//! The closed sets of sources and ledger entries.

use super::string_enum::closed_set;

closed_set!(/// What kind of document or report a source is.
    SourceKind { News, Government, Court, TreatyText, Ngo, Igo, Parliament, Dataset });
closed_set!(/// What a ledger entry records.
EntryKind {
    InitiativeOpened,
    SourceRegistered,
    StatementRecorded,
    StatementCorrected,
    StatementRetracted,
    EvidenceAdded,
});
