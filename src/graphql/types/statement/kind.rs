//! The macro that declares a kind of statement with the fields that all kinds share.

/// Declares a kind of statement: `statement!(/// Description. Name of Body { its own fields } ready { those in memory });`
macro_rules! statement {
    ($(#[$doc:meta])* $name:ident of $body:ident { $($own:tt)* } ready { $($ready:tt)* }) => {
        pub struct $name {
            pub(super) claim: Claim,
            pub(super) body: statement::$body,
        }

        $(#[$doc])*
        #[Object]
        impl $name {
            /// Global ID, for `node`.
            pub async fn id(&self) -> ID {
                GlobalId::Statement(self.claim.0.id).to_string().into()
            }

            /// Number of the statement, used in its citation and permanent link. It equals the `seq` of the ledger
            /// entry that recorded it.
            pub async fn number(&self) -> i64 {
                self.claim.0.id
            }

            /// Kind of the statement; each kind has its own type.
            pub async fn kind(&self) -> Result<StatementKind> {
                parse_stored::<statement::StatementKind>(&self.claim.0.kind).map(Into::into)
            }

            /// The relationship, country or initiative that the statement is about.
            pub async fn subject(&self, ctx: &Context<'_>) -> Result<DirectJson<Subject>> {
                self.claim.subject(ctx).await.map(DirectJson)
            }

            /// Author of the claim.
            pub async fn claimant(&self) -> Result<DirectJson<Claimant>> {
                self.claim.claimant().map(DirectJson)
            }

            /// Date from which the claim applies, as precise as its sources.
            pub async fn valid_from(&self) -> Edtf {
                Edtf(self.claim.0.valid_from.clone())
            }

            /// The claim in one neutral sentence, written by the editors; at most 300 characters.
            pub async fn summary(&self) -> &str {
                &self.claim.0.summary
            }

            /// Editor's remark, for example on the interpretation of a source; null if there is none.
            pub async fn note(&self) -> Option<String> {
                self.claim.0.note.clone()
            }

            /// Evidence for or against the statement, in order of recording.
            pub async fn evidence(&self, ctx: &Context<'_>) -> Result<DirectJsonList<DirectJson<Evidence>>> {
                self.claim.evidence(ctx).await
            }

            /// Day from which the statement counts as public, by current knowledge: the latest possible publication day
            /// of its earliest dated supporting source (or of an original that the source derives from). Without a
            /// dated source, the day of recording.
            pub async fn published_on(&self) -> Date {
                Date(self.claim.0.published_on.clone())
            }

            /// Time of recording.
            pub async fn recorded_at(&self) -> DateTime {
                DateTime::of_micros(self.claim.0.recorded_at)
            }

            /// Whether the statement is currently valid, corrected or retracted.
            pub async fn standing(&self) -> Standing {
                standing(&self.claim.0).into()
            }

            /// The statement that this one corrects; null if it is not a correction.
            pub async fn corrects(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<Statement>>> {
                self.claim.corrects(ctx).await
            }

            /// Reason for the correction; null if none was given or it is not a correction.
            pub async fn correction_reason(&self) -> Option<String> {
                self.claim.0.correction_reason.clone()
            }

            /// Whether the disputes of the statement that this one corrects are its own: it is in dispute with what
            /// contradicts that one, or is contradicted by it. False if it is not a correction.
            pub async fn keeps_disputes(&self) -> bool {
                self.claim.0.keeps_disputes
            }

            /// The statement that currently replaces this one; null if there is none.
            pub async fn corrected_by(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<Statement>>> {
                self.claim.corrected_by(ctx).await
            }

            /// Time of the retraction; null if it was not retracted.
            pub async fn retracted_at(&self) -> Option<DateTime> {
                self.claim.0.retracted_at.map(DateTime::of_micros)
            }

            /// Reason for the retraction; null if it was not retracted.
            pub async fn retraction_reason(&self) -> Option<String> {
                self.claim.0.retraction_reason.clone()
            }

            /// Statements that this one contradicts in the editor's judgement, in order of recording; includes
            /// corrected and retracted ones.
            pub async fn contradicts(&self, ctx: &Context<'_>) -> Result<DirectJsonList<DirectJson<Statement>>> {
                self.claim.contradicts(ctx).await
            }

            /// Statements that contradict this one in the editor's judgement, in order of recording; includes corrected
            /// and retracted ones.
            pub async fn contradicted_by(&self, ctx: &Context<'_>) -> Result<DirectJsonList<DirectJson<Statement>>> {
                self.claim.contradicted_by(ctx).await
            }

            /// Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted.
            pub async fn citation(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "As a line, or for reference managers.", default)] format: CitationFormat,
            ) -> Result<String> {
                self.claim.citation(ctx, format).await
            }

            $($own)*
        }

        ready_fields!($name {
            "id" => id,
            "number" => number,
            "kind" => kind,
            "claimant" => claimant of DirectJson<Claimant>,
            "validFrom" => valid_from,
            "summary" => summary,
            "note" => note,
            "publishedOn" => published_on,
            "recordedAt" => recorded_at,
            "standing" => standing,
            "correctionReason" => correction_reason,
            "keepsDisputes" => keeps_disputes,
            "retractedAt" => retracted_at,
            "retractionReason" => retraction_reason,
            $($ready)*
        });
    };
}

pub(super) use statement;
