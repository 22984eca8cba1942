//! Enumerations of sources and ledger entries.

use super::string_enum::string_enum;

string_enum!(/// What kind of document or report a source is.
    SourceKind { News, Government, Court, TreatyText, Ngo, Igo, Parliament, Dataset });
string_enum!(/// What a ledger entry records.
EntryKind {
    InitiativeOpened,
    SourceRegistered,
    StatementRecorded,
    StatementCorrected,
    StatementRetracted,
    EvidenceAdded,
    ReviewRecorded,
    EditionImported,
    SourceCorrected,
});
